#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""damage.py KWALK DIR VMLINUX NAME: check must have no complaint about a guest without errors. Then bytes in a copy
of the guest's memory are changed, one place at a time, as broken hardware or a bug in the kernel would change
them. check must report each change, with process, address and level."""
import os
import struct
import subprocess
import sys
import tempfile

from levels import Kwalk
from page import PAGE
from tap import exit_status, report

PRESENT, WRITABLE, USER = 1, 2, 4


class Memory:
    """The physical memory in an ELF core. Bytes can be changed, and changed back."""

    def __init__(self, path):
        self.file = open(path, "r+b")
        head = self.file.read(64)
        wide = head[4] == 2
        start, = struct.unpack_from("<Q" if wide else "<I", head, 32 if wide else 28)
        size, number = struct.unpack_from("<HH", head, 54 if wide else 42)
        self.parts = []
        for i in range(number):
            self.file.seek(start + i * size)
            entry = self.file.read(size)
            kind, = struct.unpack_from("<I", entry)
            if wide:
                offset, _, physical, length = struct.unpack_from("<QQQQ", entry, 8)
            else:
                offset, _, physical, length = struct.unpack_from("<IIII", entry, 4)
            if kind == 1:
                self.parts.append((physical, length, offset))
        self.before = []

    def end(self):
        return max(physical + length for physical, length, _ in self.parts)

    def seek(self, address):
        for physical, length, offset in self.parts:
            if physical <= address < physical + length:
                self.file.seek(offset + address - physical)
                return
        raise ValueError(f"{address:x} is not in the dump")

    def read(self, address, size):
        self.seek(address)
        return self.file.read(size)

    def find(self, data):
        """Returns the addresses of these bytes, which are aligned to 4 bytes."""
        found = []
        for physical, length, offset in self.parts:
            self.file.seek(offset)
            part = self.file.read(length)
            at = part.find(data)
            while at >= 0:
                if at % 4 == 0:
                    found.append(physical + at)
                at = part.find(data, at + 1)
        return found

    def write(self, address, data):
        self.before.append((address, self.read(address, len(data))))
        self.seek(address)
        self.file.write(data)
        self.file.flush()

    def restore(self):
        while self.before:
            address, data = self.before.pop()
            self.seek(address)
            self.file.write(data)
        self.file.flush()


class Guest:
    def __init__(self, kwalk, path, name):
        self.kwalk, self.path, self.name = kwalk, path, name
        self.memory = Memory(path)
        arch = next(answer["value"] for answer in self.ask("info") if answer.get("fact") == "arch")
        self.pointer = 8 if arch == "x86_64" else 4
        self.entry = 4 if arch == "i386" else 8
        # If more bits are set than the machine has, the frame is outside of memory, but the entry is not corrupt.
        self.high = 1 << (30 if arch == "i386" else 35)
        self.processes = [task for task in self.ask("tasks") if "mm" in task and task["pid"] == task["tgid"]]

    def ask(self, script):
        return self.kwalk.objects(self.path, script)

    def put(self, address, value, size=None):
        self.memory.write(address, value.to_bytes(size or self.entry, "little"))

    def pages(self, pid, use):
        """Writable pages of normal size and this use that the process maps: (virtual address, levels, physical
        address)."""
        found = []
        for page in self.ask(f"pagemap -p {pid}"):
            if page.get("status") == "mapped" and page.get("page_size") == PAGE and page.get("writable"):
                found.append(page["virtual"])
        answers = self.ask(f"vtop -p {pid} " + " ".join(found[:400]))
        walks = [answer for answer in answers if answer.get("status") == "mapped"]
        uses = self.ask("page " + " ".join(walk["page"] for walk in walks))
        return [(int(walk["virtual"], 16), walk["levels"], int(walk["physical"], 16))
                for walk, answer in zip(walks, uses) if answer.get("use") == use and answer.get("mapcount") == 1]

    def physical(self, virtual):
        return int(self.ask(f"vtop {virtual}")[0]["physical"], 16)

    def struct_page(self, physical):
        """Returns the physical address and the size of the struct page of a frame."""
        page = self.ask(f"phys_to_page {physical:x}")[0]["page"]
        size = next(answer["value"] for answer in self.ask("info") if answer.get("fact") == "struct_page_size")
        return self.physical(page), size

    def member(self, address, name):
        """Returns the offset of a pointer with this value in a struct at a virtual address."""
        start, value = self.physical(f"{address:x}"), int(name, 16)
        data = self.memory.read(start, 8192)
        for at in range(0, len(data), self.pointer):
            if int.from_bytes(data[at:at + self.pointer], "little") == value:
                return start + at
        raise ValueError(f"no member is {name}")

    def expect(self, what, check, *texts):
        lines = [answer for answer in self.ask("check") if answer.get("check") == check]
        told = [line["message"] for line in lines if line["status"] == "error"]
        wrong = [] if any(all(text in message for text in texts) for message in told) else \
            [f"{texts}: {[line['status'] + ': ' + line['message'] for line in lines]}"]
        self.memory.restore()
        report(f"{self.name}: {what}", 1, wrong)


def entries(guest):
    """Wrong values for an entry of a process."""
    task = guest.processes[-1]
    pid = task["pid"]
    virtual, levels, physical = guest.pages(pid, "anon")[3]
    pte, pmd = levels[-1], levels[-2]
    at, value = int(pte["entry_address"], 16), int(pte["entry"], 16)
    of = f"of pid {pid}"

    guest.put(at, value ^ guest.high)
    guest.expect("an entry with a wrong bit leads outside of memory", "user-tables",
                 f"the pte entry {value ^ guest.high:x} at {at:x} maps {virtual:x} {of}", "not memory",
                 f"frame {(physical & -PAGE) // PAGE:x}, ")
    above, own = int(pmd["entry_address"], 16), int(pmd["entry"], 16)
    guest.put(above, own ^ guest.high)
    guest.expect("a table outside of memory", "user-tables", "the pte entry at ", of,
                 f"frame {(own & (1 << 40) - PAGE) // PAGE:x}")
    if guest.entry == 8:
        guest.put(above, 0xdeadbeefdeadbeef)
        guest.expect("garbage in a pmd entry", "user-tables", f"{pmd['name']} entry at {above:x} (deadbeefdeadbeef)", of)
        guest.put(above, (above & -PAGE) | own & 0xfff)
        guest.expect("a table that names itself", "user-tables", "two levels",
                     f"table at {above & -PAGE:x} is also used as a ", of)
    text = guest.physical("_stext")
    guest.put(at, text & -PAGE | value & 0xfff)
    guest.expect("the kernel's text is open", "user-tables", f"maps {virtual:x} {of}", "the kernel's text")
    guest.put(at, above & -PAGE | value & 0xfff)
    guest.expect("a page table is open", "user-tables", f"maps {virtual:x} {of}", "a page table")
    slab = guest.physical(task["task"])
    guest.put(at, slab & -PAGE | value & 0xfff)
    guest.expect("a slab is open", "user-tables", f"maps {virtual:x} {of}", "a slab")
    free = next(int(run["start"], 16) for run in guest.ask("frames -l") if run.get("use") == "free-percpu")
    guest.put(at, free | value & 0xfff)
    guest.expect("a free frame in the list of a CPU is open", "user-tables", f"maps {virtual:x} {of}", "free memory")
    other = guest.processes[-2]["pid"]
    shared = guest.pages(other, "anon")[2]
    guest.put(at, shared[2] & -PAGE | value & 0xfff)
    guest.expect("an anonymous page of two processes that counts one", "user-tables",
                 f"{shared[2] & -PAGE:x} counts 1 mappings, but the page has 2", f"at {virtual:x} {of}",
                 f"at {shared[0]:x} of pid {other}")
    if guest.pointer == 8:
        root = int(task["root"], 16)
        first = int(levels[0]["entry_address"], 16) & -PAGE
        for index in range(1, 25):
            guest.put(first + 8 * index, 0x4141414141414141)
        lines = {line["check"]: line for line in guest.ask("check") if "check" in line}
        right = lines["user-tables"]["status"] == "error" and lines["user-rights"]["status"] != "ok"
        report(f"{guest.name}: 24 entries of a pgd overwritten, at {root:x}", 1, [] if right else [str(lines["user-rights"])])
        guest.memory.restore()


def references(guest):
    """A page of a process that nothing holds: it is mapped once, and counts no reference."""
    task = guest.processes[-1]
    virtual, _, physical = guest.pages(task["pid"], "anon")[5]
    at, size = guest.struct_page(physical)
    words = guest.memory.read(at, size)
    # _mapcount of a page that is mapped once, and _refcount after it
    counts = [place for place in range(0, size - 4, 4) if words[place:place + 4] == bytes(4) and 0 < words[place + 4] < 4
              and words[place + 5:place + 8] == bytes(3) and place >= 4 * guest.pointer]
    if len(counts) != 1:
        report(f"{guest.name}: the counts of a struct page", 1, [words.hex()])
        return
    guest.memory.write(at + counts[0] + 4, bytes(4))
    guest.expect("a mapped page that counts no reference", "user-tables", f"maps {virtual:x} of pid {task['pid']} ",
                 f"to {physical & -PAGE:x}, whose struct page counts no reference")


def mappings(guest):
    """The mappings of a process: an end before the start, another process's mm, and a count."""
    task = guest.processes[-1]
    pid, mm = task["pid"], int(task["mm"], 16)
    found = guest.ask(f"vmas -p {pid}")
    vma = next(answer for answer in found if answer.get("file", "").endswith("[stack]"))
    at, start, end = (int(vma[name], 16) for name in ("vma", "start", "end"))
    place = guest.physical(f"{at:x}")
    words = guest.memory.read(place, 2 * guest.pointer)
    if words != b"".join(value.to_bytes(guest.pointer, "little") for value in (start, end + 1)):
        report(f"{guest.name}: the start and end of a mapping", 1, [words.hex()])
        return
    guest.put(place + guest.pointer, start - PAGE, guest.pointer)
    guest.expect("a mapping that ends before it starts", "vmas", f"the mappings of pid {pid} ", f"{at:x}")
    other = int(guest.processes[-2]["mm"], 16)
    guest.put(guest.member(at, f"{mm:x}"), other, guest.pointer)
    guest.expect("a mapping of another process", "vmas", f"the mappings of pid {pid} ", f"{at:x}")


