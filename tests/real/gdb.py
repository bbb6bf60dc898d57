#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""gdb.py KWALK DIR VMLINUX NAME CACHE [GDB]: asks gdb, which is connected to kwalk --gdb, about the guest recorded in
DIR, in one session. Compares variables and struct pages by name, the registers of each CPU with QEMU's, and the
places where tasks sleep with the output of the guest's kernel. gdb's index of VMLINUX is kept in CACHE, because
making it takes longer than everything else. Prints TAP without numbers. Status: 1 if anything differs, and in
continuous integration also if there is no gdb."""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from page import PAGE
from symtab import entries
from tables import Kwalk, Records
from tap import exit_status, report

PAGES = 50
REGISTERS = {
    "x86_64": "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip eflags cs ss ds es fs gs fs_base gs_base "
              "cr0 cr2 cr3 cr4".split(),
    "i386": "eax ebx ecx edx esi edi ebp esp eip eflags cs ss ds es fs gs cr0 cr2 cr3 cr4".split(),
    "arm64": [*(f"x{i}" for i in range(31)), "sp", "pc", "cpsr"]}
LEAST_REGISTERS = {"x86_64": 29, "i386": 20, "arm64": 34}   # of each CPU
MEMORY = {"arm64": 0x40000000}  # the address of QEMU's memory
RENAMED = {"rfl": "eflags", "efl": "eflags", "pstate": "cpsr"}


def recorded_sleepers(serial):
    """Returns the symbol and offset of each frame in /proc/PID/stack."""
    sleepers = {}
    for pid, name, offset in re.findall(r"^@sleeper (\d+) \[<\w+>\] (\S+)\+0x(\w+)/", serial, re.MULTILINE):
        sleepers.setdefault(int(pid), []).append((name, int(offset, 16)))
    return sleepers


def recorded_registers(text):
    """Returns the registers of each CPU under gdb's names, from QEMU's "info registers"."""
    cpus = []
    for part in re.split(r"^CPU#\d+$", text, flags=re.MULTILINE):
        values = {RENAMED.get(name.lower(), name.lower()): int(value, 16)
                  for name, value in re.findall(r"\b([RE][A-DSI][XPI]|R\d+|[RE]IP|[RE]FL|CR[0234]) *=([0-9a-f]+)", part)}
        # arm64: X00, X01, ...
        values.update({RENAMED.get(name.lower(), re.sub("^X0?", "x", name).lower()): int(value, 16)
                       for name, value in re.findall(r"\b(X\d\d|SP|PC|PSTATE)=([0-9a-f]+)", part)})
        for name, selector, base in re.findall(r"^([C-GS]S) =(\w+) (\w+)", part, re.MULTILINE):
            values[name.lower()] = int(selector, 16)
            if name in ("FS", "GS"):
                values[name.lower() + "_base"] = int(base, 16)
        if values:
            cpus.append(values)
    return cpus


def ask_gdb(gdb, program, vmlinux, vmcore, questions, cache):
    """Returns the answers of gdb_asks.py."""
    script = os.path.join(os.path.dirname(os.path.realpath(__file__)), "gdb_asks.py")
    with tempfile.TemporaryDirectory() as folder:
        asked, told = os.path.join(folder, "questions"), os.path.join(folder, "answers")
        with open(asked, "w", encoding="ascii") as file:
            json.dump(questions, file)
        arguments = [gdb, "-q", "-nx", "-batch", "-iex", f"set index-cache directory {cache}",
                     "-iex", "set index-cache enabled on", "-ex", "set pagination off",
                     "-ex", f"target remote | '{program}' --gdb '{vmlinux}' '{vmcore}'", "-x", script, "-ex", "detach", vmlinux]
        run = subprocess.run(arguments, capture_output=True, text=True, timeout=600, check=False,
                             env=dict(os.environ, GDB_QUESTIONS=asked, GDB_ANSWERS=told), stdin=subprocess.DEVNULL)
        if not os.path.exists(told) or not os.path.getsize(told):
            raise RuntimeError((run.stdout + run.stderr).strip().splitlines()[-1:])
        with open(told, encoding="utf-8") as file:
            return json.load(file)


def check_registers(cpus, answers, least, title):
    wrong, seen = [], 0
    for cpu, (theirs, ours) in enumerate(zip(cpus, answers)):
        for name, value in ours.items():
            if name in theirs:
                seen += 1
                if value != theirs[name]:
                    wrong.append(f"CPU {cpu}: {name} is {value}, not {theirs[name]:#x}")
    report(f"{title}: registers of CPUs", seen if seen >= least * len(cpus) else 0, wrong)


def check_stacks(sleepers, answers, vmlinux, moved, title):
    """The kernel gives names of frames, and several functions may have the same name. It leaves out frames of the
    scheduler. Below the kernel's entry code, gdb continues with frames that do not exist."""
    names = {name for stack in sleepers.values() for name, _ in stack}
    places, scheduler = {name: set() for name in names}, {}
    for name, address, _ in entries(vmlinux):
        if name in names:
            places[name].add(address + moved)
        if name in ("__sched_text_start", "__sched_text_end"):
            scheduler[name] = address + moved
    scheduler = range(scheduler["__sched_text_start"], scheduler["__sched_text_end"])
    wrong = []
    for pid, stack in sleepers.items():
        ours = answers["stacks"].get(str(pid), [])
        above = next((i for i, pc in enumerate(ours) if pc not in scheduler), 0)
        if not above or len(ours) < above + len(stack) or \
                any(pc - offset not in places[name] for pc, (name, offset) in zip(ours[above:], stack)):
            wrong.append(f"{pid}: {[hex(pc - moved) for pc in ours]}, not {stack}")
    report(f"{title}: where tasks sleep", sum(map(len, sleepers.values())), wrong)


