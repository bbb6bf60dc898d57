# SPDX-License-Identifier: GPL-3.0-or-later
"""Write an RPM package: archives.py OUTPUT FILE NAME [FILE NAME]...

The package consists of a lead, an empty signature, an empty header (rpm.org, "RPM V4 Package Format"), and a
cpio archive (newc), compressed with gzip, that contains each FILE under its NAME.
"""
import gzip
import struct
import sys


def header():
    return b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">2I", 0, 0)


def member(name, data):
    fields = [0, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08X" % field for field in fields)
    head += name.encode() + b"\0"
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


files = sys.argv[2:]
cpio = b""
for path, name in zip(files[::2], files[1::2]):
    with open(path, "rb") as file:
        cpio += member(name, file.read())
cpio += member("TRAILER!!!", b"")
lead = struct.pack(">IBBhh66shh16x", 0xEDABEEDB, 3, 0, 0, 1, b"kernel-debuginfo", 1, 5)
with open(sys.argv[1], "wb") as out:
    out.write(lead + header() + header() + gzip.compress(cpio, 1))
