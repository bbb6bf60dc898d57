#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""running.py KWALK DIR NAME: compares the answers of a kwalk that ran in the guest with /proc/kcore and /dev/mem,
which are in serial.log, with the answers of KWALK for the guest's image, which was taken later. Prints a line of
TAP for each. Prints nothing if no kwalk ran in the guest."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Whether the machine runs, bits of entries that the CPU sets, fields that count uses, fields that a task changes, and the path of the questions.
CHANGING = ("live", "levels", "source", "state", "running", "cpu", "rss", "script")
# Guests whose kernel has no STRICT_DEVMEM (small-kernel-arm64.config).
OPEN_DEVMEM = r"arm64-(4k|16k-36|64k|swtags)"


def steady(line):
    answer = json.loads(line)
    levels = [(level["name"], level.get("entry_address")) for level in answer.get("levels", [])]
    return {key: value for key, value in answer.items() if key not in CHANGING}, levels


def was_freed(pair):
    """DEBUG_PAGEALLOC removes a frame from the direct map while it is free."""
    return all('"command":"ptov"' in line for line in pair) and any('"status":"no-direct-mapping"' in line for line in pair)


def tell(good, name, text, lines=()):
    print(f"{'ok' if good else 'not ok'} - {name}: {text}")
    for line in () if good else lines:
        print(f"#   {line[:400]}")
    return not good


def compare(want, lines, name, source):
    """Compares the answers that were printed in the guest."""
    got = [line for line in lines if line.startswith("{")]
    differ = [pair for pair in zip(want, got) if steady(pair[0]) != steady(pair[1]) and
              not (name.startswith("pagealloc") and was_freed(pair))]
    mapped = sum('"status":"mapped"' in line for line in got)
    return tell(len(got) == len(want) >= 41 and mapped >= 6 and not differ, name,
                f"{source}, read inside: {len(want) - len(differ)} of {len(want)} answers the same",
                [line for pair in differ[:3] for line in pair] or lines[-3:] * (len(got) != len(want)))


def main():
    kwalk, folder, name = sys.argv[1:]
    with open(os.path.join(folder, "serial.log"), encoding="utf-8", errors="replace") as file:
        serial = file.read().replace("\r", "").splitlines()
    kcore = [line[7:] for line in serial if line.startswith("@kcore ")]
    devmem = [line[8:] for line in serial if line.startswith("@devmem ")]
    if not kcore:
        return 0
    with open(os.path.join(folder, "machine.json"), encoding="ascii") as file:
        arch = json.load(file).get("arch")
    questions = os.path.join(HERE, f"questions-{arch}" if arch else "questions")
    done = subprocess.run([kwalk, "-q", "-j", "-x", questions, os.path.join(folder, "vmcore")],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    want = done.stdout.decode().splitlines()
    failed = compare(want, kcore, name, "/proc/kcore")
    if re.match(OPEN_DEVMEM, name):
        return failed + compare(want, devmem, name, "/dev/mem")
    # Kernels of distributions do not show their memory there. kwalk must report this, and give no answers.
    refused = any("STRICT_DEVMEM" in line for line in devmem)
    answered = [line for line in devmem if '"status":"mapped"' in line or '"values"' in line]
    failed += tell(refused and not answered, name, "/dev/mem, read inside: refused, and no answer made of it",
                   answered[:3] or devmem[:3])
    return failed


sys.exit(1 if main() else 0)
