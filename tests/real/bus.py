#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bus.py KWALK KERNEL VMLINUX INITRD DIR NAME: boots guests whose devices use emulated IOMMUs of several kinds, or
no IOMMU. Compares the answers of `devices` about their memory with sysfs of the guest, the answers of `dma`
about bus addresses with QEMU's translations, and the answers of `dma -a` about frames with these translations
and with the bytes of the tables. Prints TAP without numbers. Status: 1 if anything differs."""
import json
import mmap
import os
import re
import struct
import subprocess
import sys

from bounce import check_bounce, hold_writes
from guest import Guest
from monitor import Failure
from tap import exit_status, report
from viommu import check_mappings

TIMEOUT = 240  # seconds for a boot
PAGE = 4096
BARS = 7
# The name, the IOMMU's arguments, the kernel's arguments, and how devices access memory. Strict: unmapping flushes
# the IOMMU at once.
GUESTS = [
    ("intel-39", ("-device", "intel-iommu,aw-bits=39,caching-mode=on"), "intel_iommu=on iommu.strict=1", "translated"),
    ("intel-48", ("-device", "intel-iommu,aw-bits=48"), "intel_iommu=on iommu.strict=1", "translated"),
    ("intel-scalable", ("-device", "intel-iommu,aw-bits=48,x-scalable-mode=on"), "intel_iommu=on,sm_on iommu.strict=1",
     "translated"),
    ("intel-pt", ("-device", "intel-iommu"), "intel_iommu=on iommu=pt", "pass-through"),
    ("amd", ("-device", "amd-iommu"), "iommu.strict=1", "translated"),
    ("virtio", ("-device", "virtio-iommu-pci"), "iommu.strict=1", "listed"),
    ("none", (), "", "direct"),
    ("bounced", (), "swiotlb=force", "bounced"),
]
TRACES = ("pci_nvme_map_addr", "vtd_iotlb_page_update", "vtd_inv_desc_iotlb*", "amdvi_translation_result", "amdvi_*inval",
          "virtio_iommu_map", "virtio_iommu_unmap", "virtio_iommu_attach", "virtio_iommu_detach")


class Driven(Guest):
    """A guest whose devices read and write."""

    def __init__(self, given, name, iommu, append):
        folder = os.path.join(given.folder, name)
        self.dump, self.traces = os.path.join(folder, "vmcore"), os.path.join(folder, "trace.log")
        os.makedirs(folder, exist_ok=True)
        platform = ",iommu_platform=on,disable-legacy=on" if iommu or "swiotlb" in append else ""
        arguments = ["-m", "384M", "-cpu", "max,la57=off", "-machine", "q35,kernel-irqchip=split", "-kernel", given.kernel,
                     "-initrd", given.initrd, "-append", f"console=ttyS0 quiet net.ifnames=0 no_timer_check {append}", *iommu]
        for i, device in enumerate(("nvme,serial=1", "ide-hd", "virtio-blk-pci" + platform)):
            disk = os.path.join(folder, f"disk{i}")
            with open(disk, "wb") as file:
                file.truncate(8 << 20)
            arguments += ["-drive", f"id=d{i},file={disk},format=raw,if=none", "-device", f"{device},drive=d{i}"]
        # QEMU's AMD IOMMU logs no faults that the guest can see.
        self.has_faults = "intel-iommu" in str(iommu) and "iommu=pt" not in append
        arguments += ["-device", "edu"] * self.has_faults
        arguments += ["-netdev", "user,id=n,restrict=on", "-device", "e1000e,netdev=n", "-D", self.traces]
        for trace in TRACES:
            arguments += ["-trace", trace]
        super().__init__(folder, arguments, timeout=TIMEOUT)

    def dump_at_work(self, prepare=lambda guest: None):
        if self.wait_for("@ready|Kernel panic")[0] != "@ready":
            raise Failure(f"the guest is not ready: {self.serial()[-300:].split()}")
        prepare(self)
        self.monitor.call("stop")
        self.take_memory()


# --- the records of the guest's kernel ---

def devices_of(serial):
    """Returns the answers of `devices` that sysfs would give."""
    words = {}
    for key, device, text in re.findall(r"^@(\S+) (\w{4}:\S+) (.*)$", serial, re.MULTILINE):
        words.setdefault(device, {}).setdefault(key, []).append(text)
    found = {}
    for name, known in words.items():
        bars = [tuple(int(word, 16) for word in line.split()) for line in known["resource"][:BARS]]
        found[name] = {
            "vendor": known["vendor"][0], "id": known["device"][0], "class": known["class"][0],
            "driver": known.get("driver", [None])[0], "iommu": known.get("iommu", [None])[0],
            "group": known.get("iommu_group", [None])[0], "type": known.get("iommu_group/type", [None])[0],
            "mask": known["dma_mask_bits"][0],
            "resources": [(start, end, i) for i, (start, end, flags) in enumerate(bars) if flags and end > start],
        }
    return found


def number(text):
    return None if text is None else int(text, 0)


def check_device(ours, theirs):
    """Returns the differences for one device."""
    pairs = [(key, number(ours[key]), number(theirs[key])) for key in ("vendor", "id", "class")]
    pairs += [(key, ours.get(key), theirs[key]) for key in ("driver", "iommu", "type")]
    pairs += [("group", ours.get("group"), number(theirs["group"])),
              ("dma_mask", int(ours["dma_mask"], 16), (1 << int(theirs["mask"])) - 1),
              ("resources", [(int(bar["start"], 16), int(bar["end"], 16), bar["bar"]) for bar in ours["resources"]],
               theirs["resources"])]
    return [f"{key}: {a}, not {b}" for key, a, b in pairs if a != b]


def check_devices(name, answers, theirs, reach):
    wrong = [f"{answer['device']}: {what}" for answer in answers if answer["device"] in theirs
             for what in check_device(answer, theirs[answer["device"]])]
    wrong += sorted({answer["device"] for answer in answers} ^ set(theirs))
    # An IOMMU that is a device reads its tables. A virtio device may get physical addresses.
    own = [answer["device"] for answer in answers if answer["class"] == "0x80600" or "iommu" not in answer or
           reach in ("pass-through", "bounced") and answer.get("driver") == "virtio-pci"]
    wrong += [f"{answer['device']}: {answer['dma']}" for answer in answers
              if answer["dma"] != ("direct" if answer["device"] in own and reach == "translated" else reach)]
    report(f"{name}: devices are the same as in the guest's sysfs", len(theirs), wrong)


# --- the records of QEMU ---

class Seen:
    """The last translation of each page, and whether it was unmapped since."""

    def __init__(self, path, domains):
        """domains: the domain of each request id, if the lines do not give it."""
        self.pages, self.domains = {}, domains
        with open(path, encoding="ascii") as file:
            for line in file:
                self.take(line)

    def take(self, line):
        found = re.search(r"page update sid (0x\w+) iova (0x\w+) slpte (0x\w+) domain (0x\w+)", line)
        if found:
            sid, iova, entry, domain = (int(word, 16) for word in found.groups())
            self.use(sid, iova, entry & (1 << 52) - PAGE, domain)
        found = re.search(r"devid: (\w+):(\w+)\.(\w) gpa (0x\w+) hpa (0x\w+)", line)
        if found:
            bus, slot, function, iova, physical = (int(word, 16) for word in found.groups())
            sid = bus << 8 | slot << 3 | function
            self.use(sid, iova, physical, self.domains.get(device_name(sid)))
        found = re.search(r"iotlb invalidate domain (0x\w+) addr (0x\w+) mask (0x\w+)", line)
        if found:
            domain, address, mask = (int(word, 16) for word in found.groups())
            self.forget(lambda key, page: page["domain"] == domain and
                        address <= key[1] < address + (PAGE << mask))
        found = re.search(r"pages for domain (0x\w+) invalidated", line)
        if found:
            self.forget(lambda key, page: page["domain"] == int(found[1], 16))
        elif re.search(r"vtd_inv_desc_iotlb_(global|domain)|amdvi_all_inval", line):
            self.forget(lambda key, page: True)

    def use(self, sid, iova, physical, domain):
        self.pages[sid, iova - iova % PAGE] = {"physical": physical - physical % PAGE, "domain": domain, "gone": False}

    def forget(self, is_meant):
        for key, page in self.pages.items():
            page["gone"] = page["gone"] or is_meant(key, page)


def device_name(sid):
    return f"0000:{sid >> 8:02x}:{sid >> 3 & 31:02x}.{sid & 7}"


def domains_of(kwalk, dump, devices):
    """The domain is in the entry of AMD's device table."""
    answers = kwalk(dump, "".join(f"dma {device['device']} 0\n" for device in devices))
    return {answer["device"]: int(level["entry_high"], 16) & 0xffff for answer in answers
            for level in answer["levels"] if level["name"] == "device"}


