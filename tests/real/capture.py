#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots a guest that crashes and starts a capture kernel, in which contrib/kdump's hook runs before makedumpfile. The
machine is switched off while the dump is copied. Compares the records of the hook with the answers of kwalk about a
whole dump of the same memory. Prints TAP without numbers."""
import argparse
import glob
import json
import os
import re
import subprocess
import sys

from guest import Guest
from monitor import Failure
from tap import exit_status, report

DISK = 2 << 30
# Their answers differ between a dump and the memory that it was made of, or name the file.
OF_THE_FILE = {"dump", "format", "pages", "memory", "findings", "checked", "whole", "unknown", "facts", "vmlinux",
               "vmlinux_match"}


def start(given):
    disk = os.path.join(given.dir, "disk")
    with open(disk, "wb") as file:
        file.truncate(DISK)
    # Without a journal, all that is synced is where it belongs.
    subprocess.run(["mke2fs", "-q", "-t", "ext2", disk], check=True, stdin=subprocess.DEVNULL)
    guest = Guest(given.dir, ["-m", given.memory, "-cpu", given.cpu, "-kernel", given.kernel, "-initrd", given.initrd,
                              "-append", f"console=ttyS0 quiet crashkernel={given.reserve}",
                              "-drive", f"file={disk},format=raw,if=virtio"], given.qemu, timeout=600)
    try:
        return guest.wait_for(r"^@loaded$") and guest.wait_for(r"^@cut$") and guest
    finally:
        guest.end()


def files_of(given):
    folder = os.path.join(given.dir, "files")
    os.makedirs(folder)
    for name in ("crash", "whole", "hangs", "spins", "eats", "dies", "unbounded"):
        subprocess.run(["debugfs", "-R", f"rdump /{name} {folder}", os.path.join(given.dir, "disk")],
                       check=True, capture_output=True)
    return folder


def text_of(*path):
    try:
        with open(os.path.join(*path), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


class Asker:
    def __init__(self, given):
        self.given = given

    def ask(self, file, command, *options):
        return subprocess.run([self.given.kwalk, "-q", *options, "-c", command, self.given.vmlinux, file],
                              capture_output=True, text=True, timeout=600, check=False).stdout


def compare_ways(given, serial, folder):
    """The programs in the place of kwalk."""
    expected = {"hangs": "not within 8 s", "spins": "not within 8 s|signal (9|24)", "dies": "signal 11", "eats": "",
                "unbounded": "signal 9"}
    wrong = []
    for way, why in expected.items():
        if not re.search(rf"^@{way} 0$", serial, re.MULTILINE):
            wrong.append(f"{way}: the hook did not end with status 0")
        notes = text_of(folder, way, "kwalk-notes.txt")
        if not re.search(rf"^log\.txt: not written: .*({why})", notes, re.MULTILINE):
            wrong.append(f"{way}: {notes}")
    if not re.search(r"^@whole 0$", serial, re.MULTILINE):
        wrong.append("makedumpfile failed after them")
    report(f"{given.name}: what hangs, takes memory or dies in place of kwalk does not stop makedumpfile", len(expected), wrong)


def compare_records(given, asker, folder):
    whole = os.path.join(folder, "whole")
    crash = "".join(glob.glob(os.path.join(folder, "crash", "2*")))
    names = sorted(os.listdir(crash)) if crash else []
    expected = ["dump-incomplete", "extract.elf", "kwalk-notes.txt", "log.txt", "panic.txt", "triage.json"]
    notes = text_of(crash, "kwalk-notes.txt")
    # Debian's kernels for i386 have no BTF, so the lists of processes are not known without vmlinux.
    has_types = not given.name.endswith("-pae")
    if not has_types:
        expected.remove("extract.elf")
    report(f"{given.name}: all records, and no dump, after the cut", len(expected),
           [f"{names}: {notes}"] if names != expected or not (has_types or "the dump has no BTF" in notes) else [])
    log, panic = text_of(crash, "log.txt"), text_of(crash, "panic.txt")
    theirs = {"log.txt": (log, bare(given, whole, "log")), "panic.txt": (panic, bare(given, whole, "panic"))}
    report(f"{given.name}: log and panic as of the whole dump", len(theirs),
           [f"{name}: {first_difference(*both)}" for name, both in theirs.items() if both[0] != both[1]])
    wrong = [f"line {i}" for i in range(20) if f"kwalk: line {i} before the end" not in log]
    wrong += [text for text in ("sysrq triggered crash", "kwalk-dying") if text not in panic]
    report(f"{given.name}: log and panic as the guest ended", 22, wrong)
    compare_triage(given, crash, whole)
    if has_types:
        compare_extract(given, asker, crash, whole)


def bare(given, file, command, *options):
    """kwalk's answer without vmlinux, as in the capture kernel."""
    return subprocess.run([given.kwalk, "-q", *options, "-c", command, file], capture_output=True, text=True, timeout=600,
                          check=False, env=dict(os.environ, KWALK_DEBUG_PATH="")).stdout


def first_difference(ours, theirs):
    pairs = zip(ours.splitlines() + [""], theirs.splitlines() + [""])
    return next((f"{a!r}, {b!r}" for a, b in pairs if a != b), f"{len(ours)}, {len(theirs)} characters")


def compare_triage(given, crash, whole):
    try:
        ours, theirs = json.loads(text_of(crash, "triage.json")), json.loads(bare(given, whole, "triage", "-j"))
    except ValueError as error:
        report(f"{given.name}: triage", 1, [str(error)])
        return
    keys = (set(ours) | set(theirs)) - OF_THE_FILE
    report(f"{given.name}: triage as of the whole dump", len(keys),
           [f"{key}: {ours.get(key)}, {theirs.get(key)}" for key in keys if ours.get(key) != theirs.get(key)] +
           ([] if "sysrq triggered crash" in json.dumps(ours.get("panic")) else [f"panic: {ours.get('panic')}"]))


def compare_extract(given, asker, crash, whole):
    command = "vtop -k linux_banner init_task init_uts_ns; tasks"
    ours, theirs = ([(a.get("virtual"), a.get("physical"), a.get("pid"), a.get("task"))
                     for a in map(json.loads, asker.ask(file, command, "-j").splitlines())]
                    for file in (os.path.join(crash, "extract.elf"), whole))
    report(f"{given.name}: addresses and tasks of the extract", len(ours),
           [f"{answer}" for answer in ours if answer not in theirs] + [f"{a}, {b}" for a, b in zip(ours[:3], theirs) if a != b])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "kernel", "vmlinux", "initrd", "memory", "reserve", "qemu", "cpu", "dir", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    try:
        guest = start(given)
        folder = files_of(given)
    except (Failure, OSError, subprocess.SubprocessError) as failure:
        sys.exit(f"capture: {failure}")
    serial = guest.serial()
    # time of busybox takes KiB for pages.
    sizes = [f"{int(size) // 4} KiB in {seconds} s" for size, seconds in
             re.findall(r"^@rss (\d+) KiB, ([\d.]+) s$", serial, re.MULTILINE)]
    print(f"# {given.name}: " + ", ".join(re.findall(r"^@(memory .*)$", serial, re.MULTILINE) + sizes) + ", " +
          re.sub(r"\s+", " ", text_of("".join(glob.glob(os.path.join(folder, "crash", "2*"))), "kwalk-notes.txt")))
    compare_ways(given, serial, folder)
    compare_records(given, Asker(given), folder)
    sys.exit(exit_status())


main()
