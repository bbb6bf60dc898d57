#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks kwalk about the processes of the guest recorded in DIR. Compares the answers with the output of the guest's
kernel: /proc/PID/maps, /proc/PID/pagemap, and the names and pids of init's children; and with the emulated MMU's
list of pages. Prints TAP without numbers. Status: 1 if anything differs, 2 if there are no records."""
import argparse
import bisect
import json
import os
import re
import subprocess
import sys

from arm64_walk import without
from page import CONTIGUOUS, PAGE, SHIFT
from records import is_typed
from tap import exit_status, opened, report

GIGA = 1 << 30
PRESENT, SWAPPED = 1 << 63, 1 << 62
PFN = (1 << 55) - 1
# include/uapi/linux/kernel-page-flags.h
FLAGS = {"SLAB": 7, "LRU": 5, "BUDDY": 10, "MMAP": 11, "ANON": 12, "SWAPCACHE": 13, "SWAPBACKED": 14, "HUGE": 17, "NOPAGE": 20, "KSM": 21,
         "THP": 22, "OFFLINE": 23, "ZERO_PAGE": 24, "PGTABLE": 26, "RESERVED": 32}


def flag_names(word):
    return {name for name, bit in FLAGS.items() if int(word, 16) >> bit & 1}


class Records:
    """The output of the guest on its serial line."""

    def __init__(self, directory):
        with open(os.path.join(directory, "serial.log"), encoding="utf-8", errors="replace") as file:
            text = file.read().replace("\r", "")
        if "@ready" not in text:
            sys.exit(2)
        self.instant = text.startswith("@instant\n")
        with open(os.path.join(directory, "machine.json"), encoding="ascii") as file:
            machine = json.load(file)
        self.repeated = machine.get("repeated", [])   # the list of the MMU lacks these addresses
        self.arch = machine.get("arch")
        self.typed = is_typed(text, "")
        # What drgn found: pid, address, whether it has an mm, name.
        self.tasks = {(int(pid), int(task, 16), int(mm, 16) != 0, comm) for pid, task, mm, comm in
                      re.findall(r"^@task (\d+) (\w+) (\w+) (.*)$", text, re.MULTILINE)}
        self.maps = [(int(start, 16), int(end, 16) - 1, rights, int(offset, 16), name.strip())
                     for start, end, rights, offset, name in
                     re.findall(r"^@maps (\w+)-(\w+) (\S+) (\w+) \S+ \d+ *(.*)$", text, re.MULTILINE)]
        # Text that a child printed is printed again with its parent's buffer.
        self.pages = {(int(pid), int(vaddr, 16)): int(entry, 16) for pid, vaddr, entry in
                      re.findall(r"^@pagemap \S+ (\d+) (\w+) (\w+)", text, re.MULTILINE)}
        # With 64K, a large page has 512 MiB.
        self.without_transparent = "@without transparent_hugepage" in text or PAGE == 1 << 16
        self.contiguous = {int(vaddr, 16) for vaddr in
                           re.findall(r"^@pagemap hugetlb-none 1 (\w+) ", text, re.MULTILINE)} if CONTIGUOUS else set()
        self.flags = {(int(pid), int(vaddr, 16)): flag_names(flags) for pid, vaddr, flags in
                      re.findall(r"^@pagemap \S+ (\d+) (\w+) \w+ (\w+) \d+$", text, re.MULTILINE)}
        self.merged = {int(entry, 16) & PFN for entry in
                       re.findall(r"^@pagemap merged \d+ \w+ (\w+)", text, re.MULTILINE)}
        self.devices = [int(vaddr, 16) for vaddr in re.findall(r"^@device\S* (\w+)$", text, re.MULTILINE)]
        self.unmapped = {int(pfn, 16): int(vaddr, 16) for vaddr, pfn, flags in
                         re.findall(r"^@unmapped (\w+) (\w+) (\w+)$", text, re.MULTILINE)
                         if "SWAPCACHE" in flag_names(flags)}
        self.frames = {int(pfn, 16): flag_names(flags) for pfn, flags in
                       re.findall(r"^@frame (\w+) (\w+)$", text, re.MULTILINE)}
        self.cached = [(int(pfn, 16), filesystem, int(inode), int(page), path) for pfn, filesystem, inode, page, path in
                       re.findall(r"^@cached (\w+) (\S+) (\d+) (\d+) (\S+)$", text, re.MULTILINE)]
        self.pat = "nopat" not in re.search(r"^@cmdline (.*)$", text, re.MULTILINE)[1].split()
        # In guest.c: memory of a device.
        self.device = {"arm64": 0x3e000000, "riscv64": 0x7e000000}.get(self.arch, 0xa0000)
        self.tlb = self.read_tlb(directory)
        self.cache = self.read_cache(directory)

    @staticmethod
    def read_tlb(directory):
        """Returns the address, the physical address, and whether the page is large, of the table in CR3."""
        path = os.path.join(directory, "tlb.txt")
        if not os.path.exists(path):
            return []
        with open(path, encoding="ascii") as file:
            text = file.read()
        # Only the list of pages of arm64 has sizes.
        return sorted([(int(vaddr, 16), int(paddr, 16) & (1 << 52) - 1, flags[2] == "P") for vaddr, paddr, flags in
                       re.findall(r"^(\w+): (\w+) (\S+)$", text, re.MULTILINE)] +
                      [(int(vaddr, 16), int(paddr, 16), int(size, 16) > PAGE) for vaddr, paddr, size in
                       re.findall(r"^(\w+): (\w+) \S+ \d (\w+)$", text, re.MULTILINE)])

    @staticmethod
    def read_cache(directory):
        """Returns whether PCD and PWT are set, by address, of the table in CR3."""
        path = os.path.join(directory, "tlb.txt")
        if not os.path.exists(path):
            return {}
        with open(path, encoding="ascii") as file:
            return {int(vaddr, 16): bits for vaddr, bits in
                    re.findall(r"^(\w+): \w+ \S{5}(\S\S)\S\S$", file.read(), re.MULTILINE)}

    def rights(self, vaddr):
        return next((rights for start, end, rights, _, _ in self.maps if start <= vaddr <= end), "")

    def status(self, vaddr):
        """The status of a page in memory, as vtop shows it."""
        hidden = self.rights(vaddr).startswith("---") and vaddr not in self.contiguous
        return "prot-none" if hidden else "mapped"


class Kwalk:
    def __init__(self, program, files):
        self.program, self.files = program, files

    def ask(self, command):
        run = subprocess.run([self.program, "-q", "-j", "-x", "-", *self.files], input=command + "\n",
                             capture_output=True, text=True, timeout=300, check=False)
        if run.returncode:
            print(f"#   {command[:60]}: status {run.returncode}: {run.stderr.strip()[:300]}")
        return [json.loads(line) for line in run.stdout.splitlines()]


def number(answer, name):
    return int(answer[name], 16) if name in answer else None


def by_page(answers):
    """Returns answers of pagemap by the address of each small page, with the physical address of the page."""
    pages = {}
    for answer in answers:
        start, paddr = number(answer, "virtual"), number(answer, "physical")
        size = answer.get("page_size", min(answer.get("size", PAGE), 1 << 22))
        for offset in range(0, size, PAGE):
            pages[start + offset] = dict(answer, physical=None if paddr is None else paddr + offset)
    return pages


def check_tasks(kwalk, records, title):
    """Each process that printed something is found by its name. Kernel threads and idle tasks are recognised."""
    tasks = kwalk.ask("tasks")
    if records.tasks:
        got = {(task["pid"], int(task["task"], 16), "mm" in task, task["comm"]) for task in tasks if task["pid"]}
        report(f"{title}: tasks as drgn finds them", len(records.tasks), [str(task) for task in records.tasks ^ got])
    pids = sorted({pid for pid, _ in records.pages})
    names = {1: r"init$"}
    wrong = []
    for pid in pids:
        found = [task for task in tasks if task["pid"] == pid]
        pattern = names.get(pid, r"\w+-child\d$")
        if len(found) != 1 or not re.match(pattern, found[0]["comm"]) or "root" not in found[0]:
            wrong.append(f"pid {pid}: {found}")
    for task in tasks:
        kind = "mm" in task
        if kind != (task["pid"] in pids) and not records.instant or (task["pid"] == 0) != ("idle_cpu" in task):
            wrong.append(f"not what it should be: {task}")
    addresses = [task["task"] for task in tasks]
    if len(set(addresses)) != len(addresses) or not any(task["comm"] == "kthreadd" for task in tasks):
        wrong.append("a task is missing or there twice")
    report(f"{title}: tasks", len(tasks), wrong)
    return {task["pid"]: task for task in tasks if task["pid"] in pids}


def is_whole(records):
    """Were the records of all processes and frames made when memory was saved, or are they what the guest printed
    before? At one instant without drgn, only the pages of init are known."""
    return not records.instant or bool(records.tasks)


def check_maps(kwalk, records, title):
    got = [(number(vma, "start"), number(vma, "end"), vma["flags"], number(vma, "offset"), vma.get("file", ""))
           for vma in kwalk.ask("vmas -p 1")]
    wrong = [f"{'missing' if vma in records.maps else 'too many'}: {vma[0]:x}-{vma[1]:x} {vma[2:]}"
             for vma in sorted(set(got) ^ set(records.maps))]
    report(f"{title}: mappings of pid 1", len(records.maps), wrong)


def differs(entry, answer, present):
    """Compares an entry of the guest's pagemap with an answer. Returns None if they agree."""
    if answer is None:
        return "no answer" if entry & (PRESENT | SWAPPED) else None
    status, paddr = answer["status"], answer["physical"]
    if entry & PRESENT:
        agrees = paddr == (entry & PFN) << SHIFT and status == present
    elif entry & SWAPPED:
        agrees = status == "swapped" and answer["swap_type"] == entry & 31 and \
            answer["swap_offset"] == (entry & PFN) >> 5
    else:
        agrees = status == "not-mapped"
    return None if agrees else f"{entry:x}, but {answer}"