def check_pages(name, kwalk, dump, seen):
    script = "".join(f"dma {device_name(sid)} {iova:x}\n" for sid, iova in seen.pages)
    answers = kwalk(dump, script)
    wrong, same = [], 0
    for (key, page), answer in zip(seen.pages.items(), answers):
        mapped = answer["status"] == "mapped"
        # The lines give the start of a large page.
        if mapped and int(answer["physical"], 16) // answer["page_size"] == page["physical"] // answer["page_size"]:
            same += 1
        elif not page["gone"]:
            wrong.append(f"{device_name(key[0])} {key[1]:x}: {answer['status']} {answer.get('physical')}, "
                         f"not {page['physical']:#x}")
        elif not mapped and answer["status"] != "not-mapped":
            wrong.append(f"{device_name(key[0])} {key[1]:x}: {answer['status']}")
    wrong += [f"{len(answers)} answers, not {len(seen.pages)}"] * (len(answers) != len(seen.pages))
    wrong += ["no page is still mapped as it was"] * (not same)
    report(f"{name}: pages are where the IOMMU found them, or were taken back", len(answers), wrong)
    print(f"# {name}: {same} pages as the IOMMU found them, {sum(page['gone'] for page in seen.pages.values())} taken back")


# --- from frames to bus addresses ---

