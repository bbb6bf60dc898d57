#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots guests that crash in different ways, some of them several times, and compares what
`triage` says of their memory with how they were ended: the signature is the same where the crash
is, and only there, with and without vmlinux. Prints TAP without numbers."""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time

from monitor import Failure, Monitor
from tap import exit_status, report

TIMEOUT = 180  # seconds for a boot
# name, how it ends, what title and function the crash then has
SYSRQ = ("sysrq", r"sysrq triggered crash", r"sysrq_handle_crash")
WAYS = [
    ("init", r"Attempted to kill init! exitcode=#", r"do_exit|do_group_exit|__x64_sys_exit_group|.*exit.*"),
    ("memory", r"Out of memory: compulsory panic_on_oom is enabled", r"out_of_memory|check_panic_on_oom"),
    ("root", r"VFS: Unable to mount root fs .*", r"mount_root.*|mount_block_root|prepare_namespace"),
    ("nmi", r"NMI: Not continuing", r"unknown_nmi_error"),
    ("mce", r".*achine check.*", r".*"),
]


def boot(given, number, way):
    """Boots, crashes, and dumps the memory. Returns the dump."""
    folder = os.path.join(given.dir, f"{way}-{number}")
    os.makedirs(folder, exist_ok=True)
    serial, dump = os.path.join(folder, "serial.log"), os.path.join(folder, "vmcore")
    memory, cpus = 192 + 32 * number, 1 + number % 2
    arguments = ["qemu-system-x86_64", "-accel", "tcg", "-m", f"{memory}M", "-smp", str(cpus), "-cpu", "max,la57=off",
                 "-display", "none", "-nodefaults", "-no-reboot", "-kernel", given.kernel, "-append",
                 f"console=ttyS0 quiet unknown_nmi_panic kwalk.end={way}", "-serial", "file:" + serial,
                 "-qmp", f"unix:{folder}/qmp,server,nowait", "-device", "vmcoreinfo"]
    if way != "root":
        arguments += ["-initrd", given.initrd]
    with open(os.path.join(folder, "qemu.log"), "wb") as log:
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        monitor = Monitor(os.path.join(folder, "qmp"), lambda: process.poll() is None)
        if way in ("nmi", "mce"):
            wait(serial, "@ready", process)
            if way == "nmi":
                monitor.call("inject-nmi")
            else:
                # An uncorrected error that broke what the CPU ran: valid, PCC, UC, EN; MCIP, no RIPV.
                monitor.ask("mce -b 0 9 0xb200000000000000 0x4 0 0")
        wait(serial, r"end Kernel panic", process)
        monitor.call("dump-guest-memory", paging=False, protocol="file:" + dump)
    finally:
        process.kill()
        process.wait()
    return dump


def wait(serial, pattern, process):
    deadline = time.monotonic() + TIMEOUT
    while True:
        with open(serial, encoding="ascii", errors="replace") as file:
            text = file.read()
        if re.search(pattern, text):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failure(f"the guest did not say {pattern}: {text[-300:]}")
        time.sleep(0.2)


def triage(given, dump, *vmlinux):
    done = subprocess.run([given.kwalk, "-q", "-j", "-c", "triage", *vmlinux, dump], capture_output=True, text=True,
                          timeout=300, check=False)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "kernel", "vmlinux", "initrd", "dir", "name"):
        parser.add_argument(name)
    given = parser.parse_args()
    boots = [(number, *SYSRQ) for number in range(5)] + [(0, *way) for way in WAYS]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        dumps = list(pool.map(lambda one: boot(given, one[0], one[1]), boots))
    signatures, wrong, offsets = {}, [], set()
    for (number, way, title, function), dump in zip(boots, dumps):
        answer, alone = triage(given, dump, given.vmlinux), triage(given, dump)
        crash = answer.get("crash", {})
        if not re.fullmatch(title, crash.get("title", "")) or not re.fullmatch(function, crash.get("function", "")):
            wrong.append(f"{way}-{number}: {crash}")
        if answer.get("signature") != alone.get("signature"):
            wrong.append(f"{way}-{number}: without vmlinux {alone.get('crash')}, with it {crash}")
        if answer.get("panic", {}).get("status") != "ok" or answer.get("unknown") or not answer.get("whole"):
            wrong.append(f"{way}-{number}: {answer.get('panic', {}).get('message')}, unknown {answer.get('unknown')}")
        signatures.setdefault(answer.get("signature"), set()).add(way)
        offsets.add(next(f["value"] for f in answer["facts"] if f["fact"] == "kaslr_offset"))
        os.unlink(dump)
    if len(signatures) != 1 + len(WAYS) or any(len(ways) > 1 for ways in signatures.values()):
        wrong.append(f"signatures {signatures}")
    if len(offsets) < 3:
        wrong.append(f"KASLR had only {offsets}")
    report(f"{given.name}: signatures of crashes", len(boots), wrong)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
