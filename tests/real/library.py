#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Uses the Python module for each page that the emulated MMU lists of the guest recorded in DIR: translations one
at a time and many at once, ranges, and memory. Compares with the MMU and with the program kwalk.
Prints TAP without numbers. Status: 1 if anything differs, and in continuous integration also if there is no
module."""
import argparse
import array
import os
import random
import sys

from tap import exit_status, report
from tables import Kwalk, Records

WALKS, READS = 20000, 500


def check_pages(space, pages, title):
    """The first and last byte of each page, all at once and one by one."""
    asked = array.array("Q")
    wanted = array.array("Q")
    for vaddr, (paddr, size, _) in pages.items():
        asked.extend((vaddr, vaddr + size - 1))
        wanted.extend((paddr, paddr + size - 1))
    found = space.translate_many(asked)
    report(f"{title}: translate_many(), all pages", len(pages),
           [f"{a:x}: {f:x}, not {w:x}" for a, f, w in zip(asked, found, wanted) if f != w])
    report(f"{title}: translate(), all pages", len(pages),
           [f"{a:x}: not {w:x}" for a, w in zip(asked, wanted) if space.translate(a) != w])


def check_ranges(space, kwalk, command, first, last, title):
    """Compares with the ranges that the command pt lists."""
    names = ("page_size", "writable", "executable", "user")
    theirs = {(int(a["start"], 16), int(a["end"], 16), *(a[n] for n in names), a["global"], a.get("cache"))
              for a in kwalk.ask(command) if a["status"] == "ok"}
    ours = {(r.first, r.last, *(getattr(r, n) for n in names), r.is_global, r.cache)
            for r in space.ranges(first, last) if r.status == "mapped"}
    report(f"{title}: ranges()", len(theirs), [str(r) for r in sorted(ours ^ theirs, key=str)])


def check_walks(space, kwalk, pages, option, title):
    """Compares with the answers of the command vtop, for some pages and for the gaps after them."""
    some = random.Random(1).sample(sorted(pages), min(WALKS, len(pages)))
    some += [vaddr + pages[vaddr][1] for vaddr in some[::10] if vaddr + pages[vaddr][1] < 1 << 64]
    wrong, answers = [], []
    for start in range(0, len(some), 500):
        answers += kwalk.ask(f"vtop {option} " + " ".join(f"{vaddr:x}" for vaddr in some[start:start + 500]))
    for vaddr, answer in zip(some, answers):
        walk = space.walk(vaddr)
        ours = (walk.status, walk.physical, walk.writable, walk.executable, walk.user, walk.cache, walk.page_state,
                [(level.name, level.entry_address, level.entry, level.flags) for level in walk.levels])
        theirs = (answer["status"], int(answer["physical"], 16) if "physical" in answer else None,
                  *(answer.get(name) for name in ("writable", "executable", "user", "cache", "page_state")),
                  [(level["name"], int(level["entry_address"], 16), int(level["entry"], 16), level["flags"])
                   for level in answer["levels"]])
        if ours != theirs:
            wrong.append(f"{vaddr:x}: {ours}, not {theirs}")
    report(f"{title}: walk()", len(answers), wrong if len(answers) == len(some) else ["answers are missing"])


def check_memory(kernel, space, pages, title):
    """Virtual memory is the physical memory that it is mapped to."""
    wrong, seen = [], 0
    for vaddr in random.Random(2).sample(sorted(pages), min(READS, len(pages))):
        try:
            physical = kernel.read_physical(pages[vaddr][0], 4096)
        except kwalk_module.Error:
            continue  # memory of a device
        seen += 1
        if space.read(vaddr, 4096) != physical:
            wrong.append(f"{vaddr:x}")
    report(f"{title}: read()", seen, wrong)


def check_tasks(kernel, kwalk, title):
    theirs = [(a["pid"], a["tgid"], a["comm"], int(a["task"], 16)) for a in kwalk.ask("tasks")]
    ours = [(i.pid, i.tgid, i.comm, i.address) for i in (task.info for task in kernel.tasks())]
    report(f"{title}: tasks()", len(theirs), [] if ours == theirs else [f"{set(ours) ^ set(theirs)}"])


def main():
    global kwalk_module  # pylint: disable=global-statement
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    args = parser.parse_args()
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(args.kwalk)), "python"))
    try:
        import kwalk as kwalk_module  # pylint: disable=import-outside-toplevel
    except ImportError as error:
        if os.environ.get("CI"):
            print(f"not ok - {args.name}: the Python module: {error}")
            return 1
        print(f"ok - {args.name}: the Python module # SKIP {error}")
        return 0
    records = Records(args.dir)
    user = Records(args.dir, "user-") if records.machine.get("isolated") else records
    files = [args.vmlinux, os.path.join(args.dir, "vmcore")]
    kwalk = Kwalk(args.kwalk, files)
    last = (1 << 64) - 1 if records.wide else (1 << 32) - 1
    with kwalk_module.open(files[1], files[0]) as kernel:
        space, process = kernel.space(), kernel.space(pid=1)
        if not records.is_kernel:
            print(f"ok - {args.name}: the Python module # SKIP the table listed is not the kernel's")
            return 0
        check_pages(space, records.pages, f"{args.name}: kernel")
        check_pages(process, user.user_pages, f"{args.name}: process")
        check_ranges(space, kwalk, "pt", records.half, last, f"{args.name}: kernel")
        check_walks(space, kwalk, records.pages, "", f"{args.name}: kernel")
        check_walks(process, kwalk, user.user_pages, "-p 1", f"{args.name}: process")
        check_memory(kernel, space, records.pages, f"{args.name}: kernel")
        check_tasks(kernel, kwalk, args.name)
    return exit_status()


kwalk_module = None
sys.exit(main())