ADDRESS = (1 << 52) - PAGE
SHIFTS = {"l1": 12, "l2": 21, "l3": 30, "l4": 39, "l5": 48, "pte": 12, "pmd": 21, "pud": 30, "pgd": 39}


def decode(entry, shift, amd, cpu):
    """Decodes an entry: its address, the size of its page or None for a table, and whether it allows reads and
    writes."""
    if amd:
        size = 1 << shift if entry >> 9 & 7 == 0 else None
        if entry >> 9 & 7 == 7:    # the lowest clear bit gives the size
            size = ((entry | 0xfff) ^ (entry | 0xfff) + 1) + 1
        return entry & ADDRESS, size, entry >> 61 & entry & 1, entry >> 62 & entry & 1
    size = 1 << shift if shift == 12 or entry & 0x80 else None
    return entry & ADDRESS, size, entry & 1, (entry >> 1) & (entry if cpu else 1) & 1


def pages_of(kwalk, dump, device, amd):
    """Returns all pages that a device's page table maps, from the bytes of the table: (bus address, frame,
    writable)."""
    levels = [level for level in kwalk(dump, f"dma {device} 0\n")[0]["levels"] if level["name"] in SHIFTS]
    if not levels:
        return
    shift, cpu = SHIFTS[levels[0]["name"]], levels[0]["name"].startswith("p")
    tables = [(int(levels[0]["entry_address"], 16) & ADDRESS, 0, True, True)]
    while tables:
        below = []
        answers = kwalk(dump, "".join(f"rd -p -64 {table[0]:x} 512\n" for table in tables))
        for (_, base, can_read, can_write), answer in zip(tables, answers):
            for i, text in enumerate(answer["values"]):
                address, size, reads, writes = decode(int(text, 16), shift, amd, cpu)
                bus, reads, writes = base + (i << shift), reads and can_read, writes and can_write
                if not reads and not writes:
                    continue
                if size is None:
                    below.append((address, bus, reads, writes))
                    continue
                for at in range(bus, bus + (1 << shift), PAGE):
                    yield at, (address & -size) + (at & size - 1), bool(writes)
        tables, shift = below, shift - 9


