#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""busy.py KWALK VMLINUZ VMLINUX INITRD DIR NAME: asks KWALK about a guest whose processes work all the time, without
and with --pause, and kills KWALK in a third of the runs. What never changes (busy.c prints it) must be answered exactly.
What changes must be what it was at some moment, and each answer about a guest that runs must contain this. After
each run the guest must run. Prints TAP without numbers."""
import argparse
import collections
import json
import os
import random
import re
import signal
import subprocess
import sys
import time

from guest import Guest
from tap import exit_status, report

PAGE = 4096
COUNTER = 0x20000000
MARK = 0x5eedf00d << 32
NAMES = {"busy-init", "busy-stays", "busy-fork", "busy-child", "busy-map", "busy-files", "busy-sockets", "busy-module",
         "busy-threads", "busy-log"}
KERNEL_THREADS = re.compile(r"kthreadd|pool_workqueue_|kworker/|rcu_|cpuhp/|ksoftirqd/|migration/|idle_inject/|kdevtmpfs|"
                            r"kauditd|khungtaskd|oom_reaper|writeback|kcompactd|khugepaged|ksmd|kswapd|kthrotld|irq/|acpi_|"
                            r"mld|ipv6_addrconf|kstrp|zswap|kblockd|devfreq|watchdogd|khvcd|ata_sff|md|blkcg|edac|kintegrityd|"
                            r"scsi_|tpm|inet_frag|netns|mm_percpu|rcub|swapper/|vmstat|backlog_|hwrng|slub_flushwq|modprobe|kmod|mptcp|tls|"
                            r"usermode|systemd|sched|cfg80211|kmemleak|events|cryptd|raid5wq")


class Busy(Guest):
    def __init__(self, given):
        arguments = ["-m", "256M", "-smp", "2", "-cpu", "max,la57=off", "-kernel", given.kernel, "-initrd", given.initrd,
                     "-append", "console=ttyS0 quiet no_hash_pointers printk.devkmsg=on", "-device", "vmcoreinfo"]
        super().__init__(os.path.join(given.dir, "busy"), arguments, given.qemu, timeout=300)
        self.wait_for(r"^@ready$")
        text = self.serial()
        self.symbols = {name: int(at, 16) for at, name in re.findall(r"^@symbol (\w+) \w (\S+)$", text, re.MULTILINE)}
        self.pages = {int(v, 16): int(p, 16) for v, p in re.findall(r"^@page (\w+) (\w+)$", text, re.MULTILINE)}
        self.processes = {int(pid): name for name, pid in re.findall(r"^@process (\S+) (\d+)$", text, re.MULTILINE)}
        self.maps = [(int(start, 16), int(end, 16) - 1, rights)
                     for start, end, rights in re.findall(r"^@maps (\w+)-(\w+) (\S+)", text, re.MULTILINE)]
        self.iomem = [(len(depth) // 2, int(start, 16), int(end, 16), name) for depth, start, end, name
                      in re.findall(r"^@iomem ( *)(\w+)-(\w+) : (.*)$", text, re.MULTILINE)]
        self.stacks = collections.defaultdict(list)
        for pid, frame in re.findall(r"^@stack (\d+) \[<0>\] (\S+)/", text, re.MULTILINE):
            self.stacks[int(pid)].append(frame)
        # The functions of the two words differ, but the address is one.
        self.physical = {name: int(re.match(r"gpa: (0x[0-9a-f]+)", self.monitor.ask(f"gva2gpa {at:#x}"))[1], 16)
                         for name, at in self.symbols.items() if name != "start_kernel"}
        self.failed = re.findall(r"^@failed.*$", text, re.MULTILINE)
        self.totals = {}

    def count(self):
        return int(self.monitor.ask(f"xp /1gx {self.pages[COUNTER]:#x}").split(":")[1], 16)

    def runs(self):
        return self.monitor.call("query-status")["status"] == "running"


def number(row, name):
    return int(row[name], 16)


class Judge:
    """The answers to some commands that one kwalk gave. wrong is a list of texts."""

    def __init__(self, guest, paused):
        self.guest, self.paused, self.wrong = guest, paused, []
        self.before = self.after = 0
        self.nr = collections.Counter()

    def expect(self, good, row, why=""):
        if not good:
            self.wrong.append(f"{'paused' if self.paused else 'running'}: {why} {json.dumps(row)[:700]}")

    def same(self, got, want, why):
        if got != want:
            self.wrong.append(f"{'paused' if self.paused else 'running'}: {why}: {got}, not {want}"[:900])

    def judge(self, command, rows, complete):
        """rows: the answers to one command; complete: if not, kwalk was killed before all were written."""
        name = command.split()[0]
        self.nr[name] += 1
        for row in rows:
            self.expect(self.paused or row.get("live") is True, row, "does not say that the machine runs:")
        sound = rows if name == "check" else self.split_damage(rows)
        try:
            getattr(self, "judge_" + name)(command, sound, complete and len(sound) == len(rows))
        except (KeyError, IndexError, TypeError, ValueError) as error:
            self.wrong.append(f"{'paused' if self.paused else 'running'}: {command}: {error!r}: {json.dumps(rows)[:900]}")

    def judge_vtop(self, command, rows, complete):
        for row in rows:
            at = int(row["input"], 16) if re.match(r"[0-9a-f]+$", row["input"]) else None
            want = self.guest.physical[row["input"]] if at is None else self.guest.pages[at]
            self.expect(row["status"] == "mapped" and number(row, "physical") == want, row, f"is not {want:x}:")

    def judge_sym(self, command, rows, complete):
        for row in rows:
            self.expect(row["status"] == "ok" and number(row, "address") == self.guest.symbols[row["input"]], row)

    def judge_rd(self, command, rows, complete):
        paddr = int(command.split()[2], 16)
        if paddr == self.guest.pages[COUNTER]:
            for row in rows:
                value = int(row["values"][0], 16) if row["status"] == "ok" else -1
                self.expect(self.before <= value <= self.after, row, f"is not from {self.before:x} to {self.after:x}:")
            return
        index = next((v - 0x10000000) // PAGE for v, p in self.guest.pages.items() if p == paddr)
        values = [int(value, 16) for row in rows for value in row.get("values", [])]
        want = [MARK | index << 16 | at for at in range(0, PAGE, 8)][:len(values)]
        self.same(values, want, command)
        self.expect(len(values) == 512 or not complete, rows[-1:], command)

    def judge_ptov(self, command, rows, complete):
        paddr = int(command.split()[-1], 16)
        vaddr = next(v for v, p in self.guest.pages.items() if p == paddr)
        for row in rows:
            of_users = [(m.get("pid"), number(m, "virtual")) for m in row.get("mappings", []) if m["user"]]
            self.same(of_users, [(1, vaddr)], command)
            aliases = [number(m, "virtual") & PAGE - 1 for m in row["mappings"]]
            self.same(set(aliases), {0}, command)

    def judge_tasks(self, command, rows, complete):
        seen = collections.Counter(row.get("pid") for row in rows if row["status"] == "ok")
        for row in rows:
            comm = row["comm"]
            steady = self.guest.processes.get(row["pid"])
            self.expect(not steady or (comm == steady and row["ppid"] == 1 and "mm" in row), row, "a steady task:")
            self.expect(comm in NAMES or KERNEL_THREADS.match(comm) or comm == "", row, "an unknown task:")
            self.expect(0 <= row["pid"] < 1 << 22 and row["tgid"] <= row["pid"] and row["state"] in "RSDTtPIZX", row)
            self.expect(seen[row["pid"]] == 1 or row["pid"] == 0, row, "twice:")
        if complete and command == "tasks":
            self.same([pid for pid in (1, 2, *self.guest.processes) if pid not in seen], [], "tasks that are missing")

    def judge_vmas(self, command, rows, complete):
        got = [(number(row, "start"), number(row, "end"), row["flags"]) for row in rows if row["status"] == "ok"]
        want = [area for area in self.guest.maps if area[1] < 1 << 47]
        if complete:
            self.same(got, want, command)
        self.expect(not [row for row in rows if row["status"] != "ok"], rows, command)

    def judge_files(self, command, rows, complete):
        want = [(fd, "/dev/console") for fd in range(4)] + [(4 + i, f"/tmp/steady-{i}") for i in range(3)]
        got = [(row.get("fd"), row.get("path")) for row in rows if row.get("path") != "/init"]
        self.same(got[:len(want)], want[:len(got)], command)
        self.expect(len(got) >= len(want) or not complete, rows, command)

    def judge_bt(self, command, rows, complete):
        pid = int(command.split()[1])
        if complete and "sp" in rows[0]:
            got = [row["symbol"] for row in rows if row["status"] == "ok" and not row["inlined"]]
            # Functions of one address have several names: /proc and kwalk may choose different ones.
            self.same([name.split("+")[1] for name in got[2:][:3]],
                      [name.split("+")[1] for name in self.guest.stacks[pid]][:3], f"{command} {got}")
        self.expect(complete or rows, rows)

    def judge_whatis(self, command, rows, complete):
        what = command.split()[-1]
        if what in self.guest.symbols:
            # jiffies is another name of jiffies_64, which has a size in vmlinux, so kwalk prefers it there.
            names = {f"{name}+0x0" for name in (what, "jiffies_64" if what == "jiffies" else what)}
            self.expect(any(row.get("symbol") in names and number(row, "virtual") == self.guest.symbols[what]
                            for row in rows) or not complete, rows, "is not that symbol:")
        else:
            owners = [(o["pid"], number(o, "virtual")) for row in rows for o in row.get("owners", [])]
            vaddr = next(v for v, p in self.guest.pages.items() if p == int(what, 16))
            self.expect(owners == [(1, vaddr)] or not complete, rows, "the owner is not init:")

    def judge_iomem(self, command, rows, complete):
        got = [(row["depth"], number(row, "start"), number(row, "end"), row["name"]) for row in rows]
        self.same(got, self.guest.iomem[:None if complete else len(got)], command)

    def split_damage(self, rows):
        """Returns the rows without those that report damage. Only on a running machine, damage that is not sure may be
        found."""
        for row in rows:
            if row["status"] == "error":
                self.expect(not self.paused and "so this may be a change" in row["message"], row, "sure damage:")
        return [row for row in rows if row["status"] != "error"]

    def sum_of(self, name, value):
        """A number that is always the same."""
        self.same(value, self.guest.totals.setdefault(name, value), name)

    def judge_frames(self, command, rows, complete):
        if complete:
            self.sum_of("frames", sum(row["frames"] for row in rows))

    def judge_mem(self, command, rows, complete):
        if not complete:
            return
        whole = next(row["pages"] for row in rows if row["what"] == "all")
        self.sum_of("mem", whole)
        self.same(sum(row["pages"] for row in rows if row.get("part") == "all"), whole, "parts of mem")
        for row in rows:
            self.expect(row["status"] == "ok" and 0 <= row["pages"] <= whole, row)

    def judge_zones(self, command, rows, complete):
        for row in rows:
            self.expect(row["status"] == "ok" and row["free"] <= row["managed"] <= row["present"] <= row["spanned"], row)
            self.sum_of("zone " + row["zone"], (row["start"], row["end"], row["present"]))

    def judge_slabs(self, command, rows, complete):
        for row in rows:
            self.expect(0 <= row.get("active", 0) <= row.get("objects", 0), row)
        if complete:
            names = {row.get("slab_cache") for row in rows}
            self.expect({"task_struct", "dentry", "vm_area_struct", "kmalloc-64"} <= names, rows[-1:], "a cache is missing")

    def judge_log(self, command, rows, complete):
        last = -1
        for row in rows:
            self.expect(row["seq"] > last, row, "the order of the log:")
            last = row["seq"]
            text = row["text"]
            self.expect(not text.startswith("busy:") or re.match(r"busy: line \d+ of a log that wraps$", text), row)
            # Texts of the boot, which are there until the log wraps, have tabs and several lines.
            self.expect(re.sub(r"[\t\n]", "", text).isprintable(), row)

    def judge_areas(self, command, rows, complete):
        last = 0
        for row in rows:
            self.expect(last < number(row, "start") < number(row, "end"), row, "the order of areas:")
            last = number(row, "end")

    def judge_check(self, command, rows, complete):
        for row in rows:
            self.expect(row["status"] in ("ok", "not-checked", "note"), row, "damage:")
        if complete:
            self.same([row["check"] for row in rows][-1:], ["summary"], command)

    def judge_panic(self, command, rows, complete):
        for row in rows:
            self.expect(row["status"] == "no-panic", row)
            self.expect(("running" in row["message"]) != self.paused, row)

    def judge_triage(self, command, rows, complete):
        for row in rows:
            self.expect(row["status"] == "ok" and "panic" not in row.get("signature", ""), row)

    def judge_info(self, command, rows, complete):
        facts = {row.get("fact"): row.get("value") for row in rows}
        self.expect(facts.get("dump_format", "").endswith("guest"), rows)
        if complete:
            for name in ("kaslr_offset", "phys_base", "page_offset", "release", "levels"):
                self.sum_of("fact " + name, facts.get(name))

    def judge_pt(self, command, rows, complete):
        pages = {}
        for row in rows:
            self.expect(row["status"] == "ok", row)
            if row["status"] == "ok":
                pages[number(row, "start")] = number(row, "end")
        if complete:
            self.expect(any(s <= 0x10000000 and e >= 0x10007fff for s, e in pages.items()), rows[:3])


def commands_for(guest, chance):
    page = chance.choice([p for v, p in guest.pages.items() if v != COUNTER])
    symbols = " ".join(chance.sample(sorted(guest.physical), 3))
    stays = chance.choice(sorted(guest.stacks))
    everything = [
        "vtop -p 1 " + " ".join(f"{v:x}" for v in guest.pages), f"vtop {symbols}", f"sym {symbols}",
        f"rd -p {page:x} 512", f"rd -p {guest.pages[COUNTER]:x}", f"ptov -a -u {page:x}", "tasks", "tasks", "tasks 1",
        "vmas -p 1", f"files {stays}", f"bt {stays}", f"whatis {page:x}", f"whatis {chance.choice(symbols.split())}", "iomem",
        "frames", "mem", "zones", "slabs", "log", "areas", "check", "panic", "triage", "info", "pt -p 1"]
    return chance.sample(everything, 4)


def split(commands, text):
    """Returns the rows of each command. The answers to each command are followed by a mark."""
    rows, parts = [], []
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            break  # the last line of a kwalk that was killed
        if row["command"] == "eval" or row.get("input") == "jiffies_64":
            parts.append(rows)
            rows = []
        else:
            rows.append(row)
    complete = len(parts)
    return parts + ([rows] if rows and complete < len(commands) else []), complete


def ask(given, guest, chance, nr, longest):
    paused, killed = nr % 2 == 1, nr % 3 == 2
    commands = commands_for(guest, chance)
    judge = Judge(guest, paused)
    judge.before = guest.count()
    begin = time.monotonic()
    with subprocess.Popen([given.kwalk, "-q", "-j", *(["--pause"] if paused else []),
                           "-c", "; ".join(f"{command}; sym jiffies_64" for command in commands),
                           "qmp:" + os.path.relpath(guest.path("qmp2")), *([given.vmlinux] if nr % 5 else [])],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"KWALK_DEBUG_PATH": ""}) as kwalk:
        if killed:
            time.sleep(chance.random() * longest[paused])
            kwalk.kill()
        text, said = (stream.decode(errors="replace") for stream in kwalk.communicate())
    if not killed:
        longest[paused] = max(0.5 * longest[paused], min(time.monotonic() - begin, 20))
    guest.wait_until(guest.runs, f"run on after run {nr}")
    judge.after = guest.count()
    parts, complete = split(commands, text)
    for i, (command, rows) in enumerate(zip(commands, parts)):
        judge.judge(command, rows, i < complete)
    if kwalk.returncode == -signal.SIGKILL and killed:
        judge.nr["(killed)"] += 1
    else:
        judge.expect(kwalk.returncode in (0, 1) and complete == len(commands), [commands, text[-300:], said],
                     f"status {kwalk.returncode}:")
        failed = any(row["status"] == "error" for rows in parts for row in rows)
        judge.expect(kwalk.returncode == 0 or said.strip() or failed, [commands, said], "fails without a reason:")
    for line in said.splitlines():
        judge.expect(re.match(r"kwalk: .*", line), line, "said:")
    if given.verbose:
        for line in judge.wrong:
            print(f"# run {nr}: {line}", flush=True)
        for line in said.splitlines():
            print(f"# run {nr} said: {line}", flush=True)
    return judge


def main():
    parser = argparse.ArgumentParser()
    for name in ("kwalk", "kernel", "vmlinux", "initrd", "dir", "name"):
        parser.add_argument(name)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    seed = random.randrange(1 << 32) if given.seed is None else given.seed
    chance = random.Random(seed)
    guest = Busy(given)
    wrong, nr = list(guest.failed), collections.Counter()
    longest = {False: 1.0, True: 1.0}
    done = 0
    # A shell starts programs in the background with SIGINT ignored. Thousands of runs must end with a report, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for i in range(given.runs):
            judge = ask(given, guest, chance, i, longest)
            wrong += judge.wrong
            nr += judge.nr
            done = i + 1
    except KeyboardInterrupt:
        pass
    finally:
        guest.end()
    report(f"{given.name}: {done} runs, {nr.pop('(killed)', 0)} of them killed, seed {seed}", sum(nr.values()), wrong)
    print("# " + ", ".join(f"{name} {count}" for name, count in sorted(nr.items())))
    return exit_status()


sys.exit(main())