def is_at(kwalk, text, address):
    """gdb names a symbol with its offset if the address is of a label in a function, such as ftrace_call."""
    name, plus, offset = text.partition(" + ")
    if not plus:
        return bool(re.fullmatch(r"[\w.]+", name))
    return offset.isdigit() and any(int(a["address"], 16) + int(offset) == address for a in kwalk.ask(f"sym {name}"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "dir", "vmlinux", "name", "cache"):
        parser.add_argument(name)
    parser.add_argument("gdb", nargs="?", default="gdb")
    args = parser.parse_args()
    title = f"{args.name}: gdb"
    if not shutil.which(args.gdb):
        print(f"not ok - {title}: there is none" if os.environ.get("CI") else f"ok - {title} # SKIP there is none")
        return 1 if os.environ.get("CI") else 0
    vmcore = os.path.join(args.dir, "vmcore")
    records, kwalk = Records(args.dir), Kwalk(args.kwalk, [args.vmlinux, vmcore])
    with open(os.path.join(args.dir, "serial.log"), encoding="ascii", errors="replace") as file:
        serial = file.read().replace("\r", "")
    with open(os.path.join(args.dir, "registers.txt"), encoding="ascii") as file:
        cpus = recorded_registers(file.read())
    arch = "arm64" if records.arm64 else "x86_64" if records.wide else "i386"
    sleepers = recorded_sleepers(serial)
    symbols = {name: int(address, 16) for address, name in re.findall(r"^@unique (\w+) (\S+) \w+$", serial, re.MULTILINE)
               if re.fullmatch(r"[A-Za-z_]\w*", name) and int(address, 16) >= records.half}
    symbols = dict(list(symbols.items())[::max(1, len(symbols) // 50)])
    first = MEMORY.get(arch, 0) // PAGE + 0x100
    found = kwalk.ask("pfn_to_page " + " ".join(f"{first + 61 * i:x}" for i in range(PAGES)))
    pages = {a["page"]: a for a in kwalk.ask("page " + " ".join(a["page"][2:] for a in found))}
    answers = ask_gdb(args.gdb, args.kwalk, args.vmlinux, vmcore,
                      {"symbols": list(symbols.values()), "pages": list(pages), "cpus": len(cpus), "sleepers": list(sleepers),
                       "registers": REGISTERS[arch]},
                      args.cache)
    report(f"{title}: init_task.comm", 1, [] if answers["comm"] == "swapper/0" else [answers["comm"]])
    report(f"{title}: addresses of symbols", len(symbols),
           [f"{n} is {answers['symbols'][str(a)]}" for n, a in symbols.items()
            if not is_at(kwalk, answers["symbols"][str(a)], a)])
    report(f"{title}: struct pages", len(pages),
           [f"{p}: {answers['pages'][p]}, {a}" for p, a in pages.items()
            if answers["pages"][p] != [int(a["flags_word"], 16), a["refcount"], int(a.get("mapping", "0"), 16)]])
    tasks = {str(a["pid"]): a["comm"] for a in kwalk.ask("tasks") if a["pid"]}
    report(f"{title}: names of threads", len(tasks),
           [f"{pid}: {answers['threads'].get(pid)}, not {comm}" for pid, comm in tasks.items()
            if answers["threads"].get(pid) != comm])
    if not records.machine["crash"]:
        check_registers(cpus, answers["cpus"], LEAST_REGISTERS[arch], title)
    fact = next(a for a in kwalk.ask("info") if a.get("fact") == "kaslr_offset")
    check_stacks(sleepers, answers, args.vmlinux, int(fact["value"], 16), title)
    report(f"{title}: monitor", 1, [] if re.search(rf"^{first:x} ", answers["monitor"], re.MULTILINE) else [answers["monitor"]])
    return exit_status()


sys.exit(main())
