#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dumps a guest's memory, lets the guest change a few things, and dumps the memory again. Compares the answers of
`diff` for the two dumps with the output of the guest: processes, a module, areas of vmalloc, rights of a
process's pages, and memory that was allocated. A dump must not differ from itself. It must differ from a dump of
another boot only where KASLR moves something or the boots really differ. Prints TAP without numbers."""
import argparse
import json
import os
import re
import subprocess
import sys

from guest import Guest
from tap import exit_status, report

MORE = 4096  # pages that the guest allocates between the dumps
MEMORY, LEFT = 192, 160  # MiB of the guest, and of the memory that its balloon leaves
SECRET = 4  # pages of memfd_secret()
PAGE = 4096


class Changing(Guest):
    def __init__(self, given, number):
        folder = os.path.join(given.dir, f"changes-{number}")
        arguments = ["-m", f"{MEMORY}M", "-cpu", "max,la57=off", "-kernel", given.kernel, "-initrd", given.initrd,
                     "-append", "console=ttyS0 quiet no_hash_pointers", "-device", "vmcoreinfo",
                     "-device", "virtio-balloon-pci"]
        super().__init__(folder, arguments)

    def dump(self, when):
        """Waits until the guest is ready, and dumps its memory."""
        self.wait_for(f"^@ready {when}$")
        return self.take_memory(when)

    def inflate(self):
        """Lets the guest's balloon take as much memory as it is asked for."""
        self.monitor.call("balloon", value=LEFT << 20)
        self.wait_until(lambda: self.monitor.call("query-balloon")["actual"] == LEFT << 20, "inflate its balloon")


def diff(given, this, other, words, *options):
    """Returns the answers by their subject."""
    done = subprocess.run([given.kwalk, "-q", "-j", "-c", f"diff {words} {other}", *options, given.vmlinux, this],
                          capture_output=True, text=True, timeout=300, check=False)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or done.stderr:
        rows.append({"what": "failure", "status": done.stderr})
    return rows


def summaries(rows):
    return {row["part"]: row for row in rows if row["what"] == "summary"}


def of(rows, what):
    return [row for row in rows if row["what"] == what]


def said(text, when, name):
    return re.findall(rf"^@{when} {name} (.*)$", text, re.MULTILINE)


def compare_processes(rows, text):
    wrong = [f"{row}" for row in of(rows, "failure")]
    pids = {name: int(pid) for name, pid in re.findall(r"^@process (\S+) (\d+)$", text, re.MULTILINE)}
    got = {(row["comm"], row["pid"]): row["status"] for row in of(rows, "task")}
    for name, status in (("kwalk-old", "vanished"), ("kwalk-new", "appeared"), ("kwalk-stays", None)):
        if got.get((name, pids[name])) != status:
            wrong.append(f"{name} {pids[name]} is {got.get((name, pids[name]))}, not {status}")
    return len(got) + 1, wrong


def loaded_between(text):
    """Returns the names of the modules that were loaded between the dumps."""
    before, after = ({line.split()[0] for line in said(text, when, "modules")} for when in ("before", "after"))
    return after - before


def compare_modules(rows, text):
    want = loaded_between(text)
    got = {row["module"] for row in of(rows, "module") if row["status"] == "appeared"}
    wrong = [] if want and got == want else [f"appeared: {got}, the guest says {want}"]
    wrong += [f"{row}" for row in of(rows, "module") if row["status"] != "appeared"]
    return len(want), wrong


def areas(lines):
    """Returns {start: end, one past the last byte} of areas with an owner. Other areas appear and disappear at any
    time."""
    found = {}
    for line in lines:
        start, end, rest = re.match(r"0x(\w+)-0x(\w+)\s+\d+ (.*)", line).groups()
        if "unpurged" not in rest and "vm_map_ram" not in rest:
            found[int(start, 16)] = int(end, 16)
    return found


