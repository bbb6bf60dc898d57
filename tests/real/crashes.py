#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots guests that crash in different ways, some of them several times. Compares the answers of `triage` with the
cause of the crash and with the serial log. The signature must be the same for the same crash, with and without
vmlinux, and different for other crashes. Prints TAP without numbers."""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys

import corrupt
import incidents
from guest import Guest
from monitor import Failure
from stub import Stub
from tap import exit_status, report

# The cause of the crash, how often it is used, the title and function of the expected crash, and the function that
# breaks the guest.
WAYS = [
    ("sysrq", 5, r"sysrq triggered crash", r"sysrq_handle_crash", None),
    ("module", 2, r"BUG: kernel NULL pointer dereference, address: #", r"brd_submit_bio \[brd\]", corrupt.null_argument),
    ("page", 1, r"BUG: Bad page state in process #  pfn:#", r"__rmqueue_pcplist|rmqueue.*|get_page_from_freelist",
     corrupt.bad_pages),
    ("stack", 1, r"BUG: .*stack guard page was hit at # \(stack is #\.\.#\)", r"do_filp_open", corrupt.low_stack),
    ("hung", 1, r"INFO: task # blocked for more than # seconds\.", r"down_write|(shmem|generic)_file_write_iter", None),
    ("init", 1, r"Attempted to kill init! exitcode=#", r"do_exit|do_group_exit|__x64_sys_exit_group|.*exit.*", None),
    ("memory", 1, r"Out of memory: compulsory panic_on_oom is enabled", r"out_of_memory|check_panic_on_oom", None),
    ("limits", 1, r"Out of memory: compulsory panic_on_oom is enabled", r"out_of_memory|check_panic_on_oom", None),
    ("root", 1, r"VFS: Unable to mount root fs .*", r"mount_root.*|mount_block_root|prepare_namespace", None),
    ("nmi", 1, r"NMI: Not continuing", r"", None),
    ("idle", 1, r"NMI: Not continuing", r".*(halt|idle).*", None),
    ("softirq", 1, r"NMI: Not continuing", r"incident_find \[incident_driver\]", None),
    ("mce", 1, r".*achine check.*", r".*", None),
    ("jump", 1, r"BUG: kernel NULL pointer dereference, address: #", r"incident_call \[incident_driver\]", None),
    ("user", 1, r"BUG: unable to handle page fault for address: #", r"", None),
    ("read", 1, r"BUG: unable to handle page fault for address: #", r"incident_read \[incident_driver\]", None),
    ("list", 1, r".*list_del corruption.*|kernel BUG at lib/list_debug.c:.*", r"__list_del_entry_valid.*", None),
    ("text", 1, r"Oops: general protection fault.*|general protection fault.*", r"incident_name \[incident_driver\]", None),
    ("timer", 1, r"BUG: unable to handle page fault for address: #", r".*timer.*", None),
    ("twice", 1, r"watchdog: BUG: soft lockup - CPU## stuck for #s! #", r"incident_find \[incident_driver\]", None),
    ("fragment", 1, r"incident: no block of order #", r"incident_fragment \[incident_driver\]", None),
    ("trouble", 1, r"sysrq triggered crash", r"sysrq_handle_crash", None),
]
# The line after which the NMI comes, and the state of the CPU then: the softirq is in code of a module.
ENDED_BY_NMI = {"nmi": ("@ready", r"CPL=3"), "idle": ("@ready", r"HLT=1"), "softirq": ("soft lockup", r"RIP=ffffffffc")}
SAME_END = {"trouble": "sysrq"}     # has the same signature
DAMAGED = {"trouble": ["slabs"]}    # what triage cannot know, because the driver wrote into a freed object
# Each of these ends with a panic.
# On a busy machine the emulated timer may be too late for the kernel's check of it.
APPEND = "console=ttyS0 no_timer_check loglevel=5 cryptomgr.notests unknown_nmi_panic oops=panic panic_on_taint=0x20"


class Crashing(Guest):
    """A guest that runs. After its end, the way, the serial log and the dump can still be used."""

    def __init__(self, given, number, name, way):
        self.given, self.way, self.name = given, way, name
        self.word = 4 if "i386" in given.qemu else 8
        self.stub, self.bad = None, set()
        folder = os.path.join(given.dir, name)
        memory, cpus = 192 + 32 * number, 2 if way == "trouble" else 1 + number % 2
        arguments = ["-m", f"{memory}M", "-smp", str(cpus), "-cpu", given.cpu, "-kernel", given.kernel,
                     "-append", f"{APPEND} kwalk.end={way}", "-device", "vmcoreinfo",
                     "-gdb", f"unix:{folder}/gdb,server,nowait"]
        if way != "root":
            arguments += ["-initrd", given.initrd]
        super().__init__(folder, arguments, given.qemu)
        self.dump = self.path("vmcore")

    def ask(self, command):
        """Asks about the present memory, while the machine is stopped."""
        self.take_memory()
        done = subprocess.run([self.given.kwalk, "-q", "-j", "-c", command, self.given.vmlinux, self.dump],
                              capture_output=True, text=True, timeout=300, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def stops_at(self, state):
        """Stops the machine. Lets it run on if its first CPU is not in this state."""
        self.monitor.call("stop")
        if re.search(state, self.monitor.ask("info registers")):
            return True
        self.monitor.call("cont")
        return False

    def attack(self, corruption):
        if corruption:
            self.wait_for("@ready")
            self.stub = Stub(self.path("gdb"), self.word)
            corruption(self)
        elif self.way in ENDED_BY_NMI:
            line, state = ENDED_BY_NMI[self.way]
            self.wait_for(line)
            self.wait_until(lambda: self.stops_at(state), f"reach {state}")
            self.monitor.call("inject-nmi")
            self.monitor.call("cont")
        elif self.way == "mce":
            self.wait_for("@ready")
            # An uncorrected error in the context that the CPU ran: valid, PCC, UC and EN; MCIP without RIPV.
            self.monitor.ask("mce -b 0 9 0xb200000000000000 0x4 0 0")


def boot(given, number, name, way, corruption):
    """Boots the guest, lets it crash, and dumps its memory."""
    guest = Crashing(given, number, name, way)
    try:
        guest.attack(corruption)
        # The end may wait for a console that is in use, for example if panic() is called instead of a double fault.
        guest.wait_for(r"Kernel panic[\s\S]*" + (r"-\[ end Kernel panic.*\n" if given.instant else "Kernel Offset: "))
        # A busy emulator rarely runs code that the kernel is patching, in sched_clock_cpu() for example.
        if way != "root" and "kernel_init_freeable" in guest.serial():
            raise Failure("the kernel crashed before it started init")
        guest.monitor.call("stop")
        guest.registers = guest.monitor.ask("info registers -a")
        guest.take_memory()
    finally:
        guest.end()
    return guest


def triage(given, dump, *vmlinux):
    done = subprocess.run([given.kwalk, "-q", "-j", "-c", "triage", *vmlinux, dump], capture_output=True, text=True,
                          timeout=300, check=False)
    return json.loads(done.stdout)


# --- comparison with the serial log ---

REPORT = r"(?:watchdog: )?BUG: |kernel BUG at |(?:Oops: )?general protection fault|INFO: task |sysrq: Trigger a crash|Uhhuh|mce: \[Hardware Error\]"


def last_report(serial):
    """Returns the output of the kernel from the start of its last report of trouble on."""
    lines = [re.sub(r"^\[ *[\d.]+\] ", "", line) for line in serial.splitlines()]
    begins = [i for i, line in enumerate(lines) if re.match(REPORT, line)]
    return lines[begins[-1] if begins else lines.index(next(line for line in lines if line.startswith("Kernel panic"))):]


def functions(lines, guessed):
    """Returns the functions in the log, with their modules: the place of the crash and the callers, with the callers
    that are guesses only if guessed is true."""
    found = []
    for line in lines:
        match = re.match(r"(?:[RE]IP: (?:\w{4}:)?| (\? )?)(\w+)(?:\.[\w.]+)?\+0x\w+/0x\w+(?: \[(\w+)\])?", line)
        if match and (guessed or not match[1]):
            found.append(match[2] + (f" [{match[3]}]" if match[3] else ""))
    return found


def in_order(few, many):
    rest = iter(many)
    return all(one in rest for one in few)


def compare_log(guest, answer):
    """Returns how the answer differs from the serial log."""
    lines, crash, panic = last_report(guest.serial()), answer["crash"], answer["panic"]
    wrong, told = [], functions(lines, crash.get("guessed"))
    if not in_order([name for name in [crash.get("function"), *crash["frames"]] if name], told):
        wrong.append(f"{crash}, not {told}")
    who = re.findall(r"^CPU: (\d+) (?:UID: \d+ )?PID: (\d+) Comm: (.*?) (?:Not tainted|Tainted)", "\n".join(lines), re.MULTILINE)
    ours = str(panic.get("cpu")), str(panic.get("pid")), panic.get("comm")
    # The kernel prints no task for a machine check.
    if (who or guest.way != "mce") and ours not in who[-1:]:
        wrong.append(f"{ours}, not {who}")
    if panic.get("report", lines[0]) != lines[0]:
        wrong.append(f"report {panic['report']}, not {lines[0]}")
    pfn = re.search(r"pfn:(\w+)", lines[0])
    if guest.bad and not (pfn and int(pfn[1], 16) in guest.bad):
        wrong.append(f"{lines[0]}: no frame that was made bad")
    return [f"{guest.name}: {line}" for line in wrong]


def asked(given, guest, command):
    done = subprocess.run([given.kwalk, "-q", "-j", "-c", command, given.vmlinux, guest.dump], capture_output=True, text=True,
                          timeout=300, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare_instant(given, guest):
    """Returns how the answers differ from the registers of the stopped machine, and from the text on its console, which
    is final."""
    wrong, end = [], asked(given, guest, "panic")[0]
    pointers = [f"0x{value.lstrip('0')}" for value in re.findall(r"\bRIP=(\w+)", guest.registers)]
    if [cpu.get("ip") for cpu in end["cpus"]] != pointers:
        wrong.append(f"registers {end['cpus']}, not {pointers}")
    lines = re.findall(r"^\[ *\d+\.\d+\] (.*)$", guest.serial(), re.MULTILINE)
    message = [line.split("not syncing: ", 1)[1] for line in lines if line.startswith("Kernel panic - not syncing: ")]
    if end.get("message") not in message:
        wrong.append(f"message {end.get('message')}, not {message}")
    log = [line for answer in asked(given, guest, "log") for line in answer.get("text", "").split("\n")]
    if not in_order(lines, log):
        wrong.append(f"the log lacks {[line for line in lines if line not in log][:3]}, or has another order")
    frames = [answer["symbol"] for answer in asked(given, guest, f"bt -c {end['cpu']}") if "symbol" in answer]
    # An oops prints its registers again after its trace.
    trace = "\n".join(last_report(guest.serial())).partition("---[ end trace ")[0]
    printed = re.findall(r"^(?:RIP: \w{4}:| )(\w[\w.]*\+0x\w+)/0x", trace, re.MULTILINE)
    # dump_stack() has returned since.
    printed = [frame for frame in printed if not frame.startswith(("dump_stack", "panic+"))]
    if not printed or not in_order(printed, frames):
        wrong.append(f"frames {frames}, not {printed}")
    return [f"{guest.name}: {line}" for line in wrong]


def compare(given, guest, title, function):
    """Returns the answer, and what is wrong with it."""
    answer, alone = triage(given, guest.dump, given.vmlinux), triage(given, guest.dump)
    crash, wrong = answer.get("crash", {}), []
    if not re.fullmatch(title, crash.get("title", "")) or not re.fullmatch(function, crash.get("function", "")):
        wrong.append(f"{guest.name}: {crash}")
    if answer.get("signature") != alone.get("signature"):
        wrong.append(f"{guest.name}: without vmlinux {alone.get('crash')}, with it {crash}")
    unknown = [one["part"] for one in answer.get("unknown", [])]
    if answer.get("panic", {}).get("status") != "ok" or unknown != DAMAGED.get(guest.way, []) or not answer.get("whole"):
        wrong.append(f"{guest.name}: {answer.get('panic', {}).get('message')}, unknown {answer.get('unknown')}")
    if given.instant:
        wrong += compare_instant(given, guest)
    return answer, wrong + (compare_log(guest, answer) if crash else []) + incidents.wrong_answers(given, guest)


def prove(given, number, way, _, title, function, corruption):
    """Boots and compares. Returns the answer, and what is wrong with it."""
    try:
        guest = boot(given, number, f"{way}-{number}", way, corruption)
    except (Failure, OSError) as failure:
        # tried twice, because a guest may be too slow on a busy machine
        print(f"# {way}-{number}: booted again: {' '.join(str(failure).split())}")
        guest = boot(given, number, f"{way}-{number}-again", way, corruption)
    result = compare(given, guest, title, function)
    if not given.keep:
        os.unlink(guest.dump)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "kernel", "vmlinux", "initrd", "dir", "name"):
        parser.add_argument(name)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--cpu", default="max,la57=off")
    parser.add_argument("--keep", action="store_true", help="leave the dumps")
    parser.add_argument("--instant", action="store_true", help="also compare with the registers and all of the console")
    parser.add_argument("--only", nargs="*", help="ways to end", default=[way[0] for way in WAYS])
    given = parser.parse_args()
    ways = [way for way in WAYS if way[0] in given.only]
    boots = [(number, *way) for way in ways for number in range(way[1])]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda one: prove(given, *one), boots))
    signatures, wrong, offsets = {}, [], set()
    for one, (answer, differences) in zip(boots, results):
        wrong += differences
        signatures.setdefault(answer.get("signature"), set()).add(SAME_END.get(one[1], one[1]))
        offsets.add(next(f["value"] for f in answer["facts"] if f["fact"] == "kaslr_offset"))
    if len(signatures) != len({SAME_END.get(way[0], way[0]) for way in ways}) or any(len(one) > 1 for one in signatures.values()):
        wrong.append(f"signatures {signatures}")
    if not given.instant and len(offsets) < min(3, len(boots)):
        wrong.append(f"KASLR had only {offsets}")
    report(f"{given.name}: signatures of crashes", len(boots), wrong)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
