#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""instructions.py VMLINUX OBJDUMP: decodes the section .text of VMLINUX with src/code, which instructions.c calls, and
compares each instruction with what OBJDUMP prints: where it starts, how long it is, where a branch goes, the memory
that it names, and how many bytes it accesses there. For arm64, the same is done for loads and stores with random fields,
so that instructions are compared that this kernel does not have.

At most one instruction in 10,000 may differ, and only for a reason in EXPLAINED.
"""
import collections
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

import tap

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCES = os.path.join(HERE, "../../src")
MACHINES = {3: "i386", 62: "x86-64", 183: "arm64"}
RANDOM_WORDS = 1_000_000

# Differences that are known: the instruction in objdump's words, and the reason.
EXPLAINED = [
    # Capstone 4 does not know these, and shows their first byte as unknown. What follows is decoded within them.
    (re.compile(r"(?:rd|wr)pkru|wruss|serialize|rmpadjust|pvalidate|tpause|monitorx|mwaitx|tilerelease|tdcall|invlpgb|tlbsync"), "not in capstone 4"),
    (re.compile(r"vprord|vpermi2d|vpternlog|.*%zmm"), "AVX-512, not in capstone 4"),
    (re.compile(r"vpclmul|vbroadcasti128"), "AVX2 and VPCLMULQDQ, not in capstone 4"),
    # At .nops or other bytes that no compiler made, objdump shows a prefix alone, or a byte.
    (re.compile(r"\.byte|\(bad\)|rex\b|data16$|(?:rep|repz|repnz|lock)(?:$| \(bad\))"), "objdump does not know it, or shows only a prefix"),
    # The processor adds to the stack pointer first (Intel SDM, POP).
    (re.compile(r"pop[lq] +(?:-?0x[0-9a-f]+)?\(%[er]sp\)"), "pop relative to the stack pointer that it changes"),
    (re.compile(r"(?:ldr|str)\t(?:[pz][0-9]|za\[)"), "SVE, SME"),
    (re.compile(r"\.word\t"), "data between instructions"),
    (re.compile(r"(?:cpy|set)\w+\t"), "FEAT_MOPS, whose registers change while it runs"),
    (re.compile(r"(?:ld|st)64b"), "FEAT_LS64"),
    (re.compile(r"\.inst\t.*undefined"), "no instruction: a field is reserved"),
]

# What names memory and does not access it; ports; and bits in memory that a register counts, which may be further.
UNUSED = re.compile(r"nop|prefetch|invlpg|ud[012]|in[bwl]$|out[bwl]$")
BITS = re.compile(r"bt[crs]?[wlq]$")
PREFIX = re.compile(r"(?:lock|repn?[ez]?|data16|addr32|[c-g]s|ss|notrack|bnd|rex\.\w+)$")
BRANCH = re.compile(r"(?:(?:j\w+|call\w?|loop\w*|xbegin\w?) |(?:ljmp|lcall)\w? \$0x[0-9a-f]+,\$0x)([0-9a-f]+)(?: <.*)?$")
X86_MEMORY = re.compile(r"(?:%(?P<segment>[c-gs]s):)?(?:(?P<offset>-?0x[0-9a-f]+)?"
                        r"\((?:%(?P<base>\w+))?(?:,%(?P<index>\w+))?(?:,(?P<scale>\d))?\)|(?<![$\w.-])(?P<absolute>0x[0-9a-f]+))")
SIZED = re.compile(r"(?:adc|add|and|cmp|dec|div|idiv|imul|inc|mov|movs|movz|mul|neg|not|or|sbb|sub|test|xadd|xchg|xor|"
                   r"cmpxchg|push|pop|rol|ror|sar|shl|shr|stos|lods|scas|cmps)([bwlq])[bwlq]?$")
SIZES = {"b": 1, "w": 2, "l": 4, "q": 8}

ARM64_MEMORY = re.compile(r"\[(?P<base>x\d+|sp)(?:, (?:#(?P<offset>-?\d+)|(?P<index>[wx]\w+)"
                          r"(?:, (?P<extension>lsl|[us]xt[wx])(?: #(?P<shift>\d+))?)?))?\]")
ARM64_ATOMIC = re.compile(r"(?:cas|swp|ldapr|(?:ld|st)(?:add|clr|eor|set|[su]max|[su]min))[abhlp]*\t")
REGISTER_SIZES = {"b": 1, "h": 2, "s": 4, "w": 4, "x": 8, "d": 8, "q": 16}

Instruction = collections.namedtuple("Instruction", "target places size")


def of_x86(text, bits):
    """What a line of objdump says. The size is None if the name does not show it."""
    code, _, comment = text.partition("#")
    name, _, operands = code.strip().partition(" ")
    while PREFIX.match(name):
        name, _, operands = operands.strip().partition(" ")
    operands = operands.strip()
    branch = BRANCH.match(name + " " + operands)
    if branch:
        return Instruction(branch[1], (), None)
    if name.startswith("leave"):
        return Instruction("-", (":ebp,,0,0" if bits == 32 else ":rbp,,0,0",), bits // 8)
    places, target = [], "-"
    for found in X86_MEMORY.finditer(operands.replace("(%dx)", "")):
        base, index = found["base"] or "", found["index"] or ""
        offset = int(found["offset"] or found["absolute"] or "0", 16)
        if index in ("eiz", "riz"):
            index = ""
        if bits == 32 and not base and not index:
            offset &= 0xffffffff
        segment = found["segment"] if found["segment"] in ("fs", "gs") else ""
        places.append(f"{segment}:{base},{index},{found['scale'] or 1 if index else 0},{offset & (1 << 64) - 1:x}")
        if base == "rip":
            target = comment.split()[0]
    is_narrow = bits == 64 and "(%e" in operands  # an address of 32 bits, of which kwalk makes no place
    if UNUSED.match(name) or (BITS.match(name) and operands.startswith("%")) or is_narrow:
        places = []
    sized = SIZED.match(name)
    return Instruction(target, tuple(places), SIZES[sized[1]] if sized and places else None)


def size_of_arm64(name, operands):
    """The bytes that a load or store of general or single vector registers accesses, or None."""
    registers = operands.split("[")[0].split(", ")
    is_pair = re.match(r"(?:ld|st)[a-z]*p(?:sw)?$|casp", name) and not name.startswith(("ldap", "stlp"))
    if re.match(r"(?:st|ld)l?a?xp$", name):
        is_pair = True
    if name.startswith(("stx", "stlx")):
        registers = registers[1:]
    if not re.match(r"[bhswxdq](?:\d+|zr)$", registers[0]) or re.match(r"(?:st2?z?2?g|ldg)[pm]?$|stz", name):
        return None
    if re.search(r"sw$", name):
        size = 4
    elif not is_pair and re.match(r"(?:ld|st|cas|swp)\w*[bh]$", name) and name != "ldrab":
        size = SIZES["b" if name.endswith("b") else "w"]
    else:
        size = REGISTER_SIZES[registers[0][0]]
    return 2 * size if is_pair else size


def of_arm64(text):
    name, _, operands = text.partition("\t")
    target = re.search(r"(?:^|, )(?:0x)?([0-9a-f]+)(?: <[^>]*>)?$", operands)
    if name.startswith("prf"):
        return Instruction(target[1] if target else "-", (), None)
    if name == "dc" and operands.startswith("zva"):
        return Instruction("-", (f":{operands.split(', ')[1]},,0,0",), 0)
    found = ARM64_MEMORY.search(operands)
    if found:
        index = found["index"] if found["index"] not in ("xzr", "wzr") else None
        extension = {"uxtw": "u", "sxtw": "s"}.get(found["extension"], "")
        scale = f"{1 << int(found['shift'] or 0)}{extension}" if index else "0"
        place = f":{found['base']},{'x' + index[1:] if index else ''},{scale},{int(found['offset'] or 0) & (1 << 64) - 1:x}"
        return Instruction("-", (place,), size_of_arm64(name, operands))
    is_branch = re.match(r"(?:bl?|b\.\w+|bc\.\w+|cbn?z|tbn?z|adrp?|ldr|ldrsw)$", name)
    if not target or not is_branch:
        return Instruction("-", (), None)
    if name.startswith("ldr"):
        return Instruction(target[1], (f":,,0,{target[1]}",), size_of_arm64(name, operands))
    return Instruction(target[1], (), None)


def lines_of_objdump(command):
    """Yields addresses and texts."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            address, mark, text = line.rstrip("\n").partition(":\t")
            if mark and not address.startswith("Disassembly"):
                yield int(address, 16), text.split("//")[0].strip()
        yield None, ""