def check_swap(kwalk, records, title):
    """The guest swaps to a disk in memory."""
    swapped = [vaddr for (owner, vaddr), entry in records.pages.items() if owner == 1 and entry & SWAPPED and not entry & PRESENT]
    answers = kwalk.ask("vtop -p 1 " + " ".join(f"{vaddr:x}" for vaddr in swapped)) if swapped else []
    wrong = [str(answer) for answer in answers if answer.get("swap_file") != "/dev/ram0"]
    if swapped:
        report(f"{title}: the device that has pages", len(swapped), wrong)


def check_pages(kwalk, records, tasks, title):
    for pid, task in sorted(tasks.items()):
        pages = by_page(kwalk.ask(f"pagemap -p {pid}"))
        known = [(vaddr, entry) for (owner, vaddr), entry in records.pages.items() if owner == pid]
        wrong = [f"{vaddr:x}: {why}" for vaddr, entry in known
                 if (why := differs(entry, pages.get(vaddr), records.status(vaddr)))]
        # vtop must give the same answer, whatever way is used to name the process.
        ways = [str(pid), task["task"], task["mm"], task["comm"]]
        for i, (vaddr, _) in enumerate(known[::5]):
            answer = kwalk.ask(f"vtop -p {ways[i % len(ways)]} {vaddr:x}")[0]
            listed = pages.get(vaddr)
            if (answer["status"], number(answer, "physical")) != (listed["status"], listed["physical"]):
                wrong.append(f"vtop -p {ways[i % len(ways)]} {vaddr:x}: {answer}")
        report(f"{title}: pages of pid {pid}", len(known), wrong)


