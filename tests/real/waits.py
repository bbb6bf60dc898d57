#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""waits.py KWALK KERNEL VMLINUX INITRD [OPTION...] DIR NAME: boots a guest whose tasks and CPUs wait for
ever: for pages of a disk that does not answer, and if the guest has wait_driver, for its objects. Compares the answers of
`bt -A` with the output of the guest. Prints TAP without numbers. Status: 1 if anything differs."""
import argparse
import json
import re
import subprocess
import sys

from guest import Guest
from tap import exit_status, report

# Functions of the kernel that wait for a bit of a folio or page.
FOLIO = r"(?:folio_wait|wait_on_page|__folio_lock|__lock_page|put_and_wait_on_page|folio_put_wait)\w*\+"
DISK = "16M"
# A change of the clock source stops all CPUs, which would wait for those that spin for the lock.
ONE_CLOCK = "clocksource=hpet tsc=reliable"
# Kernel threads that sleep in a queue of their own, and the variable that is this queue.
QUEUES = {"kauditd": "kauditd_wait", "oom_reaper": "oom_reaper_wait", "ksmd": "ksm_thread_wait"}
WAITED = {"word": ("bit", 3), "object": ("bit", 3), "variable": ("variable", None)}


class Waiting(Guest):
    def __init__(self, given):
        self.given = given
        super().__init__(given.dir, ["-machine", given.machine, "-m", given.memory, "-cpu", given.cpu, "-smp", given.cpus,
                                     "-device", "vmcoreinfo", "-kernel", given.kernel, "-initrd", given.initrd, "-append",
                                     f"console=ttyS0 console=ttyAMA0 no_timer_check quiet {ONE_CLOCK}",
                                     "-drive", f"if=none,id=d,driver=null-co,size={DISK},throttling.bps-total=1000000000",
                                     "-device", "virtio-blk-pci,drive=d"], given.qemu)
        self.lines = []

    def find(self, pattern):
        return re.findall(pattern, self.serial(), re.MULTILINE)

    def ask(self, dump, command):
        done = subprocess.run([self.given.kwalk, "-q", "-j", "-c", command, self.given.vmlinux, dump],
                              capture_output=True, text=True, timeout=600, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def stacks(self):
        """Returns the functions of each task, from the last time that the guest printed them."""
        text = self.serial()
        stacks = {}
        for pid, line in re.findall(r"^@stack (\d+) (.*)", text[text.rindex("@waiting"):], re.MULTILINE):
            stacks.setdefault(int(pid), []).append(line)
        return stacks

    def blocked(self):
        """Returns the tasks in state D and their functions, from the last time that the guest printed them. If the kernel
        panicked, these are the tasks of that time. Then the functions of its own tasks are not known ("0")."""
        text = self.serial()
        waits = re.findall(r"^@wait (\d+) (\S) (\S+)", text[text.rindex("@waiting"):], re.MULTILINE)
        ended = self.find(r"^.*@blocked (\d+)")
        if not ended:
            return {int(pid): function for pid, state, function in waits if state == "D"}
        own = self.own()
        return {int(pid): next((function for one, state, function in waits if (one, state) == (pid, "D") and int(pid) in own), "0")
                for pid in ended}

    def own(self):
        """Returns the tasks that the test has made. Tasks of the kernel itself may be blocked for a moment."""
        return {int(pid) for pid in self.find(r"@(?:thread|reader|running) (\d+) ")}

    def wait(self):
        """Returns when all readers but one wait for a page. The disk may have answered one of them."""
        self.wait_for("^@disk")
        self.monitor.call("block_set_io_throttle", device="d", bps=1, bps_rd=0, bps_wr=0, iops=0, iops_rd=0, iops_wr=0)
        self.tell()
        readers = 0

        def all_wait():
            nonlocal readers
            self.wait_for("^@waiting")
            count = len(self.find("^@stacks"))
            self.tell()
            self.wait_for(rf"(?:^@stacks[\s\S]*){{{count + 1}}}")
            readers = len(self.find("^@reader ")) - 1
            waiting = [pid for pid, lines in self.stacks().items() if any(re.search(FOLIO, line) for line in lines)]
            return len(waiting) >= readers
        self.wait_until(all_wait, "wait")


def frames_with(answers):
    """Returns what each task and each CPU waits for."""
    tasks = {one["pid"]: one["waits"] for one in answers if "waits" in one and "cpu" not in one}
    return tasks, {one["cpu"]: one["waits"] for one in answers if "waits" in one and "cpu" in one}


def check_folios(title, guest, answers, tasks):
    """The tasks that wait for a folio are those that the guest's kernel shows, in that function."""
    stacks = guest.stacks()
    shown = {pid for pid, lines in stacks.items() if any(re.search(FOLIO, line) for line in lines)}
    known = {pid for pid, waits in tasks.items() if waits["kind"] == "folio"}
    places = {one["pid"]: one["symbol"] for one in answers if "waits" in one and "cpu" not in one}
    wrong = [f"pid {pid}: {stacks.get(pid)}, not {tasks.get(pid)}" for pid in sorted(shown ^ known)]
    wrong += [f"pid {pid} in {places[pid]}" for pid in known if not re.match(FOLIO, places[pid])]
    report(f"{title}: tasks that wait for a folio", len(shown), wrong)


