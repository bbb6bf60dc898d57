#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""listings.py KWALK VMLINUX DUMP [OPTION-OF-CRASH...]: compares kwalk's listings with crash's mount, net, net -s, dev, dev -d,
irq, timer, timer -r, runq, sig and ipcs, row by row. Prints each difference, and TAP. kwalk gets vmlinux only if the dump has
no BTF. CRASH: the command that runs crash, if not "crash"; it may contain chroot, if the files have the same paths there.
DRGN: likewise for drgn, whose commands of crash are then compared, for kernels that crash does not open."""
import json
import os
import re
import subprocess
import sys

DRGN = os.environ.get("DRGN", "").split()
CRASH = os.environ.get("CRASH", "crash").split()
MOST_SHOWN = 10


def hexa(text):
    return "0x%x" % int(text, 16)


def rows_of(text, pattern):
    """The groups of each line that has the form."""
    return [match.groups() for match in re.finditer(f"^{pattern}$", text, re.M)]


def mount(text):
    return [(hexa(mount), hexa(block), kind, name, path)
            for mount, block, kind, name, path in rows_of(text, r"([0-9a-f]{8,}) +([0-9a-f]{8,}) +(\S+) +(\S+) +(\S+) *")]


def net(text):
    return [(hexa(device), name, " ".join(sorted(addresses.replace(",", " ").split())))
            for device, name, addresses in rows_of(text, r" ?([0-9a-f]{8,})  +(\S+) *(.*)")]


def sockets(text):
    """crash shows IPv4 addresses as ADDRESS-PORT, and IPv6 addresses and paths in another form than kwalk."""
    found = []
    for block in text.split("PID: ")[1:]:
        pid = int(block.split()[0])
        for fd, socket, sock, family, kind, ends in rows_of(
                block, r" *(\d+) +([0-9a-f]{8,}) +([0-9a-f]{8,}) +(\w+)(?:/\w+)?:(\w+)(.*)"):
            local, remote = ends.replace("-", ":").split() if family == "INET" else (None, None)
            found.append((pid, int(fd), hexa(socket), hexa(sock), f"AF_{family}", f"SOCK_{kind}", local, remote))
    return found


def chrdevs(text):
    return [(int(major), name, hexa(cdev) if cdev != "(none)" else None, ops or None)
            for major, name, cdev, ops in
            rows_of(text.split("BLKDEV")[0], r" *(\d+)  +(\S+) +([0-9a-f]{8,}|\(none\)) *(\S+)? *")]


def blkdevs(text):
    return [(int(major), name) for major, name in rows_of(text.split("BLKDEV")[-1], r" *(\d+)  +(\S+)  .*")]


def disks(text):
    return [(int(major), hexa(disk), name, hexa(queue))
            for major, disk, name, queue in rows_of(text, r" *(\d+) +([0-9a-f]{8,}) +(\S+) +([0-9a-f]{8,}) .*")]


def irq(text):
    found, last = [], None
    for number, desc, action, name in rows_of(text, r' *(\d+)? +([0-9a-f]{8,})? +([0-9a-f]{8,}|\(unused\)) *(?:"(.*)")?'):
        last = (int(number), hexa(desc)) if number and desc else last if not number else None
        if last:
            found.append((*last, None if action == "(unused)" else hexa(action), name))
    return found


def timer(text):
    found, cpu = [], None
    for line in text.splitlines():
        if match := re.match(r"(?:TIMER_BASES|TVEC_BASES)\[(\d+)\]", line):
            cpu = int(match[1])
        elif match := re.match(r" +(\d+) +(-?\d+) +([0-9a-f]{8,}) +[0-9a-f]{8,} +<(\S+)>$", line):
            found.append((cpu, int(match[1]), int(match[2]), hexa(match[3]), match[4]))
    return found


def hrtimer(text):
    found, cpu, clock = [], None, None
    for line in text.splitlines():
        if match := re.match(r"CPU: (\d+)", line):
            cpu = int(match[1])
        elif match := re.match(r" +CLOCK: (\d+)", line):
            clock = int(match[1])
        elif match := re.match(r" +(\d+) +(\d+) +-?\d+ +([0-9a-f]{8,}) +[0-9a-f]{8,} +<(\S+)>$", line):
            found.append((cpu, clock, int(match[1]), int(match[2]), hexa(match[3]), match[4]))
    return found


def runq(text):
    """The tasks that run, and those that wait; crash's queues do not have the task that runs."""
    found, cpu = [], None
    for line in text.splitlines():
        if match := re.match(r"CPU (\d+) RUNQUEUE", line):
            cpu = int(match[1])
        elif match := re.search(r"PID: (\d+) +TASK: ([0-9a-f]+) ", line):
            found.append((cpu, int(match[1]), hexa(match[2])))
    return found


