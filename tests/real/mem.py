#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dumps a guest that uses its memory in all ways: tmpfs, slabs, vmalloc, pipes, hugetlb, zram, a balloon, swap, KSM
and CMA. Compares the answers of `mem` with the counts of the guest's kernel right before the dump. They must be
equal if both count the same pages. Prints TAP without numbers. With --recorded, the folder of the guest exists
already."""
import argparse
import json
import os
import re
import subprocess
import sys

from guest import Guest
from tap import exit_status, report

MEMORY, LEFT = 384, 350  # MiB of the guest, and of the memory that its balloon leaves
PAGE, KIB = 4096, 1024


class Using(Guest):
    def __init__(self, given):
        arguments = ["-m", f"{MEMORY}M", "-cpu", given.cpu, "-smp", "2", "-kernel", given.kernel, "-initrd", given.initrd,
                     "-append", f"console=ttyS0 quiet no_hash_pointers cma=16M {given.append}", "-device", "vmcoreinfo",
                     "-device", "virtio-balloon-pci"]
        super().__init__(given.dir, arguments, given.qemu)

    def record(self):
        self.wait_for("^@inflate$")
        self.monitor.call("balloon", value=LEFT << 20)
        self.wait_until(lambda: self.monitor.call("query-balloon")["actual"] == LEFT << 20, "inflate its balloon")
        self.tell()
        self.wait_for("^@ready$")
        self.take_memory()
        self.tell()
        self.wait_for("^@done$")


class Told:
    """The counts of the guest's kernel."""

    def __init__(self, directory):
        with open(os.path.join(directory, "serial.log"), encoding="ascii", errors="replace") as file:
            self.serial = file.read().replace("\r", "")
        self.meminfo = {name: int(value) for name, value in re.findall(r"^(\S+): +(\d+)", self.file("meminfo"), re.M)}
        self.vmstat = {name: int(value) for name, value in re.findall(r"^(\S+) (\d+)$", self.file("vmstat"), re.M)}

    def file(self, name):
        found = re.search(rf"^@begin {name}\n(.*?)^@end {name}$", self.serial, re.M | re.S)
        return found[1] if found else ""

    def pages(self, name):
        return self.meminfo[name] * KIB // PAGE

    def process(self, name):
        return int(re.search(rf"^@process {name} (\d+)$", self.serial, re.M)[1])


