#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""containers.py KWALK DIR VMLINUX NAME: asks the same questions about a guest's memory in each format that QEMU or
makedumpfile can write, and in each format of tests/cli/containers.py. Compares the answers byte by byte with the answers
for the ELF core DIR/vmcore. Prints a line of TAP for each format.

If pages were left out, only answers that need these pages may differ: they may say "filtered", or lack facts that only
these pages show. Debian 12's makedumpfile also leaves out slab pages of kernels since 6.10 (doc/formats.md).

For the core of an arm64 kernel, also compares its memory with the emulator's dump of the machine, DIR/vmcore.machine."""
import ctypes
import functools
import importlib.util
import json
import os
import random
import re
import shutil
import subprocess
import sys

from arm64_walk import Memory
from page import PAGE
from records import whole_pages

MAKEDUMPFILE = {
    "zlib, nothing left out": ["-c", "-d", "0"],
    "lzo, level 31": ["-l", "-d", "31"],
    "plain, level 31": ["-d", "31"],
    "zeros left out": ["-c", "-d", "1"],
    "ELF, level 31": ["-E", "-d", "31"],
}
ZSTD = {"zstd, level 31": ["-z", "-d", "31"]}   # only for arm64: bookworm's makedumpfile for x86 lacks it
UNSUPPORTED = "VA Bits 52 not supported"  # makedumpfile to 1.7.8, for arm64
MACHINES = {62: "makedumpfile", 3: "KWALK_MAKEDUMPFILE_32", 183: "KWALK_MAKEDUMPFILE_ARM64"}
EM_AARCH64 = 183
# Fields that depend on data of the kernel, and not on tables. They are unknown if the page with the data was left
# out.
ANNOTATIONS = ("resource",)
FLATTENED = {
    "flattened zlib, level 31": ["-F", "-c", "-d", "31"],
    "flattened ELF, level 31": ["-F", "-E", "-d", "31"],
}


# In Python, CRC-32C of all blocks of 64 KiB would take a minute for each guest.
CRC32C = r"""
#include <stddef.h>
unsigned int crc32c(const unsigned char *data, size_t size)
{
    static unsigned int table[256];
    unsigned int crc = 0xffffffff;
    for (unsigned int n = 0, k, value; !table[255] && n < 256; table[n++] = value)
        for (k = 0, value = n; k < 8; k++)
            value = value >> 1 ^ (value & 1 ? 0x82f63b78 : 0);
    for (size_t i = 0; i < size; i++)
        crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
    return ~crc;
}
"""
LARGE = 2 << 30  # if there is more memory than this, it is not written several times
TABLE_SPAN = 2 << 20  # least size that one table of the lowest level maps


def load_writers(folder):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "containers.py")
    spec = importlib.util.spec_from_file_location("writers", path)
    writers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writers)
    library = os.path.join(folder, "crc32c.so")
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-x", "c", "-o", library, "-"], input=CRC32C.encode(), check=True)
    crc32c = ctypes.CDLL(library).crc32c
    crc32c.restype = ctypes.c_uint32

    def masked_crc(data):
        crc = crc32c(data, ctypes.c_size_t(len(data)))
        return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    writers.masked_crc = masked_crc
    return writers


def disjoint(ranges):
    """The core of a capture kernel contains the kernel's image twice."""
    end, out = 0, []
    for paddr, content in sorted(ranges, key=lambda r: r[0]):
        if paddr + len(content) > end:
            out.append((max(paddr, end), content[max(end - paddr, 0):]))
            end = paddr + len(content)
    return out


def write_all(folder, dump, out, without=()):
    """Yields (name, files) of the formats that the writers support, except those in without."""
    writers = load_writers(folder)
    ranges = disjoint(writers.read_elf(dump)[0])
    writers.write_raws(ranges, out)
    raws = [f"{out}.{paddr:x}" for paddr, _ in ranges]
    yield "raw images", [f"{name}:0@{name.rpartition('.')[2]}" for name in raws[::-1]]
    for name in raws:
        os.remove(name)
    forms = {"LiME": writers.write_lime, "AVML": writers.write_avml}
    if all((paddr | len(content)) % 4096 == 0 for paddr, content in ranges):
        forms["VMware, .vmem and .vmsn"] = writers.write_vmem
    for name, write in forms.items():
        if name in without:
            continue
        write(ranges, out)
        files = [out] + ([out + ".vmsn"] if "VMware" in name else [])
        yield name, files
        for file in files:
            os.remove(file)


