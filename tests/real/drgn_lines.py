#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""drgn_lines.py DIR VMLINUX <PLACES: reads the kernel's structures in a dump with drgn, without kwalk. Writes what the
files in /proc of the guest would have shown when it was stopped, in the form in which guest.c prints these files.
PLACES: lines with the pages to ask for. For kernels 6.1 of x86-64."""
import json
import os
import struct
import subprocess
import sys

import drgn
from drgn.helpers import linux as helpers

PAGE, SHIFT = 4096, 12
SECTION = 1 << 27 - SHIFT       # frames of a section, SECTION_SIZE_BITS
KERNEL_MAP = 0xffffffff80000000
PRESENT, SWAPPED = 1 << 63, 1 << 62     # bits of pagemap
PFN = (1 << 55) - 1
# include/uapi/linux/kernel-page-flags.h
KPF = {"UPTODATE": 3, "LRU": 5, "SLAB": 7, "BUDDY": 10, "MMAP": 11, "ANON": 12, "SWAPCACHE": 13, "SWAPBACKED": 14,
       "HUGE": 17, "KSM": 21, "THP": 22, "OFFLINE": 23, "ZERO_PAGE": 24, "PGTABLE": 26, "RESERVED": 32}
COPIED = {"UPTODATE": "PG_uptodate", "LRU": "PG_lru", "SWAPBACKED": "PG_swapbacked", "RESERVED": "PG_reserved"}
# PAGE_TYPE_BASE, and the bits that a type clears: include/linux/page-flags.h of 6.1
TYPE_BASE = 0xf0000000
TYPES = {"BUDDY": 0x80, "OFFLINE": 0x100, "PGTABLE": 0x200}
PROT_NONE = 1 << 8      # bit of entries that are not present
MAPPING_ANON, MAPPING_KSM = 1, 3
VM_FLAGS = {1: "ioremap", 2: "vmalloc", 4: "vmap", 8: "user", 16: "dma-coherent"}     # include/linux/vmalloc.h


def with_addresses(core, out, page_offset, phys_base):
    """Copies the core, and adds the virtual addresses of the direct map and of the image to its segments. QEMU leaves
    them out, and drgn needs them to find the kernel's page table."""
    subprocess.run(["cp", "--sparse=always", core, out], check=True)
    os.chmod(out, 0o600)
    with open(out, "r+b") as file:
        header = bytearray(file.read(64))
        start, count = struct.unpack_from("<Q", header, 32)[0], struct.unpack_from("<H", header, 56)[0]
        file.seek(start)
        parts = [list(struct.unpack("<IIQQQQQQ", file.read(56))) for _ in range(count)]
        for part in parts[:]:
            if part[0] == 1:
                kind, flags, offset, _, paddr, size, _, align = part
                part[3] = paddr + page_offset
                image = KERNEL_MAP + paddr - phys_base + (phys_base >> 63 << 64)
                # The image has addresses in one GiB.
                skip = max(0, KERNEL_MAP - image)
                size = min(size, KERNEL_MAP + (1 << 30) - image) - skip
                if size > 0:
                    parts.append([kind, flags, offset + skip, image + skip, paddr + skip, size, size, align])
        struct.pack_into("<Q", header, 32, file.seek(0, os.SEEK_END))
        struct.pack_into("<H", header, 56, len(parts))
        file.write(b"".join(struct.pack("<IIQQQQQQ", *part) for part in parts))
        file.seek(0)
        file.write(header)


def opened(core, vmlinux, page_offset, phys_base):
    """Returns the Program of the core that QEMU wrote."""
    prog = drgn.Program()
    with_addresses(core, copy := core + ".drgn", page_offset, phys_base)
    prog.set_core_dump(copy)
    os.unlink(copy)
    prog.load_debug_info([vmlinux])
    return prog