def sig(text):
    found = []
    for block in text.split("PID: ")[1:]:
        pid = int(block.split()[0])
        for number, action, handler, mask, flags in rows_of(block, r" *\[(\d+)\] +([0-9a-f]+) +(\S+) +([0-9a-f]+) +([0-9a-f]+)\b.*"):
            found.append((pid, int(number), hexa(action), handler if handler.startswith("SIG") else hexa(handler), hexa(mask),
                          hexa(flags)))
    return found


def ipcs(text):
    return [(hexa(address), hexa(key), int(number), int(uid), mode, int(size), int(count or 0))
            for address, key, number, uid, mode, size, count in
            rows_of(text, r"([0-9a-f]{8,}) +([0-9a-f]{8}) +(\d+) +(\d+) +(\d+) +(\d+) *(\d+)?.*")]


def fields(*names):
    return lambda answer: tuple(answer.get(name) for name in names)


def fields_of_process(*names):
    return lambda answer: (answer["asked"], *fields(*names)(answer))


def socket_of_process(answer):
    ends = fields("local", "remote")(answer) if answer["family"] == "AF_INET" else (None, None)
    return (*fields_of_process("fd", "socket", "sock", "family", "type")(answer), *ends)


def disk(answer):
    """crash leaves out the disks of ramdisk and loop."""
    return None if not DRGN and re.match("ram|loop", answer["name"]) else fields("major", "gendisk", "name", "queue")(answer)


def jiffies(answer):
    """crash 9 does not show the third queue of timers of a CPU, which kernels have since 6.9."""
    return None if not DRGN and answer.get("base") == 2 else fields("cpu", "expires", "tte", "timer_list", "function")(answer)


def devices(answer):
    addresses = [word for word in answer.get("addresses", "").split()]
    return (answer["net_device"], answer["name"], " ".join(sorted(addresses)))


# crash's command, what reads it, kwalk's command, what makes the same row of an answer
LISTINGS = [
    ("mount", mount, "listing mount", fields("mount", "mnt_sb", "type", "mnt_devname", "path")),
    ("net", net, "listing net", devices),
    ("net -s {pid}", sockets, "listing sockets {pid}", socket_of_process),
    ("dev", chrdevs, "listing chrdevs", fields("major", "name", "cdev", "ops")),
    ("dev", blkdevs, "listing blkdevs", fields("major", "name")),
    ("dev -d", disks, "listing disks", disk),
    ("irq", irq, "listing irq", fields("irq", "irq_desc", "irqaction", "name")),
    ("timer", timer, "listing timer", jiffies),
    ("timer -r", hrtimer, "listing hrtimer", fields("cpu", "clock", "softexpires", "expires", "hrtimer", "function")),
    ("runq", runq, "listing runq", fields("cpu", "pid", "task")),
    ("sig {pid}", sig, "listing sig {pid}", fields_of_process("signal", "k_sigaction", "sa_handler", "sa_mask", "sa_flags")),
    ("ipcs -m", ipcs, "listing shm", fields("shmid_kernel", "key", "shmid", "uid", "mode", "shm_segsz", "shm_nattch")),
    ("ipcs -s", ipcs, "listing sem", lambda answer: (*fields("sem_array", "key", "semid", "uid", "mode", "sem_nsems")(answer), 0)),
    ("ipcs -q", ipcs, "listing msg", fields("msg_queue", "key", "msqid", "uid", "mode", "q_cbytes", "q_qnum")),
]


