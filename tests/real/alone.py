#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""alone.py KWALK DIR VMLINUX NAME: removes the description of the kernel from a guest's core, and asks the same questions as
before. Facts, translations and symbols must be the same as for the whole core with vmlinux, or must be left out if they
are unknown. Prints a line of TAP for each way of removing the description:

  stripped    the core without VMCOREINFO and registers; the text of the note is still in the guest's memory
  bare        only memory, in one file or in pieces, without the text of the note"""
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

BLOCK = 1 << 20
PT_LOAD, PT_NOTE = 1, 4
NOTE_TEXT, NO_TEXT = b"OSRELEASE=", b"osrelease="
FACTS = {"release", "arch", "levels", "page_offset", "kaslr_offset", "phys_base", "swapper_pg_dir", "root",
         "vmalloc_start", "high_memory", "max_pfn", "memory_model", "mem_map", "vmemmap", "mem_section", "struct_page_size"}
# Facts that are unknown without a note if the kernel's kallsyms has no data and the kernel has no BTF (Debian's
# i386). HOLE: facts that are unknown with and without a note if memory continues after a hole at the end of the
# direct map: doc/kernel-facts.md.
NO_NOTE = {"max_pfn", "memory_model", "mem_map", "struct_page_size"}
HOLE = {"high_memory", "vmalloc_start"}
# Only the note of arm64 and riscv64 has the start of vmalloc, which differs between releases, and only the note and
# vmlinux show the offset of KASLR. The note of riscv64 lacks it if the kernel was built without KASLR.
NO_NOTE_VIRT = {"kaslr_offset", "vmalloc_start"}
NO_KASLR = {"kaslr_offset"}
# Facts that arm64 has only in variables, if the kernel's kallsyms has only functions and the kernel has no BTF (Debian's
# 6.1 for clouds).
NO_DATA, NO_DATA_BARE = {"max_pfn"}, {"mem_section", "vmemmap"}
DATA = {"init_task", "init_uts_ns", "max_pfn", "mem_section"}
LARGEST = 2 << 30  # larger cores are not also opened with vmlinux


class Core:
    """The program headers of DIR/vmcore."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            head = file.read(64)
            wide = head[4] == 2
            offset, = struct.unpack_from("<Q", head, 32) if wide else struct.unpack_from("<I", head, 28)
            size, count = struct.unpack_from("<HH", head, 54 if wide else 42)
            file.seek(offset)
            headers = file.read(size * count)
        self.notes, self.loads = [], []
        for at in range(0, len(headers), size):
            if wide:
                kind, _, offset, _, paddr, filesz = struct.unpack_from("<IIQQQQ", headers, at)
            else:
                kind, offset, _, paddr, filesz = struct.unpack_from("<IIIII", headers, at)
            if filesz and kind == PT_NOTE:
                self.notes.append((offset, filesz))
            elif filesz and kind == PT_LOAD:
                self.loads.append((paddr, offset, filesz))
        self.loads.sort()
        self.start = min(offset for _, offset, _ in self.loads)

    def pieces(self):
        """Returns groups of segments with only small gaps between them: (address, segments). The lowest group
        begins at 0."""
        groups, end = [], 0
        for load in self.loads:
            if groups and load[0] - end < BLOCK:
                groups[-1][1].append(load)
                end = max(end, load[0] + load[2])
            else:
                groups.append((0 if load[0] < BLOCK else load[0], [load]))
                end = load[0] + load[2]
        return groups


def strip(core, folder):
    """Writes the stripped core and the bare pieces, without blocks of zeros. Returns (path, [piece])."""
    zeros = bytes(BLOCK)
    stripped, names = os.path.join(folder, "stripped"), []
    with open(core.path, "rb") as source, open(stripped, "wb") as copy:
        head = source.read(core.start)
        for offset, size in core.notes:
            notes = head[offset:offset + size].replace(b"VMCOREINFO\0", b"vmcoreinfo\0").replace(b"QEMU\0", b"qemu\0")
            head = head[:offset] + notes + head[offset + size:]
        copy.write(head)
        for number, (base, loads) in enumerate(core.pieces()):
            path = os.path.join(folder, f"piece{number}")
            names.append(f"{path}:0@{base:x}")
            with open(path, "wb") as piece:
                for paddr, offset, size in loads:
                    source.seek(offset)
                    for at in range(0, size, BLOCK):
                        block = source.read(min(BLOCK, size - at))
                        if block == zeros[:len(block)]:
                            continue
                        copy.seek(offset + at)
                        copy.write(block)
                        piece.seek(paddr - base + at)
                        piece.write(block.replace(NOTE_TEXT, NO_TEXT))
                piece.truncate(max(paddr + size for paddr, _, size in loads) - base)
        copy.truncate(os.path.getsize(core.path))
    return stripped, names