def is_interrupt(bus):
    return 0xfee00000 <= bus <= 0xfeefffff


def check_reach(name, kwalk, dump, devices, seen):
    """Each frame that a device can access through its table is found with all its bus addresses, and with no
    others."""
    amd = any(device.get("iommu", "").startswith("ivhd") for device in devices)
    ways, writable = {}, set()
    for device in devices:
        for bus, frame, writes in pages_of(kwalk, dump, device["device"], amd):
            if not is_interrupt(bus):
                ways.setdefault(frame, set()).add((device["device"], bus))
                writable.update([frame] if writes else [])
    # Some of the frames that are mapped at their physical address (megabytes for an ISA bridge), and frames that no
    # table maps.
    given = {frame for frame, by in ways.items() if {bus for _, bus in by} != {frame} or frame % (64 * PAGE) == 0}
    asked = sorted(given | {frame + PAGE for frame in given} | {page["physical"] for page in seen.pages.values()})
    answers = kwalk(dump, f"dma -a {' '.join(f'{frame:x}' for frame in asked)}\n")
    found = {int(answer["physical"], 16): {(way["device"], int(way["bus"], 16)) for way in answer["mappings"]
                                           if way["dma"] == "translated"} for answer in answers}
    wrong = [f"{frame:x}: {sorted(found.get(frame, []))}, not {sorted(ways.get(frame, []))}" for frame in asked
             if found.get(frame) != ways.get(frame, set())]
    wrong += [str(answer) for answer in answers if not answer.get("complete", True)]
    report(f"{name}: dma -a finds what the tables' bytes say, and nothing else", len(asked), wrong)
    # The line of a large page gives its start.
    live = {(device_name(sid), iova): page["physical"] for (sid, iova), page in seen.pages.items() if not page["gone"]}
    wrong = [f"{key[0]} {key[1]:x}: not at {frame:x}" for key, frame in live.items()
             if key not in found.get(frame, ()) and (not amd or key[0] not in dict(found.get(frame, ())))]
    wrong += ["no page was in use"] * (not live)
    report(f"{name}: dma -a finds what the IOMMU translated last", len(live), wrong)
    answer = kwalk(dump, "frames -d\n")[-1]
    report(f"{name}: frames -d counts what the tables' bytes let write", 1, [] if
           answer["use"] == "all" and answer["device_writable"] == len(writable) else [f"{answer}, not {len(writable)}"])


def check_untouched(name, kwalk, dump, translated):
    """A guest without errors gives no finding."""
    answers = {answer["check"]: answer for answer in kwalk(dump, "check\n") if answer.get("check", "").startswith("io-")}
    wrong = [str(answer) for answer in answers.values() if answer["status"] != "ok"]
    wrong += [f"only {sorted(answers)}"] * (len(answers) != (3 if translated else 1))
    report(f"{name}: check finds nothing in the IOMMU's tables", len(answers), wrong)


def check_faults(name, given, guest):
    """A device without mappings: explains the faults that the guest's kernel logged. The lines before them show which
    boot the text is about."""
    device, bus = re.search(r"^@accessed (\S+) (\w+)$", guest.serial(), re.MULTILINE).groups()
    log = [line for line in guest.serial().splitlines() if line.startswith("[")]
    lines = [line for line in log if re.search(r"DMAR:.*Request device|Event logged \[", line)]
    path = os.path.join(guest.folder, "faults")
    with open(path, "w", encoding="ascii", errors="replace") as file:
        file.write("".join(line + "\n" for line in log))
    answers = [answer for answer in given.kwalk(guest.dump, f"annotate {path}\n") if answer.get("kind") == "dma-fault"]
    wrong = [str(answer) for answer in answers if (answer.get("device"), answer.get("bus"), answer.get("bus_status")) !=
             (device, f"0x{bus}", "not-mapped")]
    wrong += ["no line is explained"] * (not answers)
    report(f"{name}: what the kernel logged of an access that was refused is explained", len(answers), wrong)
    print(f"# {name}: {lines[:1]}")