class Frames:
    """The struct pages of all memory: zeros for sections that do not exist."""

    def __init__(self, prog):
        self.prog = prog
        self.count = prog["max_pfn"].value_()
        self.base, kind = prog["vmemmap_base"].value_(), prog.type("struct page")
        self.size = drgn.sizeof(kind)
        self.offset = {name: drgn.offsetof(kind, name) for name in (
            "flags", "mapping", "private", "_mapcount", "compound_head", "compound_mapcount", "compound_dtor")}
        self.bit = {name: prog.constant(name).value_() for name in (
            "PG_slab", "PG_head", "PG_swapcache", *COPIED.values())}
        self.memory = b"".join(map(self.section, range(0, self.count, SECTION)))
        self.huge = prog.constant("HUGETLB_PAGE_DTOR").value_()
        self.zero = prog["zero_pfn"].value_()
        self.huge_zero = prog["huge_zero_page"].value_()
        self.free = set()
        for pfn in range(self.count):
            if self.has_type(pfn, "BUDDY"):
                self.free.update(range(pfn, pfn + (1 << self.word(pfn, "private"))))

    def section(self, pfn):
        size = min(SECTION, self.count - pfn) * self.size
        try:
            return self.prog.read(self.base + pfn * self.size, size)
        except drgn.FaultError:
            return bytes(size)

    def word(self, pfn, name, letter="Q"):
        return struct.unpack_from("<" + letter, self.memory, pfn * self.size + self.offset[name])[0]

    def flag(self, pfn, name):
        return bool(self.word(pfn, "flags") >> self.bit[name] & 1)

    def has_type(self, pfn, name):
        word = self.word(pfn, "_mapcount", "I")
        return word & (TYPE_BASE | TYPES[name]) == TYPE_BASE

    def head(self, pfn):
        """compound_head()"""
        head = self.word(pfn, "compound_head")
        return (head - 1 - self.base) // self.size if head & 1 else pfn

    def is_slab(self, pfn):
        return self.flag(self.head(pfn), "PG_slab")

    def is_mapped(self, pfn):
        """page_mapped()"""
        head = self.head(pfn)
        if not self.flag(head, "PG_head"):
            return self.word(pfn, "_mapcount", "i") >= 0
        if self.word(head + 1, "compound_mapcount", "i") >= 0:
            return True
        tails = [at for at in range(head, head + 512) if self.head(at) == head]
        return not self.is_huge(head) and any(self.word(at, "_mapcount", "i") >= 0 for at in tails)

    def is_huge(self, head):
        return self.flag(head, "PG_head") and self.word(head + 1, "compound_dtor", "B") == self.huge

    def flags(self, pfn):
        """The word of /proc/kpageflags: stable_page_flags(), fs/proc/page.c of 6.1, without bits that no test needs."""
        head = self.head(pfn)
        kind = self.word(head, "mapping") & 3
        found = {name for name, bit in COPIED.items() if self.flag(pfn, bit)}
        found |= {name for name in ("OFFLINE", "PGTABLE") if self.has_type(pfn, name)}
        compound = head != pfn or self.flag(pfn, "PG_head")
        is_huge_zero = self.base + head * self.size == self.huge_zero
        for name, holds in (
                ("SLAB", self.is_slab(pfn)), ("MMAP", not self.is_slab(pfn) and self.is_mapped(pfn)),
                ("ANON", kind & MAPPING_ANON and not self.is_slab(pfn)), ("KSM", kind == MAPPING_KSM), ("HUGE", self.is_huge(head)),
                ("THP", compound and not self.is_huge(head) and (self.flag(head, "PG_lru") or kind & MAPPING_ANON or is_huge_zero)),
                ("ZERO_PAGE", pfn == self.zero or is_huge_zero), ("BUDDY", pfn in self.free),
                ("SWAPCACHE", self.flag(head, "PG_swapbacked") and self.flag(head, "PG_swapcache"))):
            if holds:
                found.add(name)
        return sum(1 << KPF[name] for name in found)

    def page(self, pfn):
        return drgn.Object(self.prog, "struct page *", value=self.base + pfn * self.size)


class Symbols:
    """Names of addresses: of vmlinux, with the length of the symbol."""

    def __init__(self, prog):
        self.prog = prog

    def name(self, address, back=0):
        """back: 1 for an address to return to, which may be after the last instruction of a function."""
        symbol = self.prog.symbol(address - back)
        return f"{symbol.name}+{address - symbol.address:#x}/{symbol.size:#x}"


def tasks(prog):
    """Yields the lines of all tasks except idle ones: pid, address, address of the mm, name."""
    for task in helpers.for_each_task(prog):
        yield f"@task {task.pid.value_()} {task.value_():x} {task.mm.value_():x} {task.comm.string_().decode()}"


