"""Small faults to plant into CUDA sources: a barrier removed, a bound weakened by one."""
import dataclasses
import re

BARRIER = re.compile(r"\b__sync(?:threads|warp)\([^;]*\);")
BOUNDS = ((re.compile(r" >= "), " > "), (re.compile(r" < "), " <= "))
DEVICE_FUNCTION = re.compile(r"\b__(?:global|device)__\b")
NOT_A_BOUND = re.compile(r"\bconstexpr\b|\bstatic_assert\b|^\s*//|^\s*template\b")


@dataclasses.dataclass(frozen=True)
class Mutant:
    line: int  # from 1
    kind: str  # "barrier" or "bound"
    original: str
    text: str  # of the line that replaces it

    def apply(self, source):
        lines = source.split("\n")
        lines[self.line - 1] = self.text
        return "\n".join(lines)


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
        if not line.lstrip().startswith("//") and BARRIER.search(line):
            yield Mutant(number, "barrier", line.strip(), BARRIER.sub(";", line))


def bounds(source):
    lines = source.split("\n")
    for number in sorted(device_lines(source)):
        line = lines[number - 1]
        if NOT_A_BOUND.search(line):
            continue
        for pattern, weaker in BOUNDS:
            for match in pattern.finditer(line.split("//")[0]):
                text = line[: match.start()] + weaker + line[match.end():]
                yield Mutant(number, "bound", line.strip(), text)


def mutants(source, kind):
    yield from {"barrier": barriers, "bound": bounds}[kind](source)