def check_physical(name, kwalk, dump, devices):
    """Without translation, bus addresses are physical addresses."""
    some = next(device["device"] for device in devices if device.get("driver") == "nvme")
    answers = kwalk(dump, f"dma {some} 1234567 fee00000\n")
    wrong = [str(answers)] if [(answer["status"], answer.get("physical")) for answer in answers] != \
        [("mapped", "0x1234567"), ("blocked", None)] else []
    reached = kwalk(dump, "dma -a 1234567\n")[0]
    ways = {way["device"]: int(way["bus"], 16) for way in reached["mappings"]}
    if ways != {device["device"]: 0x1234567 for device in devices} or "complete" in reached:
        wrong.append(str(reached))
    report(f"{name}: bus addresses are physical", len(answers), wrong)


# --- a mapping that is not removed ---

def write_entry(dump, physical, entry):
    """Writes eight bytes at a physical address of an ELF dump."""
    os.chmod(dump, 0o600)
    with open(dump, "r+b") as file:
        header = file.read(64)
        (place,), (size, nr) = struct.unpack_from("<Q", header, 32), struct.unpack_from("<HH", header, 54)
        for i in range(nr):
            file.seek(place + i * size)
            kind, _, offset, _, start, length = struct.unpack("<IIQQQQ", file.read(40))
            if kind == 1 and start <= physical < start + length:
                file.seek(offset + physical - start)
                file.write(entry.to_bytes(8, "little"))
                return
    raise Failure(f"{physical:x} is not in the dump")


def check_left_behind(name, kwalk, dump, devices):
    """Changes entries of a device's table so that they map memory that no driver would map."""
    device = next(device["device"] for device in devices if device.get("driver") == "e1000e")
    buses = [bus for bus, frame, writes in pages_of(kwalk, dump, device, False) if writes and bus != frame][:3]
    runs = {run["use"]: int(run["end"], 16) & -PAGE for run in kwalk(dump, "frames -l 1000000\n")}
    text = int(kwalk(dump, "vtop _stext\n")[0]["physical"], 16) & -PAGE
    places = {"free memory": runs["free"], "page tables": runs["page-table"], "kernel text or read-only data": text}
    for bus, frame in zip(buses, places.values()):
        write_entry(dump, int(kwalk(dump, f"dma {device} {bus:x}\n")[0]["levels"][-1]["entry_address"], 16), frame | 3)
    said = [answer["message"] for answer in kwalk(dump, "check\n") if answer["status"] == "error"]
    wrong = [f"{what}: {said}" for (what, frame), bus in zip(places.items(), buses)
             if not any(f"4096 bytes of {what}, the first at {frame:x}, by {device} at the bus address {bus:x}:" in text
                        for text in said)]
    report(f"{name}: check names a mapping that is left behind", len(places), wrong + said[len(places):])


# --- without types ---

