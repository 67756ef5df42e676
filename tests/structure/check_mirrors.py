"""Every source file has a test file of its own, or a reason in unmirrored.txt why another one covers it."""
import pathlib

LIST = "tests/structure/unmirrored.txt"


def listed(tree):
    """Path to reason, from lines "path: reason"; '#' starts a comment."""
    entries = {}
    for number, line in tree.lines(LIST) if tree.exists(LIST) else []:
        if line.strip() and not line.startswith("#"):
            path, _, reason = line.partition(":")
            entries[path.strip()] = (number, reason.strip())
    return entries


def test_of(source):
    path = pathlib.PurePosixPath(source)
    return f"tests/{path.parent.relative_to('src')}/{path.stem}_test.cc"


def violations(tree):
    exempt = listed(tree)
    for source in tree.files({".cc"}, ("src",)):
        test = test_of(source)
        if not tree.exists(test) and source not in exempt:
            yield f"{source}: has no {test}; write it, or say in {LIST} what covers it"
    for source, (number, reason) in exempt.items():
        if not tree.exists(source):
            yield f"{LIST}:{number}: {source} does not exist"
        elif tree.exists(test_of(source)):
            yield f"{LIST}:{number}: {source} has a test file; drop the line"
        elif not reason:
            yield f"{LIST}:{number}: {source} needs a reason"