def check_shared(kwalk, records, tasks, title):
    frames = {pid: {} for pid in tasks}
    for (pid, vaddr), entry in records.pages.items():
        if entry & PRESENT:
            frames[pid].setdefault((entry & PFN) << SHIFT, set()).add((pid, vaddr))
    common = set.intersection(*(set(of) for of in frames.values()))
    wrong, got = [], {}
    for answer in kwalk.ask("shared " + " ".join(str(pid) for pid in tasks)):
        for offset in range(0, answer["size"], PAGE):
            got[number(answer, "physical") + offset] = {
                (mapping["pid"], number(mapping, "virtual") + offset) for mapping in answer["mappings"]}
    for paddr in common:
        expected = set.union(*(frames[pid][paddr] for pid in tasks))
        if not expected <= got.get(paddr, set()):
            wrong.append(f"{paddr:x}: {got.get(paddr)}, not {expected}")
    # If all questions about pages find a frame in only one process, the frame is not shared.
    known = {key: (entry & PFN) << SHIFT for key, entry in records.pages.items() if entry & PRESENT}
    for paddr, mappings in got.items():
        wrong += [f"{paddr:x}: {key} is at {known[key]:x}" for key in mappings if key in known and known[key] != paddr]
    report(f"{title}: frames that all of them share", len(common), wrong)


