#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""stale.py KWALK KERNEL VMLINUX INITRD DIR NAME: boots a guest with a driver that maps pages for its device and
frees the pages without unmapping them, so that the device can still write to them when they have other owners.
Compares the answers of `check`, `whatis`, `dma` and `ptov` about each page with the output of the guest. Prints
TAP without numbers. Status: 1 if anything differs."""
import json
import os
import re
import subprocess
import sys

from guest import Guest
from monitor import Failure
from tap import exit_status, report

PAGE = 4096
WRITTEN = "5a5a5a5a"    # what the device wrote into the page that then belonged to a process
KPF_BUDDY = 1 << 10     # include/uapi/linux/kernel-page-flags.h
TABLE_COVERS = 2 << 20
WHAT = {"user": "process memory that no driver has pinned", "table": "page tables",
        "slab": "slab objects that are never used as buffers"}


class Stale:
    """A mapping that was not removed, from the output of the guest: the new owner of the frame, and the address or
    flags."""

    def __init__(self, owner, bus, pfn, detail):
        self.owner, self.bus, self.pfn, self.detail = owner, int(bus, 16), int(pfn, 16), int(detail, 16)
        self.physical = self.pfn * PAGE


class Given:
    def __init__(self, kwalk, kernel, vmlinux, initrd, folder):
        self.program, self.kernel, self.vmlinux, self.initrd, self.folder = kwalk, kernel, vmlinux, initrd, folder

    def kwalk(self, script):
        run = subprocess.run([self.program, "-q", "-j", "-x", "-", self.vmlinux, os.path.join(self.folder, "vmcore")],
                             input=script, capture_output=True, text=True, timeout=300, check=False)
        return [json.loads(line) for line in run.stdout.splitlines()]


def take_memory(given):
    """Returns the output of the guest, and its dump."""
    guest = Guest(given.folder, ["-m", "192M", "-cpu", "max,la57=off", "-machine", "q35,kernel-irqchip=split",
                                 "-kernel", given.kernel, "-initrd", given.initrd, "-append",
                                 "console=ttyS0 quiet no_timer_check intel_iommu=on iommu.strict=1",
                                 "-device", "intel-iommu", "-device", "edu"])
    try:
        if guest.wait_for("^@ready|Kernel panic")[0] != "@ready":
            raise Failure(f"the guest is not ready: {guest.serial()[-300:].split()}")
        guest.monitor.call("stop")
        return guest.serial(), guest.take_memory()
    finally:
        guest.end()


def check_guest(name, serial, left):
    """The corruption has happened."""
    wrong = re.findall(r"^@no-.*", serial, re.MULTILINE)
    wrong += [f"overwritten: {word}" for word in re.findall(r"^@overwritten (\w+)", serial, re.MULTILINE) if word != WRITTEN]
    flags = {one.owner: one.detail for one in left}
    wrong += [f"flags {flags}"] * (not flags.get("slab") or not flags.get("block", 0) & KPF_BUDDY or
                                   flags.get("single") != 0)
    report(f"{name}: the device wrote into memory of a process, by a mapping that was left", len(left), wrong)


def check_check(name, given, left, device):
    """There is a finding for each kind. It names the first mapping, with device, bus address and owner."""
    said = [answer["message"] for answer in given.kwalk("check\n") if answer["status"] == "error"]
    free = min((one for one in left if one.owner in ("block", "single")), key=lambda one: one.pfn)
    wanted = [("free memory", free, 2, "")]
    for one in left:
        owner = {"user": f", mapped by pid 1 at {one.detail:x}", "slab": ", of cache stale_objects"}.get(one.owner, "")
        if one.owner in WHAT:
            wanted.append((WHAT[one.owner], one, 1, owner))
    texts = [f"devices can write {pages * PAGE} bytes of {what}, the first at {one.physical:x}, by {device} at the bus "
             f"address {one.bus:x}{owner}:" for what, one, pages, owner in wanted]
    wrong = [text for text in texts if not any(message.startswith(text) for message in said)]
    wrong += said if wrong or len(said) != len(texts) else []
    report(f"{name}: check names device, bus address and owner of each", len(texts), wrong)


def use_differs(one, use):
    """use: the fields of a frame in answers of `whatis` and `ptov`."""
    owners = [(owner.get("pid"), int(owner["virtual"], 16)) for owner in use.get("owners", [])]
    if one.owner == "user":
        return use.get("use") != "anon" or owners != [(1, one.detail)]
    if one.owner == "table":
        return (use.get("use"), use.get("level"), use.get("pid")) != ("page-table", "pte", 1) or \
            int(use["table_start"], 16) != one.detail - one.detail % TABLE_COVERS
    if one.owner == "slab":
        return (use.get("use"), use.get("slab_cache")) != ("slab", "stale_objects")
    # A CPU may have freed the single page since then.
    return use.get("use") not in {"block": ("free",), "single": ("free-percpu", "free")}[one.owner]


def check_whatis(name, given, left, device):
    """Asks about the number, and about the line that the IOMMU's driver logs when it refuses an access."""
    wrong = []
    answers = given.kwalk("".join(f"whatis {one.bus + 8:x}\nwhatis DMAR: [DMA Write] Request device [{device[5:]}] fault addr "
                                  f"{one.bus + 8:x}\n" for one in left))
    for one in left:
        found = [answer for answer in answers if (answer["as"], answer["value"]) == ("bus", hex(one.bus + 8))]
        if len(found) != 2 or any((answer["device"], answer.get("driver"), int(answer.get("physical", "0"), 16)) !=
                                  (device, "stale_driver", one.physical + 8) or use_differs(one, answer.get("frame", {}))
                                  for answer in found):
            wrong.append(f"{one.owner}: {found}")
    report(f"{name}: whatis of a bus address names device and frame, and whose that is", 2 * len(left), wrong)