def lines_of_code(command):
    """Yields addresses, sizes, what was found, and texts."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            found, _, text = line.rstrip("\n").partition("\t")
            address, size, target, *places = found.split(" ")
            yield int(address, 16), int(size), target, tuple(place for place in places if place != "?"), text
        yield None, 0, "-", (), ""


def same(wanted, target, places):
    if wanted.target != target or len(wanted.places) != len(places):
        return False
    for place, found in zip(wanted.places, places):
        found, _, size = found.partition("/")
        if place != found or wanted.size not in (None, int(size)):
            return False
    return True


def explanation(text):
    return next((reason for pattern, reason in EXPLAINED if pattern.match(text)), None)


def compare(title, driver, objdump, read):
    """Reports the differences. read: makes an Instruction of a text of objdump."""
    wanted, found = lines_of_objdump(objdump), lines_of_code(driver)
    total, wrong, explained, read_before = 0, [], collections.Counter(), {}
    at, text = next(wanted)
    address, size, target, places, own = next(found)
    while at is not None and address is not None:
        total += 1
        next_at, next_text = next(wanted)
        what = read_before.get(text)
        if what is None:
            what = read_before[text] = read(text)
        difference = None
        if next_at is not None and at + size != next_at:
            difference = f"{size} bytes"
        elif not same(what, target, places):
            difference = f"{target} {places}"
        elif own and ARM64_ATOMIC.match(text) and own != text.replace("\t", " "):
            difference = own
        if difference:
            reason = explanation(text)
            explained[reason] += bool(reason)
            if not reason:
                wrong.append(f"{at:x}: {text}: {difference}; objdump: {what}")
        at, text = next_at, next_text
        address, size, target, places, own = next(found)
        # What began within an instruction: go on where both begin.
        while at != address and None not in (at, address):
            if at < address:
                at, text = next(wanted)
            else:
                address, size, target, places, own = next(found)
    tap.report(title, total, wrong)
    for reason, count in explained.most_common():
        if reason:
            print(f"# {title}: {count} of {total}: {reason}")
    return total, sum(count for reason, count in explained.items() if reason)


def section(vmlinux):
    """Returns the machine, and the address, offset and size of .text."""
    with open(vmlinux, "rb") as file:
        machine = struct.unpack("<18xH", file.read(20))[0]
    lines = subprocess.run(["readelf", "-SW", vmlinux], check=True, capture_output=True, text=True).stdout
    place = re.search(r" \.text +PROGBITS +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)", lines)
    return machine, *(int(number, 16) for number in place.groups())


def random_words(path):
    """Loads and stores of arm64 with random fields, the same each time."""
    numbers = random.Random(1)
    with open(path, "wb") as file:
        for _ in range(RANDOM_WORDS):
            word = numbers.getrandbits(32) & ~0x0a000000 | 0x08000000
            if numbers.random() < 0.3:  # atomics and the like, which have few words
                word = word & 0xffffff | numbers.choice((0x38, 0x78, 0xb8, 0xf8, 0x08, 0x88, 0xc8, 0x48, 0xd9, 0x19, 0x99, 0x59)) << 24
            for low in (0, 10, 16):  # the register of number 31, and fields that must be 31 or 0
                word |= 31 << low if numbers.random() < 0.3 else 0
            word &= ~(31 << 16) if numbers.random() < 0.3 else -1
            file.write(struct.pack("<I", word))


def main():
    vmlinux, objdump = sys.argv[1:]
    machine, address, offset, size = section(vmlinux)
    with tempfile.TemporaryDirectory() as folder:
        program, words = os.path.join(folder, "code"), os.path.join(folder, "words")
        sources = [os.path.join(SOURCES, "code", name) for name in sorted(os.listdir(SOURCES + "/code")) if name.endswith(".c")]
        subprocess.run(["gcc", "-O2", "-DHAVE_CAPSTONE", "-I" + SOURCES, "-o", program, os.path.join(HERE, "instructions.c"), *sources,
                        os.path.join(SOURCES, "base/error.c"), "-ldl"], check=True)
        driver = [program, str(machine), vmlinux, str(offset), str(size), str(address)]
        shown = [objdump, "-dz", "--no-show-raw-insn", f"--start-address={address}", f"--stop-address={address + size}"]
        if machine != 183:
            shown += ["-M", "suffix"]
        read = of_arm64 if machine == 183 else lambda text: of_x86(text, 32 if machine == 3 else 64)
        total, explained = compare(f"{MACHINES[machine]}: instructions", driver, shown + [vmlinux], read)
        tap.report(f"{MACHINES[machine]}: instructions, explained differences", total,
                   [f"{explained} of {total}"] if explained * 10000 > total else [])
        if machine == 183:
            random_words(words)
            compare("arm64: random loads and stores", [program, "183", words, "0", str(4 * RANDOM_WORDS), "0"],
                    [objdump, "-Dz", "--no-show-raw-insn", "-b", "binary", "-m", "aarch64", words], of_arm64)
    return tap.exit_status()


if __name__ == "__main__":
    sys.exit(main())