def descriptors(guest):
    """Descriptors that own no reference: init gets 20 more descriptors of its console."""
    rows = [row for task in guest.processes for row in guest.ask(f"files {task['pid']}")]
    own = [row for row in rows if row["pid"] == 1]
    words = [int(row["file"], 16).to_bytes(guest.pointer, "little") for row in own]
    places = guest.memory.find(b"".join(words))
    if len(places) != 1:
        report(f"{guest.name}: the table of descriptors", 1, [str(places)])
        return
    guest.memory.write(places[0] + guest.pointer * len(words), words[0] * 20)
    nr = sum(row["file"] == own[0]["file"] for row in rows) + 20
    guest.expect("a file with more descriptors than references", "files", f"{own[0]['file'][2:]} ({own[0]['path']}) counts ",
                 f", but has {nr} descriptors: first 0 of pid 1 (init), last ")


def areas(guest):
    """An area of vmalloc: an end inside of the next area."""
    found = [answer for answer in guest.ask("areas") if "start" in answer]
    area, after = next(pair for pair in zip(found, found[1:]) if pair[0].get("kind") == "vmalloc")
    start, end = int(area["start"], 16), int(area["end"], 16) + 1
    words = b"".join(value.to_bytes(guest.pointer, "little") for value in (start, end))
    places = []
    for place in guest.memory.find(words):
        virtual = guest.ask(f"ptov {place:x}")[0]["virtual"]
        object_of = guest.ask(f"whatis {virtual}")[0]
        if object_of.get("slab_cache") == "vmap_area" and object_of.get("allocated"):
            places.append(place)
    if len(places) != 1:
        report(f"{guest.name}: the vmap_area of {start:x}", 1, [str(places)])
        return
    guest.put(places[0] + guest.pointer, int(after["start"], 16) + PAGE, guest.pointer)
    guest.expect("an area that overlaps the next", "areas", f"{start:x}", "overlap")
    guest.put(places[0] + guest.pointer, start - PAGE, guest.pointer)
    guest.expect("an area that ends before it starts", "areas")