def translate(starts, pages, vaddr):
    """Translates an address with a list of (address, physical address, size)."""
    i = bisect.bisect_right(starts, vaddr) - 1
    if i < 0 or vaddr >= pages[i][0] + pages[i][2]:
        return None
    return pages[i][1] + vaddr - pages[i][0]


def compare_tables(title, answers, listed):
    """Large pages may have been split since, so only the address that each page is mapped to is compared."""
    got = [(number(page, "virtual"), number(page, "physical"), page["page_size"])
           for page in answers if page["status"] == "mapped"]
    # The emulator does not distinguish 1G from 2M: the page ends at the next page at the latest.
    following = [page[0] for page in listed[1:]] + [1 << 64]
    listed = [(vaddr, paddr, min(GIGA, after - vaddr) if large else PAGE)
              for (vaddr, paddr, large), after in zip(listed, following)]
    wrong = []
    # With isolation, the user's copy of a table has few pages of the kernel. The other table has more.
    whole = 2 * sum(page[2] for page in listed) > sum(page[2] for page in got)
    for pages, others in ((got, listed), (listed, got))[0 if whole else 1:]:
        starts = [page[0] for page in others]
        wrong += [f"{page[0]:x}: at {page[1]:x}, and at {translate(starts, others, page[0]) or 0:x}"
                  for page in pages if translate(starts, others, page[0]) != page[1]]
    report(title, len(listed), wrong)


def check_tables(kwalk, records, title):
    """All pages that the emulated MMU lists for the process on the CPU are in the process's pagemap, and no others."""
    if not records.tlb:
        return
    half = 1 << 63 if records.tlb[-1][0] >> 32 else 0xc0000000
    user = [page for page in records.tlb if page[0] < half]
    frames = {vaddr: paddr for vaddr, paddr, _ in user}
    owner = next((pid for pid in sorted({pid for pid, _ in records.pages}) if user and all(
        frames.get(vaddr, (entry & PFN) << SHIFT) == (entry & PFN) << SHIFT
        for (of, vaddr), entry in records.pages.items() if of == pid and entry & PRESENT)), None)
    if owner is not None:
        compare_tables(f"{title}: all pages of pid {owner}", kwalk.ask(f"pagemap -p {owner}"), user)
    kernel = [page for page in records.tlb if page[0] >= half]
    compare_tables(f"{title}: all pages of the kernel",
                   [page for first, after in without(kernel[0][0], kernel[-1][0] + 1, records.repeated)
                    for page in kwalk.ask(f"pagemap {first:x} {after - 1:x}")], kernel)


def check_kinds(kwalk, records, title):
    """Pages of zeros, small and large. The kernel's flags distinguish them from other pages."""
    pages, wrong = by_page(kwalk.ask("pagemap -p 1")), []
    for (pid, vaddr), flags in records.flags.items():
        kind = pages[vaddr].get("kind") if pid == 1 else None
        if pid == 1 and (kind == "zero-page") != ("ZERO_PAGE" in flags):
            wrong.append(f"{vaddr:x}: {kind}, but {flags}")
    large = {vaddr for (pid, vaddr), flags in records.flags.items() if flags >= {"ZERO_PAGE", "THP"}}
    if not large and not records.without_transparent:
        wrong.append("no large page of zeros was made")
    report(f"{title}: pages of zeros", len(records.flags), wrong)


