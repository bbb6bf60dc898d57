# SPDX-License-Identifier: GPL-3.0-or-later
# For drgn: read.py FILE prints eight bytes at each virtual address in FILE; the
# page table is walked for each.
import sys

from drgn import FaultError

answered = 0
with open(sys.argv[1]) as addresses:
    for line in addresses:
        try:
            value = prog.read(int(line, 16), 8)  # noqa: F821
        except FaultError as error:
            print(line.strip(), error)
        else:
            print(line.strip(), value.hex())
            answered += 1
print(answered, "answered")
