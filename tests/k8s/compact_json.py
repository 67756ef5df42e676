"""JSON for people to read: what fits into a line stands in one."""
import json
from typing import Any

WIDTH = 120


def compact(value: Any) -> str:
    return _text(value, "", 0) + "\n"


def _text(value: Any, indent: str, taken: int) -> str:
    """A value that begins after `taken` characters of an indented line."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + taken + len(line) < WIDTH or not isinstance(value, (dict, list)) or not value:
        return line
    deeper = indent + "  "
    if isinstance(value, dict):
        keys = [(json.dumps(key, ensure_ascii=False) + ": ", item) for key, item in value.items()]
    else:
        keys = [("", item) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    members = [key + _text(item, deeper, len(key)) for key, item in keys]
    return f"{opening}\n{_filled(members, deeper)}\n{indent}{closing}"


def _filled(members: list[str], indent: str) -> str:
    """As many short members to a line as fit; one that takes lines stands alone."""
    lines: list[str] = []
    for member in members:
        joined = f"{lines[-1]}, {member}" if lines else ""
        if lines and "\n" not in joined and not member.endswith("}") and len(indent) + len(joined) < WIDTH:
            lines[-1] = joined
        else:
            lines.append(member)
    return ",\n".join(indent + line for line in lines)
