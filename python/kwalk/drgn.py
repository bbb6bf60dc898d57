# SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later
"""drgn on whatever kwalk can open.

    import kwalk.drgn
    from drgn.helpers.linux import for_each_task
    prog = kwalk.drgn.program("image.lime", "vmlinux")
    for task in for_each_task(prog):
        print(task.pid.value_(), task.comm.string_())

drgn itself opens ELF cores with a VMCOREINFO note, and kdump-compressed files. program() makes a
drgn.Program of a Linux kernel from any dump: physical memory, virtual memory by the kernel's page
table, KASLR's offset, release and the registers of its CPUs are those that kwalk finds. It works
with drgn 0.0.22 (Debian 12) and needs Python's package drgn.

How: drgn is given a core of notes alone. VMCOREINFO is the dump's own, with the lines of what kwalk
knows in place of theirs; or, where there is none, made of these lines. The registers are
NT_PRSTATUS, one a CPU. Then each part of memory that the dump has, and each range of virtual
addresses that is mapped to such memory, is a segment that kwalk reads. All else drgn finds missing
by itself, and raises its FaultError, as its helpers expect. Where kwalk cannot read what seemed to
be there, as a page of a compressed dump beyond its first GiB that was left out, FaultError has the
library's words; out of objects drgn before 0.1 makes a plain Exception of it. Where a file cannot be
opened, or the dump lacks what drgn must know, kwalk.Error says so, in the library's words.

drgn 0.0.22 has neither page tables nor registers of i386 and PAE: there it reads no memory of
processes (access_process_vm, cmdline), which kernel(prog).read(vaddr, size, pid=1) does, and shows
no stack traces. Struct pages it has: mem_map is what it knows as vmemmap. Physical memory from
4 GiB on it has by virtual addresses alone, as it takes 32 bits of any address there.
"""
from __future__ import annotations

import bisect
import os
import random
import struct
from array import array
from typing import Callable, Iterator, List, Mapping as Dictionary, Optional, Sequence, Tuple, Union

import drgn

from . import LAST, Cpu, Error, Kernel, Path, Region, open as _open

# A range of more pages than these, such as KASAN's shadow, is taken whole.
_MOST_PAGES = 1 << 18
# Memory behind so many extents, each a page where it is compressed, is taken as if it were there:
# to look at all that a large dump has takes minutes.
_MOST_EXTENTS = 1 << 18

_Span = Tuple[int, int]  # both inclusive


def kernel(prog: drgn.Program) -> Kernel:
    """The kwalk.Kernel that the Program reads from. Close it only when the Program is not used any more."""
    found = prog.cache.get("kwalk")
    if not isinstance(found, Kernel):
        raise Error("the Program is not one of kwalk.drgn", "usage")
    return found


def program(dump: Union[Kernel, Path, Sequence[Path]], vmlinux: Optional[Path] = None,
            overrides: Optional[Dictionary[str, object]] = None, *, debug_path: Optional[str] = None,
            strict: bool = False, listener: Optional[Callable[[str, str], object]] = None) -> drgn.Program:
    """A drgn.Program of the dump. It takes the arguments of kwalk.open(); dump may also be an open
    Kernel. vmlinux is an ELF file with debug information, as drgn reads it; without one it is that which
    kwalk found; where there is none, the Program has no types until its load_debug_info()."""
    opened = dump if isinstance(dump, Kernel) else _open(dump, vmlinux, overrides, debug_path=debug_path,
                                                         strict=strict, listener=listener)
    prog = drgn.Program()
    _set_core(prog, _core(opened))
    memory = list(_merged(_memory(opened)))
    _add_segments(prog, memory, opened.read_physical, True)
    _add_segments(prog, list(_merged(_readable(opened, memory))), opened.space().read, False)
    if opened.facts.get("memory_model") == "flatmem" and "mem_map" in opened.facts:
        prog.add_object_finder(_find_vmemmap)
    prog.cache["kwalk"] = opened
    files = [os.fspath(vmlinux)] if vmlinux is not None else _found_vmlinux(opened)
    if files:
        prog.load_debug_info(files)
    return prog


def _found_vmlinux(opened: Kernel) -> List[str]:
    """As drgn reads it: an ELF file, not one that kwalk unpacked, nor a System.map."""
    path = str(opened.facts["vmlinux"])
    if path == "none":
        return []
    try:
        with open(path, "rb") as file:
            return [path] if file.read(4) == b"\x7fELF" else []
    except OSError:
        return []


def _find_vmemmap(prog: drgn.Program, name: str, flags: drgn.FindObjectFlags,
                  filename: Optional[str]) -> Optional[drgn.Object]:
    """mem_map, as i386 has one array of all struct pages there."""
    if name != "vmemmap" or filename or not flags & drgn.FindObjectFlags.CONSTANT:
        return None
    return drgn.Object(prog, "struct page *", value=kernel(prog).facts["mem_map"])