def machine_of(dump):
    """Returns e_machine of an ELF core."""
    with open(dump, "rb") as file:
        return int.from_bytes(file.read(20)[18:], "little")


def make(folder):
    """Yields (name, files) of the containers. Each is removed when the next one is requested."""
    dump, out = os.path.join(folder, "vmcore"), os.path.join(folder, "container")
    by_qemu, stream = os.path.join(folder, "vmcore.kdump"), os.path.join(folder, "vmcore.stream")
    if os.path.exists(by_qemu):
        yield "QEMU's flattened zlib", [by_qemu]
    if os.path.exists(stream):
        yield "QEMU's migration stream", [stream]
    if os.path.getsize(dump) < LARGE:
        yield from write_all(folder, dump, out)
    # It reads /proc/vmcore of its architecture only, and cannot read QEMU's cores.
    machine = machine_of(dump)
    program = shutil.which("makedumpfile", path=os.environ["PATH"] + ":/usr/sbin:/sbin") if machine == 62 else \
        os.environ.get(MACHINES[machine])
    if os.path.exists(by_qemu) or not program:
        return
    if machine == EM_AARCH64:
        done = subprocess.run([program, "-d", "31", dump, out], capture_output=True, text=True, check=False)
        if UNSUPPORTED in done.stderr + done.stdout:
            return
        os.remove(out)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True}
    for name, options in (MAKEDUMPFILE | (ZSTD if machine == EM_AARCH64 else {})).items():
        subprocess.run([program, *options, dump, out], **quiet)
        yield name, [out]
        os.remove(out)
    for name, options in FLATTENED.items():
        with open(out, "wb") as file:
            subprocess.run([program, *options, dump], stdout=file, stderr=subprocess.DEVNULL, check=True)
        yield name, [out]
        os.remove(out)
    parts = [out + str(i) for i in range(3)]
    subprocess.run([program, "--split", "-c", "-d", "31", dump, *parts], **quiet)
    yield "split, parts in another order", [parts[1], parts[2], parts[0]]
    for part in parts:
        os.remove(part)


def questions(folder):
    rng = random.Random(1)
    listed = [virtual for virtual, _ in whole_pages(folder)]
    chosen = rng.sample(listed, min(2000, len(listed)))
    base = 1 << 30 if machine_of(os.path.join(folder, "vmcore")) == EM_AARCH64 else 0
    frames = [f"{base + rng.randrange(1 << 29):x}" for _ in range(300)]
    return "\n".join(["vtop " + " ".join(chosen), "ptov " + " ".join(frames), "phys_to_page " + " ".join(frames), "regions",
                      "page init_task", *(f"rd -p {frame} 4" for frame in frames),
                      *(f"rd {address} 4" for address in chosen[:500])])


def ask(kwalk, files, script):
    done = subprocess.run([kwalk, "-q", "-j", "-x", "-", *files], input=script.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, timeout=300, check=False)
    return done.returncode, done.stdout.decode().splitlines()