def compare_areas(rows, text):
    before, after = areas(said(text, "before", "vmallocinfo")), areas(said(text, "after", "vmallocinfo"))
    # Areas that were freed may still wait to be purged.
    got = {int(row["start"], 16): row for row in of(rows, "vmalloc") if row.get("kind") != "unpurged"}
    wrong = []
    for start in after.keys() - before.keys():
        if start not in got or got[start]["status"] not in ("appeared", "changed") or \
                int(got[start]["end"], 16) + 1 != after[start]:
            wrong.append(f"{start:x} appeared: {got.get(start)}")
    loaded = loaded_between(text)
    for start in before.keys() & after.keys():
        # The init part of another module, freed after the guest listed it, may have had the address of an area of
        # the module that was loaded.
        if start in got and got[start]["status"] in ("appeared", "vanished") and got[start].get("module") not in loaded:
            wrong.append(f"{start:x} was there both times: {got[start]}")
    for start, row in got.items():
        if row["status"] == "appeared" and start not in after:
            wrong.append(f"the guest has none: {row}")
    return len(got), wrong


def compare_frames(rows):
    by_use = {row["use"]: row for row in of(rows, "frames")}
    summary, wrong = summaries(rows)["frames"], []
    grown = by_use["anon"]["difference"]
    if not MORE - 64 <= grown <= MORE + 512:
        wrong.append(f"anonymous memory grew by {grown} frames")
    changes = sum(row["frames"] for row in of(rows, "frames-change"))
    if changes != summary["changed"]:
        wrong.append(f"changes {changes}, summary {summary}")
    for row in by_use.values():
        came = sum(c["frames"] for c in of(rows, "frames-change") if c["use"] == row["use"])
        went = sum(c["frames"] for c in of(rows, "frames-change") if c["other_use"] == row["use"])
        if came - went != row["difference"]:
            wrong.append(f"{row}: {came} came, {went} went")
    runs = [row["frames"] for row in of(rows, "frame-run")]
    if runs != sorted(runs, reverse=True) or len(runs) != 10:
        wrong.append(f"the largest runs are of {runs} frames")
    return len(by_use) + len(runs), wrong


def compare_kernel_mappings(rows, text):
    """The text of the new module became executable, and no range is both executable and writable."""
    wrong = [f"{row}" for row in of(rows, "mapping") if "wx" in row["rights"]]
    new = [int(line.split()[5], 16) for line in said(text, "after", "modules")
           if not any(line.split()[0] == before.split()[0] for before in said(text, "before", "modules"))]
    executable = [row for row in of(rows, "mapping") if "x" in row["rights"] and row["region"] == "modules"]
    if not any(int(row["start"], 16) <= address <= int(row["end"], 16) and row["status"] == "appeared"
               for row in executable for address in new):
        wrong.append(f"no text of the module at {new}: {executable}")
    return len(of(rows, "mapping")), wrong


def compare_pages(rows, text):
    """Checks the changes that the process made to its eight pages."""
    start = int(re.search(r"^@pages (\w+)$", text, re.MULTILINE)[1], 16)
    want = {start + 2 * 4096: ("changed", "r-xu", "rw-u"), start + 5 * 4096: ("changed", "r--u", "rw-u"),
            start + 7 * 4096: ("vanished", "none", "rw-u")}
    wrong, seen = [], 0
    for row in of(rows, "mapping"):
        first, last = int(row["start"], 16), int(row["end"], 16)
        for page in range(start, start + 8 * 4096, 4096):
            if first <= page <= last:
                seen += 1
                if want.get(page) != (row["status"], row["rights"], row["other_rights"]):
                    wrong.append(f"page {(page - start) // 4096}: {row}")
    if seen != len(want):
        wrong.append(f"{seen} of {len(want)} pages were seen")
    return len(of(rows, "mapping")), wrong


