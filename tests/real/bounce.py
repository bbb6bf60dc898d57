# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounce buffers of a guest that was stopped during writes (bounce.c). The answers of `bounce` are compared with
the counts of the guest's kernel, with the addresses of the data of init, with the content of memory, and with
the addresses that QEMU's NVMe used."""
import re
import time

from tap import report

PAGE, OFFSET, SIZE = 4096, 512, 16 * 4096


def hold_writes(guest):
    """Holds all writes of disks. Waits until the kernel's count does not change any more."""
    for i in range(3):
        guest.monitor.call("block_set_io_throttle", device=f"d{i}", bps=0, bps_rd=0, bps_wr=1, iops=0, iops_rd=0, iops_wr=0)
    start, deadline = len(counts(guest.serial())), time.monotonic() + 60
    while time.monotonic() < deadline:
        seen = counts(guest.serial())[start:]
        if len(seen) > 3 and seen[-1] == seen[-2] == seen[-3]:
            return
        time.sleep(0.2)


def counts(serial):
    """Returns the numbers of slots, and of slots in use."""
    return [tuple(map(int, pair)) for pair in re.findall(r"^@swiotlb (\d+) (\d+)$", serial, re.MULTILINE)]


def check_bounce(title, kwalk, dump, serial, traces, devices):
    check_pool(title, kwalk, dump, serial)
    check_originals(title, kwalk, dump, serial, devices)
    check_nvme(title, kwalk, dump, serial, traces, devices)


def check_pool(title, kwalk, dump, serial):
    ours = [(pool["slots"], pool["used"]) for pool in kwalk(dump, "bounce\n")]
    theirs = [counts(serial)[-1]]
    report(f"{title}: the pool is as large and as full as debugfs says", 1, [] if ours == theirs else [f"{ours}, not {theirs}"])


def pages_of(serial):
    """Returns for each disk the physical pages of the data that is written."""
    pages = {}
    for disk, page in re.findall(r"^@page (\S+) (\w+)$", serial, re.MULTILINE):
        pages.setdefault(disk, []).append(int(page, 16))
    return pages


def originals_of(pages):
    """Returns one address in each slot."""
    return [pages[at // PAGE] + at % PAGE for at in range(OFFSET, OFFSET + SIZE, PAGE // 4)]


def check_originals(title, kwalk, dump, serial, devices):
    drivers = {"/dev/nvme0n1": "nvme", "/dev/sda": "ahci", "/dev/vda": "virtio-pci"}
    wrong, nr = [], 0
    for disk, pages in pages_of(serial).items():
        name = next(device["device"] for device in devices if device.get("driver") == drivers[disk])
        originals = originals_of(pages)
        copies = kwalk(dump, "".join(f"bounce -d {name} {original:x}\n" for original in originals))
        places = [copy.get("physical", "0") for copy in copies]
        back = kwalk(dump, "".join(f"bounce -d {name} {place}\nbounce {place}\nrd -p {place} 1\nrd -p {original:x} 1\n"
                                   for place, original in zip(places, originals)))
        nr += len(originals)
        wrong += [f"{disk}: {len(copies)} copies, not {len(originals)}"] * (len(copies) != len(originals))
        for i, (copy, original) in enumerate(zip(copies, originals)):
            known, blind, here, there = back[4 * i:4 * i + 4]
            if not copy.get("used") or copy.get("original") != f"{original:#x}" or known.get("original") != f"{original:#x}" or \
                    f"{original:#x}" not in [blind.get("original"), *blind.get("originals", [])] or \
                    here["values"] != there["values"]:
                wrong.append(f"{disk} {original:x}: {copy}, {known}, {blind}, {here}, {there}")
    report(f"{title}: what is being written has copies in slots, and these the same data", nr, wrong)


def check_nvme(title, kwalk, dump, serial, traces, devices):
    """The last addresses that the disk read belong to the write that is held."""
    name = next(device["device"] for device in devices if device.get("driver") == "nvme")
    with open(traces, encoding="ascii") as file:
        used = [(int(address, 16), int(size)) for address, size in
                re.findall(r"pci_nvme_map_addr addr (0x\w+) len (\d+)", file.read())]
    pages, wrong, bytes_seen = pages_of(serial)["/dev/nvme0n1"], [], 0
    answers = kwalk(dump, "".join(f"bounce -d {name} {address:x}\n" for address, _ in used))
    while used and bytes_seen < SIZE:
        (address, size), answer = used.pop(), answers.pop()
        bytes_seen += size
        expected = OFFSET + SIZE - bytes_seen
        expected = pages[expected // PAGE] + expected % PAGE
        if not answer.get("used") or int(answer.get("original", "0"), 16) != expected:
            wrong.append(f"{address:x}: {answer}, not {expected:x}")
    report(f"{title}: addresses that the disk read stand for what was written", bytes_seen // PAGE,
           wrong + ["it read less"] * (bytes_seen != SIZE))
