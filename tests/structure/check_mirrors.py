"""Every source file has a test file of its own, or a reason in unmirrored.txt why another one covers it.

The test of a contract's implementation may also stand in tests/conformance, where it runs against all of them. Those of
the CUDA room run on the simulated machine.
"""
import pathlib

LIST = "tests/structure/unmirrored.txt"
CONTRACT_ROOMS = ("tensor", "comm", "cuda")


def listed(tree):
    """Path to reason, from lines "path: reason"; '#' starts a comment."""
    entries = {}
    for number, line in tree.lines(LIST) if tree.exists(LIST) else []:
        if line.strip() and not line.startswith("#"):
            path, _, reason = line.partition(":")
            entries[path.strip()] = (number, reason.strip())
    return entries


def tests_of(source):
    """Where the test of a source may stand; the first is the place to name."""
    path = pathlib.PurePosixPath(source)
    place = path.parent.relative_to("src") if path.parts[0] == "src" else path.parent
    yield f"tests/{place}/{path.stem}_test.cc"
    if place.parts[0] in CONTRACT_ROOMS:
        yield f"tests/conformance/{path.stem}_test.cc"


def tested(tree, source):
    return any(tree.exists(test) for test in tests_of(source))


def violations(tree):
    exempt = listed(tree)
    for source in tree.files({".cc", ".cu"}, ("src", "cuda")):
        if not tested(tree, source) and source not in exempt:
            yield f"{source}: has no {next(tests_of(source))}; write it, or say in {LIST} what covers it"
    for source, (number, reason) in exempt.items():
        if not tree.exists(source):
            yield f"{LIST}:{number}: {source} does not exist"
        elif tested(tree, source):
            yield f"{LIST}:{number}: {source} has a test file; drop the line"
        elif not reason:
            yield f"{LIST}:{number}: {source} needs a reason"