# --- memory ---

def _add_segments(prog: drgn.Program, spans: List[_Span], read: Callable[[int, int], bytes], physical: bool) -> None:
    def read_segment(address: int, count: int, _offset: int, _physical: bool) -> bytes:
        try:
            return read(address, count)
        except Error as error:
            if error.code != "unreadable":
                raise
            raise drgn.FaultError(str(error), address) from error
    # drgn keeps them in a tree that is a list if they come in order.
    for first, last in random.Random(1).sample(spans, len(spans)):
        prog.add_memory_segment(first, min(last - first + 1, LAST), read_segment, physical)


def _merged(spans: Iterator[_Span]) -> Iterator[_Span]:
    """Those that follow each other as one."""
    before: Optional[_Span] = None
    for first, last in spans:
        if before is not None and before[1] + 1 == first:
            before = before[0], last
        else:
            if before is not None:
                yield before
            before = first, last
    if before is not None:
        yield before


def _memory(opened: Kernel) -> Iterator[_Span]:
    """Physical memory that the dump has."""
    for number, extent in enumerate(opened.memory()):
        if number == _MOST_EXTENTS:
            yield extent.first, LAST
            return
        if extent.state in ("present", "zero"):
            yield extent.first, extent.last


def _parts_in(memory: List[_Span], first: int, last: int) -> Iterator[_Span]:
    """What of first to last lies in memory, which is in order."""
    at = max(bisect.bisect_right(memory, (first, 1 << 64)) - 1, 0)
    while at < len(memory) and memory[at][0] <= last:
        if memory[at][1] >= first:
            yield max(first, memory[at][0]), min(last, memory[at][1])
        at += 1


def _region(opened: Kernel, vaddr: int) -> Optional[Region]:
    try:
        return opened.region(vaddr)
    except Error as error:
        if error.code != "unknown":
            raise
        return None


def _readable(opened: Kernel, memory: List[_Span]) -> Iterator[_Span]:
    """The virtual addresses that the kernel's table maps to memory."""
    region: Optional[Region] = None
    for mapped in opened.ranges():
        if mapped.physical is None:
            continue
        if region is None or region.last < mapped.first:
            region = _region(opened, mapped.first)
        size = mapped.page_size
        pages = (mapped.last - mapped.first + 1) // size
        if pages == 1 or (region is not None and region.physical is not None and mapped.last <= region.last):
            blocks = [(mapped.first, mapped.physical, mapped.last - mapped.first + 1)]
        elif pages > _MOST_PAGES:
            yield mapped.first, mapped.last
            continue
        else:
            starts = array("Q", range(mapped.first, mapped.last + 1, size))
            blocks = [(vaddr, paddr, size) for vaddr, paddr in zip(starts, opened.translate_many(starts))]
        for vaddr, paddr, length in blocks:
            for first, last in _parts_in(memory, paddr, paddr + length - 1):
                yield vaddr + first - paddr, vaddr + last - paddr


# --- the core of notes ---

def _set_core(prog: drgn.Program, core: bytes) -> None:
    file = os.memfd_create("kwalk.drgn")
    try:
        with os.fdopen(os.dup(file), "wb") as out:
            out.write(core)
        prog.set_core_dump(f"/proc/self/fd/{file}")
    finally:
        os.close(file)  # drgn has opened it


def _note(name: bytes, kind: int, content: bytes) -> bytes:
    name += b"\0"
    return struct.pack("<III", len(name), len(content), kind) + b"".join(
        part + bytes(-len(part) % 4) for part in (name, content))


# e_machine of each mode of kwalk
_MACHINES = {"i386": 3, "pae": 3, "x86_64": 62, "arm64": 183}