def compare_memory(kwalk, folder, vmlinux, name):
    """Compares frames as kwalk reads them from the kernel's core with frames in the emulator's dump of the machine,
    and the frames that the core lacks with the guest's /proc/iomem."""
    with open(os.path.join(folder, "serial.log"), encoding="ascii", errors="replace") as file:
        iomem = [(int(start, 16), int(end, 16), of) for start, end, of
                 in re.findall(r"^@iomem +(\w+)-(\w+) : (.*?)\r?$", file.read(), re.MULTILINE)]
    ram, capture = ([(start, end) for start, end, of in iomem if of == kind] for kind in ("System RAM", "Crash kernel"))
    machine = Memory(os.path.join(folder, "vmcore.machine"))
    # x86 leaves the first MiB, which it always reserves, out of the core (since 5.14).
    frames = [frame for start, end in ram for frame in range(max(start, 1 << 20), end + 1, PAGE)]
    chosen = random.Random(2).sample(frames, 3000)
    _, answers = ask(kwalk, [vmlinux, os.path.join(folder, "vmcore")],
                     "".join(f"rd -p -64 {frame:x} {PAGE // 8}\n" for frame in chosen))
    wrong, kept = [], 0
    for frame, answer in zip(chosen, map(json.loads, answers)):
        reserved = any(start <= frame <= end for start, end in capture)
        words = b"".join(int(word, 16).to_bytes(8, "little") for word in answer.get("values", []))
        kept += not reserved
        if reserved != ("values" not in answer) or not reserved and words != machine.read(frame, PAGE):
            wrong.append(f"{frame:x}: {answer.get('message', 'other bytes')}")
    good = len(answers) == len(chosen) and kept > 1000 and not wrong
    print(f"{'ok' if good else 'not ok'} - {name}: frames of the machine: {kept} the same, "
          f"{len(chosen) - kept} of the capture kernel absent, {len(wrong)} wrong")
    for line in wrong[:3]:
        print(f"#   {line}")
    return not good


def has_hidden_table(kwalk, files, first, last):
    """Is a table that maps addresses from first to last missing in the container?"""
    starts = [first, *range(first + TABLE_SPAN & -TABLE_SPAN, last + 1, TABLE_SPAN)][:1000]
    _, answers = ask(kwalk, files, "".join(f"vtop {start:x}\n" for start in starts))
    return any(answer["status"] == "unreadable" and "filtered" in json.dumps(answer) for answer in map(json.loads, answers))


def excused(want, got, is_hidden):
    """Are the answers the same, except for a page or table that is missing in the container? is_hidden(first,
    last): is a table of these addresses missing in the container?"""
    if want == got:
        return True
    want, got = json.loads(want), json.loads(got)
    # Only tables show that nothing is mapped at an address, as in a hole. A table of zeros is left out like any
    # other page.
    if want["command"] == got["command"] == "regions" and want["region"].endswith("hole") and got["region"] == "unknown":
        return dict(want, region="unknown") == got and is_hidden(int(got["start"], 16), int(got["end"], 16))
    if "filtered" in json.dumps(got) and (got["status"] in ("unreadable", "error") or got["command"] == "rd"):
        return True
    for field in ANNOTATIONS:
        if field not in got:
            want.pop(field, None)
    if got.get("page_state") in ("filtered", "zero"):
        want["page_state"] = got["page_state"]
    return want == got


def main():
    kwalk, folder, vmlinux, name = sys.argv[1:]
    script, failed = questions(folder), 0
    _, want = ask(kwalk, [vmlinux, os.path.join(folder, "vmcore")], script)
    if os.path.exists(os.path.join(folder, "vmcore.machine")):
        failed += compare_memory(kwalk, folder, vmlinux, name)
    for kind, files in make(folder):
        status, got = ask(kwalk, [vmlinux, *files], script)
        differ = [pair for pair in zip(want, got) if pair[0] != pair[1]]
        if "stream" in kind:  # a stream contains no memory below the window of the display
            differ = [pair for pair in differ if not re.search(r'("0x|physical )[ab][0-9a-f]{4}\b', pair[1])]
        wrong = [pair for pair in differ if not excused(*pair, functools.partial(has_hidden_table, kwalk, [vmlinux, *files]))]
        if not re.search("31|another|zeros|stream", kind):
            wrong = differ
        good = status in (0, 1) and len(got) == len(want) > 2000 and not wrong
        failed += not good
        print(f"{'ok' if good else 'not ok'} - {name}: {kind}: {len(want) - len(differ)} of {len(want)} answers the same")
        for pair in wrong[:3]:
            print(f"#   {pair[0]}\n#   {pair[1]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