def use_of_flags(flags):
    """Returns the use that kwalk should report for a frame with these flags. None: the flags show no use."""
    if flags & {"ZERO_PAGE", "RESERVED"}:
        return "reserved"
    for name, use in (("SLAB", "slab"), ("BUDDY", "free"), ("PGTABLE", "page-table"), ("OFFLINE", "offline"),
                      ("ANON", "anon"), ("MMAP", "file"), ("LRU", "file")):
        if name in flags:
            return "shmem" if use == "file" and "SWAPBACKED" in flags else use
    return None


def differs_in_use(answer, flags):
    use, got = use_of_flags(flags), answer.get("use")
    if "NOPAGE" in flags:
        return got not in (None, "offline")
    # A page that was read ahead from swap, and that no process has mapped yet: nothing shows its owner.
    if "SWAPCACHE" in flags and not flags & {"ANON", "MMAP"}:
        return got in ("slab", "free", "page-table")
    if use == "reserved" and "RESERVED" not in flags:  # the large page of zeros
        return False
    # 6.12 reports KSM for all anonymous pages.
    if got == "ksm" and "KSM" in flags:
        got = "anon"
    if use is None:
        return got in ("slab", "free", "page-table", "anon", "ksm")
    return got != use or ("HUGE" in flags) != ("hugetlb" in answer) or \
        use == "anon" and ("SWAPCACHE" in flags) != ("swap_type" in answer)


def by_frame(kwalk, frames, options=""):
    answers = kwalk.ask(f"ptov -a {options} " + " ".join(f"{frame << SHIFT:x}" for frame in frames))
    return dict(zip(frames, (answer for answer in answers if "physical" in answer)))


def check_uses(kwalk, records, title):
    """The uses of frames, compared with /proc/kpageflags: the frames of known pages, and some of all frames."""
    known = {(records.pages[key] & PFN): flags for key, flags in records.flags.items()}
    answers = by_frame(kwalk, sorted(known))
    report(f"{title}: what the pages of processes are used for", len(known),
           [f"{frame:x}: {flags}, but {answers[frame]}" for frame, flags in known.items()
            if differs_in_use(answers[frame], flags)])
    report(f"{title}: merged pages", len(records.merged),
           [f"{frame:x}: {answers[frame]}" for frame in records.merged if answers[frame].get("use") != "ksm"] +
           ["KSM made none"] * (len(records.merged) > 1))
    if not records.frames:
        return
    answers = by_frame(kwalk, sorted(records.frames))
    wrong = [f"{frame:x}: {flags}, but {answers[frame].get('use')}" for frame, flags in records.frames.items()
             if differs_in_use(answers[frame], flags)]
    # The guest continues to run between the two reads.
    most = 0 if records.instant else len(records.frames) // 50
    report(f"{title}: what frames are used for, all but {len(wrong)}", len(records.frames),
           wrong if len(wrong) > most else [])


def check_cached(kwalk, records, title):
    """Pages of files that no process maps: the file, and the number of the page in the file."""
    frames = by_frame(kwalk, [pfn for pfn, *_ in records.cached], "-u")
    wrong = []
    for pfn, filesystem, inode, page, path in records.cached:
        answer = frames[pfn]
        name = path.removeprefix("/tmp") + (" (deleted)" if "gone" in path else "")
        if any("pid" in mapping for mapping in answer["mappings"]):
            wrong.append(f"{pfn:x}: a process maps it: {answer}")
        if (answer.get("use"), answer.get("filesystem"), answer.get("inode"), answer.get("index"),
                answer.get("file")) != ("shmem", filesystem, inode, page, name):
            wrong.append(f"{pfn:x}: {path}, inode {inode}, page {page}: {answer}")
    report(f"{title}: pages of files that nobody maps", len(records.cached), wrong)


