"""Small faults to plant into CUDA sources: a barrier removed, a bound weakened by one."""
import dataclasses
import re

BARRIER = re.compile(r"\b__sync(?:threads|warp)\([^;]*\);")
BOUNDS = (
    (re.compile(r" >= "), " > ", " >= {} >= "),
    (re.compile(r" < "), " <= ", " < {} > "),
    (re.compile(r" <= "), " <= 1 + ", " <= {} <= "),
)
DEVICE_FUNCTION = re.compile(r"\b__(?:global|device)__\b")
NOT_A_BOUND = re.compile(r"\bconstexpr\b|\bstatic_assert\b|^\s*//|^\s*template\b")


@dataclasses.dataclass(frozen=True)
class Mutant:
    kind: str  # "barrier" or "bound"
    line: int  # from 1
    begin: int  # the columns that are replaced
    end: int
    fault: str  # what replaces them in the mutant
    switch: str  # what replaces them where the mutant is chosen by its number, {}, while the program runs

    def replaced(self, line, text):
        return line[: self.begin] + text + line[self.end:]

    def planted(self, source):
        """The line with the fault, without indentation."""
        return self.replaced(source.split("\n")[self.line - 1], self.fault).strip()


def device_lines(source):
    """Numbers of the lines inside the bodies of device functions, where braces are balanced."""
    inside = set()
    depth = 0
    announced = False
    for number, line in enumerate(source.split("\n"), 1):
        code = line.split("//")[0]
        announced = announced or bool(DEVICE_FUNCTION.search(code))
        if announced and depth > 0:
            inside.add(number)
        if announced:
            depth += code.count("{") - code.count("}")
            if ";" in code and depth == 0 or "}" in code and depth == 0:
                announced = False
    return inside


def barriers(source):
    for number, line in enumerate(source.split("\n"), 1):
        if line.lstrip().startswith("//"):
            continue
        for match in BARRIER.finditer(line):
            switch = f"if (!shortlist::simt::IsPlanted({{}})) {match.group()}"
            yield Mutant("barrier", number, match.start(), match.end(), ";", switch)


def bounds(source):
    lines = source.split("\n")
    for number in sorted(device_lines(source)):
        line = lines[number - 1]
        if NOT_A_BOUND.search(line):
            continue
        for pattern, weaker, switch in BOUNDS:
            for match in pattern.finditer(line.split("//")[0]):
                text = switch.format("shortlist::simt::WeakenedIf({})")
                yield Mutant("bound", number, match.start(), match.end(), weaker, text)


def mutants(source):
    return [*barriers(source), *bounds(source)]


def with_switches(source, first_number):
    """The source with a switch for each of its mutants, which are numbered from `first_number` on."""
    lines = source.split("\n")
    numbered = list(enumerate(mutants(source), first_number))
    # From the end of a line on, so that the columns of what stands before stay true.
    for number, mutant in sorted(numbered, key=lambda entry: entry[1].begin, reverse=True):
        lines[mutant.line - 1] = mutant.replaced(lines[mutant.line - 1], mutant.switch.format(number))
    return "\n".join(lines)
