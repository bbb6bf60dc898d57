#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""qmp.py KWALK DIR NAME: compares the answers that KWALK gave for the paused guest (qmp.answers, which boot.py --kwalk
recorded) with its answers for the dump that was taken in the same pause. Prints a line of TAP. Prints nothing if
kwalk may not read the memory of QEMU here."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def differs_by_name(line):
    """Is it the fact that names the format and the path of the dump?"""
    return '"fact":"dump_format"' in line


def main():
    kwalk, folder, name = sys.argv[1:]
    answers = os.path.join(folder, "qmp.answers")
    if not os.path.exists(answers):
        return 0
    with open(os.path.join(folder, "machine.json"), encoding="ascii") as file:
        arm64 = json.load(file).get("arch") == "arm64"
    questions = os.path.join(HERE, "questions-arm64" if arm64 else "questions")
    done = subprocess.run([kwalk, "-q", "-j", "-x", questions, os.path.join(folder, "vmcore")],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    want = [line for line in done.stdout.decode().splitlines() if not differs_by_name(line)]
    with open(answers, encoding="utf-8") as file:
        got = [line for line in file.read().splitlines() if not differs_by_name(line)]
    differ = [pair for pair in zip(want, got) if pair[0] != pair[1]]
    # 27 for Debian's kernels for i386, whose BTF and data symbols are missing.
    good = len(want) == len(got) >= 25 and not differ
    # Only boot.py kills kwalk. If the guest did not run on, it fails.
    print(f"{'ok' if good else 'not ok'} - {name}: paused guest: {len(want) - len(differ)} of {len(want)} answers the "
          f"same as for its dump{'' if arm64 else ', and the guest ran on after kwalk was killed'}")
    for line in [] if good else [line for pair in differ[:3] for line in pair]:
        print(f"#   {line[:400]}")
    return 0 if good else 1


sys.exit(main())
