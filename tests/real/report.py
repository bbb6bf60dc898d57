#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the report of the guest recorded in DIR. Its numbers must agree with other commands of kwalk and, as far
as both can be from the same moment, with the files of the guest's kernel: /proc/meminfo, zoneinfo, slabinfo and
vmallocinfo. The page must be valid (tests/cli/report_page.py). Prints TAP without numbers. Status: 1 if anything
differs."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

from kmem import Guest              # noqa: E402
from page import PAGE              # noqa: E402
from report_page import agrees, check_page  # noqa: E402
from tap import exit_status, report as tell     # noqa: E402

MOST = 5 << 20
OTHERS = "frames; zones; slabs; areas; tasks; regions; pt; check; log"


def far(what, got, want, part=10, slack=1 << 20):
    """The guest continues to use memory while /proc is read."""
    return [f"{what}: {got}, not {want}"] if abs(got - want) > want // part + slack else []


def check_meminfo(answer, guest):
    told = {name: int(size) << 10 for name, size in guest.lines("meminfo", r"(\S+): +(\d+) kB")}
    uses = {use["use"]: use["size"] for use in answer["frames"]}
    managed = sum(zone["managed"] for zone in answer["zones"]) * PAGE
    free = uses.get("free", 0)
    wrong = far("MemTotal", managed, told["MemTotal"], 100)
    wrong += far("MemFree", free, told["MemFree"], 10, 8 << 20)
    wrong += far("Slab", answer["slabs"]["size"], told["Slab"])
    wrong += far("PageTables", uses.get("page-table", 0), told["PageTables"], 4)
    wrong += far("Shmem", uses.get("shmem", 0), told["Shmem"], 10, 256 << 10)
    # Hugetlb counts pages of all sizes, HugePages_Total only pages of the default size.
    wrong += far("Hugetlb", uses.get("hugetlb", 0), told["Hugetlb"], 1 << 30, 0)
    wrong += far("Cached", uses.get("file", 0) + uses.get("shmem", 0), told["Cached"] + told["Buffers"], 10, 4 << 20)
    # The pages of the kernel's stacks and modules are in vmalloc. Other users of vmalloc are not counted here.
    return len(told), wrong


def check_zones(answer, guest):
    zones = guest.zones()
    wrong = [f"{zone['zone']}: {name} is {zone[name]}, not {zones[zone['node'], zone['zone']][name]}"
             for zone in answer["zones"] for name in ("present", "managed")
             if zone[name] != zones[zone["node"], zone["zone"]][name]]
    return len(zones), wrong + ([] if len(zones) == len(answer["zones"]) else [f"{len(answer['zones'])} zones"])


def check_slabs(answer, guest):
    told = {name: int(slabs) * int(pages) * PAGE for name, pages, slabs in guest.lines(
        "slabinfo", r"(\S+) +\d+ +\d+ +\d+ +\d+ +(\d+) : .* slabdata +\d+ +(\d+)")}
    sizes = [(item["slab_cache"], item["size"]) for item in answer["slabs"]["list"]]
    coloured = [(item["slab_cache"], item["frames"] * PAGE) for use in answer["frames"] for item in use.get("caches", [])]
    wrong = [] if len(coloured) == 6 else [f"{len(coloured)} caches have a colour in the map"]
    return len(told), wrong + [line for name, size in sizes + coloured if name in told
                               for line in far(name, size, told[name], 10, 128 << 10)]


def check_areas(answer, guest):
    """Callers as in /proc, which counts guard pages, too. Before 5.12 (no_hash_pointers), the addresses of areas in
    /proc are hashes, or (ptrval)."""
    told = Counter(re.findall(r"^@vmallocinfo 0x\S+ +\d+ ([^ +]+\+0x[0-9a-f]+)/0x", guest.serial, re.MULTILINE))
    wrong = [f"{item['caller']}: {item['areas']} areas, not {told[item['caller']]}" for item in answer["areas"]["list"]
             if item["caller"] != "caller unknown" and abs(item["areas"] - told[item["caller"]]) > 4]
    return len(told), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    guest, dump = Guest(given.dir), os.path.join(given.dir, "vmcore")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([os.path.realpath(given.kwalk), "-q", "-j", "-c", f"report; {OTHERS}; report -w page.html",
                              os.path.realpath(given.vmlinux), os.path.realpath(dump)],
                             capture_output=True, text=True, timeout=300, check=False, cwd=folder)
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        if not answers or "findings" not in answers[0]:
            tell(f"{given.name}: report", 1, [run.stderr[:300].strip()])
            return exit_status()
        answer = answers[0]
        tell(f"{given.name}: report has the numbers of other commands", len(answers), agrees(answers))
        data, wrong = check_page(os.path.join(folder, "page.html"))
        size = os.path.getsize(os.path.join(folder, "page.html"))
        tell(f"{given.name}: the page of a report", data, wrong + [f"{size} bytes"] * (size > MOST))
    if "MemTotal" in guest.serial:
        tell(f"{given.name}: report and /proc/meminfo", *check_meminfo(answer, guest))
    for name, check in ("zoneinfo", check_zones), ("slabinfo", check_slabs), ("vmallocinfo", check_areas):
        if guest.lines(name, ""):
            tell(f"{given.name}: report and /proc/{name}", *check(answer, guest))
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
