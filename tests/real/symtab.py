# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the symbol table of a vmlinux without kwalk."""
import mmap
import struct

SYMTAB = 2


def read_symbols(path, names):
    """Returns the addresses of the names that the symbol table contains."""
    return {name: address for name, (address, _) in read_entries(path, names).items()}


def read_entries(path, names):
    """The same, with sizes."""
    return {name: (address, size) for name, address, size in entries(path) if name in names}


def entries(path):
    """Yields the name, address and size of each symbol."""
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        wide = data[4] == 2
        header = struct.unpack_from("<16sHHIQQQIHHHHHH" if wide else "<16sHHIIIIIHHHHHH", data)
        offset, size, count = header[6], header[11], header[12]
        sections = [struct.unpack_from("<IIQQQQIIQQ" if wide else "<10I", data, offset + i * size)
                    for i in range(count)]
        table = next(s for s in sections if s[1] == SYMTAB)
        strings = sections[table[6]]
        text = data[strings[4]:strings[4] + strings[5]]
        symbols = data[table[4]:table[4] + table[5]]
    for symbol in struct.iter_unpack("<IBBHQQ" if wide else "<IIIBBH", symbols):
        name = text[symbol[0]:text.index(b"\0", symbol[0])].decode()
        yield (name, symbol[4], symbol[5]) if wide else (name, symbol[1], symbol[2])
