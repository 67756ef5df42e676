"""The repository is finished and stands alone: no open ends, nothing that only one machine has."""
import re

from source_tree import TEXT_SUFFIXES

BANNED = {
    r"\b(TODO|FIXME|XXX|HACK)\b": "an open end; finish it or write it down as a limitation",
    r"(?<![\w.}/])/(work|root|home/\w+)/": "a path of one machine",
    r"(?i)\bissue #?\d+\b": "a reference that means nothing to a reader of the repository",
}
SELF = "tests/structure/"


def violations(tree):
    for path in tree.files(TEXT_SUFFIXES):
        if path.startswith(SELF):
            continue
        for number, line in tree.lines(path):
            for pattern, why in BANNED.items():
                match = re.search(pattern, line)
                if match:
                    yield f"{path}:{number}: '{match.group(0)}' is {why}"
