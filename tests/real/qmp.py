#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""qmp.py KWALK DIR NAME: compares the answers that KWALK gave for the paused guest (qmp.answers, qmp.copied: see
boot.py) with its answers for the dump that was taken in the same pause. Prints a line of TAP for each, and one about
where kwalk found the memory."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def differs_by_name(line):
    """Is it the fact that names the format and the path of the dump?"""
    return '"fact":"dump_format"' in line


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [line for line in file.read().splitlines() if not differs_by_name(line)]


def tell(good, text, lines=()):
    print(f"{'ok' if good else 'not ok'} - {text}")
    for line in () if good else lines:
        print(f"#   {line[:400]}")
    return good


def compare(folder, name, answers, want):
    got = lines_of(os.path.join(folder, "qmp." + answers))
    differ = [pair for pair in zip(want, got) if pair[0] != pair[1]]
    # 27 for Debian's kernels for i386, whose BTF and data symbols are missing.
    return tell(len(want) == len(got) >= 25 and not differ,
                f"{name}: paused guest, {answers}: {len(want) - len(differ)} of {len(want)} answers the same as for its "
                "dump", [line for pair in differ[:3] for line in pair] or got[-3:])


def check_places(folder, name):
    """Was the memory read in the files that QEMU shares, in its memory, and copied?"""
    with open(os.path.join(folder, "qmp.shared"), encoding="ascii") as file:
        shared = file.read()
    with open(os.path.join(folder, "qmp.errors"), encoding="utf-8", errors="replace") as file:
        text = file.read()
    places = [[int(number) for number in re.findall(r"(\d+) KiB", line)] for line in re.findall(r"memory of process.*", text)]
    # The largest of the three numbers shows where the guest's RAM is; ROMs are elsewhere.
    main_place = [numbers.index(max(numbers)) for numbers in places]
    good = main_place == [0 if shared else 1, 2] and places[1][:2] == [0, 0] and sum(places[0]) == sum(places[1])
    return tell(good, f"{name}: paused guest: memory in {'a shared ' + shared if shared else 'the process'}, and copied",
                [str(places), *text.splitlines()[-3:]])


def main():
    kwalk, folder, name = sys.argv[1:]
    if not os.path.exists(os.path.join(folder, "qmp.answers")):
        return 0
    with open(os.path.join(folder, "machine.json"), encoding="ascii") as file:
        arch = json.load(file).get("arch")
    questions = os.path.join(HERE, f"questions-{arch}" if arch else "questions")
    done = subprocess.run([kwalk, "-q", "-j", "-x", questions, os.path.join(folder, "vmcore")],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    want = [line for line in done.stdout.decode().splitlines() if not differs_by_name(line)]
    # Only boot.py kills kwalk. If the guest did not run on, boot.py fails.
    good = [compare(folder, name, "answers", want), compare(folder, name, "copied", want), check_places(folder, name)]
    return 0 if all(good) else 1


sys.exit(main())
