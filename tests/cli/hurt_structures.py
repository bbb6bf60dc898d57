# SPDX-License-Identifier: GPL-3.0-or-later
"""hurt_structures.py KWALK DUMP VMLINUX TIMES SEED: damages TIMES words in the memory of an ELF dump, four at a time. The
words are spread evenly over all words that are not 0: pointers, members of structs, entries of tables. The four are far
from each other. Each time, runs all commands of the table. kwalk must end by itself with a status of 0 to 2. Each line of
answers must be an object, and each complaint must be one line of kwalk. If the entries of an address's walk have not
changed, the translation must not change either, whatever else is damaged."""
import json
import os
import random
import subprocess
import sys

ADDRESSES = ["ffff888000030000", "ffff888001c00000", "ffffffff81000000", "ffffffff81420000", "ffffc90000010000",
             "ffffea0000070000", "c0030000", "c1400000", "ffff8000", "ffff000000030000", "ffff800008000000",
             "ffff800008420000", "fffffc0000000000"]
PAGE = 4096
AT_A_TIME = 4


# Options and arguments that the other commands do not try.
MORE = ["ptov -a 1c00000", "ptov -a -u 1c02000 1c10000", "frames -l", "search -p 1122334455667788", "search -t Linux",
        "shared 1 3", "info -v", "sym -l", "sym schedule", "whatis -v 1c00000", f"rd {ADDRESSES[0]} 20", "rd -a linux_banner",
        "log -x", "set 1", "vmas", "pagemap", "region 1000 5000", "set none", "pte 8000000001c00063", "annotate text"]


def words_of(path):
    """Offsets of the words that are not 0, after the first page, which has headers and notes and no structures."""
    found = []
    with open(path, "rb") as file:
        at = PAGE
        while True:
            file.seek(at)
            page = file.read(PAGE)
            if not page:
                return found
            if page != bytes(len(page)):
                found += [at + i for i in range(0, len(page) - 7, 8) if page[i:i + 8].strip(b"\0")]
            at += PAGE


def ask(kwalk, dump, vmlinux, line):
    done = subprocess.run([kwalk, "-q", "-j", "-c", line, vmlinux, dump], stdin=subprocess.DEVNULL, timeout=float(os.environ["PATIENCE"]),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    complaints = done.stderr.decode().splitlines()
    wrong = [c for c in complaints if not c.startswith("kwalk: ")]
    if done.returncode not in (0, 1, 2) or wrong:
        raise ValueError(f"status {done.returncode}, {wrong[:1]}")
    return answers


def walks(answers):
    """For each address: the entries of its walk, and the end of the walk."""
    return {a["input"]: ([(l["entry_address"], l.get("entry")) for l in a.get("levels", [])], a.get("physical"))
            for a in answers if a["command"] == "vtop" and "levels" in a}


def damaged(file, words, old, rng):
    """Another content of a word that was `old`."""
    file.seek(rng.choice(words))
    return rng.choice([file.read(8), bytes(8), b"\xff" * 8, (1 << rng.randrange(64)).to_bytes(8, "little"),
                       (int.from_bytes(old, "little") ^ 1 << rng.randrange(64)).to_bytes(8, "little")])


def write(file, contents):
    for at, content in contents.items():
        file.seek(at)
        file.write(content)
    file.flush()


def main():
    kwalk, dump, vmlinux = sys.argv[1:4]
    times, rng = int(sys.argv[4]), random.Random(int(sys.argv[5]))
    commands = ask(kwalk, dump, vmlinux, "help")
    # Commands without arguments, for the first process, and for addresses. Few commands work in all these ways.
    lines = [c["name"] for c in commands]
    lines += [c["name"] + " -p 1" for c in commands if "-p PROCESS" in c["usage"]]
    lines += [f"{c['name']} {' '.join(ADDRESSES)} 1c00000 1" for c in commands if c["usage"]]
    lines += MORE
    line = "; ".join(["vtop " + " ".join(ADDRESSES)] + [l for l in lines if not l.startswith(("vtop", "quit"))])
    want = walks(ask(kwalk, dump, vmlinux, line))
    words = words_of(dump)
    times = min(times, len(words))
    runs = -(-times // AT_A_TIME)
    mapped = failed = 0
    with open(dump, "r+b") as file:
        for first in range(runs):
            damage = {}
            for i in range(first, times, runs):
                at = words[i * len(words) // times]
                file.seek(at)
                old = file.read(8)
                damage[at] = (old, damaged(file, words, old, rng))
            write(file, {at: new for at, (_, new) in damage.items()})
            try:
                for address, (entries, physical) in walks(ask(kwalk, dump, vmlinux, line)).items():
                    mapped += physical is not None
                    if address in want and entries == want[address][0] and physical != want[address][1]:
                        raise ValueError(f"{address} is {physical}, not {want[address][1]}")
            except (ValueError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"words {', '.join(f'{at:#x} {old.hex()} as {new.hex()}' for at, (old, new) in damage.items())}: {error}")
            write(file, {at: old for at, (old, _) in damage.items()})
    print(f"{times} of {len(words)} words, {len(lines)} commands: {mapped} translations, {failed} failures")
    return failed > 0 or not mapped


sys.exit(main())
