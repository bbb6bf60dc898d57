#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""remains.py KWALK KERNEL VMLINUX INITRD DIR NAME: a guest that has started its kernel again by kexec. The command
kernels must find both: the kernel that runs, and what remains of the one before. Their places in memory are compared
with the /proc/iomem and /proc/kallsyms of each. Prints TAP without numbers."""
import json
import os
import re
import subprocess
import sys

from guest import Guest
from tap import exit_status, report


def places(text):
    """Returns the symbols of a kernel, and the first address of its data in memory."""
    symbols = {name: int(at, 16) for at, name in re.findall(r"^@symbol (\w+) (\w+)$", text, re.MULTILINE)}
    rodata, end = re.search(r"^@iomem +(\w+)-(\w+) : Kernel rodata$", text, re.MULTILINE).groups()
    data = re.search(r"^@iomem +(\w+)-\w+ : Kernel data$", text, re.MULTILINE)[1]
    return symbols, range(int(rodata, 16), int(end, 16)), int(data, 16)


def main():
    kwalk, kernel, vmlinux, initrd, folder, name = sys.argv[1:]
    guest = Guest(os.path.join(folder, "guest"),
                  ["-m", "512M", "-smp", "2", "-cpu", "max,la57=off", "-kernel", kernel, "-initrd", initrd,
                   "-append", "console=ttyS0 quiet", "-device", "vmcoreinfo"])
    try:
        guest.wait_for("^@ready$")
        guest.take_memory()
    finally:
        guest.end()

    def ask(command, *more):
        done = subprocess.run([kwalk, "-q", "-j", "-c", command, *more, guest.path("vmcore")], capture_output=True,
                              text=True, timeout=300, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    before, after = map(places, guest.serial().split("@second\n"))
    found = {row["state"]: row for row in ask("kernels") if row["kind"] == "kernel"}
    report(f"{name}: one kernel runs, and one does not", 2,
           [f"{found}"] * (sorted(found) != ["not-running", "running"]))
    for title, state, (symbols, rodata, data) in (("the kernel that runs", "running", after),
                                                  ("the kernel before", "not-running", before)):
        row = found.get(state, {})
        number = f"--kernel={row.get('kernel')}"
        table, task = (ask(f"vtop -k {symbols[symbol]:x}", number)[0] for symbol in ("init_top_pgt", "init_task"))
        named = ask("sym init_task", number, vmlinux)[0]
        compared = [(table.get("physical"), row.get("root")),
                    (int(table["physical"], 16) - data, symbols["init_top_pgt"] & 0xfffff),
                    (int(task["physical"], 16) - data, symbols["init_task"] & 0xfffff),
                    (int(named["address"], 16), symbols["init_task"])]
        wrong = [f"{one}, not {other}" for one, other in compared if one != other]
        # The banner may also be found elsewhere, in the log for example.
        if state == "not-running":
            wrong += [f"the banner is at {row['physical']}"] * (int(row["physical"], 16) not in rodata)
        report(f"{name}: {title} is where it says", len(compared), wrong)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
