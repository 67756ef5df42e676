#!/usr/bin/env python3
"""Holds what every kernel of the CUDA plug-in uses against the budget, one line per kernel and architecture.

budget.py check  PLUGIN BUDGET DOCUMENT    exits 1 and names each kernel over budget, without a line, or with a line
                                          too many, and a table in the document that is not the budget's
budget.py update PLUGIN BUDGET DOCUMENT    writes the budget anew from the plug-in, and the table from the budget

The table stands in the Markdown document between the comments "begin: budget" and "end: budget".

A kernel may never have a stack frame: that is, no register spills and no arrays in local memory. Registers depend on
the toolkit, so they are compared only for the release that the budget was made with.
"""
import csv
import io
import sys

sys.dont_write_bytecode = True

from cubin import usages  # noqa: E402

FIELDS = ("kernel", "architecture", "registers", "shared_bytes")
RELEASE_LINE = "# CUDA toolkit "
NAMESPACE = "shortlist::cuda::"
BEGIN_TABLE, END_TABLE = "<!-- begin: budget -->", "<!-- end: budget -->"


def sort_key(place):
    kernel, architecture = place
    return kernel, int(architecture.removeprefix("sm_"))


def read_budget(path):
    """({(kernel, architecture): (registers, shared bytes)}, toolkit release)"""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    release = next(line.removeprefix(RELEASE_LINE) for line in lines if line.startswith(RELEASE_LINE))
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    limits = {(row["kernel"], row["architecture"]): (int(row["registers"]), int(row["shared_bytes"])) for row in rows}
    return limits, release


def budget_text(used, release):
    text = io.StringIO()
    text.write("# The most that a kernel may use: registers per thread and bytes of static shared memory per block.\n"
               "# Stack frames, and with them spills and local memory, are never allowed. Written by the build target\n"
               "# update_kernel_budget; look at every line that grows.\n"
               f"{RELEASE_LINE}{release}\n")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(FIELDS)
    for place in sorted(used, key=sort_key):
        kernel, architecture = place
        rows.writerow((kernel.removeprefix(NAMESPACE), architecture, used[place].registers, used[place].shared_bytes))
    return text.getvalue()


def stack_violations(used):
    for (kernel, architecture), usage in sorted(used.items()):
        if usage.stack_bytes:
            yield (f"{kernel} on {architecture}: {usage.stack_bytes} bytes of stack, so registers are spilled or an array "
                   "lies in local memory; use fewer registers or constant indices")


def limit_violations(used, limits):
    for place in sorted(used.keys() | limits.keys(), key=sort_key):
        where = f"{place[0]} on {place[1]}"
        if place not in limits:
            yield f"{where}: has no line in the budget"
        elif place not in used:
            yield f"{where}: has a line in the budget, but there is no such kernel"
        else:
            for what, amount, limit in zip(("registers", "bytes of shared memory"), used[place], limits[place]):
                if amount > limit:
                    yield f"{where}: {amount} {what}, budget {limit}"


def check(plugin, budget, document):
    used, built_with = usages(plugin)
    used = {(kernel.removeprefix(NAMESPACE), architecture): usage for (kernel, architecture), usage in used.items()}
    limits, release = read_budget(budget)
    found = list(stack_violations(used))
    if built_with == release:
        found += limit_violations(used, limits)
        if with_table(read_text(document), table(limits)) != read_text(document):
            found.append(f"{document}: its table of the budget is not of now")
    else:
        print(f"registers not compared: the budget is for CUDA {release}, the plug-in was built with {built_with}")
    print("\n".join(found) if found else f"{len(used)} kernels (counting architectures) within budget, no stack frames")
    if found:
        print(f"where more is meant, write {budget} anew: cmake --build BUILD --target update_kernel_budget")
    return bool(found)


def update(plugin, budget, document):
    write_text(budget, budget_text(*usages(plugin)))
    write_text(document, with_table(read_text(document), table(read_budget(budget)[0])))


def read_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def table(limits):
    """One row per kernel, in Markdown."""
    architectures = sorted({architecture for _, architecture in limits}, key=lambda name: int(name[3:]))
    lines = ["| kernel | " + " | ".join(f"registers {name}" for name in architectures) + " | shared bytes |",
             "|---|" + "---:|" * (len(architectures) + 1)]
    for kernel in sorted({kernel for kernel, _ in limits}):
        rows = [limits.get((kernel, name), ("", 0)) for name in architectures]
        registers = " | ".join(str(row[0]) for row in rows)
        lines.append(f"| `{kernel.replace(NAMESPACE, '')}` | {registers} | {max(row[1] for row in rows)} |")
    return "\n".join(lines)


def with_table(text, lines):
    """The document with these lines between the comments."""
    before, rest = text.split(BEGIN_TABLE, 1)
    return before + BEGIN_TABLE + "\n" + lines + "\n" + END_TABLE + rest.split(END_TABLE, 1)[1]


def main(command, *arguments):
    return {"check": check, "update": update}[command](*arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
