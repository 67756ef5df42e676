#!/usr/bin/env python3
"""Hides what the Arrow libraries of the pyarrow wheel export by accident.

libparquet exports a whole OpenSSL and libarrow_compute parts of RE2, both of other versions than Debian's. Loaded into
one process with gRPC, Debian's libssl would call into libparquet's copy, or Arrow into Debian's, depending on the order
of libraries. Marked hidden in the dynamic symbol table, each copy serves its own library only: the dynamic loader
neither offers hidden symbols to others nor replaces their uses inside the library.

Usage: hide_foreign_symbols.py LIBRARY...    rewrites the libraries in place, all that belong together at once
"""
import pathlib
import re
import struct
import sys

# Plain C names but Arrow's own and the compiler runtime's, and everything of the namespaces re2 and absl, tables and
# guards included.
FOREIGN = re.compile(r"(?!_Z|__cxa_|arrow_)|_Z(T[VIST]|GV)?(N[KV]*)?(3re2|4absl)")
SHT_DYNSYM = 11
STV_HIDDEN = 2


class DynamicSymbols:
    """The dynamic symbols of a 64-bit little-endian ELF image: name, whether defined, and where st_other lies."""

    def __init__(self, image):
        (section_table,) = struct.unpack_from("<Q", image, 0x28)
        entry_size, count = struct.unpack_from("<HH", image, 0x3A)
        sections = [struct.unpack_from("<IIQQQQII", image, section_table + i * entry_size) for i in range(count)]
        (symbols,) = [section for section in sections if section[1] == SHT_DYNSYM]
        strings = sections[symbols[6]][4]
        self.defined, self.undefined = {}, set()
        for offset in range(symbols[4] + 24, symbols[4] + symbols[5], 24):
            name_offset, _, _, section_index = struct.unpack_from("<IBBH", image, offset)
            start = strings + name_offset
            name = image[start:image.index(b"\0", start)].decode()
            if section_index:
                self.defined[name] = offset + 5
            else:
                self.undefined.add(name)


def main(paths):
    images = {path: bytearray(pathlib.Path(path).read_bytes()) for path in paths}
    symbols = {path: DynamicSymbols(image) for path, image in images.items()}
    needed = set().union(*(table.undefined for table in symbols.values()))
    for path, image in images.items():
        hidden = [at for name, at in symbols[path].defined.items() if FOREIGN.match(name) and name not in needed]
        for st_other in hidden:
            image[st_other] = STV_HIDDEN
        pathlib.Path(path).write_bytes(image)
        print(f"{pathlib.Path(path).name}: {len(hidden)} foreign symbols hidden")


if __name__ == "__main__":
    main(sys.argv[1:])
