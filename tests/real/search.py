#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches the memory of the guest recorded in DIR. Compares with a simple scan of the image, and with the emulated
MMU's list of pages for the virtual addresses of the hits. Prints TAP without numbers. Status: 1 if anything
differs."""
import argparse
import collections
import json
import os
import subprocess
import sys

from alone import Core
from page import PAGE
from tables import Records
from tap import exit_status, report


class Image:
    """Physical memory according to the program headers of the core."""

    def __init__(self, path):
        self.loads = Core(path).loads
        with open(path, "rb") as file:
            # Not mapped: find() of Python 3.11 reads a byte after the end (python/cpython issue 105235).
            self.bytes = file.read()

    def find(self, needle, step, fits=lambda at: True):
        """Returns physical addresses of the needle. They are multiples of step."""
        found = set()
        for paddr, offset, size in self.loads:
            at = self.bytes.find(needle, offset, offset + size)
            while at >= 0:
                place = paddr + at - offset
                if place % step == 0 and fits(at):
                    found.add(place)
                at = self.bytes.find(needle, at + 1, offset + size)
        return found

    def pointers_into(self, page, size):
        """Returns pointers of size bytes into a page: all bytes except the lowest one and a half are equal."""
        needle = page.to_bytes(size, "little")[2:]
        low = page >> 8 & 0xf0
        return {place - 2 for place in self.find(needle, 1, lambda at: self.bytes[at - 1] & 0xf0 == low)
                if (place - 2) % size == 0}


class Kwalk:
    def __init__(self, program, *files):
        self.program, self.files = program, files

    def run(self, command, threads=None):
        environment = dict(os.environ, **({"KWALK_THREADS": str(threads)} if threads is not None else {}))
        return subprocess.run([self.program, "-q", "-j", "-c", command, *self.files], capture_output=True, text=True,
                              timeout=600, check=False, env=environment).stdout

    def ask(self, command):
        return [json.loads(line) for line in self.run(command).splitlines()]

    def places(self, command, field):
        return [int(answer[field], 16) for answer in self.ask("search " + command) if answer["status"] == "ok"]

    def number(self, command, field):
        return int(self.ask(command)[0][field], 16)


def difference(got, want):
    wrong = [f"{place:x} is not there" for place in sorted(set(got) - set(want))]
    wrong += [f"{place:x} was not found" for place in sorted(set(want) - set(got))]
    return wrong + ["not in order, or twice"] * (got != sorted(set(got)))


def questions(kwalk, image, size):
    """Returns (arguments, physical addresses of the hits)."""
    task = kwalk.number("sym init_task", "address")
    page = task & -PAGE
    yield f"{task:x}", image.find(task.to_bytes(size, "little"), size)
    yield f"-i {page:x} +4096", image.pointers_into(page, size)
    yield f"-m fff {page:x}", image.pointers_into(page, size)
    yield "-32 756e694c", image.find(b"Linu", 4)
    yield "-16 5aa5", image.find(0x5aa5 .to_bytes(2, "little"), 2)
    yield "-c 'Linux version '", image.find(b"Linux version ", 1)
    yield "-c swapper/ init", image.find(b"swapper/", 1) | image.find(b"init", 1)


def aliases_of(pages, places):
    """Returns the virtual addresses of each place."""
    frames = collections.defaultdict(list)
    for place in places:
        frames[place & -PAGE].append(place)
    found = collections.defaultdict(set)
    for vaddr, (paddr, size, _) in pages.items():
        for frame in range(paddr, paddr + size, PAGE):
            for place in frames.get(frame, ()):
                found[place].add(vaddr + place - paddr)
    return found


def check_virtual(kwalk, records, title, asked):
    all_wrong, wrong, count = [], [], 0
    for arguments, places in asked:
        aliases = aliases_of(records.pages, places)
        everywhere = set().union(*aliases.values())
        count += len(everywhere)
        all_wrong += difference(kwalk.places("-a " + arguments, "virtual"), everywhere)
        # each place only once
        by_address = {vaddr: place for place, vaddrs in aliases.items() for vaddr in vaddrs}
        got = kwalk.places(arguments, "virtual")
        wrong += difference(got, set(got) & everywhere)
        found = collections.Counter(by_address.get(vaddr) for vaddr in got)
        wrong += [f"{place or 0:x}: {found[place]} times" for place in set(aliases) | set(found) if found[place] != 1]
    report(f"{title}: search -a of the kernel", count, all_wrong)
    report(f"{title}: search of the kernel, each place once", count, wrong)


def check_process(kwalk, records, image, title, size):
    """Searches the whole process for the first bytes of its program."""
    start, (paddr, _, _) = min(records.user_pages.items())
    load = next((load for load in image.loads if load[0] <= paddr < load[0] + load[2]), None)
    if not load:
        return
    at = load[1] + paddr - load[0] + 16
    needle = image.bytes[at:at + size]
    want = set().union(*aliases_of(records.user_pages, image.find(needle, size)).values())
    got = kwalk.places(f"-P 1 {int.from_bytes(needle, 'little'):x}", "virtual")
    report(f"{title}: search of a process from {start:x} on", len(want), difference(got, want))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    records = Records(given.dir)
    image = Image(records.path("vmcore"))
    kwalk = Kwalk(given.kwalk, given.vmlinux, records.path("vmcore"))
    size = 8 if records.wide else 4
    asked = list(questions(kwalk, image, size))
    for arguments, places in asked:
        report(f"{given.name}: search -p {arguments}", len(places),
               difference(kwalk.places("-p " + arguments, "physical"), places))
    if records.is_kernel:
        check_virtual(kwalk, records, given.name, asked)
        check_process(kwalk, records, image, given.name, size)
    alone = kwalk.run("search -p " + asked[1][0], 0)
    report(f"{given.name}: search by any number of threads", 3,
           [f"{threads} threads" for threads in (1, 2, 7) if kwalk.run("search -p " + asked[1][0], threads) != alone])
    for other in ("vmcore.kdump", "vmcore.stream"):
        if os.path.exists(records.path(other)):
            got = Kwalk(given.kwalk, given.vmlinux, records.path(other)).run("search -p " + asked[1][0])
            report(f"{given.name}: search of {other}", len(asked[1][1]), ["other places"] * (got != alone))
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