def user_bits(guest):
    """Entries without the user bit, at the last level and above."""
    pid = guest.processes[-1]["pid"]
    virtual, levels, _ = guest.pages(pid, "anon")[3]
    for level in levels[-1], levels[-2]:
        at, value = int(level["entry_address"], 16), int(level["entry"], 16)
        guest.put(at, value & ~USER)
        guest.expect(f"a {level['name']} entry without the user bit", "user-tables", f" of pid {pid} ", "the user bit is clear",
                     *([f"the pte entry {value & ~USER:x} at {at:x} maps {virtual:x} "] if level is levels[-1] else []))


def large_page(guest):
    """A frame in a large page of a process, with a struct page that says that the frame belongs to a slab."""
    pid, large = next((task["pid"], page) for task in guest.processes for page in guest.ask(f"pagemap -p {task['pid']}")
                      if page.get("status") == "mapped" and page.get("page_size", 0) > PAGE and page.get("user"))
    frame, inside = int(large["physical"], 16) & -large["page_size"], 5 * PAGE
    level = guest.ask(f"vtop -p {pid} {large['virtual']}")[0]["levels"][-1]
    slab = next(int(run["start"], 16) for run in guest.ask("frames -l") if run.get("use") == "slab")
    size = next(answer["value"] for answer in guest.ask("info") if answer.get("fact") == "struct_page_size")
    ours, theirs = (guest.physical(answer["page"]) for answer in guest.ask(f"phys_to_page {frame + inside:x} {slab:x}"))
    guest.memory.write(ours, guest.memory.read(theirs, size))
    guest.expect("a frame inside of a large page is a slab's", "user-tables",
                 f"the {level['name']} entry {level['entry'][2:]} at {level['entry_address'][2:]} maps "
                 f"{(int(large['virtual'], 16) & -large['page_size']) + inside:x} of pid {pid} ", f"to {frame + inside:x}, a slab")


