#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks kwalk for the log of the guest recorded in DIR and for the end of the guest, with and without vmlinux.
Compares with the records that the guest read from its /dev/kmsg, with its clocks, with the registers of the
CPUs, and with the way in which it was ended. Prints TAP without numbers. Status: 1 if anything differs."""
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timezone

from tap import exit_status, report

LEVELS = "emerg alert crit err warn notice info debug".split()
FACILITIES = {0: "kern", 1: "user", 3: "daemon", 16: "local0"}


def unescape(text):
    """Reverses devkmsg_read(): bytes that are not printable, and the backslash, are \\xNN."""
    data = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text)
    return data.decode("utf-8", errors="replace")


def told(folder):
    """Returns the records by number: level, facility, microseconds, text; and the difference of the clocks, if it is
    known."""
    with open(os.path.join(folder, "serial.log"), "rb") as file:
        serial = file.read().replace(b"\r", b"")
    clock = re.search(rb"^@clock (\d+) (\d+)$", serial, re.MULTILINE)
    records = {}
    for number, seq, micro, text in re.findall(rb"^@kmsg (\d+),(\d+),(\d+),[^;]*;(.*)$", serial, re.MULTILINE):
        number = int(number)
        records[int(seq)] = LEVELS[number & 7], FACILITIES.get(number >> 3), int(micro), unescape(text)
    return records, clock and int(clock[1]) - int(clock[2])


def ask(kwalk, files, command):
    done = subprocess.run([kwalk, "-q", "-j", "-c", command, *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=300, check=False, env=dict(os.environ, KWALK_DEBUG_PATH=""))
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode, done.stderr.decode().strip()


def check_log(kwalk, files, title, records, after, instant):
    """No record is missing. All new records are at the end, because a running guest may add one. instant: any number of
    records may have followed."""
    answers, status, complaints = ask(kwalk, files, "log")
    wrong = [f"status {status}: {complaints}"] if status else []
    got = {answer["seq"]: (answer["level"], answer["facility"], answer["ts_nsec"] // 1000, answer["text"])
           for answer in answers if "seq" in answer}
    wrong += [f"{seq}: {got.get(seq)}, not {record}" for seq, record in records.items() if got.get(seq) != record]
    wrong += [f"{seq} is before what the guest had" for seq in got if seq < min(records)]
    new = [got[seq][3] for seq in sorted(got) if seq > max(records)]
    # init may end with sysrq (kwalk.stacks).
    new = new[:next((i for i, text in enumerate(new) if text.startswith("sysrq: Show")), len(new))]
    if after and not any(after in text for text in new):
        wrong.append(f"nothing of the end: {new}")
    if not after and len(new) > 5 and not instant:
        wrong.append(f"{len(new)} more records: {new[:3]}")
    report(f"{title}: the log", len(records), wrong)


def check_clock(kwalk, files, title, epoch):
    answers, status, complaints = ask(kwalk, files, "log -T")
    if "wall-clock times are not known" in complaints:
        report(f"{title}: kwalk reports that times of day are not known", len(answers),
               [] if status == 1 else [f"status {status}"])
        return
    wrong = []
    for answer in answers:
        wall = datetime.strptime(answer["wall"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
        apart = wall.timestamp() - answer["time"] - epoch / 1e9
        if abs(apart) > 0.01:
            wrong.append(f"{answer['wall']}: {apart} s apart")
    report(f"{title}: times of day", len(answers), wrong)


def registers(folder):
    with open(os.path.join(folder, "registers.txt"), encoding="ascii") as file:
        return file.read()


def pointers(folder):
    return [int(value, 16) for value in re.findall(r"(?:\b[RE]IP=|\bPC=|^ pc +)(\w+)", registers(folder), re.MULTILINE)]


def wrong_tasks(folder, cpus):
    """Tasks that the CPUs after the first do not run: halted ones (of x86) are idle, others may run a kernel thread."""
    halted = re.findall(r"HLT=(\d)", registers(folder)) or ["0"] * len(cpus)
    names = [cpu.get("comm", "") for cpu in cpus]
    return [name for name, halt in list(zip(names, halted))[1:] if not name or name.startswith(("init", "kwalk")) or
            (halt == "1" and not name.startswith("swapper"))]


def check_end(kwalk, files, title, folder, crashed, arm64):
    answers, _, complaints = ask(kwalk, files, "panic")
    end = answers[0]
    wrong = []

    def expect(what, got, want):
        if got != want:
            wrong.append(f"{what} is {got!r}, not {want!r}")

    with open(os.path.join(folder, "serial.log"), "rb") as file:
        line = re.search(rb"^@cmdline (.*?)\r?$", file.read(), re.MULTILINE)[1].decode()
    if end.get("command_line", "alone" in title and line) != line:
        wrong.append(f"command_line is {end.get('command_line')}, not {line}")
    named = "what the CPUs ran is not known" not in complaints
    expect("status", end["status"], "ok" if crashed else "no-panic")
    if crashed:
        expect("message", end["message"], "sysrq triggered crash" if arm64 else "NMI: Not continuing")
        expect("task", (end.get("cpu"), end.get("pid"), end.get("comm")), (0, 1, "init"))
        if end.get("region") not in ("kernel-image", "direct-map"):
            wrong.append(f"its registers lead to {end.get('region')}")
        with open(os.path.join(folder, "serial.log"), "rb") as file:
            epoch = int(re.search(rb"@clock (\d+)", file.read())[1]) / 1e9
        if not 0 <= end.get("crash_time", 0) - int(epoch) < 300:
            wrong.append(f"crash_time is {end.get('crash_time')}, the guest's clock was {epoch}")
    else:
        expect("registers", [cpu.get("ip") for cpu in end["cpus"]], [f"{ip:#x}" for ip in pointers(folder)])
    if named:
        expect("task of CPU 0", (end["cpus"][0].get("pid"), end["cpus"][0].get("comm")), (1, "init"))
        expect("CPUs", [cpu["cpu"] for cpu in end["cpus"]], list(range(len(pointers(folder)))))
        expect("other tasks", wrong_tasks(folder, end["cpus"]), [])
    report(f"{title}: how it ended", 1 + len(end["cpus"]), wrong)


def main():
    kwalk, folder, vmlinux, name = sys.argv[1:]
    with open(os.path.join(folder, "machine.json"), encoding="ascii") as file:
        machine = json.load(file)
    crashed, arm64 = machine["crash"], machine.get("arch") == "arm64"
    records, epoch = told(folder)
    with open(os.path.join(folder, "serial.log"), "rb") as file:
        instant = file.readline() == b"@instant\n"
    core = os.path.join(folder, "vmcore")
    for title, files in ((f"{name}, with vmlinux", [vmlinux, core]), (f"{name}, alone", [core]))[not vmlinux:]:
        check_log(kwalk, files, title, records, "Kernel panic - not syncing" if crashed else None, instant)
        if epoch is not None:
            check_clock(kwalk, files, title, epoch)
        check_end(kwalk, files, title, folder, crashed, arm64)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