def counted(given, dump, script):
    """Returns the counts that commands give for one dump."""
    done = subprocess.run([given.kwalk, "-q", "-j", "-c", script, given.vmlinux, dump], capture_output=True, text=True,
                          timeout=300, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare_uses(rows, text):
    """Frames of a balloon, of zram, tmpfs, hugetlb and page tables: the numbers must be the same as in the
    guest's kernel. Frames that the balloon took are not managed any more. Pages that were removed from the direct map
    are not damage."""
    vmstat = {line.split()[0]: int(line.split()[1]) for line in said(text, "after", "vmstat")}
    meminfo = {line.split(":")[0]: int(line.split()[1]) for line in said(text, "after", "meminfo")}
    zram = int(re.search(r"^@zram +\d+ +\d+ +(\d+)", text, re.MULTILINE)[1]) // PAGE
    want = {"offline": (MEMORY - LEFT << 20) // PAGE, "zsmalloc": zram, "shmem": vmstat["nr_shmem"],
            "hugetlb": meminfo["HugePages_Total"] * meminfo["Hugepagesize"] * 1024 // PAGE,
            "page-table": vmstat["nr_page_table_pages"]}
    got = {row["use"]: row["frames"] for row in rows if row["command"] == "frames"}
    wrong = [f"{use}: {got.get(use)} frames, not {count}" for use, count in want.items() if got.get(use) != count]
    if vmstat["balloon_inflate"] - vmstat["balloon_deflate"] != want["offline"] or vmstat["nr_zspages"] != zram or \
            not all(want.values()):
        wrong.append(f"the guest itself says {want}, and {vmstat}")
    managed = sum(row["managed"] for row in rows if row["command"] == "zones")
    if managed * PAGE != meminfo["MemTotal"] << 10 or sum(got.values()) - got["reserved"] - got["offline"] != managed:
        wrong.append(f"managed are {managed} frames of {meminfo['MemTotal']} kB, used {got}")
    checks = {row["check"]: row for row in rows if row["command"] == "check"}
    wrong += [f"{row}" for row in checks.values() if row["status"] not in ("ok", "not-checked")]
    if f"{SECRET * PAGE} bytes of secretmem" not in checks["direct-map"]["message"]:
        wrong.append(f"{checks['direct-map']}")
    return len(got) + len(checks), wrong


def compare_itself(rows):
    wrong = [f"{row}" for row in rows if row["status"] not in ("ok", "same")]
    return len(rows), wrong


def compare_boots(rows):
    """For another boot of the same guest: only parts that KASLR moved differ."""
    parts, wrong = summaries(rows), [f"{row}" for row in of(rows, "failure")]
    pair = of(rows, "dumps")[0]
    if (pair["kernel"], pair["boot"]) != ("same", "different"):
        wrong.append(f"{pair}")
    wrong += [f"{parts[part]}" for part in ("facts", "regions", "mappings", "modules") if parts[part]["status"] != "same"]
    if not parts["facts"]["moved"] or not parts["regions"]["moved"]:
        wrong.append(f"nothing was moved: {parts['facts']}, {parts['regions']}")
    for row in of(rows, "task"):
        if row["comm"].startswith(("kwalk", "init", "kthreadd")):
            wrong.append(f"{row}")
    return len(rows), wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "kernel", "vmlinux", "initrd", "dir", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    guests = [Changing(given, number) for number in range(2)]
    try:
        before, again = guests[0].dump("before"), guests[1].dump("before")
        guests[0].inflate()
        guests[0].tell()
        after = guests[0].dump("after")
        text = guests[0].serial()
    finally:
        for guest in guests:
            guest.end()
    rows = diff(given, after, before, "")
    report(f"{given.name}: processes that came and went", *compare_processes(rows, text))
    report(f"{given.name}: a module that was loaded", *compare_modules(rows, text))
    report(f"{given.name}: areas of vmalloc", *compare_areas(rows, text))
    report(f"{given.name}: frames", *compare_frames(rows))
    report(f"{given.name}: frames of a balloon, zram, tmpfs and hugetlb",
           *compare_uses(counted(given, after, "frames; zones; check"), text))
    report(f"{given.name}: the kernel's mappings", *compare_kernel_mappings(rows, text))
    report(f"{given.name}: a process' pages", *compare_pages(diff(given, after, before, "-p 1"), text))
    report(f"{given.name}: a dump and itself", *compare_itself(diff(given, before, before, "-n 0 facts regions mappings "
                                                                    "frames tasks vmalloc modules")))
    report(f"{given.name}: two boots", *compare_boots(diff(given, before, again, "")))
    for dump in (before, after, again):
        os.unlink(dump)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