def task_kernel_half(guest):
    """An entry for the direct map in the table of a process, or in the process's copy of PAE's lower table; on
    i386, an entry of vmalloc."""
    task = guest.processes[-1]
    pid, address = task["pid"], task["task"]
    own, kernels = (guest.ask(f"vtop {option} {address}")[0]["levels"] for option in (f"-p {pid}", "-k"))
    copied = guest.pointer == 4 and guest.entry == 8 and own[0]["entry"] != kernels[0]["entry"]
    at, value = int(own[copied]["entry_address"], 16), int(own[copied]["entry"], 16)
    for bad in value ^ 1 << 25, 0, value & ~WRITABLE:
        guest.put(at, bad)
        guest.expect(f"{bad:x} in the kernel's half of a process", "kernel-half", f"the {own[copied]['name']} entry {bad:x} at {at:x}",
                     f"of pid {pid} ({task['comm']}), is ", " in the kernel's table")
    area = next(int(region["start"], 16) for region in guest.ask("regions") if region.get("region") == "vmalloc")
    if guest.entry == 4:
        row = (area >> 22) + 1
        guest.put((at & -PAGE) + 4 * row, 0)
        lines = [line for line in guest.ask("check") if line.get("check") == "kernel-half"]
        report(f"{guest.name}: an entry of vmalloc that is not needed yet", 1, [str(lines)] if lines[0]["status"] != "ok" else [])
        guest.put((at & -PAGE) + 4 * row, 0x41414141)
        guest.expect("garbage in such an entry", "kernel-half", "the pgd entry 41414141 at ")


def mm_pointer(guest):
    task = guest.processes[-1]
    mm = int(task["mm"], 16)
    bit = 37 if guest.pointer == 8 else 29
    at = guest.member(int(task["task"], 16), task["mm"])
    guest.put(at, mm ^ 1 << bit, guest.pointer)
    neighbour = f"with bit {bit} flipped, mm would be {mm:x}, which is an mm_struct"
    answers = guest.ask("tasks")
    told = [answer["message"] for answer in answers if answer["status"] == "error"]
    report(f"{guest.name}: tasks names the invalid mm", 1, [] if any(neighbour in text for text in told) else told)
    guest.expect("a pointer to an mm with a wrong bit", "user-tables", f"pid {task['pid']} ({task['comm']}): mm {mm ^ 1 << bit:x}",
                 neighbour)


def slab_frames(guest):
    """Virtual addresses of frames of slabs."""
    frames = [frame for run in guest.ask("frames -l") if run.get("use") == "slab"
              for frame in range(int(run["start"], 16), int(run["end"], 16), PAGE)]
    return [int(answer["virtual"], 16) for answer in guest.ask("ptov " + " ".join(f"{frame:x}" for frame in frames))]


def is_linked(guest, free):
    """Is the free object in its slab's list? Since 6.18 it may be in a sheaf, which has no links; the slab counts it as
    used."""
    rows = [row for row in guest.ask(f"slabs -o {free['slab_cache']}") if row.get("slab") == free["slab"]]
    used = guest.ask(f"struct slab.inuse {rows[0]['page']}")[0].get("value", {}).get("inuse")   # struct slab: since 5.17
    return used in (None, sum(row["allocated"] for row in rows))


def freelist(guest):
    """Overwrites a free object of a slab that is not in use by a CPU. whatis finds the object."""
    for start in slab_frames(guest):
        answers = guest.ask("whatis " + " ".join(f"{start + at:x}" for at in range(0, PAGE, 256)))
        free = [answer for answer in answers if answer.get("allocated") is False and "kept for" not in answer["text"]]
        if not free or not is_linked(guest, free[0]):
            continue
        victim, size = int(free[0]["object"], 16), free[0]["object_size"]
        guest.memory.write(guest.physical(f"{victim:x}"), b"A" * min(size, PAGE - victim % PAGE))
        names = [answer for answer in guest.ask("slabs") if answer["status"] == "error" and answer.get("input")]
        report(f"{guest.name}: slabs names the cache of a free object that was written to", 1,
               [] if any(answer["input"] == free[0]["slab_cache"] for answer in names) else [str(names), str(free[0])])
        guest.expect("a free object that was written to", "slabs", free[0]["slab_cache"], f"{victim:x} points to ")
        return
    report(f"{guest.name}: a free object", 1, ["none was found"])