def ask_kwalk(kwalk, files, commands):
    """The answers of each command, a list of lists."""
    lines = "".join(json.dumps({"id": i, "command": command}) + "\n" for i, command in enumerate(commands))
    done = subprocess.run([kwalk, "-q", "-j", *files], input=lines, stdout=subprocess.PIPE, check=False, text=True)
    answers = [[] for _ in commands]
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        if answer["command"] in commands[answer["id"]].split() and "rows" not in answer:
            answers[answer["id"]].append(answer)
    return answers


def ask_crash(files, options, commands):
    """The text after each command."""
    lines = "".join(f"!echo '@@@'\n{command}\n" for command in commands)
    done = subprocess.run([*CRASH, "-s", *options, *files], input=lines + "q\n", stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, text=True, errors="replace")
    return done.stdout.split("@@@\n")[1:]


def ask_drgn(files, commands):
    script = "from drgn.commands import run_command\nrun_command(prog, 'crash set 1')\n"
    for command in commands:
        script += f"print('@@@')\ntry:\n    run_command(prog, 'crash {command}')\nexcept Exception as error:\n    print(repr(error))\n"
    done = subprocess.run([*DRGN, "-q", "-c", files[1], "-s", files[0]], input=script, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=False, text=True, errors="replace")
    return done.stdout.split("@@@\n")[1:]


def compare(name, theirs, ours):
    """Prints what only one of them shows. The order of rows does not count, nor how often one is shown."""
    theirs, ours = set(theirs), set(ours) - {None}
    for who, rows in (("crash", theirs - ours), ("kwalk", ours - theirs)):
        for row in sorted(map(str, rows))[:MOST_SHOWN]:
            print(f"# {name}: only {who}: {row}")
    print(f"{'ok' if theirs == ours else 'not ok'} - {name}: {len(theirs)} rows of crash, {len(ours)} of kwalk")
    return theirs == ours


def main():
    kwalk, vmlinux, dump, *options = sys.argv[1:]
    files = next(files for files in ([dump], [vmlinux, dump]) if len(ask_kwalk(kwalk, files, ["tasks"])[0]) > 1)
    pids = sorted({answer["pid"] for answer in ask_kwalk(kwalk, files, ["tasks"])[0] if answer.get("mm")})
    listings = [row for row in LISTINGS if not (DRGN and row[1] is sockets)]  # drgn has no net -s
    asked = [(row, pid) for row in listings for pid in (pids if "{pid}" in row[0] else [None])]
    commands = [row[0].format(pid=pid) for row, pid in asked]
    theirs = ask_drgn([vmlinux, dump], commands) if DRGN else ask_crash([vmlinux, dump], options, commands)
    ours = ask_kwalk(kwalk, files, [row[2].format(pid=pid) for row, pid in asked])
    good = len(theirs) == len(asked)
    # crash 8 finds few of the tasks of newer kernels.
    unknown = {pid for (_, pid), text in zip(asked, theirs) if "invalid task or pid value" in text}
    if unknown:
        print(f"# {len(unknown)} of {len(pids)} processes are unknown to crash, and not compared")
    for row in listings:
        of_crash, of_kwalk = [], []
        for i, (other, pid) in enumerate(asked):
            if other is row and pid not in unknown and i < len(theirs):
                of_crash += row[1](theirs[i])
                of_kwalk += [row[3](answer | {"asked": pid}) for answer in ours[i] if answer["status"] == "ok"]
        good &= compare(f"{row[0]} ({row[2]})", of_crash, of_kwalk)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
