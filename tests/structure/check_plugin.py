"""The CUDA plug-in asks for no library of NVIDIA's but cuBLASLt, and exports its entries alone.

The CUDA runtime is inside it; the driver and NCCL are opened where they are used. Whatever else it exported could take
the place of the program's own symbols.
"""
import re
import subprocess
import sys

NEEDED = re.compile(r"\(NEEDED\).*\[(lib(?:cu|nccl|nv)\S*)\]")
ALLOWED_LIBRARY = "libcublasLt.so"
EXPORT = "shortlist_device_plugin"
ENTRIES = re.compile(r"shortlist_device_\w+")
# The linker defines these in every shared library.
LINKER_SYMBOLS = {"_init", "_fini", "__bss_start", "_edata", "_end"}


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def violations(dynamic_section, symbols):
    """Of what `readelf --dynamic` and `nm --dynamic --defined-only` print."""
    for library in NEEDED.findall(dynamic_section):
        if not library.startswith(ALLOWED_LIBRARY) and not library.startswith("libcurl"):
            yield f"needs {library}; open it where it is used"
    names = {line.split()[-1] for line in symbols.splitlines() if line} - LINKER_SYMBOLS
    if EXPORT not in names:
        yield f"does not export {EXPORT}"
    for name in sorted(names):
        if not ENTRIES.fullmatch(name):
            yield f"exports {name}; hide it"


def main(plugin):
    found = list(violations(output_of("readelf", "--dynamic", plugin), output_of("nm", "--dynamic", "--defined-only",
                                                                                plugin)))
    print("\n".join(f"{plugin} {message}" for message in found) or f"{plugin} needs and exports what it may")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