def free_lists(guest):
    """Blocks of the buddy allocator: a link, a mark, an order and a count."""
    runs = [run for run in guest.ask("frames -l") if run.get("use") == "free" and run["frames"] >= 4]
    run = max(runs, key=lambda run: run["frames"])
    # Not a block of order 0: its private field is not the only 0 in the struct page.
    order, physical = 0, int(run["start"], 16)
    while not order:
        first = next(answer for answer in guest.ask(f"whatis {physical:x}") if answer.get("use") == "free")
        order = first["order"]
        physical += PAGE << order
    at, size = guest.physical(first["page"]), next(answer["value"] for answer in guest.ask("info")
                                                   if answer.get("fact") == "struct_page_size")
    links = at + guest.pointer
    own = int.from_bytes(guest.memory.read(links, guest.pointer), "little")
    for bit in 6, 30 if guest.pointer == 4 else 44:
        guest.put(links, own ^ 1 << bit, guest.pointer)
        guest.expect(f"a link of a free block with bit {bit} flipped", "free-lists", f"order {order}",
                     f" points to {own ^ 1 << bit:x}")
    words = guest.memory.read(at, size)
    marks = [words.index(mark) for mark in (struct.pack("<I", 0xffffff7f), struct.pack("<I", 0xf0ffffff), struct.pack("<I", 0xffffffff ^ 128))
             if mark in words]
    if marks:
        guest.memory.write(at + marks[0], struct.pack("<I", 0xffffffff))
        guest.expect("a free block without its mark", "free-lists", f"frame {int(first['pfn'], 16):x} is not marked as free")
    # A word before it may have the same value: a page that was in a list of a CPU has its migrate type in page->index.
    private = max(place for place in range(0, size, guest.pointer)
                  if place > guest.pointer * 2 and words[place:place + guest.pointer] == order.to_bytes(guest.pointer, "little"))
    guest.put(at + private, order ^ 1, guest.pointer)
    guest.expect("a free block of another order", "free-lists", f"frame {int(first['pfn'], 16):x} begins a block of order {order ^ 1}")


def zeroed_page(guest):
    """A struct page that was overwritten with zeros names the first zone, which does not contain the frame."""
    run = max((run for run in guest.ask("frames -l") if run.get("use") == "free"), key=lambda run: int(run["start"], 16))
    physical = int(run["start"], 16)

    def frame():
        return next(answer for answer in guest.ask(f"whatis {physical:x}") if answer["as"] == "physical")
    zone = frame().get("zone")
    if zone == guest.ask("zones")[0]["zone"]:   # a kernel without ZONE_DMA, and with less than 4 GiB
        return
    at, size = guest.struct_page(physical)
    guest.memory.write(at, bytes(size))
    answer = frame()
    guest.memory.restore()
    report(f"{guest.name}: a struct page of zeros", 1, [f"{zone}: {answer}"] * (
        not zone or "zone" in answer or answer.get("struct_page_zero") is not True or "its struct page is zero" not in answer["text"]))


def main():
    program, folder, vmlinux, name = sys.argv[1:]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as scratch:
        path = os.path.join(scratch, "vmcore")
        subprocess.run(["cp", "--sparse=always", os.path.join(folder, "vmcore"), path], check=True)
        os.chmod(path, 0o600)
        guest = Guest(Kwalk(program, [vmlinux] * bool(vmlinux)), path, name)
        lines = [line for line in guest.ask("check") if line.get("check") in ("user-tables", "kernel-half", "slabs", "free-lists", "tasks", "vmas", "files", "areas")]
        report(f"{name}: nothing is wrong", len(lines),
               [f"{line['check']}: {line['message']}" for line in lines if line["status"] != "ok"])
        entries(guest)
        references(guest)
        user_bits(guest)
        large_page(guest)
        task_kernel_half(guest)
        mm_pointer(guest)
        freelist(guest)
        free_lists(guest)
        mappings(guest)
        descriptors(guest)
        areas(guest)
        zeroed_page(guest)
        lines = [line for line in guest.ask("check") if line.get("status") == "error"]
        report(f"{name}: nothing is wrong again", 1, [line["message"] for line in lines])
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