def check_disk(title, guest, tasks):
    """Each reader waits for the page of the disk that it reads. Readers of one page wait for one folio."""
    wrong, objects = [], {}
    readers = guest.find(r"^@reader (\d+) read-(?:disk|again) (\w+)")
    for pid, page in readers:
        waits = tasks.get(int(pid))
        if not waits:
            continue
        objects.setdefault(page, set()).add(waits["object"])
        if (waits["kind"], waits["flag"], waits["set"]) != ("folio", "locked", True) or \
                not re.search(rf"\binode \d+ page {page}\b", waits["use"]):
            wrong.append(f"pid {pid} waits for {waits}, not for page {page}")
    wrong += [f"page {page}: {found}" for page, found in objects.items() if len(found) > 1]
    wrong += [f"only {objects}"] * (len(objects) < len({page for _, page in readers}) - 1)
    report(f"{title}: readers of a disk", len(readers), wrong)


def check_driver(title, guest, tasks):
    """The threads of the driver wait for its objects."""
    inode, pfn = guest.find(r"^@file (\d+) (\w+)")[0]
    wrong = [f"pagemap: {pfn}"] * (guest.find(r"@locked (\w+) ")[0] != pfn)
    threads = {name: (tasks.get(int(pid)), int(address, 16))
               for pid, name, address in guest.find(r"@thread (\d+) (\S+) (\w+)") if name in (*WAITED, "lock-1", "lock-2", "writeback")}
    readers = {name: (tasks.get(int(pid)), None) for pid, name in guest.find(r"^@reader (\d+) (read-file)")}
    for name, (waits, address) in {**threads, **readers}.items():
        waits = waits or {}
        if name in WAITED:
            got, wanted = (waits.get("kind"), waits.get("bit"), int(waits.get("object", "0"), 16)), (*WAITED[name], address)
        else:
            flag, frame = ("writeback", guest.find(r"@written (\w+) ")[0]) if name == "writeback" else ("locked", pfn)
            got, wanted = (waits.get("kind"), waits.get("flag"), waits.get("set"), int(waits.get("pfn", "0"), 16)), \
                ("folio", flag, True, int(frame, 16))
            address = None if name == "read-file" else address
            if address and int(waits.get("object", "0"), 16) != address:
                wrong.append(f"{name}: {waits}, not {address:x}")
            if flag == "locked" and not re.search(rf"inode {inode}( \S+)? page 5\b", waits.get("use", "")):
                wrong.append(f"{name}: use {waits.get('use')}, not inode {inode}")
        if got != wanted:
            wrong.append(f"{name}: {got}, not {wanted}")
    texts = {name: (threads[name][0] or {}) for name in ("word", "object", "variable")}
    wrong += [f"{texts}"] * ((texts["word"].get("symbol"), texts["variable"].get("symbol")) != ("wait_word", "wait_variable"))
    wrong += [f"{texts['object']}"] * ("kmalloc-1k" not in texts["object"].get("text", ""))
    report(f"{title}: threads and objects of the driver", len(threads) + len(readers), wrong)