def ask(given, script, expected=0):
    done = subprocess.run([given.kwalk, "-q", "-j", "-c", script, given.vmlinux, os.path.join(given.dir, "vmcore")],
                          capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != expected:
        report(f"{given.name}: {script}", 1, [done.stderr[:300]])
    return [json.loads(line) for line in done.stdout.splitlines()]


def rows_of(mem, told):
    """Returns (name, count of mem, count of the guest). None: this kernel does not count it."""
    def sums(*names):
        return sum(mem.get(name, 0) for name in names)
    of, zram = told.meminfo, told.file("zram").split()
    hugepage = of["Hugepagesize"] * KIB // PAGE
    stacks = () if "HighTotal" in of else ("stack",)  # i386 has no stacks in vmalloc
    yield "MemTotal", mem["all"] - sums("reserved", "offline"), told.pages("MemTotal")
    yield "MemFree", sums("free"), told.pages("MemFree")
    yield "AnonPages", sums("anon", "ksm"), told.pages("AnonPages") + told.vmstat.get("nr_swapcached", 0)
    yield "Shmem", sums("shmem"), told.pages("Shmem")
    yield "Buffers", sums("buffers"), told.pages("Buffers")
    yield "Cached", sums("file", "shmem") - sums("buffers"), told.pages("Cached")
    yield "KernelStack", sums("stack"), told.pages("KernelStack")
    yield "PageTables", sums("page-table"), told.pages("PageTables") + of.get("SecPageTables", 0) * KIB // PAGE
    yield "VmallocUsed", sums("vmalloc", *stacks), told.pages("VmallocUsed")
    yield "Percpu", sums("percpu", "first-percpu"), told.pages("Percpu") if "Percpu" in of else None
    yield "Hugetlb", sums("hugetlb"), of["HugePages_Total"] * hugepage
    yield "HugePages_Free", sums("hugetlb-free"), of["HugePages_Free"] * hugepage
    yield "CmaFree", sums("cma-free"), told.pages("CmaFree") if of.get("CmaTotal") else None
    yield "balloon", sums("offline"), told.vmstat["balloon_inflate"] - told.vmstat["balloon_deflate"]
    yield "zram", sums("zsmalloc", "movable"), int(zram[2]) // PAGE if zram and int(zram[2]) else None
    yield "KSM", sums("ksm"), int(told.file("ksm") or 0)
    yield "lists of CPUs", sums("free-percpu"), sum(map(int, re.findall(r"^ +count: +(\d+)", told.file("zoneinfo"), re.M)))


def compare_counts(given, lines, told):
    mem = {line["what"]: line["pages"] for line in lines}
    wrong, seen = [], 0
    for name, ours, theirs in rows_of(mem, told):
        if theirs is None:
            continue
        seen += 1
        if ours != theirs:
            wrong.append(f"{name}: {ours} pages, not {theirs}")
    top = sum(line["pages"] for line in lines if line.get("part") == "all")
    if top != mem["all"]:
        wrong.append(f"the parts of all are {top} pages, not {mem['all']}")
    report(f"{given.name}: mem", seen, wrong)
    # Large blocks of kmalloc have no mark before 6.14, but the kernel counts them since 5.9.
    slab, want = mem["slab"] + mem.get("large-kmalloc", 0), told.pages("Slab")
    marked = "large-kmalloc" in mem
    report(f"{given.name}: mem, slabs", 1, [f"{slab} pages, not {want}; other {mem.get('other')}"] * (
        slab != want if marked else not slab <= want <= slab + mem["other"] + mem["unknown"]))


def compare_types(given, told):
    """The free blocks of each zone, migrate type and order."""
    want = {(int(node), zone, name.lower()): [int(nr) for nr in blocks.split()] for node, zone, name, blocks in
            re.findall(r"^Node +(\d+), zone +(\w+), type +(\w+) +((?:>?\d+ *)+)$", told.file("pagetypeinfo"), re.M)}
    got = {(row["node"], row["zone"], row["migrate_type"]): row["free_blocks"] for row in ask(given, "zones -m")}
    wrong = [f"{key}: {got.get(key)}, not {blocks}" for key, blocks in want.items() if got.get(key) != blocks]
    report(f"{given.name}: zones -m", len(want), wrong + ["no types"] * (not want))


def compare_users(given, rows):
    """The largest file is the file in tmpfs. The largest caller of vmalloc made an array of BPF."""
    files = [row for row in rows if row["what"] == "file"]
    callers = [row for row in rows if row["what"] == "caller"]
    wrong = [f"{files[:1]}"] * (files[0]["name"] != "/log" or files[0].get("path") != "/tmp/log" or files[0]["pages"] != 5120 or files[0]["part"] != "shmem")
    wrong += [f"{callers[:1]}"] * (not re.match("array_map_alloc|bpf_map_area_alloc", callers[0]["name"]))
    # Pipes have single pages without a mark.
    blocks = {row["order"]: row["pages"] for row in rows if row["what"] == "blocks"}
    wrong += [f"{blocks}"] * (blocks.get(0, 0) < 2048)
    report(f"{given.name}: mem -v", len(files) + len(callers), wrong)


def compare_files(given, told):
    """Links and positions of all descriptors of a process with files of all kinds, and of its user."""
    pid = told.process("kwalk-files")
    want = {int(fd): (path, int(position)) for fd, position, path in
            re.findall(rf"^@fd {pid} (\d+) (-?\d+) (.*)$", told.serial, re.M)}
    got = {row["fd"]: (row.get("path"), row.get("offset")) for row in ask(given, f"files {pid}")}
    wrong = [f"{fd}: {got.get(fd)}, not {want.get(fd)}" for fd in sorted(want.keys() | got.keys())
             if got.get(fd) != want.get(fd)]
    uid = re.search(r"^Uid:\s+(\d+)", told.file(f"status-{pid}"), re.M)[1]
    row = ask(given, f"tasks {pid}")[0]
    wrong += [f"{row}"] * (row.get("uid") != int(uid))
    report(f"{given.name}: files", len(want), wrong)


def compare_paths(given, told):
    """Paths of dentries and pages of files on mounts of all kinds. Names and content of the files are their numbers."""
    wrong, seen = [], {}
    want = {os.path.basename(path): (can == "+", path) for can, path in re.findall(r"^@path (.) (.*)$", told.serial, re.M)}
    for row in (hit.get("whatis", {}) for hit in ask(given, "search -w -t kwalk-at-")):
        if (row.get("type") != "dentry" or not row["allocated"]) and row.get("use") not in ("shmem", "file"):
            continue
        name = re.search(r"kwalk-at-\d$|$", row.get("file", "").removesuffix(" (no such file)"))[0]
        if not name:
            continue  # a page of /init
        seen.setdefault(name, set()).add("dentry" if row.get("type") == "dentry" else "page")
        can, path = want[name]
        negative = path.startswith("/sys/")
        path += " (no such file)" * negative
        if row.get("path") != (path if can or negative else None):
            wrong.append(f"{row}, not {want[name]}")
        if (" within tmpfs" in row["text"]) == (can or negative):
            wrong.append(f"{row['text']}")
    wrong += [f"{name}: {seen.get(name)}" for name, (_, path) in want.items()
              if seen.get(name) != ({"dentry"} if path.startswith("/sys/") else {"dentry", "page"})]
    report(f"{given.name}: paths on mounts", len(want), wrong + ["no paths"] * (len(want) != 8))


def compare_swap(given, told):
    want = [(path, int(size) * KIB // PAGE, int(used) * KIB // PAGE) for path, size, used in
            re.findall(r"^(/\S+) +\S+\s+(\d+)\s+(\d+)", told.file("swaps"), re.M)]
    rows = ask(given, "swap -v")
    got = [(row["device"], row["pages"], row["used"]) for row in rows if "device" in row]
    wrong = [f"{got}, not {want}"] * (got != want)
    pid = told.process("kwalk-swapped")
    swap = int(re.search(r"^VmSwap:\s+(\d+)", told.file(f"status-{pid}"), re.M)[1]) * KIB // PAGE
    users = {row["pid"]: row["used"] for row in rows if "pid" in row}
    wrong += [f"{users}, not {swap}"] * (users.get(pid, 0) != swap)
    report(f"{given.name}: swap", len(want), wrong)


def compare_leaks(given):
    """The driver that leaks objects and blocks must be listed first, although no option names it: leak_driver.c"""
    objects = [row for row in ask(given, "slabs -w kmalloc-512") if row["direction"] == "to"]
    wrong = [f"{objects[:2]}"] * (
        (objects[0]["name"], objects[0]["pointers"]) != ("leak_driver:request_done", 8000))
    blocks = [row for row in ask(given, "frames -w other") if row["direction"] == "by" and row["kind"] != "itself"]
    wrong += [f"{blocks[:2]}"] * (blocks[0]["pointers"] != 1000 or blocks[0]["kind"] != "area")
    area = ask(given, f"areas {blocks[0].get('name', 0)}") if not wrong else []
    holder = ask(given, f"search -k -w {area[0]['start'][2:]}") if area else []
    wrong += [f"{holder}"] * (bool(area) and "leak_driver" not in str(holder))
    report(f"{given.name}: who leaks", len(objects) + len(blocks), wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "kernel", "vmlinux", "initrd", "dir", "name"):
        parser.add_argument(name)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--cpu", default="max,la57=off")
    parser.add_argument("--append", default="")
    parser.add_argument("--no-leaks", action="store_true", help="the guest lacks leak_driver")
    parser.add_argument("--recorded", action="store_true")
    given = parser.parse_args()
    if not given.recorded and not Using(given).is_recorded(given.name):
        return exit_status()
    told = Told(given.dir)
    lines = ask(given, "mem")
    compare_counts(given, lines, told)
    compare_types(given, told)
    compare_users(given, ask(given, "mem -v")[len(lines):])
    compare_files(given, told)
    compare_paths(given, told)
    compare_swap(given, told)
    if not given.no_leaks:
        compare_leaks(given)
    if not given.recorded:
        os.unlink(os.path.join(given.dir, "vmcore"))
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
