"""What is built in is decided by the build files and the composition root, not by #if on GPU or MPI in the sources."""
import re

CONDITIONAL = re.compile(r"\s*#\s*(?:el)?if(?:n?def)?\b.*(CUDA|MPI|GPU|NCCL)", re.IGNORECASE)
COMPOSITION_ROOT = "tools/wiring.cc"


def violations(tree):
    for path in tree.sources():
        for number, line in tree.lines(path):
            match = CONDITIONAL.match(line)
            if match and path != COMPOSITION_ROOT:
                yield f"{path}:{number}: no #if on {match.group(1)} outside {COMPOSITION_ROOT} and the build files"
