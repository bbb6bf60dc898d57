#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extracts each level of the memory recorded in DIR. Compares the answers that the level promises with the answers
for the whole memory, byte by byte. Searches for memory of processes and files in levels that must not have it.
Prints TAP without numbers. Status: 1 if anything differs."""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile

from page import PAGE
from records import whole_pages
from tap import exit_status, report

MOST_PAGES = 10000  # for large guests: so many of the pages that the emulated MMU lists

LEFT_OUT = re.compile(r',"page_(state|reason)":"[a-z, ]*"')
USE = re.compile(r',"(?:use|head)":.*')
NEEDLE = 48  # number of bytes that are searched; no fact, name or entry is as long and varied


class Kwalk:
    def __init__(self, program, files):
        self.program, self.files = program, files

    def lines(self, dump, script):
        run = subprocess.run([self.program, "-q", "-j", "-x", "-", *self.files, dump], input=script, text=True,
                             env={**os.environ, "KWALK_DEBUG_PATH": ""}, capture_output=True, timeout=600,
                             check=False)
        return [LEFT_OUT.sub("", line) for line in run.stdout.splitlines()]

    def objects(self, dump, script):
        return [json.loads(line) for line in self.lines(dump, script)]


def processes(kwalk, dump):
    return sorted({task["tgid"] for task in kwalk.objects(dump, "tasks") if task.get("mm")})


def listed_pages(folder):
    pages = whole_pages(folder)
    return random.sample(pages, min(MOST_PAGES, len(pages)))


def region_addresses(kwalk, dump):
    chosen = []
    for answer in kwalk.objects(dump, "regions"):
        if "start" in answer:
            first, last = int(answer["start"], 16), int(answer["end"], 16)
            chosen += [first, last] + [random.randint(first, last) for _ in range(8)]
    return chosen


def questions(kwalk, dump, pages):
    """Commands by level. Each level includes the commands of the levels before it."""
    pids = processes(kwalk, dump)
    frames = sorted({int(physical, 16) // PAGE for _, physical in random.sample(pages, min(300, len(pages)))})
    script = ["regions", "iomem", "ioports", "areas", "tasks", "check", "pt"]
    for pid in pids:
        script += [f"vmas -p {pid}", f"pt -p {pid}", f"pagemap -p {pid}"]
    if len(pids) > 1:
        script.append(f"shared {pids[0]} {pids[1]}")
    script += [f"vtop -k {address:x}" for address in region_addresses(kwalk, dump)]
    script += ["vtop " + " ".join(address for address, _ in pages)]
    script += [f"ptov {pfn:x}000\npfn_to_page {pfn:x}" for pfn in frames]
    script.append("ptov -a -u " + " ".join(f"{pfn:x}000" for pfn in frames))
    return {"tables": script, "frames": ["frames", "zones", "slabs"],
            "kernel": ["log", "panic"] + [f"sym {name}" for name in ("init_task", "schedule", "jiffies")]}


def difference(one, other):
    """Returns the place where two lines begin to differ."""
    start = max(0, len(os.path.commonprefix([one, other])) - 60)
    return f"{one[start:start + 120]} / {other[start:start + 120]}"


def compare(name, kwalk, whole, part, script, uses):
    ours, theirs = (kwalk.lines(dump, "\n".join(script) + "\n") for dump in (whole, part))
    if not uses:
        ours, theirs = ([USE.sub("}", line) for line in lines] for lines in (ours, theirs))
    # check reports that it did not check the parts that a level leaves out.
    wrong = [difference(a, b) for a, b in zip(ours, theirs)
             if a != b and not ('"command":"check"' in b and ('"status":"not-checked"' in b or '"check":"summary"' in b))]
    if len(ours) != len(theirs):
        wrong.append(f"{len(ours)} and {len(theirs)} answers")
    report(f"{name}: answers are the same as from the whole", len(ours), wrong)


def needles(kwalk, dump):
    """Bytes in pages of processes and files, which are found by struct pages. The bytes are not all equal. Bytes of
    the kernel's file are left out: a guest with a capture kernel has a file with the same kernel, and a level keeps
    the symbols and types of the running kernel."""
    with open(kwalk.files[0], "rb") as file:
        constant = file.read()
    found = set()
    for run in kwalk.objects(dump, "frames -l"):
        if run.get("use") in ("anon", "file", "shmem"):
            first, last = int(run["start"], 16), int(run["end"], 16)
            for address in range(first, last, 2 * PAGE):
                found.add(address + 1024)
    script = "\n".join(f"rd -p -8 {address:x} {NEEDLE}" for address in sorted(found))
    texts = (bytes(int(value, 16) for value in answer.get("values", [])) for answer in kwalk.objects(dump, script))
    return [text for text in texts if len(set(text)) > NEEDLE // 2 and text not in constant]


def check_secrets(name, texts, data):
    there = [text.hex() for text in texts if text in data]
    report(f"{name}: no piece of processes and files is there", len(texts),
           there if texts else ["no piece to look for was found"])


def given(description):
    """Returns the arguments of the command line: the name of the guest, kwalk with its vmlinux, its memory, and the
    commands to run for each level."""
    parser = argparse.ArgumentParser(description=description)
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    options = parser.parse_args()
    random.seed(13)
    whole = os.path.join(options.dir, "vmcore")
    known = Kwalk(options.kwalk, [options.vmlinux])
    return options.name, known, whole, questions(known, whole, listed_pages(options.dir))


def main():
    name, known, whole, script = given(__doc__)
    texts = needles(known, whole)
    asked = []
    for level in ("tables", "frames", "kernel"):
        asked += script[level]
        for form in ("", "-z zlib")[:1 if level == "kernel" else 2]:
            with tempfile.TemporaryDirectory() as folder:
                part = os.path.join(folder, "part")
                answer = known.objects(whole, f"extract -l {level} {form} -w {part}")
                report(f"{name}: {level} {form} can be had", len(answer),
                       [str(line) for line in answer if line["status"] != "ok"])
                for kwalk, how in ((known, "vmlinux"), (Kwalk(known.program, []), "alone")):
                    compare(f"{name}: {level} {form}, {how}", kwalk, whole, part, asked, level == "kernel")
                if level != "kernel" and not form:
                    with open(part, "rb") as file:
                        check_secrets(f"{name}: {level}", texts, file.read())
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