def check_swap_cache(kwalk, records, tasks, title):
    """Anonymous pages that no process maps: their swap entries in the children prove their owners."""
    frames, wrong = by_frame(kwalk, list(records.unmapped), "-u"), []
    for pfn, vaddr in records.unmapped.items():
        answer = frames[pfn]
        expected = {(pid, vaddr) for pid in tasks if pid != 1}
        owners = {(owner["pid"], number(owner, "virtual")) for owner in answer.get("owners", [])}
        if any("pid" in mapping for mapping in answer["mappings"]) or answer.get("use") != "anon" or \
                "swap_offset" not in answer or owners != expected:
            wrong.append(f"{pfn:x} at {vaddr:x}: {answer}")
    report(f"{title}: pages in the swap cache that nobody maps", len(records.unmapped), wrong)


def check_device(kwalk, records, title):
    """A device's memory in a process, with two cache types if the kernel permits this (nopat, or a CPU whose PAT
    the kernel does not trust). The direct map of x86 has it as ordinary memory."""
    names, wrong, types = {"--": "WB", "C-": "UC-"}, [], set() if records.arch else {"WB"}
    for vaddr in records.devices:
        answer = kwalk.ask(f"vtop -p 1 {vaddr:x}")[0]
        # On riscv64, the memory decides what PMA is, and so whether it differs from IO.
        listed = "UC" if records.arch == "arm64" else names.get(records.cache.get(vaddr))
        types.add("" if records.arch == "riscv64" else listed or answer["cache"])
        if (answer["status"], answer["physical"]) != ("mapped", f"{records.device:#x}") or \
                listed and answer["cache"] != listed:
            wrong.append(f"{answer}, not {listed}")
    if not records.pat and len(types) == 1 and not records.arch:
        wrong.append("the kernel made one cache type of them")
    answer = kwalk.ask(f"ptov -a -u {records.device:x}")[0]
    if answer.get("conflict", False) != (len(types) > 1) or not set(records.devices) <= {
            number(mapping, "virtual") for mapping in answer["mappings"] if mapping.get("pid") == 1}:
        wrong.append(f"ptov: {answer}")
    found = [answer["message"] for answer in kwalk.ask("check")
             if answer.get("check") == "cache" and answer["status"] == "warning"]
    if len(types) > 1 and not any("a0000 is mapped as WB at" in message and "of pid 1" in message for message in found):
        wrong.append(f"check: {found}")
    report(f"{title}: a device's memory, {' and '.join(sorted(types))}", len(records.devices), wrong)


def check_alone(with_vmlinux, alone, title):
    """Without vmlinux, the tasks are the same if the kernel contains its types. Otherwise there is a clear message."""
    want, got = with_vmlinux.ask("tasks"), alone.ask("tasks")
    if got and got[-1].get("status") == "error":
        wrong = [] if len(got) == 1 and "BTF" in got[0]["message"] else [str(got[-1])]
        report(f"{title}, without vmlinux: tasks are refused with the reason", 1, wrong)
        return
    report(f"{title}, without vmlinux: tasks", len(want),
           [f"{one} is not {other}" for one, other in zip(got, want) if one != other] +
           ([] if len(got) == len(want) else [f"{len(got)} tasks, not {len(want)}"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kwalk")
    parser.add_argument("directory", metavar="DIR")
    parser.add_argument("vmlinux")
    parser.add_argument("dump")
    parser.add_argument("name")
    given = parser.parse_args()
    records = Records(given.directory)
    if not records.typed and not given.vmlinux:
        return 0
    kwalk = Kwalk(given.kwalk, opened(given.vmlinux, given.dump))
    tasks = check_tasks(kwalk, records, given.name)
    check_pages(kwalk, records, tasks, given.name)
    check_tables(kwalk, records, given.name)
    check_swap(kwalk, records, given.name)
    if is_whole(records):
        check_maps(kwalk, records, given.name)
        check_shared(kwalk, records, tasks, given.name)
        check_kinds(kwalk, records, given.name)
        check_uses(kwalk, records, given.name)
        check_cached(kwalk, records, given.name)
        check_swap_cache(kwalk, records, tasks, given.name)
    check_device(kwalk, records, given.name)
    if given.vmlinux:
        check_alone(kwalk, Kwalk(given.kwalk, [given.dump]), given.name)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