def _core(opened: Kernel) -> bytes:
    """An ELF core of one segment, PT_NOTE."""
    facts = opened.facts
    if facts["arch"] not in _MACHINES:
        raise Error(f"kwalk cannot open a dump of {facts['arch']} in drgn", "usage")
    machine = _MACHINES[str(facts["arch"])]
    wide = machine in _LAYOUTS
    notes = _note(b"VMCOREINFO", 0, _vmcoreinfo(opened, facts))
    if wide:
        layout = _LAYOUTS[machine]
        notes += b"".join(_note(b"CORE", 1, content) for content in _prstatus(opened, layout))
    ident = b"\x7fELF" + bytes((2 if wide else 1, 1, 1)) + bytes(9)
    if wide:
        header = struct.pack("<HHIQQQIHHHHHH", 4, machine, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
        segment = struct.pack("<IIQQQQQQ", 4, 0, 120, 0, 0, len(notes), len(notes), 4)
    else:
        header = struct.pack("<HHIIIIIHHHHHH", 4, machine, 1, 0, 52, 0, 0, 52, 32, 1, 0, 0, 0)
        segment = struct.pack("<IIIIIIII", 4, 84, 0, 0, len(notes), len(notes), 0, 4)
    return ident + header + segment + notes


# Lines that other machines have, and that drgn refuses with a wrong number.
_NOT_OURS = (b"NUMBER(KERNELPACMASK)", b"NUMBER(VA_BITS)")


def _vmcoreinfo(opened: Kernel, facts: Dictionary[str, Union[int, str]]) -> bytes:
    """What drgn must know by kwalk, all else by the dump's own note."""
    lines = {}
    not_ours = () if facts["arch"] == "arm64" else _NOT_OURS
    try:
        for line in opened.vmcoreinfo.split(b"\n"):
            key, equals, value = line.partition(b"=")
            if equals and key not in not_ours:
                lines[key] = value
    except Error as error:
        if error.code != "unknown":
            raise
    if "release" not in facts:
        raise Error("drgn must know the kernel's release, and no source has it", "unknown")
    lines[b"OSRELEASE"] = str(facts["release"]).encode()
    lines[b"PAGESIZE"] = b"%d" % int(facts.get("page_size", 4096))
    lines[b"SYMBOL(swapper_pg_dir)"] = b"%x" % _swapper(opened, facts)
    if "kaslr_offset" in facts:
        lines[b"KERNELOFFSET"] = b"%x" % (int(facts["kaslr_offset"]) & (1 << 64) - 1)
    if facts["arch"] == "x86_64":
        lines[b"NUMBER(pgtable_l5_enabled)"] = b"%d" % (facts["levels"] == 5)
        if not lines.get(b"LENGTH(mem_section)", b"").isdigit():
            # A bound: drgn looks for the first section that there is. 2^46 or 2^52 bytes of memory
            # in sections of 2^27, 256 in a page.
            lines[b"LENGTH(mem_section)"] = b"131072" if facts["levels"] == 5 else b"2048"
    elif facts["arch"] == "arm64":
        lines[b"NUMBER(VA_BITS)"] = b"%d" % int(facts.get("config_va_bits", facts["va_bits"]))
        lines[b"NUMBER(TCR_EL1_T1SZ)"] = b"0x%x" % (64 - int(facts["va_bits"]))
        lines[b"NUMBER(KERNELPACMASK)"] = b"0x%x" % int(facts.get("pac_mask", 0))
        for key, name in ((b"NUMBER(kimage_voffset)", "kimage_voffset"), (b"NUMBER(PHYS_OFFSET)", "phys_offset")):
            if name in facts:
                lines[key] = b"0x%x" % (int(facts[name]) & (1 << 64) - 1)
    else:
        lines.pop(b"LENGTH(mem_section)", None)
    return b"".join(key + b"=" + value + b"\n" for key, value in lines.items())


def _swapper(opened: Kernel, facts: Dictionary[str, Union[int, str]]) -> int:
    """Its virtual address; where no source has that, the direct map's of the table."""
    if "swapper_pg_dir" in facts:
        return int(facts["swapper_pg_dir"])
    return opened.phys_to_virt(opened.space().info.root)


# struct elf_prstatus of 64-bit machines: pr_pid, and the registers from pr_reg on. By e_machine its size,
# and the registers: struct user_regs_struct of x86-64, struct user_pt_regs of arm64.
_PID_AT, _REGISTERS_AT = 32, 112
_Layout = Tuple[int, Tuple[str, ...]]
_LAYOUTS: Dictionary[int, _Layout] = {
    62: (336, ("r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi",
               "", "rip", "cs", "rflags", "rsp", "ss")),
    183: (392, tuple(f"x{number}" for number in range(31)) + ("sp", "pc", "pstate")),
}


def _prstatus(opened: Kernel, layout: _Layout) -> Iterator[bytes]:
    """One a CPU, by its number; without content where a CPU's registers are not known."""
    try:
        cpus = opened.cpus()
    except Error as error:
        if error.code != "unknown":
            raise
        return
    known = {cpu.number: cpu for cpu in cpus if cpu.number is not None and cpu.registers}
    for number in range(max(known, default=-1) + 1):
        yield _prstatus_of(known[number], layout) if number in known else b""


def _prstatus_of(cpu: Cpu, layout: _Layout) -> bytes:
    size, names = layout
    content = bytearray(size)
    struct.pack_into("<i", content, _PID_AT, cpu.pid or 0)
    struct.pack_into(f"<{len(names)}Q", content, _REGISTERS_AT, *(cpu.registers.get(name, 0) for name in names))
    return bytes(content)
