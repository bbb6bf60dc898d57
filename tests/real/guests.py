#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""guests.py KWALK KERNEL VMLINUX INITRD DIR NAME: boots a guest that runs virtual machines with KVM (TCG emulates
SVM with nested pages, or if NAME ends with -arm64, EL2). One fills pages through its page tables, and on x86 one boots
Linux. Compares the answers of
`guests`, `vtop --guest` and `--guest` with the output of the guest. Prints TAP without numbers. Status: 1 if
anything differs."""
import json
import os
import re
import subprocess
import sys

from guest import Guest
from monitor import Failure
from tap import exit_status, report

PAGE = 4096
PATTERN = 0x9e3779b97f4a7c15
WORDS = 1 << 64
WAYS = 20       # number of pages for vtop --guest


def take_memory(given):
    """Returns the output of the host until its machines were ready, and its dump."""
    if given.arm64:
        machine = ["-machine", "virt,virtualization=on,gic-version=3", "-cpu", "max,pauth-impdef=on"]
        host = Guest(given.folder, [*machine, "-m", "512M", "-kernel", given.kernel, "-initrd", given.initrd,
                                    "-append", "console=ttyAMA0 quiet"], "qemu-system-aarch64")
    else:
        host = Guest(given.folder, ["-m", "400M", "-cpu", "max,+svm,la57=off", "-kernel", given.kernel,
                                    "-initrd", given.initrd, "-append", "console=ttyS0 quiet no_timer_check"])
    try:
        if host.wait_for("^@ready$|^@no-.*|Kernel panic")[0] != "@ready":
            raise Failure(f"the guest is not ready: {host.serial()[-300:].split()}")
        host.monitor.call("stop")
        return host.serial(), host.take_memory()
    finally:
        host.end()


class Machine:
    """The output of the host about a virtual machine."""

    def __init__(self, pid, vcpus):
        self.pid, self.vcpus, self.slots, self.registers = pid, vcpus, set(), {}


def machines_of(serial):
    machines, slots = {}, set()
    for line in serial.splitlines():
        words = line.split()
        if line.startswith("@slot "):
            first, size, user, flags = (int(word, 16) for word in words[2:])
            slots.add((int(words[1]), first // PAGE, size // PAGE, user, flags))
        elif line.startswith("@vm "):
            latest = machines[int(words[1])] = Machine(int(words[1]), int(words[2]))
            latest.slots, slots = slots, set()
        elif line.startswith("@register "):
            latest.registers[int(words[1]), words[2]] = int(words[3], 16)
    return machines


def pages_of(serial):
    return [(int(virtual, 16), int(physical, 16))
            for virtual, physical in re.findall(r"^@page (\w+) (\w+)$", serial, re.MULTILINE)]


# --- guests ---

def check_list(name, answers, machines, paging):
    wrong, registers = [], 0
    if {answer["pid"] for answer in answers} != set(machines):
        wrong.append(f"pids {[answer['pid'] for answer in answers]}, not {list(machines)}")
    for answer in answers:
        theirs = machines.get(answer["pid"])
        if not theirs:
            continue
        # KVM adds slots for the task state and for the page table of real mode.
        ours = {(slot["id"], int(slot["first_gfn"], 16), slot["pages"], int(slot["user_address"], 16), int(slot["flags"], 16))
                for slot in answer["slots"] if slot["space"] == 0}
        if not theirs.slots <= ours:
            wrong.append(f"pid {theirs.pid}: slots {ours}, not {theirs.slots}")
        if answer["vcpus"] != theirs.vcpus or answer["paging"] != paging:
            wrong.append(f"pid {theirs.pid}: {answer['vcpus']} vCPUs, {answer['paging']}")
        known = {(cpu["vcpu"], key): int(value, 16) for cpu in answer["cpus"] for key, value in cpu["registers"].items()}
        registers += len(theirs.registers)
        wrong += [f"pid {theirs.pid}, vCPU {key}: {known.get(key)}, not {value:#x}"
                  for key, value in theirs.registers.items() if known.get(key) != value]
    report(f"{name}: guests are those that the VMMs made, with their slots and registers", registers, wrong)


# --- the memory of the machine that fills pages ---

def check_pages(name, kwalk, pages, arm64):
    """Each word of each page, by its virtual address and by the physical address that the VMM chose. On arm64 the dump
    of a guest contains no CPUs, so this guest, which has no kernel, has no virtual addresses there."""
    for title, places, script in (
            ("virtual", pages, "".join(f"rd -64 {virtual:x} 512\n" for virtual, _ in pages)),
            ("physical", pages, "".join(f"rd -p -64 {physical:x} 512\n" for _, physical in pages)))[arm64:]:
        answers = kwalk("--guest=tiny-vmm", script)
        wrong = [f"{len(answers)} answers, not {len(places)}"] * (len(answers) != len(places))
        for answer, (virtual, _) in zip(answers, places):
            wanted = [(virtual + 8 * i) * PATTERN % WORDS for i in range(512)]
            if [int(value, 16) for value in answer.get("values", [])] != wanted:
                wrong.append(f"{virtual:x}: {str(answer)[:120]}")
        report(f"{name}: pages that the guest wrote are read back, by {title} addresses", len(answers), wrong)


def check_ways(name, kwalk, pages):
    some = pages[::max(1, len(pages) // WAYS)]
    answers = kwalk(None, "".join(f"vtop --guest tiny-vmm {virtual:x}\n" for virtual, _ in some))
    wrong = [f"{virtual:x}: {answer['status']} {answer.get('guest_physical')} {answer.get('ways')} {answer.get('contradiction')}"
             for answer, (virtual, physical) in zip(answers, some)
             if (answer["status"], int(answer.get("guest_physical", "0"), 16), answer.get("ways")) !=
             ("mapped", physical, "agree") or answer["physical"] != answer["nested_physical"]]
    wrong += ["too few answers"] * (len(answers) != len(some))
    report(f"{name}: both dimensions lead to one frame, by the slot and by nested pages", len(answers), wrong)


# --- the machine that boots Linux ---

def check_linux(name, given, serial):
    release, address, text = re.search(r"^@inner (\S+) (\S+) (.*)$", serial, re.MULTILINE).groups()
    wrong = []
    for vmlinux in (None, given.vmlinux):
        answers = given.kwalk("--guest=linux-vmm", f"info\ntasks 1\nset 1\nrd -8 -u {address} {len(text)}\ncheck\n", vmlinux)
        facts = {answer["fact"]: answer["value"] for answer in answers if answer.get("fact")}
        bytes_read = [value for answer in answers if answer["command"] == "rd" for value in answer.get("values", [])]
        wrong += [f"release {facts.get('release')}"] * (facts.get("release") != release)
        wrong += ["tasks"] * ([answer["comm"] for answer in answers if answer["command"] == "tasks"] != ["inner-init"])
        wrong += [f"rd: {bytes_read}"] * (bytes(int(value, 16) for value in bytes_read) != text.encode())
        wrong += [f"{answer['check']}: {answer['message']}" for answer in answers
                  if answer["command"] == "check" and answer["status"] == "error"]
    report(f"{name}: a Linux in the guest is a dump of its own, with its release, tasks and their memory", len(answers), wrong)


def check_extract(name, given):
    out = os.path.join(given.folder, "inner.vmcore")
    script = "panic\ntasks\nvtop linux_banner\n"
    given.kwalk("--guest=linux-vmm", f"extract -l all -w {out}\n", given.vmlinux)
    ours = given.kwalk("--guest=linux-vmm", script, given.vmlinux)
    theirs = given.kwalk(None, script, given.vmlinux, out)
    wrong = [f"{a}, not {b}" for a, b in zip(theirs, ours) if a != b]
    wrong += [f"{len(theirs)} answers, not {len(ours)}"] * (len(theirs) != len(ours) or not ours)
    report(f"{name}: what is extracted of a guest answers as the guest does", len(theirs), wrong)


# --- all tests ---

class Given:
    def __init__(self, kwalk, kernel, vmlinux, initrd, folder):
        self.program, self.kernel, self.vmlinux, self.initrd, self.folder = kwalk, kernel, vmlinux, initrd, folder
        self.arm64 = sys.argv[6].endswith("arm64")

    def kwalk(self, option, script, vmlinux=None, dump=None):
        files = [file for file in (vmlinux, dump or os.path.join(self.folder, "vmcore")) if file]
        run = subprocess.run([self.program, "-q", "-j", "-x", "-", *([option] if option else []), *files], input=script,
                             capture_output=True, text=True, timeout=300, check=False)
        return [json.loads(line) for line in run.stdout.splitlines()]


def main():
    given, name = Given(*sys.argv[1:6]), sys.argv[6]
    try:
        serial, dump = take_memory(given)
        check_list(name, given.kwalk(None, "guests\n"), machines_of(serial), "stage2" if given.arm64 else "npt")
        check_pages(name, given.kwalk, pages_of(serial), given.arm64)
        check_ways(name, given.kwalk, pages_of(serial))
        if not given.arm64:
            check_linux(name, given, serial)
            check_extract(name, given)
        if not os.environ.get("KEEP"):
            os.remove(dump)
    except (Failure, OSError) as failure:
        report(f"{name}: the guest boots", 1, [str(failure)])
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