def stacks(prog, symbols):
    """/proc/PID/stack, with the functions of the scheduler, of each task that no CPU runs. QEMU's notes number CPUs from
    1 on, and drgn takes the registers in these notes for the tasks with these pids."""
    cpus = len(list(helpers.for_each_online_cpu(prog)))
    for task in helpers.for_each_task(prog):
        if not task.on_cpu.value_() and task.pid.value_() > cpus:
            for frame in prog.stack_trace(task):
                if not frame.is_inline and frame.pc >> 63:
                    yield f"@stack {task.pid.value_()} [<{frame.pc:x}>] {symbols.name(frame.pc, 1)}"


def name_of(area, mm):
    """The name of a mapping in /proc/PID/maps: show_map_vma()"""
    start, end = area.vm_start.value_(), area.vm_end.value_()
    if area.vm_file:
        dentry = area.vm_file.f_path.dentry
        if dentry.d_op and dentry.d_op.d_dname:     # simple_dname()
            return f"/{dentry.d_name.name.string_().decode()} (deleted)"
        gone = not dentry.d_hash.pprev and dentry != dentry.d_parent
        return helpers.d_path(area.vm_file.f_path).decode() + " (deleted)" * gone
    if start <= mm.brk.value_() and end >= mm.start_brk.value_():
        return "[heap]"
    if start <= mm.start_stack.value_() <= end:
        return "[stack]"
    return "[vdso]" if start == mm.context.vdso.value_() else "[vvar]" if end == mm.context.vdso.value_() else ""


def maps(prog):
    """/proc/1/maps, found as all objects in use of the cache of mappings, because drgn before 0.0.23 cannot read the
    tree of mappings."""
    mm = helpers.find_task(prog, 1).mm
    found = []
    for area in helpers.slab_cache_for_each_allocated_object(prog["vm_area_cachep"], "struct vm_area_struct"):
        if area.vm_mm == mm:
            flags = area.vm_flags.value_()
            rights = "".join(letter if flags >> bit & 1 else "-" for bit, letter in enumerate("rwx")) + "ps"[flags >> 3 & 1]
            offset = area.vm_pgoff.value_() << SHIFT if area.vm_file else 0
            found.append((area.vm_start.value_(), f"@maps {area.vm_start.value_():x}-{area.vm_end.value_():x} {rights} "
                          f"{offset:08x} 00:00 0 {name_of(area, mm)}"))
    vsyscall = ["@maps ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]"]
    mode = prog["vsyscall_mode"]
    none = next(one.value for one in mode.type_.enumerators if one.name == "NONE")     # other types have a NONE, too
    return [line for _, line in sorted(found)] + vsyscall * (mode.value_() != none)


def entry(prog, mm, vaddr):
    """Returns the last entry in the table of the mm for an address, or 0."""
    table, base = mm.pgd.value_(), prog["page_offset_base"].value_()
    for shift in (39, 30, 21, 12):
        found, = struct.unpack("<Q", prog.read(table + (vaddr >> shift & 511) * 8, 8))
        if not found & 1 or shift == SHIFT or found & 0x80:
            return found
        table = base + (found & (1 << 52) - PAGE)
    return 0


def pagemap(prog, frames, lines):
    """Adds flags and map count to pages of init, and reads the entries of its children."""
    for line in lines:
        _, kind, pid, vaddr, word = line.split()[:5]
        word = int(word, 16)
        if pid != "1":
            found = entry(prog, helpers.find_task(prog, int(pid)).mm, int(vaddr, 16))
            # present; without access rights (pte_pfn()); in swap; not mapped
            word = PRESENT | (found & (1 << 52) - 1) >> SHIFT if found & 1 else \
                PRESENT | (~found & (1 << 52) - 1) >> SHIFT if found & PROT_NONE else \
                SWAPPED | found >> 59 | (~found >> 9 & (1 << 50) - 1) << 5 if found else 0
        more = ""
        if word & PRESENT:
            pfn = word & PFN
            more = f" {frames.flags(pfn):x} {frames.word(pfn, '_mapcount', 'i') + 1}"
        yield f"@pagemap {kind} {pid} {vaddr} {word:x}{more}"