def questions(folder):
    """Returns whether the guest's kallsyms has only functions, and the questions."""
    rng = random.Random(2)
    with open(os.path.join(folder, "tlb.txt"), encoding="ascii") as file:
        listed = [address for address in re.findall(r"^([0-9a-f]+):", file.read(), re.M)
                  if len(address) == 16 and address[0] == "f" or int(address, 16) >> 30 == 3]
    with open(os.path.join(folder, "serial.log"), encoding="ascii", errors="replace") as file:
        symbols = re.findall(r"^@unique ([0-9a-f]{8,}) (\S+) \w+\r?$", file.read(), re.M)
    symbols = [name for address, name in symbols if address[0] in "cdef"]
    functions_only = not DATA & set(symbols)
    return functions_only, ["info"] + [f"vtop {address}" for address in rng.sample(listed, min(1500, len(listed)))] + [
        f"sym &{name}" for name in rng.sample(symbols, min(300, len(symbols)))]


def ask(kwalk, files, script):
    done = subprocess.run([kwalk, "-q", "-j", "-x", "-", *files], input="\n".join(script).encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300, check=False, env=dict(os.environ, KWALK_DEBUG_PATH=""))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    facts = {answer["fact"]: answer["value"] for answer in answers if answer.get("fact") in FACTS}
    return facts, [answer for answer in answers if answer["command"] != "info"], done.stderr.decode().strip()


def wrong_fact(name, want, got, unknown):
    if got is None and (want is None or name in unknown):
        return None
    return None if got == want else f"{name} is {got}, not {want}"


def wrong_answer(want, got):
    """Answers must be the same, but types may be missing. A gap in memory may not be a gap in the file."""
    if want["command"] == "sym":
        same = want["status"] == got["status"] and want.get("address") == got.get("address")
    else:
        needed = {"status", "physical", "page_size", "levels", "writable", "user", "executable"} & set(want)
        same = needed <= set(got) and all(got[name] == want.get(name) for name in got if name != "page_state")
    return None if same else f"{got}, not {want}"


def main():
    kwalk, folder, vmlinux, name = sys.argv[1:]
    (functions_only, script), failed = questions(folder), 0
    core = Core(os.path.join(folder, "vmcore"))
    want_facts, want, _ = ask(kwalk, [vmlinux, core.path], script)
    code_only = want_facts["arch"] != "x86_64"
    virt = NO_NOTE_VIRT if want_facts["arch"] in ("arm64", "riscv64") else set()
    no_kaslr = NO_KASLR if want_facts["arch"] == "riscv64" else set()
    no_data, no_data_bare = (NO_DATA, NO_DATA_BARE) if virt and functions_only else (set(), set())
    # Memory ends before the end of the direct map, and continues above 4 GiB.
    hole = HOLE if code_only and sum(core.loads[-1][::2]) > 1 << 32 else set()
    with tempfile.TemporaryDirectory(prefix="kwalk-alone.", dir=os.environ.get("TMPDIR", "/var/tmp")) as work:
        stripped, pieces = strip(core, work)
        for title, files, may_lack in (
                ("stripped core", [stripped], hole | no_data | no_kaslr),
                ("bare memory", pieces, hole | virt | NO_NOTE | no_data_bare if code_only else set()),
                ("stripped core and vmlinux", [vmlinux, stripped], set()),
                ("bare memory and vmlinux", [vmlinux, *pieces], virt)):
            if vmlinux in files and os.path.getsize(core.path) > LARGEST:
                continue
            facts, answers, complaint = ask(kwalk, files, script)
            # On i386, all low memory is mapped like the image. So the remains of processes that have ended may look
            # like the kernel's page table, and the user must choose.
            if code_only and "several kernels" in complaint and f" {want_facts['root'][2:]}" in complaint:
                facts, answers, complaint = ask(kwalk, ["-o", f"root={want_facts['root']}", *files], script)
            wrong = [wrong_fact(fact, want_facts.get(fact), facts.get(fact), may_lack) for fact in sorted(FACTS)]
            wrong += [wrong_answer(*pair) for pair in zip(want, answers)]
            wrong = [text for text in wrong if text]
            if len(answers) != len(want) or len(want) < 1000:
                wrong.append(f"{len(answers)} answers to {len(want)}: {complaint}")
            failed += bool(wrong)
            print(f"{'not ok' if wrong else 'ok'} - {name}, {title}: {len(facts)} facts and {len(answers)} answers")
            for text in wrong[:4]:
                print("#   " + text[:600])
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
