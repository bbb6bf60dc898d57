#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks kwalk about whole page tables and resource trees of the guest recorded in DIR. Compares pt, and ptov -a for
each frame, with the emulated MMU's list of pages; and iomem and ioports with the guest's /proc/iomem and
/proc/ioports. Prints TAP without numbers. Status: 1 if anything differs."""
import argparse
import bisect
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

from arm64_walk import without
from page import PAGE
from records import is_typed
from tap import exit_status, opened, report

LARGE, GIGA = 2 << 20, 1 << 30
PFN = (1 << 55) - 1
# PCD and PWT as in the list, without the PAT bit; for arm64, the name of the cache type.
CACHE = {"--": "WB", "-T": "WC", "C-": "UC-", "CT": "UC", "WB": "WB", "NC": "NC", "WT": "WT", "UC": "UC"}
PBMT = ("WB", "NC", "UC")    # of riscv64: Svpbmt
MEMORY_TYPES = {0xff: "WB", 0xf0: "WB", 0xbb: "WT", 0x44: "NC", 0x00: "UC", 0x04: "UC", 0x0c: "UC"}    # bytes of MAIR_EL1
MOST_FRAMES = 500_000    # of one question: kwalk shows at most 1,048,576 mappings


class Records:
    """A table as in the MMU's list, in halves, and the output of the guest's kernel."""

    def __init__(self, directory, prefix=""):
        self.directory, self.prefix = directory, prefix
        with open(self.path("serial.log"), encoding="ascii", errors="replace") as file:
            self.serial = file.read().replace("\r", "")
        # The guest's list of resources may have grown since it was printed.
        self.lower_bound = self.serial.startswith("@instant\n") and "@ioports" not in self.serial
        self.machine = {}
        if os.path.exists(self.path("machine.json")):
            with open(self.path("machine.json"), encoding="ascii") as file:
                self.machine = json.load(file)
        self.riscv64 = self.machine.get("arch") == "riscv64"
        self.arm64 = self.machine.get("arch") == "arm64" or self.riscv64
        # Addresses and pages that are not listed, because tables repeat.
        self.repeated, self.repeated_pages = self.machine.get("repeated", ()), self.machine.get("repeated_pages", ())
        if self.arm64:
            self.read_arm64()
            return
        gigantic = set(self.machine.get("gigantic", ()))
        with open(self.path(prefix + "tlb.txt"), encoding="ascii") as file:
            lines = re.findall(r"^(\w+): (\w+) (\S+)$", file.read(), re.MULTILINE)
        if re.search(r"^@cmdline .*\bnopat\b", self.serial, re.MULTILINE):
            CACHE["-T"] = "WT"
        self.wide = any(int(vaddr, 16) >> 32 for vaddr, _, _ in lines)
        self.half = 1 << 63 if self.wide else 0xc0000000
        # Without PAE, no frame is above 4 GiB. With PAE, the list contains NX in addresses.
        large = LARGE if self.wide or any(int(paddr, 16) >> 32 for _, paddr, _ in lines) else 4 << 20
        listed = {int(vaddr, 16) for vaddr, _, _ in lines}
        self.pages, self.user_pages = {}, {}
        for vaddr, paddr, flags in lines:
            vaddr, paddr = int(vaddr, 16), int(paddr, 16) & (1 << 52) - 1
            alone = vaddr in gigantic and vaddr + LARGE not in listed
            size = PAGE if flags[2] != "P" else GIGA if alone else large
            (self.pages if vaddr >= self.half else self.user_pages)[vaddr] = (paddr, size, flags)
        # With isolated tables, the table of user mode has few pages of the kernel.
        self.is_kernel = any(paddr <= PAGE < paddr + size for paddr, size, _ in self.pages.values())

    def read_arm64(self):
        """Reads the list of arm64 and of riscv64 in the same form, with flags as in x86's list, but with the name of the cache
        type."""
        self.wide, self.half, self.is_kernel = True, 1 << 63, True
        self.pages, self.user_pages = {}, {}
        with open(self.path("tlb.txt"), encoding="ascii") as file:
            for vaddr, paddr, flags, index, size in re.findall(r"^(\w+): (\w+) (\S+) (\d) (\w+)$", file.read(), re.MULTILINE):
                vaddr, size, user = int(vaddr, 16), int(size, 16), flags[3]
                runs = flags[0 if user == "U" else 1] != "-"
                cache = PBMT[int(index)] if self.riscv64 else MEMORY_TYPES[self.machine["MAIR_EL1"] >> 8 * int(index) & 0xff]
                flags = f"{'-' if runs else 'X'}{flags[2]}{'P' if size > PAGE else '-'}--{cache}{user}{flags[4]}"
                # pt shows how much an entry maps, which is a part of a page of Svnapot.
                step = PAGE if self.riscv64 and size == 1 << 16 else size
                for at in range(0, size, step):
                    (self.pages if vaddr >= self.half else self.user_pages)[vaddr + at] = (int(paddr, 16) + at, step, flags)

    def path(self, name):
        return os.path.join(self.directory, name)

    def tree(self, name):
        return re.findall(rf"^@{name} (.*)$", self.serial, re.MULTILINE)

    def rights(self):
        """Returns ranges of equal effective rights: start, one past the end, word."""
        if self.arm64:  # each page has its rights in the list
            return []
        with open(self.path(self.prefix + "mem.txt"), encoding="ascii") as file:
            return [(int(start, 16), int(end, 16) or 1 << 64, word) for start, end, word in
                    re.findall(r"^(\w+)-(\w+) \w+ (\S+)$", file.read(), re.MULTILINE)]


class Kwalk:
    def __init__(self, program, arguments):
        self.program, self.arguments = program, arguments

    def run(self, command, json_lines=True):
        with tempfile.NamedTemporaryFile("w", suffix=".script") as script:
            script.write(command + "\n")
            script.flush()
            run = subprocess.run([self.program, "-q"] + ["-j"] * json_lines + ["-x", script.name] + self.arguments,
                                 capture_output=True, text=True, timeout=300, check=False)
        if run.returncode:
            print(f"# {command[:40]}: status {run.returncode}: {run.stderr[:200].strip()}")
        return run.stdout.splitlines()

    def ask(self, command):
        return [json.loads(line) for line in self.run(command)]


def compare_page(page, answer):
    """The entry of the last level in the list must agree with the result of all levels."""
    _, size, flags = page
    wrong = [] if size == answer["page_size"] else [f"size {size}"]
    if (flags[1] == "G") != answer["global"]:
        wrong.append("global")
    # The kernel's release cannot be found through the table of user mode, and without the release these have no
    # meaning.
    if CACHE[flags[5:7]] != answer.get("cache", CACHE[flags[5:7]]):
        wrong.append("cache")
    if (answer["writable"] and flags[8] != "W") or (answer["user"] and flags[7] != "U") or (
            answer["executable"] and flags[0] == "X"):
        wrong.append("rights")
    return wrong


def strict(page, answer):
    """Compares with the result of all levels."""
    flags, wrong = page[2], compare_page(page, answer)
    if (answer["writable"], answer["user"], answer["executable"]) != (flags[8] == "W", flags[7] == "U", flags[0] != "X"):
        wrong.append("effective rights")
    return wrong


def check_pt(kwalk, command, pages, rights, title, repeated=()):
    """Each page in the list is in a range of its kind, and no range contains other pages. For the MMU, adjacent
    pages with equal rights are one range, but its list does not show the right to execute."""
    wrong, seen, merged = [], 0, []
    for answer in kwalk.ask(command):
        start, end = int(answer["start"], 16), int(answer["end"], 16)
        word = ("u" if answer["user"] else "-") + "r" + ("w" if answer["writable"] else "-")
        if merged and merged[-1][1] == start and merged[-1][2] == word:
            merged[-1] = (merged[-1][0], end + 1, word)
        else:
            merged.append((start, end + 1, word))
        for vaddr in (vaddr for part in without(start, end + 1, repeated) for vaddr in range(*part, answer["page_size"])):
            seen += 1
            page = pages.get(vaddr)
            differing = (strict if rights == [] else compare_page)(page, answer) if page else ["is not listed"]
            if differing:
                wrong.append(f"{vaddr:x}: {', '.join(differing)}: {page} {answer}")
    if seen != len(pages):
        wrong.append(f"{seen} pages, not {len(pages)}")
    report(f"{title}, all pages", seen, wrong)
    if rights:
        report(f"{title}, effective rights", len(rights),
               [f"{start:x}-{end:x} {word}" for start, end, word in sorted(set(rights) ^ set(merged))])


def check_all_pt(kwalk, records, name, typed):
    """The kernel's half, and the whole table of the process on the CPU, which is init. If init has two isolated
    tables, this is the table of user mode, which is also asked for by its address. typed: the kernel's types are known,
    so that a process can be named."""
    last = "ffffffffffffffff" if records.wide else "ffffffff"
    user = [r for r in records.rights() if r[0] < records.half]
    kernel = [r for r in records.rights() if r[0] >= records.half]
    check_pt(kwalk, "pt", records.pages, kernel, f"{name}: pt, the kernel", records.repeated)
    first = min(records.pages)
    if not typed:
        root = records.machine["TTBR0_EL1"] & (1 << 48) - 1 & -PAGE if records.arm64 else \
            records.machine.get("user_cr3", records.machine["cr3"]) & ~0x1f
        isolated = Records(records.directory, "user-") if records.machine.get("isolated") else records
        option, last = (f"-r {root:x} ", 1 << 48) if records.arm64 else ("", first)
        kwalk = Kwalk(kwalk.program, ["-o", f"root={root:x}"] * (not records.arm64) + kwalk.arguments)
        check_pt(kwalk, f"pt {option}0 {last - 1:x}", isolated.user_pages, [r for r in isolated.rights() if r[0] < records.half],
                 f"{name}: pt, the table of the process")
        return
    check_pt(kwalk, f"pt -p 1 {first:x} {last}", records.pages, kernel, f"{name}: pt -p, the kernel's half", records.repeated)
    isolated = Records(records.directory, "user-") if records.machine.get("isolated") else records
    if isolated is not records:
        user = [r for r in isolated.rights() if r[0] < records.half]
        root = records.machine["user_cr3"] & (~0xfff if records.wide else ~0x1f)
        check_pt(Kwalk(kwalk.program, ["-o", f"root={root:x}", *kwalk.arguments]), f"pt 0 {last}",
                 {**isolated.user_pages, **isolated.pages}, isolated.rights(), f"{name}: pt, the table of user mode")
    check_pt(kwalk, "pt -p 1", isolated.user_pages, user, f"{name}: pt -p, the process")


def by_frame(pages):
    mappings = collections.defaultdict(set)
    for vaddr, (paddr, size, _) in pages.items():
        for offset in range(0, size, PAGE):
            mappings[paddr + offset].add(vaddr + offset)
    return mappings


def check_users(kwalk, records, title):
    """The process on the CPU maps each frame at the addresses in the MMU's list, and at no others. If the guest's
    kernel printed the place of a page in memory, this place is among the mappings of its frame."""
    listed = by_frame(records.user_pages)
    told = {(int(pid), int(vaddr, 16)): (int(entry, 16) & PFN) * PAGE for pid, vaddr, entry in re.findall(
        r"^@pagemap \S+ (\d+) (\w+) (\w+)", records.serial, re.MULTILINE) if int(entry, 16) >> 63}
    frames = sorted(set(listed) | set(told.values()))
    if not frames:
        return
    found, pids = {}, collections.Counter()
    for answer in kwalk.ask("ptov -a -u " + " ".join("%x" % frame for frame in frames)):
        if "physical" in answer:
            frame = int(answer["physical"], 16)
            found[frame] = {(m["pid"], int(m["virtual"], 16)): "prot_none" in m for m in answer["mappings"] if "pid" in m}
            pids.update({pid for (pid, vaddr), hidden in found[frame].items() if not hidden and vaddr in listed[frame]})
    owner = pids.most_common(1)[0][0] if pids else None
    wrong = []
    for frame in frames:
        mine = {vaddr for (pid, vaddr), hidden in found[frame].items() if pid == owner and not hidden}
        if mine != listed[frame]:
            wrong.append(f"{frame:x}: pid {owner} at {sorted(map(hex, mine))}, not {sorted(map(hex, listed[frame]))}")
    wrong += [f"{frame:x}: nothing of pid {pid} at {vaddr:x}" for (pid, vaddr), frame in told.items()
              if (pid, vaddr) not in found[frame]]
    report(f"{title}: ptov -a -u, frames of pid {owner} and {len(told)} pages told", len(frames), wrong)


def check_reverse(kwalk, records, title):
    """The addresses of each frame that is mapped, and of some frames that are not mapped."""
    mappings = by_frame(records.pages)
    starts = sorted(records.pages)
    frames = sorted((set(mappings) | {frame + PAGE for frame in list(mappings)[::100]}) - set(records.repeated_pages))
    wrong, conflicts = [], 0
    answers = (answer for at in range(0, len(frames), MOST_FRAMES)
               for answer in kwalk.ask("ptov -a " + " ".join("%x" % frame for frame in frames[at:at + MOST_FRAMES])))
    for frame, answer in zip(frames, answers):
        found = [int(mapping["virtual"], 16) for mapping in answer["mappings"]]
        if int(answer["physical"], 16) != frame or sorted(found) != sorted(mappings.get(frame, ())):
            wrong.append(f"{frame:x}: {[hex(v) for v in found]}, not {[hex(v) for v in mappings.get(frame, ())]}")
        types = {CACHE[records.pages[starts[bisect.bisect_right(starts, v) - 1]][2][5:7]] for v in found}
        conflicts += len(types) > 1
        # What PMA is on riscv64, and so whether it conflicts with NC and IO, depends on the memory.
        if ("conflict" in answer or not records.riscv64) and answer["conflict"] != (len(types) > 1):
            wrong.append(f"{frame:x}: conflict {answer['conflict']}, cache types {types}")
    report(f"{title}: ptov -a, all addresses of every frame; {conflicts} cache conflicts", len(frames), wrong)


def check_resources(kwalk, records, title):
    for name in ("iomem", "ioports"):
        lines = records.tree(name)
        if lines:
            got = kwalk.run(name, json_lines=False)
            if records.lower_bound:
                got = [line for line in got if line in lines]
            report(f"{title}: {name}", len(lines), [f"{a!r}, not {b!r}" for a, b in zip(got, lines) if a != b] +
                   [f"{len(got)} lines, not {len(lines)}"] * (len(got) != len(lines)))


def check_check(kwalk, title):
    """A running kernel has no damage."""
    answers = kwalk.ask("check")
    report(f"{title}: check", len(answers), [str(a) for a in answers if a["status"] == "error"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dump", help="the memory image, vmcore in DIR")
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    records = Records(given.dir)
    kwalk = Kwalk(given.kwalk, opened(given.vmlinux, given.dump or records.path("vmcore")))
    typed = is_typed(records.serial, given.vmlinux)
    if records.is_kernel:
        check_all_pt(kwalk, records, given.name, typed)
        check_reverse(kwalk, records, given.name)
        if typed:
            check_users(kwalk, records, given.name)
    else:
        print(f"ok - {given.name}: pt and ptov -a # SKIP the table listed is not the kernel's")
    if typed:
        check_resources(kwalk, records, given.name)
        check_check(kwalk, given.name)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