def cached(prog, frames, lines):
    """Pages of files that no process maps."""
    for pfn in (int(line.split()[1], 16) for line in lines):
        page = frames.page(pfn)
        if not page.mapping or page.mapping.value_() & 3 or frames.is_mapped(pfn):
            continue
        inode = page.mapping.host
        dentry = next(iter(helpers.hlist_for_each_entry("struct dentry", inode.i_dentry, "d_u.d_alias")), None)
        names = []
        while dentry and dentry != dentry.d_parent:
            names.insert(0, dentry.d_name.name.string_().decode())
            dentry = dentry.d_parent
        kind = inode.i_sb.s_type.name.string_().decode()
        root = "/tmp" if kind == "tmpfs" else ""
        yield f"@cached {pfn:x} {kind} {inode.i_ino.value_()} {page.index.value_()} {root}/{'/'.join(names)}"


def unmapped(prog, frames, lines):
    """Pages in the swap cache that no process maps, and that all children have at an address."""
    children = [task.mm for task in helpers.for_each_task(prog) if task.mm and task.pid.value_() != 1]
    for _, vaddr, pfn, _ in (line.split() for line in lines):
        pfn = int(pfn, 16)
        if frames.flags(pfn) >> KPF["SWAPCACHE"] & 1 and not frames.is_mapped(pfn):
            held = frames.word(pfn, "private")
            found = {entry(prog, mm, int(vaddr, 16)) & -512 for mm in children}  # without bits of software
            # swp_entry_t: the type is above the offset, SWP_TYPE_SHIFT.
            if found == {(held >> 58) << 59 | (~held & (1 << 50) - 1) << 9}:
                yield f"@unmapped {vaddr} {pfn:x} {frames.flags(pfn):x}"


def task_stacks(prog):
    """The lowest addresses of the stacks of all tasks, and of idle ones."""
    idle = (helpers.idle_task(prog, cpu) for cpu in helpers.for_each_online_cpu(prog))
    for task in [*helpers.for_each_task(prog), *idle]:
        yield f"@task-stack {task.stack.value_():x}"


def objects(prog):
    """The objects in use of the caches that whatis.py asks for."""
    for cache in ("task_struct", "mm_struct", "vm_area_struct", "dentry"):
        for item in helpers.slab_cache_for_each_allocated_object(helpers.find_slab_cache(prog, cache), "struct " + cache):
            yield f"@object {cache} {item.value_():x}"


def slab_runs(frames):
    start = None
    for pfn in range(frames.count + 1):
        if (pfn < frames.count and frames.is_slab(pfn)) != (start is not None):
            if start is not None:
                yield f"@slabs {start:x} {pfn - start}"
            start = pfn if start is None else None


def slabinfo(prog):
    """/proc/slabinfo, of SLUB: get_slabinfo()"""
    for cache in helpers.for_each_slab_cache(prog):
        slabs = objects = free = 0
        for node in (cache.node[i] for i in range(prog["nr_node_ids"].value_())):
            if node:
                slabs += node.nr_slabs.counter.value_()
                objects += node.total_objects.counter.value_()
                free += sum(slab.objects.value_() - slab.inuse.value_() for slab in
                            helpers.list_for_each_entry("struct slab", node.partial.address_of_(), "slab_list"))
        oo = cache.oo.x.value_()
        yield f"@slabinfo {cache.name.string_().decode()} {objects - free} {objects} {cache.size.value_()} {oo & 0xffff} " \
            f"{1 << (oo >> 16)} : tunables 0 0 0 : slabdata {slabs} {slabs} 0"


def zones(prog):
    for node in (prog["node_data"][i] for i in range(prog["nr_node_ids"].value_())):
        for zone in node.node_zones if node else ():
            if zone.spanned_pages:
                yield node.node_id.value_(), zone, zone.name.string_().decode()


def zone_lines(prog):
    """/proc/zoneinfo, buddyinfo and pagetypeinfo"""
    free_pages, types = prog.constant("NR_FREE_PAGES").value_(), prog.constant("MIGRATE_TYPES").value_()
    names = [prog["migratetype_names"][i].string_().decode() for i in range(types)]
    for number, zone, name in zones(prog):
        yield f"@zoneinfo Node {number}, zone {name:>8}"
        yield f"@zoneinfo   pages free     {zone.vm_stat[free_pages].counter.value_()}"
        for i, mark in enumerate(("min", "low", "high")):
            yield f"@zoneinfo         {mark}      {zone._watermark[i].value_() + zone.watermark_boost.value_()}"
        for what in ("spanned", "present"):
            yield f"@zoneinfo         {what}  {zone.member_(what + '_pages').value_()}"
        yield f"@zoneinfo         managed  {zone.managed_pages.counter.value_()}"
        for cpu in helpers.for_each_online_cpu(prog):
            yield f"@zoneinfo               count: {helpers.per_cpu_ptr(zone.per_cpu_pageset, cpu).count.value_()}"
        yield f"@zoneinfo   start_pfn:           {zone.zone_start_pfn.value_()}"
        yield f"@buddyinfo Node {number}, zone {name:>8} " + " ".join(str(area.nr_free.value_()) for area in zone.free_area)
        for i in range(types):
            blocks = [sum(1 for _ in helpers.list_for_each(area.free_list[i].address_of_())) for area in zone.free_area]
            yield f"@pagetypeinfo Node {number:4}, zone {name:>8}, type {names[i]:>12} " + " ".join(map(str, blocks))


