# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks a guest that waits for it in the way that a bug in its kernel would, from outside through QEMU's gdb stub.
Each function breaks the guest in one way. guest.serial() returns the guest's output, guest.tell() lets the guest
continue, guest.monitor and guest.stub belong to QEMU, guest.word is the size of a register, and
guest.ask(command) returns kwalk's answers for the present memory."""
import re

from monitor import Failure

STACK = {8: 16384, 4: 8192}     # THREAD_SIZE in bytes, by word size
EVERY = 64                      # one of this many free frames is made bad
GARBAGE = 0xdead0000


def symbol(guest, name):
    found = re.search(rf"^@symbol (\w+) {name}\r?$", guest.serial(), re.MULTILINE)
    if not found or not int(found[1], 16):
        raise Failure(f"the guest does not say where {name} is")
    return int(found[1], 16)


def null_argument(guest):
    """Calls a function of a module with a null pointer."""
    guest.stub.run_to(symbol(guest, "brd_submit_bio"), guest.tell)
    guest.stub.set_register("argument", 0)
    guest.stub.go_on()


def low_stack(guest):
    """Calls a function with a stack that has room for only one more word, as if the callers, whose part is moved
    down, had used the rest."""
    stub = guest.stub
    stub.run_to(symbol(guest, "do_filp_open"), guest.tell)
    sp, size = stub.register("sp"), STACK[guest.word]
    start = sp & -size
    stub.write(start + guest.word, stub.read(sp, start + size - sp))
    stub.set_register("sp", start + guest.word)
    stub.go_on()


def bad_pages(guest):
    """Makes the struct pages of free frames look as if the frames were in use. kwalk determines which frames are
    free and where the structs are. If the kernel then crashes, this was right."""
    frames = [pfn for run in guest.ask("frames -l") if run["use"] == "free"
              for pfn in range(int(run["start"], 16) >> 12, (int(run["end"], 16) >> 12) + 1, EVERY)]
    pages = guest.ask("pfn_to_page " + " ".join(f"{pfn:x}" for pfn in frames))
    places = guest.ask("vtop " + " ".join(page["page"] for page in pages))
    guest.stub.physical(True)
    for place in places:
        # struct page: flags, two pointers of a list, and mapping
        guest.stub.write(int(place["physical"], 16) + 3 * guest.word, GARBAGE.to_bytes(guest.word, "little"))
    guest.stub.physical(False)
    guest.bad = set(frames)
    guest.stub.go_on()
    guest.tell()
