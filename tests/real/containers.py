#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""containers.py KWALK DIR VMLINUX NAME: asks the same of a guest's memory in each container that QEMU or makedumpfile can
put it into, and compares byte by byte with the answers of the ELF core DIR/vmcore; a line of TAP for each.

Where pages were left out, only they may be missing: an answer may say "filtered" where the core's did not, and leave out
what only they told. Debian 12's makedumpfile also leaves out slab pages of kernels since 6.10 (doc/formats.md)."""
import json
import os
import random
import re
import shutil
import subprocess
import sys

MAKEDUMPFILE = {
    "zlib, nothing left out": ["-c", "-d", "0"],
    "lzo, level 31": ["-l", "-d", "31"],
    "plain, level 31": ["-d", "31"],
    "zeros left out": ["-c", "-d", "1"],
    "ELF, level 31": ["-E", "-d", "31"],
}
# Fields that kernel data tell of, not the tables: unknown where that page was left out.
ANNOTATIONS = ("resource",)
FLATTENED = {
    "flattened zlib, level 31": ["-F", "-c", "-d", "31"],
    "flattened ELF, level 31": ["-F", "-E", "-d", "31"],
}


def make(folder):
    """Yields (name, files) of the containers, each removed when the next is asked for."""
    dump, out = os.path.join(folder, "vmcore"), os.path.join(folder, "container")
    by_qemu = os.path.join(folder, "vmcore.kdump")
    if os.path.exists(by_qemu):
        yield "QEMU's flattened zlib", [by_qemu]
    program = shutil.which("makedumpfile") or shutil.which("makedumpfile", path="/usr/sbin:/sbin")
    with open(dump, "rb") as file:
        header = file.read(20)
    # It reads /proc/vmcore's of its own word size; QEMU's cores it does not read at all.
    if not program or by_qemu and os.path.exists(by_qemu) or header[18] != 62:
        return
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    for name, options in MAKEDUMPFILE.items():
        subprocess.run([program, *options, dump, out], **quiet)
        yield name, [out]
        os.remove(out)
    for name, options in FLATTENED.items():
        with open(out, "wb") as file:
            subprocess.run([program, *options, dump], stdout=file, stderr=subprocess.DEVNULL, check=True)
        yield name, [out]
        os.remove(out)
    parts = [out + str(i) for i in range(3)]
    subprocess.run([program, "--split", "-c", "-d", "31", dump, *parts], **quiet)
    yield "split, parts in another order", [parts[1], parts[2], parts[0]]
    for part in parts:
        os.remove(part)


def questions(folder):
    rng = random.Random(1)
    with open(os.path.join(folder, "tlb.txt"), encoding="ascii") as file:
        listed = re.findall(r"^([0-9a-f]+):", file.read(), re.M)
    chosen = rng.sample(listed, min(2000, len(listed)))
    frames = [f"{rng.randrange(1 << 29):x}" for _ in range(300)]
    return "\n".join(["vtop " + " ".join(chosen), "ptov " + " ".join(frames), "phys_to_page " + " ".join(frames), "regions",
                      "page swapper_pg_dir", *(f"rd -p {frame} 4" for frame in frames),
                      *(f"rd {address} 4" for address in chosen[:500])])


def ask(kwalk, files, script):
    done = subprocess.run([kwalk, "-q", "-j", "-x", "-", *files], input=script.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=300, check=False)
    return done.returncode, done.stdout.decode().splitlines()


def excused(want, got):
    """Is it the same answer, but for a page or table that the container does not have?"""
    if want == got:
        return True
    want, got = json.loads(want), json.loads(got)
    if "filtered" in json.dumps(got) and (got["status"] in ("unreadable", "error") or got["command"] == "rd"):
        return True
    for field in ANNOTATIONS:
        if field not in got:
            want.pop(field, None)
    if got.get("page_state") in ("filtered", "zero"):
        want["page_state"] = got["page_state"]
    return want == got


def main():
    kwalk, folder, vmlinux, name = sys.argv[1:]
    script, failed = questions(folder), 0
    _, want = ask(kwalk, [vmlinux, os.path.join(folder, "vmcore")], script)
    for kind, files in make(folder):
        status, got = ask(kwalk, [vmlinux, *files], script)
        differ = [pair for pair in zip(want, got) if pair[0] != pair[1]]
        wrong = [pair for pair in differ if not excused(*pair)]
        if not re.search("31|another", kind) and "zeros" not in kind:
            wrong = differ
        good = status in (0, 1) and len(got) == len(want) > 2000 and not wrong
        failed += not good
        print(f"{'ok' if good else 'not ok'} - {name}: {kind}: {len(want) - len(differ)} of {len(want)} answers the same")
        for pair in wrong[:3]:
            print(f"#   {pair[0]}\n#   {pair[1]}")
    return 1 if failed else 0


sys.exit(main())
