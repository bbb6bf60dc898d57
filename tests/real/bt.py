#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the frames that bt shows with the frames that the kernel of the guest recorded in DIR showed: in
/proc/PID/stack of each sleeping task; if the guest was started with kwalk.stacks, in the log by sysrq-t, and for
idle CPUs by sysrq-l; if the guest crashed, in the trace of the panic. Usage: bt.py KWALK DIR VMLINUX NAME.
Prints TAP without numbers. Status: 1 if anything differs."""
import json
import os
import re
import subprocess
import sys

from symtab import entries
from tap import exit_status, report

FRAME = re.compile(r"(?:<+\w+>+ +)*(?:\[<[0-9a-f]+>\] +)*(\? )?([\w.$]+)\+0x([0-9a-f]+)/0x[0-9a-f]+(?: \[\w+\])?")

# Since 5.10, and before: name, state, saved IP (until 4.13), free stack, PID, PID of the parent, flags.
TASK = re.compile(r"task:.*\bstate:(?P<state>\w)\b.*?\bpid:\s*(?P<pid>\d+)|.{15} (?P<old_state>\w) .*? +\d+ +(?P<old_pid>\d+) +\d+ 0x[0-9a-f]{8,16}$")


def ask(kwalk, files, command):
    done = subprocess.run([kwalk, "-q", "-j", "-c", command, *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=600, check=False, env=dict(os.environ, KWALK_DEBUG_PATH=""))
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode().strip()


def frame_of(line):
    """Returns name+offset, and whether the guest's kernel was sure of the frame; None for another line."""
    found = FRAME.fullmatch(line.strip())
    return (f"{found[2]}+0x{found[3]}", not found[1]) if found else None


def serial_stacks(folder):
    """Returns the lines of /proc/PID/stack by pid."""
    stacks = {}
    with open(os.path.join(folder, "serial.log"), encoding="utf-8", errors="replace") as file:
        for pid, rest in re.findall(r"^@stack (\d+) (.*?)\r?$", file.read(), re.MULTILINE):
            frame = frame_of(rest)
            if frame:
                stacks.setdefault(int(pid), []).append(frame[0])
    return stacks


def log_traces(lines):
    """Returns the traces in the log: of sysrq-t by pid (None if the task was running), of sysrq-l by CPU, and of the
    panic by None. Frames with ? are left out."""
    tasks, cpus, key, into = {}, {}, None, None
    for line in lines:
        task = TASK.match(line)
        cpu = re.match(r"NMI backtrace for cpu (\d+)", line)
        if task:
            key, into = int(task["pid"] or task["old_pid"]), tasks
            if "R" in (task["state"], task["old_state"]):
                tasks[key], into = None, None
                continue
            into[key] = []
        elif cpu:
            key, into = int(cpu[1]), cpus
            into[key] = []
        elif line.startswith("Kernel panic"):
            key, into = None, cpus
            into[key] = []
        elif re.match(r"Showing |Sched Debug|Sending NMI|-\[ end", line):
            into = None
        place = re.match(r"[RE]IP: (?:[0-9a-f]{4}:)?(?!0x)(.*)", line)
        frame = frame_of(place[1] if place else line)
        if into is not None and frame and frame[1]:
            into[key].append(frame[0])
    return tasks, cpus


class Names:
    """Names of one address count as the same, because any of them may be shown. On arm64, the kernel's name for the
    address after the last call of a function is the next function. vmlinux may be empty."""

    def __init__(self, vmlinux):
        self.addresses = {}
        for name, address, _ in entries(vmlinux) if vmlinux else ():
            self.addresses.setdefault(name, set()).add(address)

    def same(self, one, other):
        return one == other or bool(self.places(one) & self.places(other))

    def places(self, place):
        name, _, offset = place.partition("+")
        return {address + int(offset, 16) for address in self.addresses.get(name, ())}

    def in_entry(self, place):
        """Is the place in the code with which the kernel is entered?"""
        start, end = (min(self.addresses.get(f"__entry_text_{name}", {0})) for name in ("start", "end"))
        return any(start <= address < end for address in self.places(place))

    def all_same(self, some, others):
        return len(some) == len(others) and all(map(self.same, some, others))


def compare(title, names, pairs):
    """pairs: the owner of the frames, the frames that the guest's kernel showed, and the answers of bt."""
    wrong, missing, frames, traces = [], 0, 0, 0
    for whose, want, answers in pairs:
        sure = [answer.get("symbol", answer["address"]) for answer in answers if answer["sure"]]
        frames += len(want)
        traces += 1
        lacking = [name for name in want if not any(names.same(name, other) for other in sure)]
        missing += len(lacking)
        if lacking or not names.all_same(want, sure):
            wrong.append(f"{whose}: {sure}, not {want}")
    report(f"{title} ({traces} traces, {missing} frames missing)", frames, wrong)


def in_scheduler(kwalk, files):
    """Returns a test whether /proc/PID/stack leaves out a frame: in_sched_functions() of its address, which can be
    that after the last call of the function before."""
    first, end = (int(ask(kwalk, files, f"sym {symbol}")[0][0]["address"], 16)
                  for symbol in ("__sched_text_start", "__sched_text_end"))
    return lambda frame: first <= int(frame["address"], 16) < end