def check_queues(title, guest, tasks):
    """Threads wait in queues, one of them on the stack of another thread, and for works: one runs, one does not."""
    threads = {name: (int(pid), int(address, 16)) for pid, name, address in guest.find(r"@thread (\d+) (\S+) (\w+)")}
    worker, running = guest.find(r"@running (\d+) (\w+)")[0]
    wanted = {threads["queue-stack"][0]: ("wait-queue", threads["queue-stack"][1], threads["owner"][0], None)}
    wanted |= {pid: ("wait-queue", threads["queue-1"][1], None, None)
               for pid in (int(worker), threads["queue-1"][0], threads["queue-2"][0])}
    wanted |= {threads[name][0]: ("work", int(running, 16), int(worker), "work_for_ever+0x0")
               for name in ("flush-running", "flush-again")}
    wanted[threads["flush-pending"][0]] = ("work", threads["flush-pending"][1], None, "work_later+0x0")
    wrong = []
    for pid, want in wanted.items():
        waits = tasks.get(pid) or {}
        got = (waits.get("kind"), int(waits.get("object", "0"), 16), waits.get("owner_pid"), waits.get("target_function"))
        wrong += [f"pid {pid}: {got}, not {want}"] * (got != want)
    wrong += ["symbol"] * (tasks.get(threads["queue-1"][0], {}).get("symbol") != "wait_queue")
    report(f"{title}: threads in wait queues and for works", len(wanted), wrong)


def check_threads(title, guest, answers):
    """Threads of the kernel wait in their queues. On i386 frames are found by a scan, so this is not known."""
    got = {one["comm"]: (one["waits"].get("kind"), one["waits"].get("symbol")) for one in answers
           if one.get("comm") in QUEUES and "waits" in one}
    wanted = {comm: ("wait-queue", symbol) for comm, symbol in QUEUES.items()}
    wrong = [f"{comm}: {found}" for comm, found in got.items() if found != wanted[comm]]
    wrong += ["none"] * (not got and "i386" not in guest.given.qemu)
    report(f"{title}: threads of the kernel in their queues", len(got), wrong)


def check_call(title, cpus):
    """CPU 5 waits for CPU 4, and not for CPU 3, which serves interrupts, or for CPU 1, whose call is older."""
    got = {cpu: (waits.get("target_function"), waits.get("target_cpu"), waits.get("target_cpus"))
           for cpu, waits in cpus.items() if waits["kind"] == "call"}
    report(f"{title}: CPUs that wait for another CPU", 1,
           [f"{got}"] * (got != {5: ("called+0x0", 4, 1)}))


def check_spins(title, guest, cpus):
    """The CPUs from 2 on wait for the lock that CPU 1 holds. With a hypervisor, they do not use its queue."""
    lock = [int(address, 16) for _, name, address in guest.find(r"@thread (\d+) (\S+) (\w+)") if name == "spin"]
    queue = {"locked": True, "pending": True, "last_cpu": 3} if guest.given.queue else {"locked": True, "pending": False}
    wanted = {cpu: {"kind": "spinlock", "object": lock[0], "symbol": "wait_lock", "module": "wait_driver", **queue}
              for cpu in range(2, 2 + len(lock))}
    got = {cpu: {**waits, "object": int(waits["object"], 16)} for cpu, waits in cpus.items() if cpu in wanted}
    tails = {waits.pop("last_cpu", None) for waits in [*got.values(), *wanted.values()]}
    wrong = [f"tails {tails}"] * (guest.given.queue and not tails & {2, 3})
    report(f"{title}: CPUs that wait for a spinlock", len(lock), wrong + [f"{got}, not {wanted}"] * (got != wanted))


