#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks kwalk about the guest recorded in DIR, and compares the answers with the records. Prints TAP without
numbers. Status: 1 if anything differs, 2 if nothing could be compared."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

from page import CONTIGUOUS, PAGE, SHIFT
from records import GIGA, KERNEL_MAP, LARGE, Record

MAX_SHOWN = 8
ABSENT = {"prot-none", "swapped", "migration", "not-mapped"}
ABSENT_UNKNOWN = ABSENT | {"error"}
PRESENT, SWAPPED = 1 << 63, 1 << 62
PFN = (1 << 55) - 1
KPAGEFLAGS = {3: "uptodate", 14: "swapbacked"}  # flags that an idle kernel does not change


def hexadecimal(value):
    return ("-0x%x" % -value) if value < 0 else "0x%x" % value


def signed(value, bits=64):
    return value - (1 << bits) if value >> (bits - 1) else value


class Trouble(Exception):
    """The answer of kwalk cannot be compared."""


class Check:
    """One line of TAP for many comparisons of one kind."""

    total_failed = 0

    def __init__(self, name, title):
        self.title = f"{name}: {title}"
        self.count = 0
        self.wrong = []
        self.notes = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, Trouble):
            self.wrong.append(str(error))
        elif kind:
            return False
        if not self.count and not self.wrong:
            self.wrong.append("nothing was compared")
        notes = "".join("; " + note for note in self.notes)
        if self.wrong:
            Check.total_failed += 1
            print(f"not ok - {self.title}: {len(self.wrong)} wrong, {self.count} compared{notes}")
            for line in self.wrong[:MAX_SHOWN]:
                print("#   " + line)
        else:
            print(f"ok - {self.title}: {self.count} compared{notes}")
        sys.stdout.flush()
        return True

    def equal(self, answer, **expected):
        """Do these fields of an answer have these values? None means that the field must be missing."""
        self.count += 1
        differing = [f"{name} is {answer.get(name)!r}, not {value!r}"
                     for name, value in expected.items() if answer.get(name) != value]
        if differing:
            message = f" ({answer['message']})" if "message" in answer else ""
            self.wrong.append(f"{answer.get('command')} {answer.get('input')}: " + ", ".join(differing) + message)
        return not differing

    def true(self, what, condition):
        self.count += 1
        if not condition:
            self.wrong.append(what)


class Session:
    """kwalk, with one way to open the dump."""

    def __init__(self, kwalk, name, arguments, options=(), sample=1):
        self.kwalk, self.name, self.sample = kwalk, name, sample
        self.arguments, self.options = list(arguments), list(options)

    def with_options(self, *options):
        return Session(self.kwalk, self.name, self.arguments, self.options + list(options), self.sample)

    def ask(self, commands):
        """Returns one answer for each command. Each command has one argument."""
        with tempfile.NamedTemporaryFile("w", suffix=".script") as script:
            script.write("".join(command + "\n" for command in commands))
            script.flush()
            run = subprocess.run([self.kwalk, "-q", "-j", *self.options, "-x", script.name, *self.arguments],
                                 capture_output=True, text=True, timeout=300, check=False,
                                 env=dict(os.environ, KWALK_DEBUG_PATH=""))
        complaint = run.stderr.strip().split("\n")[0]
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        if run.returncode not in (0, 1):
            raise Trouble(f"status {run.returncode}: {complaint}")
        if commands not in (["info"], ["regions"]) and len(answers) != len(commands):
            raise Trouble(f"{len(answers)} answers to {len(commands)} commands: {complaint}")
        failed = any(answer["status"] in ("error", "unreadable", "corrupt") for answer in answers)
        if run.returncode != failed:
            raise Trouble(f"status {run.returncode}, but answers {'have' if failed else 'have not'} failed")
        return answers

    def vtop(self, addresses, option=""):
        answers = self.ask([f"vtop {option}{address:x}" for address in addresses])
        for address, answer in zip(addresses, answers):
            if answer.get("virtual", hexadecimal(address)) != hexadecimal(address):
                raise Trouble(f"vtop {address:x} speaks of {answer['virtual']}")
        return answers


# --- walks -------------------------------------------------------------------------------