def areas(prog, symbols):
    """/proc/vmallocinfo: s_show(), and the areas that wait to be freed"""
    low, high = prog["vmalloc_base"].value_(), prog["vmalloc_base"].value_() + (32 << 40)
    for area in helpers.list_for_each_entry("struct vmap_area", prog["vmap_area_list"].address_of_(), "list"):
        start, end, vm = area.va_start.value_(), area.va_end.value_(), area.vm
        if not vm:
            yield f"@vmallocinfo 0x{start:x}-0x{end:x} {end - start:7} vm_map_ram"
            continue
        start, size, flags = vm.addr.value_(), vm.size.value_(), vm.flags.value_()
        line = f"@vmallocinfo 0x{start:x}-0x{start + size:x} {size:7}"
        if vm.caller:
            line += " " + symbols.name(vm.caller.value_())
        if vm.nr_pages:
            line += f" pages={vm.nr_pages.value_()}"
        if vm.phys_addr:
            line += f" phys=0x{vm.phys_addr.value_():016x}"
        line += "".join(" " + word for flag, word in VM_FLAGS.items() if flags & flag)
        yield line + " vpages" * (low <= vm.pages.value_() < high)
    for area in helpers.list_for_each_entry("struct vmap_area", prog["purge_vmap_area_list"].address_of_(), "list"):
        start, end = area.va_start.value_(), area.va_end.value_()
        yield f"@vmallocinfo 0x{start:x}-0x{end:x} {end - start:7} unpurged vm_area"


def resources(tag, resource, digits, depth=0):
    """/proc/iomem or ioports: r_show()"""
    while resource:
        yield f"@{tag} {'  ' * depth}{resource.start.value_():0{digits}x}-{resource.end.value_():0{digits}x} : " \
            f"{resource.name.string_().decode() if resource.name else '<BAD>'}"
        yield from resources(tag, resource.child, digits, min(depth + 1, 4))
        resource = resource.sibling


def clock(prog):
    """The difference of the clocks: CLOCK_REALTIME less CLOCK_MONOTONIC."""
    difference = prog["tk_core"].timekeeper.wall_to_monotonic
    yield f"@clock {-difference.tv_sec.value_() * 1000000000 - difference.tv_nsec.value_()} 0"


def main():
    folder, vmlinux = sys.argv[1:]
    printed = sys.stdin.read().splitlines()
    of = {tag: [line for line in printed if line.startswith(f"@{tag} ")] for tag in ("pagemap", "cached", "unmapped", "frame")}
    with open(os.path.join(folder, "machine.json"), encoding="ascii") as file:
        variables = json.load(file)["variables"]
    prog = opened(os.path.join(folder, "vmcore"), vmlinux, variables["page_offset_base"], variables["phys_base"])
    frames, symbols = Frames(prog), Symbols(prog)
    for lines in (tasks(prog), stacks(prog, symbols), maps(prog), pagemap(prog, frames, of["pagemap"]),
                  cached(prog, frames, of["cached"]), unmapped(prog, frames, of["unmapped"]),
                  (f"@frame {pfn:x} {frames.flags(pfn):x}" for pfn in
                   (int(line.split()[1], 16) for line in of["frame"]) if pfn < frames.count),
                  task_stacks(prog), objects(prog), slab_runs(frames), slabinfo(prog), zone_lines(prog), areas(prog, symbols),
                  resources("iomem", prog["iomem_resource"].child, 8), resources("ioports", prog["ioport_resource"].child, 4),
                  clock(prog)):
        for line in lines:
            print(line)


if __name__ == "__main__":
    main()
