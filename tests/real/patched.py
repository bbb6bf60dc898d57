#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""patched.py KWALK DIR VMLINUX NAME: compares `dis` of each function of a recorded guest (boot.py) with the guest's memory, in
which the kernel has patched its text (alternatives, static calls, the calls of tracers). The bytes come from QEMU's dump, at
the places where the emulated MMU maps the text. objdump of these bytes shows where each instruction starts, how long it is,
and where a branch goes. Prints TAP without numbers."""
import json
import re
import subprocess
import sys
import tempfile

import instructions
from arm64_walk import Memory
from page import PAGE
from records import Record
from symtab import entries
from tap import exit_status, report

LINKED = ("_stext", "_etext")
WITHOUT_SYMBOLS = re.compile(r"((?:^|\s)(?:j\w+|call\w?|loop\w*|xbegin\w?)\s+)0x")     # then objdump writes targets of branches so
X86 = ["objdump", "-M", "suffix", "-m"]
OBJDUMP = {"x86_64": [*X86, "i386:x86-64"], "pae": [*X86, "i386"], "i386": [*X86, "i386"],
           "arm64": ["aarch64-linux-gnu-objdump", "-m", "aarch64"]}


class Text:
    """The kernel's text: symbols of vmlinux, moved to where /proc/kallsyms had them, and the bytes in memory."""

    def __init__(self, folder, vmlinux):
        record, symbols = Record(folder, vmlinux), list(entries(vmlinux))
        linked = {name: address for name, address, _ in symbols if name in LINKED}
        self.vmlinux, self.arch, self.dump = vmlinux, record.arch, record.path("vmcore")
        self.linked, end = (linked[name] for name in LINKED)
        with open(record.path("serial.log"), encoding="utf-8", errors="replace") as file:
            self.start = int(re.search(r"^@symbol (\w+) _stext\r?$", file.read(), re.M)[1], 16)
        memory = Memory(self.dump)
        self.data = b"".join(memory.read(record.table.translate(self.start + at), min(PAGE, end - self.linked - at))
                             for at in range(0, end - self.linked, PAGE))
        # A label with the size of the page that it begins (relocate_range) may be where a function is, which is shorter.
        sizes = dict(sorted(((address - self.linked, size) for _, address, size in symbols
                             if size and self.linked <= address < end), reverse=True))
        self.functions = sorted(sizes.items())


def disassembled(kwalk, text):
    """Returns the sizes and targets of the instructions that kwalk shows, by offset, and what is wrong."""
    data, sizes, targets, wrong = text.data, bytearray(len(text.data)), {}, []
    with tempfile.NamedTemporaryFile("w", suffix=".kwalk") as script:
        script.writelines(f"dis -f {text.start + at:#x}\n" for at, _ in text.functions)
        script.flush()
        with subprocess.Popen([kwalk, "-q", "-j", "-x", script.name, text.vmlinux, text.dump], stdout=subprocess.PIPE,
                              text=True) as process:
            for row in map(json.loads, process.stdout):
                if "address" not in row:
                    wrong.append(f"{row}")
                    continue
                at, shown = int(row["address"], 16) - text.start, bytes.fromhex(row["bytes"])
                if data[at:at + len(shown)] != shown or "bytes_of" in row:
                    wrong.append(f"{row}: the memory has {data[at:at + len(shown)].hex()}")
                sizes[at], targets[at] = len(shown), row.get("target", "-").removeprefix("0x")
    return sizes, targets, wrong


def covered(functions, sizes):
    """Returns which offsets are within functions, and the functions that kwalk does not show from start to end."""
    within, wrong = bytearray(len(sizes)), []
    for start, size in functions:
        at = start
        while at < start + size and sizes[at]:
            at += sizes[at]
        if at < start + size:
            wrong.append(f"{start:x}: {size} bytes, but only {at - start} are shown")
        within[start:start + size] = b"\1" * size
    return within, wrong


def of_objdump(text):
    """Yields the offset, size and words of each instruction."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.data)
        file.flush()
        lines = instructions.lines_of_objdump([*OBJDUMP[text.arch], "-Dz", "--no-show-raw-insn", "-b", "binary",
                                       f"--adjust-vma={text.start:#x}", file.name])
        address, words = next(lines)
        while address is not None:
            following, after = next(lines)
            yield address - text.start, (following or text.start + len(text.data)) - address, words
            address, words = following, after


def compare_objdump(text, within, sizes, targets):
    """Returns the number of instructions within functions, how many of them differ, and how many differences are known."""
    read = instructions.of_arm64 if text.arch == "arm64" else lambda words: instructions.of_x86(words, 64 if text.arch == "x86_64" else 32)
    total, wrong, explained, within_unknown = 0, [], 0, False
    for at, size, words in of_objdump(text):
        if not within[at]:
            continue
        total += 1
        target = read(WITHOUT_SYMBOLS.sub(r"\1", words)).target.removeprefix("0x")
        if size == sizes[at] and target == targets[at]:
            within_unknown = False
            continue
        # What follows an instruction that capstone does not know is decoded within it, until both begin again.
        within_unknown = bool(instructions.explanation(words)) or (within_unknown and not sizes[at])
        if within_unknown:
            explained += 1
        else:
            wrong.append(f"{text.start + at:x}: {' '.join(words.split())}: {size} bytes to {target}, not {sizes[at]} to {targets.get(at)}")
    return total, wrong, explained


def changed(text):
    """Returns how many bytes of the text are not as in vmlinux."""
    *_, address, offset, size = instructions.section(text.vmlinux)
    with open(text.vmlinux, "rb") as file:
        file.seek(offset + text.linked - address)
        return sum(one != other for one, other in zip(file.read(min(size, len(text.data))), text.data))


def main():
    kwalk, folder, vmlinux, name = sys.argv[1:]
    text = Text(folder, vmlinux)
    sizes, targets, wrong = disassembled(kwalk, text)
    report(f"{name}: dis: bytes of instructions", len(targets), wrong)
    within, short = covered(text.functions, sizes)
    report(f"{name}: dis: functions from start to end", len(text.functions), short)
    report(f"{name}: dis: bytes that are not as in vmlinux", changed(text), [])
    total, wrong, explained = compare_objdump(text, within, sizes, targets)
    report(f"{name}: dis: instructions as objdump shows them", total, wrong)
    print(f"# {name}: dis: {explained} of {total} differ as instructions.py explains")
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
