#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks kwalk about the use of memory in the guest recorded in DIR. Compares with the files of the guest's kernel:
/proc/zoneinfo, buddyinfo, pagetypeinfo and slabinfo. Prints TAP without numbers. Status: 1 if anything differs."""
import argparse
import json
import os
import re
import subprocess
import sys

from page import SHIFT
from tap import exit_status, opened, report

SAME = {"spanned": "spanned", "present": "present", "managed": "managed", "min": "min", "low": "low", "high": "high"}


class Guest:
    def __init__(self, directory):
        with open(os.path.join(directory, "serial.log"), encoding="ascii", errors="replace") as file:
            self.serial = file.read().replace("\r", "")
        self.instant = self.serial.startswith("@instant\n")

    def most(self, difference):
        """Returns the largest difference of a count: the guest went on after it printed a count, unless all is of the
        same instant."""
        return 0 if self.instant else difference

    def lines(self, name, pattern):
        return re.findall(rf"^@{name} {pattern}", self.serial, re.MULTILINE)

    def zones(self):
        """The numbers of each zone that has frames, by node and name."""
        found, zone = {}, None
        for line in re.findall(r"^@zoneinfo (.*)$", self.serial, re.MULTILINE):
            if match := re.match(r"Node (\d+), zone +(\w+)", line):
                zone = found[int(match[1]), match[2]] = {}
            elif match := re.match(r" +pages free +(\d+)", line):
                zone["free"] = int(match[1])
            elif (match := re.match(r" +(\w+):? +(\d+)$", line)) and match[1] not in zone:
                zone[match[1]] = int(match[2])
        return {key: zone for key, zone in found.items() if zone.get("spanned")}


def check_zones(answers, guest, title):
    """A running kernel continues to allocate memory, so the number of free frames may differ."""
    wrong, zones = [], guest.zones()
    blocks = {(int(node), zone): list(map(int, counts.split()))
              for node, zone, counts in guest.lines("buddyinfo", r"Node (\d+), zone +(\w+) +([\d ]+)")}
    for answer in answers:
        free = sum(count << order for order, count in enumerate(answer["free_blocks"]))
        if abs(free - answer["free"]) > 32:
            wrong.append(f"{answer['zone']}: {free} frames in free blocks, {answer['free']} free ones")
        if not guest.zones():
            continue
        zone = zones.pop((answer["node"], answer.get("zone")), None)
        if zone is None:
            wrong.append(f"{answer} is no zone of the guest's")
            continue
        wrong += [f"{answer['zone']}: {name} is {answer.get(name)}, not {zone[name]}"
                  for name in SAME if answer.get(name) != zone[name]]
        if answer["start"] != hex(zone["start_pfn"] << SHIFT):
            wrong.append(f"{answer['zone']}: starts at {answer['start']}, not at frame {zone['start_pfn']:x}")
        if abs(answer["free"] - zone["free"]) > guest.most(zone["managed"] // 10 + 256):
            wrong.append(f"{answer['zone']}: free is {answer['free']}, not {zone['free']}")
        told = blocks.get((answer["node"], answer["zone"]))
        if told and len(told) != len(answer["free_blocks"]):
            wrong.append(f"{answer['zone']}: {len(answer['free_blocks'])} orders, not {len(told)}")
        if guest.instant and told != answer["free_blocks"]:
            wrong.append(f"{answer['zone']}: {answer['free_blocks']}, not {told}")
    report(f"{title}: zones", len(answers), wrong + [f"{key} was not found" for key in zones])


def check_types(rows, zones, guest, title):
    """The blocks of all types are the blocks of the zone. The types are in the order of the kernel."""
    wrong, types = [], {}
    for node, zone, name in guest.lines("pagetypeinfo", r"Node +(\d+), zone +(\w+), type +(\w+) "):
        types.setdefault((int(node), zone), []).append(name.lower())
    for zone in zones:
        key = zone["node"], zone["zone"]
        of = [row for row in rows if (row["node"], row["zone"]) == key]
        sums = [sum(column) for column in zip(*(row["free_blocks"] for row in of))]
        wrong += [f"{key}: {sums}, not {zone['free_blocks']}"] * (sums != zone["free_blocks"])
        names = [row.get("migrate_type") for row in of]
        # /proc/pagetypeinfo omits zones that are empty
        wrong += [f"{key}: {names}, not {types.get(key)}"] * (types.get(key, names) != names)
    blocks = {(int(node), zone, name.lower()): list(map(int, counts.split())) for node, zone, name, counts in
              guest.lines("pagetypeinfo", r"Node +(\d+), zone +(\w+), type +(\w+) ([\d ]+)$")}
    wrong += [f"{row}" for row in rows if guest.instant and blocks and
              row["free_blocks"] != blocks[row["node"], row["zone"], row["migrate_type"]]]
    wrong += [f"{row}" for row in rows if row["free"] != sum(count << order for order, count in enumerate(row["free_blocks"]))]
    report(f"{title}: free blocks by migrate type", len(rows), wrong + ["no types"] * (not types and not guest.instant))


def check_frames(frames, zones, guest, title):
    uses = {answer["use"]: answer["frames"] for answer in frames}
    free = sum(count << order for zone in zones for order, count in enumerate(zone["free_blocks"]))
    managed = sum(zone["managed"] for zone in zones)
    used = sum(count for use, count in uses.items() if use != "reserved")
    slabs = sum(int(count) for _, count in guest.lines("slabs", r"(\w+) (\d+)"))
    wrong = [f"{uses.get('free')} frames are free, {free} in the zones' blocks"] * (uses.get("free") != free)
    counted = sum(zone["free"] for zone in zones)   # a CPU may have a block that is not counted yet
    wrong += [f"{free} frames are free, the zones count {counted}"] * (abs(free - counted) > 32)
    # Memory that drivers reserve is both managed and reserved.
    wrong += [f"{used} frames are not reserved, {managed} managed"] * (not 0 <= managed - used <= managed // 100)
    wrong += [f"{use}: {uses[use]}" for use in ("unreadable", "damaged") if use in uses]
    if not slabs:
        report(f"{title}: frames, {uses}", len(frames), wrong)
        return
    wrong += [f"{uses.get('slab')} frames of slabs, not {slabs}"] * (
        abs(uses.get("slab", 0) - slabs) > guest.most(slabs // 50 + 8))
    # After the guest read zoneinfo, it moved some frames; a large machine, with longer lists, moves more.
    # drgn_program.py compares frame by frame.
    kept = sum(map(int, guest.lines("zoneinfo", r" +count: +(\d+)")))
    wrong += [f"{uses.get('free-percpu')} frames in lists of CPUs, not {kept}"] * (
        abs(uses.get("free-percpu", 0) - kept) > guest.most(2048 + managed // 128))
    report(f"{title}: frames, {uses}", len(frames), wrong)


def check_slabs(answers, guest, title):
    """Caches and their slabs appear and disappear at any time."""
    told = {name: list(map(int, numbers)) for name, *numbers in guest.lines(
        "slabinfo", r"(\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) : .* slabdata +\d+ +(\d+)")}
    wrong, moved = [], 0
    for answer in answers:
        if answer["slab_cache"] not in told:
            continue
        active, objects, size, per_slab, pages, slabs = told.pop(answer["slab_cache"])
        want = {"object_size": size, "per_slab": per_slab, "order": pages.bit_length() - 1}
        wrong += [f"{answer['slab_cache']}: {name} is {answer.get(name)}, not {value}"
                  for name, value in want.items() if answer.get(name) != value]
        got = [answer.get("active", -1), answer.get("objects", -1), answer.get("slabs", -1)]
        moved += got != [active, objects, slabs]
        wrong += [f"{answer['slab_cache']}: {got}, not {[active, objects, slabs]}"
                  for one, other in zip(got, (active, objects, slabs)) if abs(one - other) > guest.most(other // 10 + 3 * per_slab)]
    wrong += [f"{name} was not found" for name in told]
    report(f"{title}: slabs; {moved} caches changed", len(answers), wrong if moved > guest.most(len(answers) // 8) or any(
        "was not found" in line or "size" in line for line in wrong) else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    guest = Guest(given.dir)
    run = subprocess.run([given.kwalk, "-q", "-j", "-c", "zones; zones -m; frames; slabs",
                          *opened(given.vmlinux, os.path.join(given.dir, "vmcore"))], capture_output=True, text=True, timeout=300, check=False)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    of = {name: [answer for answer in answers if answer["command"] == name] for name in ("zones", "frames", "slabs")}
    if run.returncode or any(answer["status"] != "ok" for answer in answers):
        report(f"{given.name}: zones, frames, slabs", 1, [run.stderr[:300].strip()])
        return exit_status()
    zones = [zone for zone in of["zones"] if "type" not in zone]
    check_zones(zones, guest, given.name)
    check_types([row for row in of["zones"] if "type" in row], zones, guest, given.name)
    check_frames(of["frames"], zones, guest, given.name)
    if guest.lines("slabinfo", ""):
        check_slabs(of["slabs"], guest, given.name)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