def check_groups(title, guest, dump, tasks):
    """triage groups the tasks that the guest's kernel shows in state D. It names the function in /proc/PID/wchan, and how many
    tasks wait for the object. Before the panic, tasks of the kernel may have been blocked for a moment at one of the times."""
    blocked, shown = guest.blocked(), guest.ask(dump, "triage")[0].get("blocked", {"tasks": 0, "groups": []})
    ended, own = guest.find("^.*Kernel panic"), guest.own() & set(blocked)
    nr = shown["tasks"]
    wrong = [f"{nr} tasks, not {blocked}"] * (nr != len(blocked) if ended else nr < len(own))
    sums, kinds = {}, {pid: waits["object"] for pid, waits in tasks.items() if pid in blocked}
    for group in shown["groups"]:
        function = blocked.get(group["pid"])
        if not function and not ended:
            continue
        sums[function] = sums.get(function, 0) + group["tasks"]
        wrong += [f"{group}, not in {function}"] * (function not in ("0", group.get("function")))
        if "object" in group:
            alike = list(kinds.values()).count(group["object"])
            wrong += [f"{alike} tasks, not {group}"] * (alike != group["tasks"] or kinds.get(group["pid"]) != group["object"])
    alike = {function: list(blocked.values()).count(function) for function in blocked.values() if ended or
             function in {blocked[pid] for pid in own}}
    sums = {function: sums[function] for function in sums if function in alike}
    wrong += [f"{sums}, not {alike}"] * (any(sums[one] > alike[one] for one in sums) or
                                         ("more_groups" not in shown and sums != alike))
    nrs = [group["tasks"] for group in shown["groups"]]
    wrong += [f"{nrs}"] * (nrs != sorted(nrs, reverse=True) or not nrs or nrs[0] < 2)
    if ended:
        wrong += times_of(guest, shown["groups"])
    report(f"{title}: groups of blocked tasks", len(shown["groups"]), wrong)


def times_of(guest, groups):
    """The threads of the driver wait since the log has named them, until the panic."""
    end = float(guest.find(r"^\[ *([\d.]+)\] Kernel panic")[0])
    began = {int(pid): float(time) for time, pid in guest.find(r"^\[ *([\d.]+)\] .*@thread (\d+) ")}
    times = [(group, end - began[group["pid"]]) for group in groups if group["pid"] in began]
    return ["no times"] * (not times) + [f"{group}, not {time} s" for group, time in times if abs(group["time"] - time) > 0.3]


def check(title, guest, dump, with_disk):
    answers = guest.ask(dump, "bt -A")
    tasks, cpus = frames_with(answers)
    check_threads(title, guest, answers)
    check_groups(title, guest, dump, tasks)
    if with_disk:
        check_folios(title, guest, answers, tasks)
        check_disk(title, guest, tasks)
    if guest.find("@locked"):
        check_driver(title, guest, tasks)
        check_queues(title, guest, tasks)
        check_spins(title, guest, cpus)
    if not with_disk:
        check_call(title, cpus)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "kernel", "vmlinux", "initrd", "dir", "name"):
        parser.add_argument(name)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--machine", default="pc")
    parser.add_argument("--memory", default="256M")
    parser.add_argument("--cpu", default="max,la57=off")
    parser.add_argument("--cpus", default="1")
    parser.add_argument("--queue", action="store_true", help="the CPUs use the queue of a spinlock")
    given = parser.parse_args()
    guest = Waiting(given)
    try:
        guest.wait()
        guest.monitor.call("stop")
        check(given.name, guest, guest.take_memory(), True)
        if guest.find("@locked"):
            guest.monitor.call("cont")
            guest.tell()
            guest.wait_for("Kernel panic[\\s\\S]*Kernel Offset: ")
            # QEMU has answered all requests to the disk before it stopped the guest.
            check(f"{given.name}, after a panic", guest, guest.take_memory("vmcore.panic"), False)
    finally:
        guest.end()
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
