"""What the kernels inside a library use, read from the machine code itself.

nvcc puts one ELF image ("cubin") per source and architecture into the section .nv_fatbin of the library; they must not
be compressed. In a cubin, .nv.info holds registers and stack frame per kernel, .nv.shared.<kernel> the static shared
memory. A register spill or an array in local memory always has a stack frame.
"""
import collections
import re
import struct
import subprocess

Usage = collections.namedtuple("Usage", "registers shared_bytes stack_bytes")

ELF_MAGIC = b"\x7fELF"
MACHINE_CUDA = 190
# Entries of .nv.info: format byte, attribute byte, size, then (symbol, value).
FORMAT_SIZED = 4
ATTRIBUTE_REGISTERS = 0x2F
ATTRIBUTE_FRAME_BYTES = 0x11
# From Hopper on, a kernel with shared memory also has a kilobyte of the system's own in its section.
RESERVED_SECTION, RESERVED_BYTES = ".nv.shared.reserved.0", 1024


class Elf:
    """A 64-bit little-endian ELF image: its sections by name, and the names of its symbols."""

    def __init__(self, image):
        self.image = image
        (self.machine,) = struct.unpack_from("<H", image, 18)
        (table,) = struct.unpack_from("<Q", image, 40)
        (self.flags,) = struct.unpack_from("<I", image, 48)
        entry_size, count, names = struct.unpack_from("<HHH", image, 58)
        headers = [struct.unpack_from("<IIQQQQIIQQ", image, table + i * entry_size) for i in range(count)]
        self.sections = {self._text(headers[names][4] + header[0]): header for header in headers}

    def contents(self, name):
        """Empty if there is no such section."""
        header = self.sections.get(name)
        return self.image[header[4]:header[4] + header[5]] if header else b""

    def symbol(self, index):
        (name,) = struct.unpack_from("<I", self.contents(".symtab"), index * 24)
        return self._text(self.sections[".strtab"][4] + name)

    def _text(self, start):
        return self.image[start:self.image.index(b"\0", start)].decode()


def cubins(library):
    code = Elf(library).contents(".nv_fatbin")
    starts = [match.start() for match in re.finditer(re.escape(ELF_MAGIC), code)]
    images = [Elf(code[start:]) for start in starts if struct.unpack_from("<H", code, start + 18)[0] == MACHINE_CUDA]
    if not images:
        raise ValueError("no machine code of the GPU in .nv_fatbin; it is compressed, or there is no kernel")
    return images


def attributes(cubin):
    """(attribute, mangled kernel, value) for those entries of .nv.info that say something of one kernel."""
    info, at = cubin.contents(".nv.info"), 0
    while at < len(info):
        form, attribute, size = struct.unpack_from("<BBH", info, at)
        if form == FORMAT_SIZED and size == 8:
            symbol, value = struct.unpack_from("<II", info, at + 4)
            yield attribute, cubin.symbol(symbol), value
        at += 4 + (size if form == FORMAT_SIZED else 0)


def static_shared_bytes(cubin, kernel):
    header = cubin.sections.get(f".nv.shared.{kernel}")
    if header is None:
        return 0
    return header[5] - (RESERVED_BYTES if RESERVED_SECTION in cubin.sections else 0)


def usages_in(cubin):
    """Mangled kernel to Usage."""
    values = {(attribute, kernel): value for attribute, kernel, value in attributes(cubin)}
    return {
        kernel: Usage(registers, static_shared_bytes(cubin, kernel), values.get((ATTRIBUTE_FRAME_BYTES, kernel), 0))
        for (attribute, kernel), registers in values.items()
        if attribute == ATTRIBUTE_REGISTERS and f".text.{kernel}" in cubin.sections
    }


def toolkit_release(cubin):
    """Such as "13.0"."""
    return re.search(rb"release (\d+\.\d+)", cubin.contents(".note.nv.tkinfo")).group(1).decode()


def readable_names(mangled):
    """Mangled to demangled name without result and parameters: shortlist::cuda::SumRuns<4>."""
    names = sorted(mangled)
    shown = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True).stdout
    return {name: without_parameters(full) for name, full in zip(names, shown.splitlines())}


def without_parameters(name):
    depth, end = 0, len(name)
    for position, letter in enumerate(name):
        depth += (letter == "<") - (letter == ">")
        if letter == "(" and depth == 0:
            end = position
            break
    return name[:end].removeprefix("void ")


def usages(path):
    """({(kernel, "sm_80"): Usage}, toolkit release) of all kernels in namespace shortlist; others are a vendor's."""
    with open(path, "rb") as file:
        images = cubins(file.read())
    found = [(f"sm_{cubin.flags >> 8 & 0xFF}", usages_in(cubin)) for cubin in images]
    names = readable_names({kernel for _, kernels in found for kernel in kernels})
    own = {
        (names[kernel], architecture): usage
        for architecture, kernels in found
        for kernel, usage in kernels.items()
        if names[kernel].startswith("shortlist::")
    }
    return own, toolkit_release(images[0])
