"""Arrows between rooms point down only, and a vendor's headers stand only in that vendor's room."""
import re

from rooms import ARROWS, TOP_LEVEL_ROOMS, VENDORS, reachable

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
STANDARD = re.compile(r"[a-z_0-9]+$")
CMAKE_ROOM = re.compile(r"shortlist_room\((\w+)([^)]*)\)")


def room_of(path):
    """The room whose arrows bind a file: a source's own, or the room that a test mirrors."""
    top, _, rest = path.partition("/")
    if top in TOP_LEVEL_ROOMS:
        return top
    room = rest.partition("/")[0]
    return room if top in ("src", "tests") and room in ARROWS else None


def vendor_message(path, included):
    for pattern, places in VENDORS.items():
        if re.match(pattern, included) and not path.startswith(places):
            return f"{included} belongs to {' '.join(places)} only"
    return None


def arrow_message(path, included):
    room, target = room_of(path), included.partition("/")[0]
    if path.startswith("src/") and room is None:
        return "is in no room of tests/structure/rooms.py"
    if room and target in ARROWS and "/" in included and target not in reachable(room):
        return f"{room} may not include {target}: arrows point down only"
    return None


def public_message(path, bracket, included):
    if not path.startswith("include/"):
        return None
    allowed = STANDARD.match(included) if bracket == "<" else included.startswith("shortlist/")
    return None if allowed else f"public headers use standard types only, not {included}"


def cmake_violations(tree):
    """The link table of src/CMakeLists.txt and the arrows say the same."""
    text = "\n".join(line for _, line in tree.lines("src/CMakeLists.txt"))
    linked = {}
    for room, arguments in CMAKE_ROOM.findall(text):
        words = re.split(r"\b(?:[A-Z_]*LIBRARIES|PLUGINS)\b", arguments)[0].split()
        linked[room] = set(words[1:]) if words[:1] == ["ROOMS"] else set()
    for room, rooms in sorted(linked.items()):
        if room not in ARROWS:
            yield f"src/CMakeLists.txt: {room} is in no room of tests/structure/rooms.py"
        elif rooms != set(ARROWS[room]):
            yield f"src/CMakeLists.txt: {room} links {sorted(rooms)}, but its arrows are {sorted(ARROWS[room])}"


def violations(tree):
    for path in tree.sources():
        for number, line in tree.lines(path):
            match = INCLUDE.match(line)
            if not match:
                continue
            bracket, included = match.groups()
            message = (public_message(path, bracket, included) or arrow_message(path, included)
                       or vendor_message(path, included))
            if message:
                yield f"{path}:{number}: {message}"
    yield from cmake_violations(tree)