def with_owners(answer):
    """If processes map a frame, they are its owners. Otherwise the struct page may give an owner."""
    mapped = [way for way in answer["mappings"] if "pid" in way]
    return {**answer, "owners": mapped} if mapped else answer


def check_ways(name, given, left, device):
    """From the frame to the bus address, and from the bus address to the frame."""
    wrong = []
    answers = given.kwalk("".join(f"dma {device} {one.bus:x}\ndma -a {one.physical:x}\nptov -u -d {one.physical:x}\n"
                                  for one in left))
    for one, there, back, both in zip(left, answers[::3], answers[1::3], answers[2::3]):
        ways = [(way["device"], int(way["bus"], 16), way["writable"]) for way in back["mappings"]]
        rows = [(way["device"], int(way["bus"], 16), way["writable"]) for way in both["devices"]]
        if int(there.get("physical", "0"), 16) != one.physical or ways != [(device, one.bus, True)] or rows != ways or \
                use_differs(one, with_owners(both)):
            wrong.append(f"{one.owner}: {there} {back} {both}")
    wrong += [f"{len(answers)} answers"] * (len(answers) != 3 * len(left))
    report(f"{name}: dma and ptov -u -d lead to the frame and back, and ptov names its owner", 3 * len(left), wrong)


def main():
    given, name = Given(*sys.argv[1:6]), sys.argv[6]
    try:
        serial, dump = take_memory(given)
        left = [Stale(*words) for words in re.findall(r"^@left (\w+) (\w+) (\w+) (\w+)$", serial, re.MULTILINE)]
        device = re.search(r"^@accessed (\S+)", serial, re.MULTILINE)[1]
        check_guest(name, serial, left)
        check_check(name, given, left, device)
        check_whatis(name, given, left, device)
        check_ways(name, given, left, device)
        if not os.environ.get("KEEP"):
            os.remove(dump)
    except (Failure, OSError, TypeError, KeyError, ValueError) as failure:
        report(f"{name}: the guest boots, and says what it left", 1, [f"{type(failure).__name__}: {failure}"])
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