def probes(page):
    """Addresses in a page: one in a small page; both ends and the middle of a large page; and the address that
    would be wrong if the PAT bit of the entry was taken for a bit of the frame."""
    if page.size == PAGE:
        return [page.vaddr + (page.vaddr >> SHIFT) * 0x335 % PAGE]
    return [page.vaddr + offset for offset in (0, 0x1000, page.size // 2 + 0x234, page.size - 1)]


def level_names(record, size):
    """The levels of a walk to a page of this size."""
    return record.level_names[:1 + next(i for i, shift in enumerate(record.shifts) if 1 << shift <= size)]


def check_pages(record, session, title, table, start, end, root, option=""):
    """Checks each page of the table from start up to end."""
    wanted = [(page, address) for page in table.pages if start <= page.vaddr < end for address in probes(page)]
    wanted = wanted[::session.sample]
    high_tables = False
    with Check(session.name, title) as check:
        answers = session.vtop([address for _, address in wanted], option)
        for (page, address), answer in zip(wanted, answers):
            paddr = page.paddr + address - page.vaddr
            levels = answer.get("levels", [])
            check.equal(dict(answer, names=[level["name"] for level in levels],
                             top=levels[0]["entry_address"] if levels else None),
                        status="mapped", physical=hexadecimal(paddr), page_size=page.size,
                        pfn=hexadecimal(paddr >> SHIFT), writable=page.writable, user=page.user,
                        executable=page.executable, names=level_names(record, page.size),
                        top=hexadecimal(record.top_entry(root, address)))
            high_tables |= any(int(level["entry_address"], 16) >> 32 for level in levels)
        if record.ram[-1].end >> 32 and start < record.user_end:
            check.true("no table lies above 4 GiB", high_tables)
        if not table.has_rights:
            check.notes.append("rights of the last level only")


def gaps(table, start, end):
    """The first, middle and last address of each range that no page maps."""
    at = start
    for first, after in sorted([(page.vaddr, page.vaddr + page.size) for page in table.pages] +
                               [tuple(part) for part in table.repeated]):
        if start <= first < end:
            if first > at:
                yield at, first - 1
            at = after
    if at < end:
        yield at, end - 1


def check_gaps(session, title, table, start, end, allowed, option="", is_invalid=lambda _: False):
    wanted = [sorted({first, (first + last) // 2, last}) for first, last in gaps(table, start, end)]
    wanted = wanted[::session.sample]
    # The stacks of espfix are 64 KiB apart, and there are tens of thousands of them. One address of each is enough.
    if len(wanted) > 20000:
        wanted = [[addresses[i % len(addresses)]] for i, addresses in enumerate(wanted)]
    wanted = [address for addresses in wanted for address in addresses]
    with Check(session.name, title) as check:
        for answer in session.vtop(wanted, option):
            # The CPU entry area has addresses that are mapped to frame 0 without access.
            reserved = answer["status"] == "prot-none" and answer.get("physical", "")[:-3] in ("0x", "")
            check.true(f"vtop {answer['input']}: {answer['status']}, but no page is there",
                       answer["status"] in allowed or reserved or is_invalid(answer))
            if answer["status"] == "not-mapped":
                check.true(f"vtop {answer['input']}: no level", answer.get("level") in
                           ("pgd", "p4d", "pud", "pmd", "pte"))


def is_made_invalid(record, answer):
    """In the direct map, kernels of arm64 make a loaded capture kernel invalid (arch_kexec_protect_crashkres()), and 7.3
    makes its own data invalid."""
    address, paddr = (int(answer.get(name, "0"), 16) for name in ("virtual", "physical"))
    return record.arch == "arm64" and answer["status"] == "prot-none" and paddr == address - record.page_offset and \
        any(r.start <= paddr <= r.end for r in record.reserved + record.kernel_data)


def check_non_canonical(record, session):
    with Check(session.name, "non-canonical addresses") as check:
        addresses = []
        for start, end in record.non_canonical:
            addresses += [start, end - 1] + [start + (end - start) * i // 64 for i in range(1, 64)]
        for answer in session.vtop(addresses):
            check.equal(answer, status="non-canonical", physical=None)


def check_page_states(record, session):
    """Memory is in the dump. Device memory is mapped, but is not in the dump."""
    with Check(session.name, "whether the frames of pages are in the dump") as check:
        pages = [page for page in record.table.pages if page.vaddr >= record.kernel_start][::7]
        for page, answer in zip(pages, session.vtop([page.vaddr for page in pages])):
            if record.is_dumped(page.paddr):
                check.true(f"vtop {page.vaddr:x}: {answer.get('page_state')}, but memory",
                           answer.get("page_state") in ("present", "zero"))
            elif record.is_beyond_memory(page.paddr):
                check.equal(answer, page_state="absent")


def check_walks(record, session, root, absent=ABSENT):
    """Checks the whole address space in the tables that the CPU used."""
    table = record.table
    top = 1 << record.bits
    check_pages(record, session, "pages of the kernel", table, record.kernel_start, top, root)
    check_gaps(session, "gaps in the kernel's half", table, record.kernel_start, top, {"not-mapped"},
               is_invalid=lambda answer: is_made_invalid(record, answer))
    if record.bits == 64:
        check_non_canonical(record, session)
    check_page_states(record, session)
    options, of_process = record.of_process()
    process = session.with_options(*options)
    check_pages(record, process, "pages of a process", table, 0, record.user_end, table.root, of_process)
    check_gaps(process, "gaps in a process", table, 0, record.user_end, absent, of_process)
    if record.user_table:
        table = record.user_table
        process = session.with_options("-o", f"root={table.root:#x}")
        check_pages(record, process, "pages of the isolated table", table, 0, top, table.root)
        check_gaps(process, "gaps in the isolated table's kernel half", table, record.kernel_start, top,
                   {"not-mapped"})


def check_user_mode(record, session):
    """With page-table isolation, arm64 has a table with few pages in TTBR1_EL1 while a CPU is in user mode."""
    table = record.machine.get("user_mode")
    if not table:
        return
    pages = {vaddr: paddr for vaddr, paddr, _ in table["pages"]}
    pages.update({vaddr + size - 1: paddr + size - 1 for vaddr, paddr, size in table["pages"]})
    starts = {vaddr for vaddr, _, _ in table["pages"]}
    ends = {vaddr + size for vaddr, _, size in table["pages"]}
    pages.update(dict.fromkeys([vaddr - 1 for vaddr in starts - ends] + list(ends - starts) + table["unmapped"]))
    session = session.with_options("-o", f"root={table['ttbr1']:#x}")
    with Check(session.name, "pages of the table of user mode, and next to them") as check:
        for paddr, answer in zip(pages.values(), session.vtop(list(pages))):
            if paddr is None:
                check.equal(answer, status="not-mapped")
            else:
                check.equal(answer, status="mapped", physical=hexadecimal(paddr))


def is_hidden(record, known):
    """Is the entry of a page not valid because the page has no access rights?"""
    return record.vma(known.vaddr).rights.startswith("---") and not (CONTIGUOUS and known.tag == "hugetlb-none")


def check_pagemap(record, session, knows_release=True):
    """Compares with /proc/PID/pagemap: pages with and without access rights, in memory and swapped out. The meaning
    of an entry that is not present depends on the kernel's release."""
    options, of_process = record.of_process()
    process = session.with_options(*options)
    with Check(session.name, "pages in the guest's pagemap") as check:
        unknown = 0
        for known, answer in zip(record.known, process.vtop([known.vaddr for known in record.known], of_process)):
            paddr = hexadecimal((known.entry & PFN) << SHIFT)
            hidden = is_hidden(record, known)
            status = answer["status"]
            if not knows_release and (hidden and status == "prot-none" and "physical" not in answer or
                                      known.entry & SWAPPED and status == "error"):
                unknown += 1
            elif known.entry & PRESENT:
                check.equal(answer, status="prot-none" if hidden else "mapped", physical=paddr)
                if record.vma(known.vaddr).rights.startswith("---") and not hidden:
                    check.equal(answer, user=False, writable=False, executable=False)
            elif known.entry & SWAPPED:
                check.equal(answer, status="swapped", physical=None, swap_type=known.entry & 31,
                            swap_offset=(known.entry & PFN) >> 5)
            else:
                check.equal(answer, status="not-mapped", physical=None)
        if unknown:
            check.notes.append(f"{unknown} hang on the release, which is not known")


def check_contents(record, session):
    """Bytes at virtual addresses: the banner of the kernel, and the data that the guest wrote to its pages."""
    def read(session, command, size, option=""):
        answer = session.ask([f"rd -8 {option}{command} {size}"])[0]
        return bytes(int(value, 16) for value in answer.get("values", []))

    options, of_process = record.of_process()
    process = session.with_options(*options)
    with Check(session.name, "contents of memory") as check:
        banner = record.lines("version", "(.*)")[0].encode()
        if "linux_banner" in record.image:
            got = read(session, f"{record.image['linux_banner']:x}", len(banner))
            check.true(f"linux_banner reads {got!r}", got == banner)
        anonymous = [known for known in record.known if known.tag == "anonymous" and known.entry & PRESENT]
        for known in anonymous:
            hidden = record.vma(known.vaddr).rights.startswith("---")
            number = (known.vaddr - anonymous[0].vaddr) // PAGE
            text = b"anonymous page %d\0" % number
            got = read(process, f"{known.vaddr:x}", len(text), of_process.removeprefix("-u ")) if not hidden else text
            check.true(f"{known.vaddr:x} reads {got!r}, not {text!r}", got == text)


# --- facts, symbols, regions -------------------------------------------------------------

def check_facts(record, session, has_vmlinux, has_addresses=True):
    """has_vmlinux: the session has a file of the kernel; has_addresses: an Image has none."""
    expected = {
        "arch": record.arch, "levels": record.levels, "release": record.release,
        "page_offset": record.page_offset, "kaslr_offset": record.kaslr_offset,
        "swapper_pg_dir": record.swapper_pg_dir, "root": record.root,
    }
    expected.update(record.facts)
    if not record.is_x86:
        expected.update(memory_model="vmemmap", struct_page_size=64, vmemmap=record.variables["vmemmap_base"])
        # Only vmlinux or a note of a kernel with KASLR has it.
        if record.arch == "riscv64" and not (has_vmlinux and has_addresses) and "KERNELOFFSET" not in record.note:
            del expected["kaslr_offset"]
    elif record.bits == 64:
        expected.update(phys_base=record.phys_base, memory_model="vmemmap", struct_page_size=64,
                        vmemmap=record.variables["vmemmap_base"])
    else:
        expected.update(memory_model="flatmem", mem_map=record.variables["mem_map"])
    with Check(session.name, "facts") as check:
        facts = {answer.get("fact"): answer for answer in session.ask(["info"])}
        for name, value in expected.items():
            answer = facts.get(name, {})
            plain = name in ("levels", "struct_page_size") or isinstance(value, str)
            got = answer.get("value")
            wanted = str(value) if plain else hexadecimal(value)
            check.true(f"{name} is {got}, not {wanted} (source: {answer.get('source')})", str(got) == wanted)
        check.true("vmlinux is " + str(facts.get("vmlinux", {}).get("value")),
                   "vmlinux" in facts and (facts["vmlinux"]["value"] != "none") == has_vmlinux)
        check.true("facts without a source", all(fact.get("source") for fact in facts.values()))


def image_symbols(record):
    """Symbols with an address in the image. Symbols of per-CPU variables are offsets."""
    return [(address, name) for address, name in record.unique if address >= record.kernel_start]


def check_symbols(record, session, left_out=()):
    """left_out: prefixes of names that the session's files lack."""
    symbols = [(address, name) for address, name in image_symbols(record) if not name.startswith(tuple(left_out))]
    with Check(session.name, "symbols by name") as check:
        names = symbols + [(address, name) for name, address in record.symbols.items()]
        for (address, name), answer in zip(names, session.ask([f"sym &{name}" for _, name in names])):
            check.equal(answer, status="ok", address=hexadecimal(address), name=name)
        check.notes.append(f"{len(record.unique) - len(symbols)} per-CPU ones not asked")
    with Check(session.name, "symbols by address") as check:
        asked = [(address, name, offset) for address, name in symbols
                 for offset in range(min(2, max(1, record.sizes.get(name, 0))))]
        answers = session.ask([f"sym {address + offset:x}" for address, _, offset in asked])
        for (address, name, offset), answer in zip(asked, answers):
            check.equal(answer, status="ok", name=name, offset=offset, address=hexadecimal(address + offset))


def check_kallsyms(record, session):
    """Compares with names that occur only once in the guest's /proc/kallsyms. A table without data symbols (no
    init_task) has only functions."""
    symbols = image_symbols(record)
    with Check(session.name, "symbols of the dump's own table") as check:
        data = session.ask(["sym &init_task"])[0]["status"] == "ok"
        answers = session.ask([f"sym &{name}" for _, name in symbols])
        known = [(address, name, answer) for (address, name), answer in zip(symbols, answers)
                 if data or answer["status"] == "ok"]
        check.true(f"{len(known)} of {len(symbols)} symbols are known", len(known) * 2 > len(symbols))
        for address, name, answer in known:
            check.equal(answer, status="ok", name=name, address=hexadecimal(address))
        for (address, name, _), answer in zip(known, session.ask([f"sym {address:x}" for address, _, _ in known])):
            check.equal(answer, status="ok", offset=0, address=hexadecimal(address))


def check_note_symbols(record, session):
    """The few symbols in VMCOREINFO."""
    with Check(session.name, "symbols of the note") as check:
        for name, address in (("_stext", record.symbols["_stext"]), ("init_uts_ns", record.image["init_uts_ns"]),
                              ("swapper_pg_dir", record.swapper_pg_dir)):
            check.equal(session.ask([f"sym &{name}"])[0], status="ok", address=hexadecimal(address))


def check_region_map(record, session):
    """The regions are adjacent and in order, from the first address to the last."""
    with Check(session.name, "the map of regions") as check:
        at = 0
        for answer in session.ask(["regions"]):
            start, end = int(answer["start"], 16), int(answer["end"], 16)
            check.true(f"{answer['region']} at {start:x}, not {at:x}", start == at and end >= start)
            check.true(f"{answer['region']}: size {answer['size']}", answer["size"] == end - start + 1)
            at = end + 1
        check.true(f"the last ends at {at:x}", at == 1 << record.bits)


def check_regions(record, session):
    wide = record.bits == 64
    expected = []
    for area in record.vmalloc:
        name = "modules" if wide and area.start >= KERNEL_MAP else "vmalloc"
        expected += [(address, name, None) for address in (area.start, area.end - PAGE)]
    for address in record.modules:
        expected.append((address, "modules" if wide else "vmalloc", None))
    offset = record.phys_base - KERNEL_MAP if wide else -record.page_offset
    for address, _ in image_symbols(record):
        mapped = record.table.find(address)
        expected.append((address, "kernel-image" if wide else "direct-map", address + offset if mapped else -1))
    for page in record.table.pages:
        if page.vaddr - page.paddr == record.page_offset and page.vaddr >= record.kernel_start:
            expected.append((page.vaddr + page.size - 1, "direct-map", page.paddr + page.size - 1))
        elif page.vaddr < record.user_end:
            expected.append((page.vaddr, "user", None))
        elif page.paddr >> 12 == 0xfec00 and page.vaddr >> 32 & 0xffffffff in (0, 0xffffffff) \
                and not any(a.start <= page.vaddr <= a.end for a in record.vmalloc):
            expected.append((page.vaddr, "fixmap", None))
        elif wide and page.vaddr >> 39 == 0xfffffe0000000000 >> 39:
            expected.append((page.vaddr, "cpu-entry-area", None))
        elif wide and page.vaddr >> 39 == 0xffffff0000000000 >> 39:
            if page.vaddr % 17 == 0 or page.vaddr >> 12 & 0xff == 0:
                expected.append((page.vaddr, "espfix", None))
    if wide:
        expected += [(record.user_end, "non-canonical", None), (record.kernel_start, "guard-hole", None),
                     (0xffffffffff600000, "vsyscall", None), (record.variables["vmemmap_base"], "vmemmap", None),
                     (record.variables["vmalloc_base"], "vmalloc", None)]
    else:
        expected += [(record.variables["high_memory"], "hole", None)]
    ask_regions(session, expected)


def check_regions_arm64(record, session):
    expected = []
    def number(name):
        return int(record.note[f"NUMBER({name})"], 16)
    # Modules are in both regions, and the kernel's image is in the second, as separate areas.
    def region(address):
        return "modules" if number("MODULES_VADDR") <= address < number("MODULES_END") else "vmalloc"
    for area in record.vmalloc:
        if not record.in_image(area.start):
            expected += [(address, region(area.start), None) for address in (area.start, area.end - PAGE)]
    expected += [(address, region(address), None) for address in record.modules]
    for address, _ in image_symbols(record):
        paddr = record.table.translate(address)
        if record.in_image(address):
            expected.append((address, "kernel-image", -1 if paddr is None else paddr))
    start = record.facts["page_offset"]
    sample = record.table.pages[::len(record.table.pages) // 3000 + 1]
    for page in sample:
        if page.vaddr >= start and page.vaddr - page.paddr == record.page_offset and record.is_ram(page.paddr):
            expected.append((page.vaddr + page.size - 1, "direct-map", page.paddr + page.size - 1))
        elif page.vaddr < record.user_end:
            expected.append((page.vaddr, "user", None))
    # If the CPU has fewer address bits than the kernel, vmalloc covers the struct pages that are not used there:
    # VMALLOC_END, arch/arm64/include/asm/pgtable.h since d432b8d57c0c.
    above = number("VMEMMAP_START") > number("VMALLOC_END")
    expected += [(number("VMEMMAP_START"), "vmemmap" if above else "vmalloc", None),
                 (number("VMALLOC_END") - 1, "vmalloc", None), (record.user_end, "non-canonical", None),
                 (number("MODULES_VADDR"), "modules", None), (number("MODULES_END") - 1, "modules", None)]
    # Without KASLR, the image is at the start of vmalloc.
    if not record.in_image(number("VMALLOC_START")):
        expected.append((number("VMALLOC_START"), "vmalloc", None))
    ask_regions(session, expected)


def check_regions_riscv64(record, session):
    def number(name):
        return int(record.note[f"NUMBER({name})"], 0)
    # BPF programs may be in the last 128M below the image.
    modules, bpf = number("MODULES_VADDR"), number("MODULES_END") - (128 << 20)
    def region(address):
        return "vmalloc" if address < modules else "modules" if address < bpf else "bpf-jit"
    expected = [(address, region(address), None) for area in record.vmalloc for address in (area.start, area.end - PAGE)]
    expected += [(address, region(address), None) for address in record.modules]
    for address, _ in image_symbols(record):
        if record.in_image(address):
            paddr = record.table.translate(address)
            expected.append((address, "kernel-image", -1 if paddr is None else paddr))
    # PCI I/O has 16M below the memory map, and below is the fixmap.
    fixmap_end = number("VMEMMAP_START") - (16 << 20)
    for page in record.table.pages[::len(record.table.pages) // 3000 + 1]:
        if page.vaddr < record.user_end:
            expected.append((page.vaddr, "user", None))
        elif page.vaddr < fixmap_end:
            expected.append((page.vaddr, "fixmap", None))
        elif number("PAGE_OFFSET") <= page.vaddr < modules and record.is_ram(page.paddr):
            expected.append((page.vaddr + page.size - 1, "direct-map", page.paddr + page.size - 1))
    for name, start, end in (("vmemmap", "VMEMMAP_START", "VMEMMAP_END"), ("vmalloc", "VMALLOC_START", "VMALLOC_END")):
        expected += [(number(start), name, None), (number(end) - 1, name, None)]
    expected += [(record.user_end, "non-canonical", None), (modules, "modules", None), (bpf, "bpf-jit", None)]
    ask_regions(session, expected)


REGIONS = {"arm64": check_regions_arm64, "riscv64": check_regions_riscv64, "x86_64": check_regions, "pae": check_regions,
           "i386": check_regions}


def ask_regions(session, expected):
    with Check(session.name, "regions") as check:
        answers = session.ask([f"region {address:x}" for address, _, _ in expected])
        for (address, name, paddr), answer in zip(expected, answers):
            fields = {"status": "ok", "region": name}
            if paddr is None:
                fields.update(linear=False, physical=None)
            elif paddr >= 0:
                fields.update(linear=True, physical=hexadecimal(paddr))
            inside = "start" in answer and int(answer["start"], 16) <= address <= int(answer["end"], 16)
            check.equal(dict(answer, inside=inside), inside=True, **fields)


# --- frames ------------------------------------------------------------------------------

def interesting_frames(record):
    """Physical addresses: memory and its limits, device memory, and addresses after the end of all memory."""
    frames = {0, 0xa0000, 0xfec00000, 0xfee00000, 1 << 32, 1 << 36, 1 << 40, (1 << 46) - PAGE}
    for ram in record.ram:
        size = ram.end + 1 - ram.start
        frames |= {ram.start, ram.end + 1 - PAGE, ram.end + 1, ram.end + 1 + LARGE, ram.end + 1 + GIGA}
        frames |= {ram.start + size * i // 200 & -PAGE for i in range(200)}
    high = record.variables["high_memory"] - record.page_offset
    frames |= {high - PAGE, high, high + PAGE, high + GIGA}
    return sorted(paddr + (paddr >> SHIFT) * 0x123 % PAGE for paddr in frames)


def check_ptov(record, session):
    """An address of the direct map must be reported exactly if the CPU finds the frame at this address."""
    frames = interesting_frames(record)
    high = 0
    with Check(session.name, "frames to direct-mapped addresses, and back") as check:
        answers = session.ask([f"ptov {paddr:x}" for paddr in frames])
        mapped = []
        for paddr, answer in zip(frames, answers):
            vaddr = record.page_offset + paddr
            direct = vaddr < 1 << record.bits and record.table.translate(vaddr) == paddr
            if direct:
                mapped.append(vaddr)
                check.equal(answer, status="ok", virtual=hexadecimal(vaddr), physical=hexadecimal(paddr))
            else:
                high += 1
                check.equal(answer, status="no-direct-mapping", virtual=None)
        for vaddr, answer in zip(mapped, session.vtop(mapped)):
            check.equal(answer, status="mapped", physical=hexadecimal(vaddr - record.page_offset))
        check.notes.append(f"{high} of them without one")


def check_frames(record, session, strict):
    """Conversions between frames, struct pages and addresses, and back. The place of struct pages is proved by the
    next check, with the flags and counts of the guest's kernel."""
    frames = sorted({paddr >> SHIFT for paddr in interesting_frames(record) if record.is_ram(paddr)} |
                    {known.entry & PFN for known in record.known if known.entry & PRESENT})
    with Check(session.name, "frames to struct pages, and back") as check:
        unknown = 0
        asked = []
        for pfn, answer in zip(frames, session.ask([f"pfn_to_page {pfn:x}" for pfn in frames])):
            if answer["status"] == "error" and not strict:
                unknown += 1
            elif check.equal(answer, status="ok", pfn=hexadecimal(pfn), physical=hexadecimal(pfn << SHIFT)):
                asked.append((pfn, answer.get("page", "0")))
        if record.bits == 64:
            base = record.variables["vmemmap_base"]
            size = 64
        else:
            base = record.variables["mem_map"]
            size = None
        for pfn, page in asked:
            distance = int(page, 16) - base
            # The first frame does not show the size.
            size = size or pfn and distance // pfn
            check.true(f"pfn_to_page {pfn:x}: {page}", distance == pfn * size)
        for command, argument in (("page_to_pfn", 1), ("page_to_phys", 1), ("phys_to_page", 0)):
            arguments = [page if argument else hexadecimal(pfn << SHIFT) for pfn, page in asked]
            answers = session.ask([f"{command} {value}" for value in arguments])
            for (pfn, page), answer in zip(asked, answers):
                check.equal(answer, status="ok", page=page, pfn=hexadecimal(pfn), physical=hexadecimal(pfn << SHIFT))
        direct = [(pfn, page) for pfn, page in asked
                  if record.table.translate((pfn << SHIFT) + record.page_offset) == pfn << SHIFT]
        answers = session.ask([f"virt_to_page {(pfn << SHIFT) + record.page_offset:x}" for pfn, _ in direct])
        for (pfn, page), answer in zip(direct, answers):
            check.equal(answer, status="ok", page=page, pfn=hexadecimal(pfn),
                        virtual=hexadecimal((pfn << SHIFT) + record.page_offset))
        if unknown:
            check.notes.append(f"{unknown} not answered")
    beyond = [pfn for pfn in (max(r.end for r in record.ram) + 1 + 16 * GIGA >> SHIFT, 1 << 40)]
    with Check(session.name, "frames that do not exist") as check:
        for answer in session.ask([f"pfn_to_page {pfn:x}" for pfn in beyond]):
            check.equal(answer, status="error")
        if asked:
            for answer in session.ask([f"page_to_pfn {int(page, 16) + 4:x}" for _, page in asked[:50]]):
                check.equal(answer, status="error")


def check_struct_pages(record, session):
    """Compares flags and map counts with /proc/kpageflags and /proc/kpagecount."""
    small = [known for known in record.known if known.entry & PRESENT
             and known.tag in ("anonymous", "shared", "file", "stack", "text")]
    with Check(session.name, "flags and map counts of struct pages") as check:
        pages = session.ask([f"pfn_to_page {known.entry & PFN:x}" for known in small])
        answers = session.ask([f"page {page.get('page', 0)}" for page in pages])
        for known, answer in zip(small, answers):
            flags = {flag.lower().removeprefix("pg_") for flag in answer.get("flags", [])}
            for bit, name in KPAGEFLAGS.items():
                check.true(f"page {answer['input']} of {known.tag}: {name} in {sorted(flags)} should be "
                           f"{known.flags >> bit & 1}", (name in flags) == bool(known.flags >> bit & 1))
            check.equal(answer, status="ok", mapcount=known.mapcount, pfn=hexadecimal(known.entry & PFN))


# --- main --------------------------------------------------------------------------------

def check_oracles(record, name):
    """The records must agree with each other, otherwise the following checks would prove nothing."""
    with Check(name, "records agree with each other") as check:
        for known in record.known:
            listed = record.table.translate(known.vaddr)
            hidden = not known.entry & PRESENT or is_hidden(record, known)
            check.true(f"{known.tag} {known.vaddr:x}: MMU {listed}, pagemap {known.entry:x}",
                       listed == (None if hidden else (known.entry & PFN) << SHIFT))
        base = record.variables.get("page_offset_base", record.page_offset)
        check.true(f"direct map at {record.page_offset:x}, page_offset_base {base:x}", base == record.page_offset)
        if record.arch == "x86_64":
            variable = signed(record.variables["phys_base"])
            check.true(f"phys_base {variable:x}, image at {record.phys_base:x}", variable == record.phys_base)
        kinds = {known.tag for known in record.known}
        check.true(f"kinds of pages: {sorted(kinds)}", len(kinds) >= 14)
        check.true("the guest complained", "@failed" not in record.serial)
        if record.machine["kaslr"] and not record.kaslr_offset:
            # One boot in some hundreds: there are so many places.
            print(f"# {name}: KASLR chose the address at which the kernel is linked")


def check_all(record, session, strict):
    check_walks(record, session, record.root)
    check_pagemap(record, session)
    check_contents(record, session)
    check_ptov(record, session)
    check_frames(record, session, strict)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="ask for one page in N only")
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    options = parser.parse_args()
    name, vmlinux = options.name, options.vmlinux
    record = Record(options.dir, vmlinux)
    dump, note = record.path("vmcore"), record.machine["note"]
    check_oracles(record, name)

    if vmlinux:
        session = Session(options.kwalk, name, [vmlinux, dump], sample=options.sample)
        check_facts(record, session, True)
        check_all(record, session, True)
        check_symbols(record, session)
        check_user_mode(record, session)
        REGIONS[record.arch](record, session)
        check_region_map(record, session)
        check_struct_pages(record, session)

    session = Session(options.kwalk, f"{name} without vmlinux", [dump], sample=options.sample)
    check_facts(record, session, False)
    check_all(record, session, False)
    check_kallsyms(record, session)
    if note:
        check_note_symbols(record, session)
    if record.bits == 64:
        REGIONS[record.arch](record, session)
        check_region_map(record, session)

    for half, root, start, end, option in (
            ("the kernel", record.kernel_root, record.kernel_start, 1 << record.bits, ""),
            ("a process", record.table.root, 0, record.user_end, record.of_process()[1])):
        session = Session(options.kwalk, f"{name} by overrides", [dump], [
            word for override in [*record.overrides, f"root={root:#x}"] for word in ("-o", override)], options.sample)
        check_pages(record, session, f"pages of {half}", record.table, start, end, root, option)
    return 1 if Check.total_failed else 0


if __name__ == "__main__":
    try:
        STATUS = main()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        STATUS = 2
    sys.exit(STATUS)
