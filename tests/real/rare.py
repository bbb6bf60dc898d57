#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dumps a guest whose kernel debugs SLUB and has swap in zram, in zswap and in a RAM disk, memory of virtio-mem that is
plugged only in part, a process that sleeps in traced functions, and a BPF program that runs. Compares the answers of kwalk
with the structures that drgn reads in the same dump, with QEMU's device, and with the guest's /proc/swaps, /proc/PID/stack
and kallsyms. Prints TAP without numbers. With --recorded, the
folder of the guest exists already. Debian's package of drgn is for Debian's Python."""
import argparse
import json
import os
import random
import re
import subprocess
import sys

from guest import Guest
from monitor import Failure
from tap import exit_status, report

MEMORY, PLUGGED, LEFT, DEVICE = 256, 200, 150, 512      # MiB of the guest, and of its device of virtio-mem
PAGE, SHIFT, MEGA = 4096, 12, 1 << 20
PAGE_OFFSET = 0xffff888000000000    # without KASLR
NAMES = ("zram", "disk", "zswap", "rejected")
PROGRAM = 32                        # bytes of the BPF program that are surely in it
WITHIN, WHOLE = 3000, ("task_struct", "kmalloc-64")


class Rare(Guest):
    device = "/machine/peripheral/vmem0"

    def __init__(self, given):
        super().__init__(given.dir, [
            "-m", f"{MEMORY}M,maxmem=1G", "-cpu", "max,la57=off", "-smp", "2", "-kernel", given.kernel, "-initrd", given.initrd,
            "-append", "console=ttyS0 quiet no_hash_pointers no_timer_check nokaslr slub_debug=FZPU memhp_default_state=online",
            "-device", "vmcoreinfo", "-object", f"memory-backend-ram,id=vmem,size={DEVICE}M",
            "-device", f"virtio-mem-pci,id=vmem0,memdev=vmem,requested-size={PLUGGED}M"])

    def plug(self, size):
        self.monitor.call("qom-set", path=self.device, property="requested-size", value=size * MEGA)
        self.wait_until(lambda: self.monitor.call("qom-get", path=self.device, property="size") == size * MEGA,
                        f"have {size} MiB of virtio-mem")

    def address_of_program(self):
        return int(re.search(r"^@bpf \d+ (\w+) ", self.serial(), re.M)[1], 16)

    def record(self):
        self.wait_for("^@swapped-all$")
        self.plug(PLUGGED)
        self.plug(LEFT)
        self.tell()
        self.wait_for("^@ready$")
        program = self.address_of_program()
        for _ in range(200):
            self.monitor.call("stop")
            counters = [int(rip, 16) for rip in re.findall(r"RIP=(\w+)", self.monitor.ask("info registers -a"))]
            if any(program <= rip < program + PROGRAM for rip in counters):
                break
            self.monitor.call("cont")
        else:
            raise Failure("no CPU runs the BPF program")
        with open(self.path("devices.json"), "w", encoding="ascii") as file:
            json.dump(self.monitor.call("query-memory-devices"), file)
        self.take_memory()


class Asked:
    """kwalk, the output of the guest, and what drgn reads."""

    def __init__(self, given):
        self.given, self.core = given, os.path.join(given.dir, "vmcore")
        with open(os.path.join(given.dir, "serial.log"), encoding="ascii", errors="replace") as file:
            self.serial = file.read().replace("\r", "")
        with open(os.path.join(given.dir, "devices.json"), encoding="ascii") as file:
            device, = json.load(file)
        self.device, self.plugged = device["data"]["memaddr"], device["data"]["size"]
        self.prog = drgn_lines.opened(self.core, given.vmlinux, PAGE_OFFSET, 0)
        self.frames = drgn_lines.Frames(self.prog)

    def kwalk(self, script):
        done = subprocess.run([self.given.kwalk, "-q", "-j", "-x", "/dev/stdin", self.given.vmlinux, self.core], input=script,
                              capture_output=True, text=True, timeout=300, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.splitlines()

    def report(self, title, count, wrong):
        report(f"{self.given.name}: {title}", count, wrong)


def compare_check(asked):
    rows, _ = asked.kwalk("check")
    asked.report("nothing is wrong", len(rows), [f"{row}" for row in rows if row["status"] not in ("ok", "not-checked")])


def areas(prog):
    """Yields (type, pages, used pages, priority, path) of the swap areas."""
    for number in range(prog["nr_swapfiles"].value_()):
        area = prog["swap_info"][number]
        yield number, area.pages.value_(), area.inuse_pages.value_(), area.prio.value_(), \
            helpers.d_path(area.swap_file.f_path).decode()


def zswapped(prog):
    """Returns (type, slot) of the pages that zswap holds: mm/zswap.c of 6.1"""
    return {(number, entry.offset.value_()) for number in range(prog["nr_swapfiles"].value_())
            for entry in helpers.rbtree_inorder_for_each_entry("struct zswap_entry", prog["zswap_trees"][number].rbroot.address_of_(),
                                                               "rbnode")}


def slots(prog, pid, start, count):
    """Yields the addresses of swapped pages with (type, slot): arch/x86/include/asm/pgtable_64.h"""
    mm = helpers.find_task(prog, pid).mm
    for vaddr in range(start, start + count * PAGE, PAGE):
        entry = drgn_lines.entry(prog, mm, vaddr)
        if entry and not entry & 1:
            yield vaddr, (entry >> 59, ~entry >> 9 & (1 << 50) - 1)


def compare_areas(asked):
    want = list(areas(asked.prog))
    told = [(path, int(size) * 1024 // PAGE, int(used) * 1024 // PAGE, int(priority)) for path, size, used, priority in
            re.findall(r"^@swaps (/\S+) +\S+\s+(\d+)\s+(\d+)\s+(-?\d+)", asked.serial, re.M)]
    got = [(row["type"], row["pages"], row["used"], row["priority"], row["device"]) for row in asked.kwalk("swap")[0]]
    wrong = [f"{got}, not {want}"] * (got != want)
    wrong += [f"{told} in /proc/swaps"] * (told != [(path, pages, used, priority) for _, pages, used, priority, path in want])
    asked.report("swap areas", len(want), wrong)


def compare_swapped(asked):
    """Where kwalk says that the bytes of each swapped page are. The core must have the names of the pages on the RAM
    disk."""
    paths, held = {row[0]: row[4] for row in areas(asked.prog)}, zswapped(asked.prog)
    with open(asked.core, "rb") as file:
        memory = file.read()
    seen, wrong, all_slots = 0, [], 0
    for pid, start, count, name in re.findall(r"^@swapped (\d+) (\w+) (\d+) (\w+)$", asked.serial, re.M):
        found = dict(slots(asked.prog, int(pid), int(start, 16), int(count)))
        all_slots += len(found)
        wrong += [f"{name}: {len(found)} pages in swap"] * (len(found) != int(count))
        wrong += [f"{name}: zswap holds {len(held & set(found.values()))}"] * (
            len(held & set(found.values())) != len(found) * (name == "zswap"))
        rows, _ = asked.kwalk(f"vtop -p {pid} " + " ".join(f"{vaddr:x}" for vaddr in found))
        _, errors = asked.kwalk("".join(f"rd -P {pid} {vaddr:x}\n" for vaddr in found))
        for (vaddr, (kind, slot)), row, error in zip(found.items(), rows, errors, strict=True):
            want = {"status": "swapped", "virtual": hex(vaddr), "swap_type": kind, "swap_offset": slot, "swap_file": paths[kind],
                    "zswap_pages": len(held), "zswap": "yes" if (kind, slot) in held else "no"}
            wrong += [f"{name}: {key} is {row.get(key)}, not {value}" for key, value in want.items() if row.get(key) != value]
            where = "zswap holds it compressed" if (kind, slot) in held else "unless zram wrote it to a backing device" \
                if name == "zram" else "it is in the memory of this RAM disk"
            wrong += [error] * (f"{vaddr:x} is swapped to {paths[kind]}, slot {slot}: " not in error or where not in error or
                                "that zswap holds" in error)
            at = f"kwalk-{name}-{(vaddr - int(start, 16)) // PAGE}\0".encode()
            wrong += [f"{at} is not in the core"] * (name in ("disk", "rejected") and at not in memory)
            seen += 1
        written = int(re.search(r"^@written +(\d+)", asked.serial, re.M)[1])
        wrong += [f"zram wrote {written} pages"] * (name == "zram" and written < len(found))
        row = asked.kwalk(f"search -P {pid} -t kwalk-none")[0][-1]
    wrong += [f"search: {row}"] * (row.get("swapped_pages") != all_slots)
    asked.report("pages in zram, zswap and a RAM disk", seen, wrong)


def use(asked, pfn):
    """The uses that virtio-mem and SLUB make of frames, as struct pages show them."""
    return "offline" if asked.frames.has_type(pfn, "OFFLINE") else "slab" if asked.frames.is_slab(pfn) else None


def compare_frames(asked):
    """The frames of virtio-mem: plugged, unplugged in a block that the kernel has, and without a block. Also the number
    of frames of slabs."""
    first, count = asked.device >> SHIFT, DEVICE * MEGA >> SHIFT
    known = asked.frames.count
    want = {name: sum(use(asked, pfn) == name for pfn in range(known)) for name in ("offline", "slab")}
    got = {row["use"]: row["frames"] for row in asked.kwalk("frames")[0]}
    wrong = [f"{name}: {got.get(name)} frames, not {number}" for name, number in want.items() if got.get(name) != number]
    # Plugged is what the kernel has and is not offline, in the range of the device.
    plugged = [pfn for pfn in range(first, known) if use(asked, pfn) != "offline"]
    wrong += [f"{len(plugged)} frames are plugged, not {asked.plugged >> SHIFT}"] * (len(plugged) != asked.plugged >> SHIFT)
    sample = sorted({*range(first, first + count, 512), *range(first + 511, first + count, 512)})
    rows, _ = asked.kwalk("whatis " + " ".join(f"{PAGE_OFFSET + (pfn << SHIFT):x}" for pfn in sample))
    walks, _ = asked.kwalk("vtop " + " ".join(f"{PAGE_OFFSET + (pfn << SHIFT):x}" for pfn in sample))
    for pfn, row, walk in zip(sample, rows, walks, strict=True):
        there = pfn < known
        state = None if not there else "absent" if use(asked, pfn) == "offline" else "present"
        if walk["status"] != ("mapped" if there else "not-mapped") or walk.get("page_state") != state:
            wrong.append(f"{pfn:x}, {use(asked, pfn)}: {walk['status']}, {walk.get('page_state')}, not {state}")
        if (row.get("use") == "offline") != (there and use(asked, pfn) == "offline"):
            wrong.append(f"{pfn:x}, {use(asked, pfn)}: {row['text']}")
        if there and row.get("resource") != "System RAM (virtio_mem)" and row.get("use") == "offline":
            wrong.append(f"{pfn:x}: {row.get('resource')}")
    asked.report(f"frames of virtio-mem and of slabs, {want}", len(sample), wrong)


def nearest_object(asked, vaddr, cache):
    """Returns what drgn knows of the object with the address: nearest_obj(), include/linux/slub_def.h of 6.1. None: the
    address is after all objects of its slab."""
    head, size = asked.frames.head(vaddr - PAGE_OFFSET >> SHIFT), cache.size.value_()
    index = (vaddr - PAGE_OFFSET - (head << SHIFT)) // size
    if index >= drgn_lines.drgn.cast("struct slab *", asked.frames.page(head)).objects.value_():
        return None
    return helpers.slab_object_info(asked.prog, PAGE_OFFSET + (head << SHIFT) + index * size + cache.red_left_pad.value_())


def compare_objects(asked):
    """The object at random addresses in all slabs, with their red zones, owners and padding."""
    random.seed(1)
    pfns = [pfn for pfn in range(asked.frames.count) if asked.frames.is_slab(pfn)]
    sample = [PAGE_OFFSET + (pfn << SHIFT) + at for pfn in random.sample(pfns, min(WITHIN, len(pfns)))
              for at in (0, random.randrange(PAGE))]
    wrong, free, outside = [], 0, 0
    for vaddr, row in zip(sample, asked.kwalk("whatis " + " ".join(f"{vaddr:x}" for vaddr in sample))[0], strict=True):
        cache = helpers.find_containing_slab_cache(asked.prog, vaddr)
        info = nearest_object(asked, vaddr, cache)
        start = info.address if info else 0
        end = start + cache.object_size.value_() * bool(info)
        want = {"slab_cache": cache.name.string_().decode(), "object": hex(start) if info else None,
                "allocated": info.allocated if info else None}
        wrong += [f"{vaddr:x}: {key} is {row.get(key)}, not {value}" for key, value in want.items() if row.get(key) != value]
        wrong += [f"{vaddr:x}, object of {end - start} bytes at {start:x}: {row['text']}"] * (
            bool(info) and (vaddr >= end) != (f", after its {end - start} bytes" in row["text"]))
        free += bool(info) and not info.allocated
        outside += not start <= vaddr < end
    asked.report(f"objects in {len(pfns)} frames of slabs, {free} of them free, {outside} addresses in red zones or padding",
                 len(sample), wrong)
    counts = {name: len(list(helpers.slab_cache_for_each_allocated_object(helpers.find_slab_cache(asked.prog, name), "void")))
              for name in WHOLE}
    got = {row["slab_cache"]: row.get("allocated") for row in asked.kwalk("slabs " + " ".join(WHOLE))[0]}
    asked.report(f"objects in use, {counts}", len(counts), [f"{got}, not {counts}"] * (got != counts))


def compare_bpf(asked):
    """The name and address of the BPF program in the guest's kallsyms, which drgn finds in the kernel's list; and the
    stack of the task that runs it: bpf_prog_test_run_skb() in net/bpf/test_run.c."""
    (pid, address, name), = re.findall(r"^@bpf (\d+) (\w+) t (\S+)\t\[bpf\]$", asked.serial, re.M)
    address = int(address, 16)
    listed = [(one.name.string_().decode(), one.start.value_()) for one in
              helpers.list_for_each_entry("struct bpf_ksym", asked.prog["bpf_kallsyms"].address_of_(), "lnode")]
    wrong = [f"{name} at {address:x}, but drgn finds {listed}"] * (listed != [(name, address)])
    sym, whatis = asked.kwalk(f"sym {name}\nwhatis {address + 1:x}")[0]
    wrong += [f"{sym}"] * (sym.get("address") != hex(address) or sym.get("module") != "bpf")
    wrong += [f"{whatis}"] * (whatis.get("symbol") != f"{name}+0x1")
    rows, _ = asked.kwalk(f"bt {pid}")
    names = [row.get("symbol", "").partition("+")[0] for row in rows if row.get("inlined") is False]
    want = [name, "bpf_test_run", "bpf_prog_test_run_skb", "__sys_bpf", "__x64_sys_bpf", "do_syscall_64",
            "entry_SYSCALL_64_after_hwframe"]
    wrong += [f"{names}, not {want}"] * (names != want)
    asked.report("a BPF program", len(names), wrong)


def compare_traced(asked):
    """The stack of a process that sleeps in functions which function_graph and a kretprobe trace: what its kernel printed."""
    lines = re.findall(r"^@traced (\d+) \[<.*>\] (\w+\+0x\w+)/", asked.serial, re.M)
    rows, _ = asked.kwalk(f"bt {lines[0][0]}")
    got = [row["symbol"] for row in rows if row.get("inlined") is False and row["sure"]]
    want = [place for _, place in lines]
    # The kernel leaves out functions of the scheduler.
    wrong = [f"{got}, not {want}"] * (not want or got[len(got) - len(want):] != want)
    wrong += [f"{want}"] * (not {"hrtimer_nanosleep", "common_nsleep"} <= {place.partition("+")[0] for place in want})
    asked.report("a process in traced functions", len(want), wrong)


def main():
    global drgn_lines, helpers  # pylint: disable=global-statement
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "kernel", "vmlinux", "initrd", "dir", "name"):
        parser.add_argument(name)
    parser.add_argument("--recorded", action="store_true")
    given = parser.parse_args()
    try:
        from drgn.helpers import linux as helpers  # pylint: disable=import-outside-toplevel
        import drgn_lines  # pylint: disable=import-outside-toplevel
    except ImportError as error:
        print(f"not ok - {given.name}: {error}" if os.environ.get("CI") else f"ok - {given.name}: drgn # SKIP {error}")
        return bool(os.environ.get("CI"))
    if not given.recorded and not Rare(given).is_recorded(given.name):
        return exit_status()
    asked = Asked(given)
    for compare in (compare_check, compare_areas, compare_swapped, compare_frames, compare_objects, compare_bpf, compare_traced):
        compare(asked)
    if not given.recorded:
        os.unlink(asked.core)
    return exit_status()


if __name__ == "__main__":
    drgn_lines = helpers = None
    sys.exit(main())
