#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""answers.py KWALK MKDUMP FOLDER: what KWALK answers to all its commands.

Builds every described dump in FOLDER and asks each, alone and with the vmlinux of
its mode, the questions below, as text, JSON and CSV. FOLDER/answers gets a file a
dump and form with what was written to standard output and standard error, and the exit
status. A change that must not change answers is proved by two runs:

    tests/structure/answers.py OLD/kwalk OLD/mkdump before
    tests/structure/answers.py NEW/kwalk NEW/mkdump after
    diff -r before/answers after/answers
"""
import concurrent.futures
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DUMPS = os.path.join(HERE, "..", "dumps")

QUESTIONS = """
info
info -v
kernels
regions
check
tasks
areas
iomem
ioports
bounce
devices
devices -v
guests
zones
zones -v
slabs
frames
frames -d
frames -l 0 fff
log
log -x
panic
triage
report --json
dma 0 1000
search -k 2e78756e694c
search -p -l 100000 -c 0
pt
pt -w
pt -W
set 1
set
vmas
vmas -p 1
pagemap -p 1
pt -p 1
shared 0 1
shared 1 2
ptov -a 0 1000 1c00000 2000000
ptov -a -u 1c00000 1c01000 1c03000 2000000
sym _stext init_task linux_banner swapper_pg_dir nothing runqueues mem_section
page 0 1 1c00 2000
page_to_pfn ffffea0000000000 c1000000
page_to_phys ffffea0000000040
phys_to_page 0 1000 1c00000 ffffffffff
areas -m
tasks -a
pfn_to_page 0 1 1c00 ffffff
btop 1fff 0
ptob 1fff ffffffffffffffff
pte 0 163 8000fffff5c11120 1ffe001e3 ffffffffffffff9b 80000000000001e3
rd -p 0 8
rd -p -8 1c00000 16
rd init_task 4
help
help vtop
vtop -p 1 400000 0
nothing
""".strip().splitlines()

# Questions about addresses, asked of both ends of each region and of what the
# kernel keeps at known places.
ABOUT = "vtop", "region", "page", "virt_to_page", "sym", "ptov", "rd", "whatis", "whatis -v"


def run(kwalk, files, commands, form):
    arguments = [kwalk, "-q", "-c", f"format {form}"]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": "/nonexistent",
                   "KWALK_DEBUG_PATH": ""}
    for command in commands:
        arguments += ["-c", command]
    done = subprocess.run(arguments + files, capture_output=True, stdin=subprocess.DEVNULL,
                          env=environment, cwd=os.path.dirname(files[-1]), check=False)
    return done.stdout, done.stderr, done.returncode


def addresses(kwalk, files):
    found = ["0", "1000", "_stext", "init_task", "ffffffff81000000", "ffff888000100000", "c0100000"]
    for line in run(kwalk, files, ["regions"], "json")[0].splitlines():
        row = json.loads(line)
        found += [row[key] for key in ("start", "end") if key in row]
    return found


def mode_of(name):
    return "pae" if name.startswith("pae") else "32" if name.startswith("i386") else "64"


def ask(kwalk, folder, name):
    core = name + ".core"
    for form in "text", "json", "csv":
        with open(os.path.join(folder, "answers", f"{name}.{form}"), "wb") as out:
            for files in [core], [f"vmlinux-{mode_of(name)}", core]:
                files = [os.path.join(folder, file) for file in files]
                words = " ".join(addresses(kwalk, files))
                commands = QUESTIONS + [f"{command} {words}" for command in ABOUT]
                answer, complaints, status = run(kwalk, files, commands, form)
                for part in answer, complaints, b"%d\n" % status:
                    out.write(part.replace(folder.encode(), b"FOLDER"))


def main():
    kwalk, mkdump, folder = map(os.path.abspath, sys.argv[1:4])
    os.makedirs(os.path.join(folder, "answers"), exist_ok=True)
    for mode in "32", "pae", "64":
        subprocess.run([os.path.join(DUMPS, "mkvmlinux"), mode,
                        os.path.join(folder, f"vmlinux-{mode}")], check=True)
    names = []
    for file in sorted(os.listdir(DUMPS)):
        name, ending = os.path.splitext(file)
        if ending == ".txt" and subprocess.run(
                [mkdump, os.path.join(DUMPS, file), os.path.join(folder, name + ".core")],
                capture_output=True, check=False).returncode == 0:
            names.append(name)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(lambda name: ask(kwalk, folder, name), names):
            pass
    print(f"{len(names)} dumps asked")


if __name__ == "__main__":
    main()
