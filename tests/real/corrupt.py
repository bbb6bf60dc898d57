# SPDX-License-Identifier: GPL-3.0-or-later
"""Breaks a guest that waits for it, as a bug in its kernel would: from outside, by QEMU's gdb stub.
Each way is a function of the guest: serial() returns what the guest printed, tell() lets it go on, monitor
and stub are QEMU's, word is the size of its registers, ask(command) returns kwalk's answers about its
present memory."""
import re

from monitor import Failure

STACK = {8: 16384, 4: 8192}     # bytes: THREAD_SIZE
EVERY = 64                      # of so many free frames one is made bad
GARBAGE = 0xdead0000


def symbol(guest, name):
    found = re.search(rf"^@symbol (\w+) {name}\r?$", guest.serial(), re.MULTILINE)
    if not found or not int(found[1], 16):
        raise Failure(f"the guest does not say where {name} is")
    return int(found[1], 16)


def null_argument(guest):
    """A function of a module is called with a null pointer."""
    guest.stub.run_to(symbol(guest, "brd_submit_bio"), guest.tell)
    guest.stub.set_register("argument", 0)
    guest.stub.go_on()


def low_stack(guest):
    """A function is called with a stack that has room for one word more: as if the callers, whose part is moved
    down, had needed all of it."""
    stub = guest.stub
    stub.run_to(symbol(guest, "do_filp_open"), guest.tell)
    sp, size = stub.register("sp"), STACK[guest.word]
    start = sp & -size
    stub.write(start + guest.word, stub.read(sp, start + size - sp))
    stub.set_register("sp", start + guest.word)
    stub.go_on()


def bad_pages(guest):
    """Free frames whose struct pages say that they belong to something. What frames are free, and where
    the structs are, is kwalk's word; that the kernel falls over them proves it."""
    frames = [pfn for run in guest.ask("frames -l") if run["use"] == "free"
              for pfn in range(int(run["start"], 16) >> 12, (int(run["end"], 16) >> 12) + 1, EVERY)]
    pages = guest.ask("pfn_to_page " + " ".join(f"{pfn:x}" for pfn in frames))
    places = guest.ask("vtop " + " ".join(page["page"] for page in pages))
    guest.stub.physical(True)
    for place in places:
        # struct page: flags, two pointers of a list, mapping.
        guest.stub.write(int(place["physical"], 16) + 3 * guest.word, GARBAGE.to_bytes(guest.word, "little"))
    guest.stub.physical(False)
    guest.bad = set(frames)
    guest.stub.go_on()
    guest.tell()