def after_switch(trace, want):
    """Kernels of x86-64 before 4.9 do not show the function that switched to another task."""
    hidden = trace[0].get("symbol", "").startswith("__schedule+") and not want[0].startswith("__schedule+")
    return trace[1:] if hidden else trace


def check(kwalk, files, title, folder, names):
    answers, complaints = ask(kwalk, files, "bt -A")
    traces, running = {}, {}
    for answer in answers:
        if answer.get("status") == "ok" and not answer["inlined"]:
            into = running if "cpu" in answer else traces
            into.setdefault(answer["cpu" if "cpu" in answer else "pid"], []).append(answer)
    # Without types, it is unknown where frames begin.
    if not traces:
        report(f"{title}: kwalk reports that it cannot unwind", 1, [] if complaints else ["it is silent"])
        return
    with open(os.path.join(folder, "serial.log"), "rb") as file:
        if file.readline() == b"@instant\n":
            check_instant(title, names, folder, traces)
            return
    stacks, skipped = serial_stacks(folder), in_scheduler(kwalk, files)
    lines = [line for answer in ask(kwalk, files, "log")[0] for line in answer.get("text", "").split("\n")]
    tasks, cpus = log_traces(lines)
    # RCU's thread wakes up in each grace period.
    asleep = {pid: [frame for frame in trace if not skipped(frame)] for pid, trace in traces.items()
              if pid and trace[0]["comm"] not in ("rcu_sched", "rcu_preempt")}
    # If the kernel showed a task at two places, the task was not asleep.
    awake = {pid for pid, trace in tasks.items() if trace is None or (
        pid in stacks and not names.all_same(trace[len(trace) - len(stacks[pid]):], stacks[pid]))}
    compare(f"{title}: frames of /proc/PID/stack", names,
            [(f"pid {pid}", stacks[pid], asleep[pid]) for pid in sorted(asleep) if stacks.get(pid) and pid not in awake])
    if tasks:
        compare(f"{title}: frames of sysrq-t", names,
                [(f"pid {pid}", tasks[pid], after_switch(traces[pid], tasks[pid])) for pid in sorted(asleep) if tasks.get(pid) and pid not in awake])
    idle = [(f"CPU {cpu}", cpus[cpu], trace) for cpu, trace in sorted(running.items())
            if cpus.get(cpu) and names.same(cpus[cpu][0], trace[0].get("symbol", "user+0x0"))]
    if idle:
        compare(f"{title}: frames of sysrq-l", names, idle)
    if None in cpus:
        check_panic(title, names, cpus[None], running[0], is_arm64(folder))


def check_instant(title, names, folder, traces):
    """Compares with the stacks of all tasks that drgn read in the same dump. Without drgn, the tasks that wait for ever
    must wait."""
    stacks, addresses = serial_stacks(folder), {}
    with open(os.path.join(folder, "serial.log"), encoding="utf-8") as file:
        for pid, address in re.findall(r"^@stack (\d+) \[<(\w+)>\]", file.read(), re.MULTILINE):
            addresses.setdefault(int(pid), []).append(f"0x{address}")
    if stacks:
        compare(f"{title}: frames as drgn finds them", names,
                [(f"pid {pid}", stack, traces.get(pid, [])) for pid, stack in sorted(stacks.items())])
        got = {pid: [answer["address"] for answer in traces.get(pid, []) if answer["sure"]] for pid in addresses}
        report(f"{title}: addresses of these frames", len(got),
               [f"pid {pid}: {got[pid]}, not {want}" for pid, want in addresses.items() if got[pid] != want])
        return
    waiting = [trace for trace in traces.values() if trace[0]["comm"].startswith("kwalk-child")]
    places = [[answer.get("symbol", "").split("+")[0] for answer in trace] for trace in waiting]
    report(f"{title}: the children of init wait", len(places),
           [str(place) for place in places if not any(name.endswith("sys_pause") for name in place) or
            "schedule" not in place] + ["not two"] * (len(places) != 2))


def is_arm64(folder):
    with open(os.path.join(folder, "machine.json"), encoding="ascii") as file:
        return json.load(file).get("arch") == "arm64"


def check_panic(title, names, want, trace, arm64):
    """Compares the frames from panic() on. panic() called two functions."""
    starts = [i for i, answer in enumerate(trace) if answer.get("symbol", "").startswith(("panic+", "vpanic+"))]
    after = trace[starts[0] + 1:] if starts else []
    # The kernel of arm64 does not show the caller of an interrupted function that had no frame yet.
    after = [answer for i, answer in enumerate(after) if not (
        arm64 and i and after[i - 1].get("interrupted") and
        not any(names.same(name, answer["symbol"]) for name in want))]
    places = [i for i, name in enumerate(want) if name.startswith(("panic+", "vpanic+"))]
    # On i386, the kernel does not show the function that an NMI interrupted on the stack for entries.
    if want and want[-1].startswith("asm_exc_nmi+") and after and after[-1].get("interrupted") and \
            names.in_entry(after[-1].get("symbol", "")):
        after.pop()
    compare(f"{title}: frames of the panic", names,
            [("panic", want[places[0] + 1:] if places else want, after)])


def main():
    kwalk, folder, vmlinux, name = sys.argv[1:]
    core = os.path.join(folder, "vmcore")
    names = Names(vmlinux)
    for title, files in ((f"{name}, with vmlinux", [vmlinux, core]), (f"{name}, alone", [core]))[not vmlinux:]:
        check(kwalk, files, title, folder, names)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