def replace_all(dump, old, new):
    """Replaces these bytes at each place in the dump by others of the same size."""
    os.chmod(dump, 0o600)
    with open(dump, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        # find() of Python 3.11 reads a byte after the end (python/cpython issue 105235)
        end = len(memory) - 1
        at, places = memory.find(old, 0, end), 0
        while at >= 0:
            memory[at:at + len(old)] = new
            at, places = memory.find(old, at + len(new), end), places + 1
    return places


def check_untyped(name, given, dump, seen):
    """The IOMMU's table is found without the types of the structs that lead to it, and without any types. Changes
    the dump."""
    script = "".join(f"dma {device_name(sid)} {iova:x}\n" for sid, iova in seen.pages)
    typed, mappings = given.kwalk(dump, "devices\n"), given.kwalk(dump, script)
    behind = [device["device"] for device in typed if "group" in device]
    places = [replace_all(dump, member + b"\0", member[:-1] + b"X\0") for member in (b"root_entry", b"dev_table")]
    answers = given.kwalk(dump, "devices\n", alone=True)
    wrong = [] if all(places) else ["the dump has no BTF"]
    wrong += [f"{answer['device']}: found by types" for answer in answers if "group" in answer and
              not answer.get("table_source", "").startswith("the kernel's list")]
    same = [{key: value for key, value in answer.items() if not key.startswith("table")} for answer in answers]
    wrong += [str(answer) for answer, expected in zip(same, typed) if answer != expected]
    wrong += ["bus addresses lead elsewhere"] * (given.kwalk(dump, script, alone=True) != mappings)
    report(f"{name}: the IOMMU's table is found without types of IOMMUs", len(typed), wrong)
    replace_all(dump, bytes.fromhex("9feb0100 18000000"), bytes(8))
    found = [answer["device"] for answer in given.kwalk(dump, "devices\n", alone=True) if "device" in answer]
    wrong = [f"{found}, not {behind}"] * (found != behind)
    wrong += ["bus addresses lead elsewhere"] * (given.kwalk(dump, script, alone=True) != mappings)
    report(f"{name}: without any types devices are those that the IOMMU has entries for", len(behind), wrong)


# --- all tests ---

class Given:
    def __init__(self, kwalk, kernel, vmlinux, initrd, folder):
        self.program, self.kernel, self.vmlinux, self.initrd, self.folder = kwalk, kernel, vmlinux, initrd, folder

    def kwalk(self, dump, script, alone=False):
        files = [dump] if alone else [self.vmlinux, dump]
        run = subprocess.run([self.program, "-q", "-j", "-x", "-", *files], input=script, capture_output=True,
                             text=True, timeout=300, check=False)
        return [json.loads(line) for line in run.stdout.splitlines()]


def try_guest(given, name, title, iommu, append, reach):
    guest = Driven(given, name, iommu, append)
    try:
        guest.dump_at_work(*[hold_writes] * (reach == "bounced"))
    finally:
        guest.end()
    lacking = re.findall(r"^@no-.*", guest.serial(), re.MULTILINE)
    report(f"{title}: the guest used its devices", 1, lacking)
    answers = given.kwalk(guest.dump, "devices\n")
    check_devices(title, answers, devices_of(guest.serial()), "translated" if reach == "listed" else reach)
    check_untouched(title, given.kwalk, guest.dump, reach in ("translated", "listed"))
    if reach == "listed":
        check_mappings(title, given.kwalk, guest.dump, guest.traces)
    elif reach == "translated":
        seen = Seen(guest.traces, domains_of(given.kwalk, guest.dump, answers))
        check_pages(title, given.kwalk, guest.dump, seen)
        check_reach(title, given.kwalk, guest.dump, answers, seen)
        if name == "intel-48":
            check_left_behind(title, given.kwalk, guest.dump, answers)
        if guest.has_faults:
            check_faults(title, given, guest)
        if name in ("intel-scalable", "amd"):
            check_untyped(title, given, guest.dump, seen)
    else:
        check_physical(title, given.kwalk, guest.dump, answers)
    if reach == "bounced":
        check_bounce(title, given.kwalk, guest.dump, guest.serial(), guest.traces, answers)
    if not os.environ.get("KEEP"):
        os.remove(guest.dump)


def main():
    given, title = Given(*sys.argv[1:6]), sys.argv[6]
    for name, iommu, append, reach in GUESTS:
        if reach == "listed" and not os.path.exists(os.path.join(os.path.dirname(given.kernel), "modules/virtio-iommu.ko")):
            print(f"ok - {title}, {name}: the IOMMU's mappings # SKIP the kernel's package has no virtio-iommu.ko")
            continue
        try:
            try_guest(given, name, f"{title}, {name}", iommu, append, reach)
        except (Failure, OSError) as failure:
            report(f"{title}, {name}: the guest boots", 1, [str(failure)])
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
