#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""faults.py KWALK KERNEL VMLINUX INITRD [OPTION...] DIR NAME: boots guests whose driver (fault_driver.c) has bugs of many
kinds, and gives the text of each report, and nothing else, to `kwalk annotate`. Compares the answers with
what the driver logged before: its function, the bad pointer, and the address that it will use. Prints TAP without numbers.
Status: 1 if anything differs. DIR/texts has the texts afterwards, and DIR/texts/truth what is true about each."""
import argparse
import collections
import json
import os
import re
import subprocess
import sys
import time

from guest import Guest
from monitor import Failure
from tap import exit_status, report

LIMIT = 90      # seconds for a fault

# What the report of a fault must say.
#   kind      of the report; None: several are right
#   access    read, write, execute; "": the report is not about one; None: the kernel may not know
#   register  "bad": it must be named, and have the value of the bad pointer; "part": the same, but the function may
#             have added to the pointer; "may": the same, but it may not be named; "": none is bad
#   at        a pattern for the function, if it is not the one that the driver names
#   says      a pattern for the verdict
#   on        the machines that have the fault
#   append    to the command line of the kernel
#   optional  some kernels do not see the fault
Fault = collections.namedtuple("Fault", "kind access register at says on append optional",
                               defaults=("", "", None, "", "amd64 i386 arm64", "", False))
ELSEWHERE = ".*"
MEMORY = r"(__)?(pi_)?(memcpy|memmove|memset|strn?len)(_orig|_erms|_generic)?"
NOT_PRINTING = r"^(?!.* in (print_trailer|alloc_debug_processing|free_page_is_bad_report))"
SLUB, KFENCE = "slub_debug=FZP", "kfence.sample_interval=10 no_hash_pointers"
WIDE = "amd64 arm64"

# A kernel that ended goes on with the next fault in another guest. So those that end it are the last.
FAULTS = {
    # After an oops, the kernel no longer looks for such tasks.
    "hang": Fault("hung-task", at=ELSEWHERE, says=r"(were called by|next in the trace:|in) fault_hang"),
    "null-read": Fault("page-fault", "read", "bad", says="NULL"),
    "null-write": Fault("page-fault", "write", "bad", says="NULL"),
    "null-far": Fault("page-fault", "read", "part"),
    "null-index": Fault("page-fault", "read", "bad", "fault_cell", says="NULL"),
    "null-entry": Fault("page-fault", "read", "bad", says="NULL - 0x1[48]"),
    "null-container": Fault("page-fault", "read", "bad", says="container_of"),
    "null-container-note": Fault("page-fault", "read", "part", rf"fault_measure|{MEMORY}"),
    "null-lock": Fault("page-fault", "write", "part", r"_raw_spin_lock|fault_lock|queued_spin_lock\w*", says="NULL"),
    "null-copy": Fault("page-fault", "read", "part", rf"fault_copy|{MEMORY}", says="NULL"),
    "null-clear": Fault("page-fault", "write", "part", rf"fault_clear|{MEMORY}", says="NULL"),
    "null-string": Fault("page-fault", "read", "part", rf"fault_measure|{MEMORY}", says="NULL"),
    "null-call": Fault("page-fault", "execute", at=ELSEWHERE, says="fault_call_null"),
    "error-read": Fault("page-fault", "read", "bad", says="ENOMEM"),
    "error-write": Fault("page-fault", "write", "bad", says="ENOMEM"),
    "user-read": Fault("page-fault", "read", "bad", says="user", on=WIDE),
    "user-write": Fault("page-fault", "write", "bad", says="user", on=WIDE),
    "user-call": Fault("page-fault", "execute", at=ELSEWHERE, says=r"^(?!.*PAN).*fault_call", on=WIDE),
    "wild-read": Fault("page-fault", "read", "bad"),
    "wild-call": Fault("page-fault", "execute", at=ELSEWHERE),
    "data-call": Fault("page-fault", "execute", at=ELSEWHERE, on=WIDE),  # on i386, data may be executed
    "nowhere-read": Fault("general-protection", "read", "bad", on=WIDE),
    "nowhere-call": Fault(None, None, at=ELSEWHERE, says="called 00badc0de1234560.*fault_call", on=WIDE),
    "constant-write": Fault("page-fault", "write", "may", says="read-only"),
    "text-write": Fault("page-fault", "write", "may", says="read-only"),
    "kernel-text-write": Fault("page-fault", "write", "may", says="read-only"),
    "area-end": Fault("page-fault", "read", "may"),
    "freed-read": Fault("general-protection", "read", "bad", says="freed", append=SLUB),
    "flipped-read": Fault(None, "read", "bad", says="bit", on=WIDE),
    "overwritten-read": Fault("general-protection", "read", "bad", says="savi"),
    "poison-read": Fault("general-protection", "read", "bad", says="LIST_POISON1"),
    "poison-write": Fault("general-protection", "write", "bad", says="LIST_POISON2"),
    "list-twice": Fault("list-corruption", at=r"__list_del_entry_valid\w*|fault_list_del"),
    "list-damaged": Fault("list-corruption", at=r"__list_add_valid\w*|fault_list_add"),
    "divide": Fault("divide-error", on="amd64 i386"),
    "bug": Fault("bug"),
    "warn": Fault("warning"),
    "warn-on": Fault("warning"),
    "refcount-zero": Fault("refcount", at="refcount_warn_saturate|fault_refcount"),
    "refcount-overflow": Fault("refcount", at="refcount_warn_saturate|fault_refcount"),
    "refcount-underflow": Fault("refcount", at="refcount_warn_saturate|fault_refcount_put"),
    "shift": Fault("ubsan", at=ELSEWHERE, optional=True),
    "bounds": Fault("ubsan", at=ELSEWHERE, optional=True),
    "undefined": Fault(None, says="^(?!BUG|.*EAX: )"),  # ud1, and BUG() is ud2
    "unaligned": Fault("alignment", "write", "may", on="arm64"),
    "spin": Fault("soft-lockup"),
    "reader": Fault("rcu-stall", at=ELSEWHERE),
    "sleep": Fault(None, at=ELSEWHERE, optional=True),
    "slab-overflow": Fault("slub", at=ELSEWHERE, says=NOT_PRINTING, append=SLUB),
    "slab-free-twice": Fault("slub", at=ELSEWHERE, says=NOT_PRINTING, append=SLUB),
    "slab-write-freed": Fault("slub", at=ELSEWHERE, says=NOT_PRINTING, append=SLUB),
    "page": Fault("bad-page", at=ELSEWHERE, says=NOT_PRINTING, optional=True),
    "guarded-read": Fault("kfence", "read", append=KFENCE, optional=True),
    "guarded-freed": Fault("kfence", "read", append=KFENCE, optional=True),
    "memory": Fault("oom", at=ELSEWHERE),
    "segfault": Fault("segfault", "read", at=ELSEWHERE),
    "work": Fault("page-fault", "read", "bad", "fault_read"),
    "breakpoint": Fault(None),
    "stack": Fault("stack-overflow", None, "", "fault_recurse", says="stack", on=WIDE),
    "panic": Fault("panic", at=ELSEWHERE),
    "timer": Fault("page-fault", "read", "bad", "fault_read"),
}

# What each function accesses in its source, and the callers of functions that write_name() does not call. A function that ends with
# a jump to the next one is not in the trace.
MEMBERS = {"fault_read": "account->balance", "fault_write": "account->limit", "fault_read_far": "archive->year[15000]",
           "fault_cell": "table->cell[3]"}
# Where the linker puts the code of a static program.
STATIC_CODE = {"amd64": "401000", "i386": "8049000", "arm64": "400000"}
WRITER = "write_name|proc_reg_write"
CALLERS = {"fault_cell": f"fault_read_cell|{WRITER}", "fault_recurse": "fault_recurse", "fault_data": "fault_call",
           "fault_read": f"{WRITER}|fault_work|process_one_work|fault_expire|call_timer_fn"}


# --- guests ---

def boot(given, append, names, folder):
    """Returns the log of a guest with these faults, and whether it has come to its end."""
    guest = Guest(folder, ["-machine", given.machine, "-m", "256M", "-cpu", given.cpu, "-smp", "2", "-kernel", given.kernel, "-initrd",
                           given.initrd, "-append", "console=ttyS0 console=ttyAMA0 ignore_loglevel no_timer_check "
                           f"{append} kwalk.faults={','.join(names)}"], given.qemu)
    try:
        size, deadline = -1, time.monotonic() + given.limit
        while guest.is_alive() and not re.search(r"@ready|end Kernel panic", guest.serial()[-600:]):
            if len(guest.serial()) != size:
                size, deadline = len(guest.serial()), time.monotonic() + given.limit
            if time.monotonic() > deadline:
                break
            time.sleep(0.5)
        time.sleep(0.5)
        return guest.serial()
    finally:
        guest.end()


def parts(log):
    """Yields the name of each fault in a log, and its lines."""
    for name, text in re.findall(r"@begin (\S+)\n(.*?)(?=^[^\n]*@end |\Z)", log, re.MULTILINE | re.DOTALL):
        yield name, text


def collect(given):
    """Writes the text of each fault."""
    texts, number = os.path.join(given.dir, "texts"), 0
    os.makedirs(texts, exist_ok=True)
    with open(os.path.join(texts, "truth"), "a", encoding="ascii") as truth:
        for append in sorted({fault.append for fault in FAULTS.values()}):
            names = [name for name, fault in FAULTS.items()
                     if fault.append == append and given.arch in fault.on and name in given.only]
            while names:
                number += 1
                log = boot(given, append, names, os.path.join(given.dir, f"guest-{number}"))
                with open(os.path.join(texts, f"boot-{number}.log"), "w", encoding="ascii", errors="replace") as file:
                    file.write(log)
                done = 0
                for name, text in parts(log):
                    done += 1
                    truth.flush()
                    truth.writelines(line + "\n" for line in re.findall(r"@truth (.*)", text))
                    with open(os.path.join(texts, name + ".txt"), "w", encoding="ascii", errors="replace") as file:
                        file.write("".join(line for line in text.splitlines(True) if not re.search("@(truth|absent|failed)", line)))
                if not done:
                    raise Failure(f"{given.name}: the guest does not begin: {' '.join(log[-300:].split())}")
                names = names[done:]


# --- comparison ---

def known_truth(given):
    """Returns what the driver has logged: {fault: (function, whether the pointer is bad, pointer, address)}."""
    with open(os.path.join(given.dir, "texts", "truth"), encoding="ascii") as file:
        words = [line.replace(" [fault_driver]", "").split() for line in file]
    return {name: (function, bad[:1] == ["bad"], *(int(number, 16) for number in bad[1:]))
            for name, function, *bad in words}


def operands(given, place):
    """Returns the registers of the memory operand of the driver's instruction at function+offset, as objdump shows it."""
    function, offset = place.split("/")[0].split("+")
    program = "aarch64-linux-gnu-objdump" if given.arch == "arm64" else "objdump"
    run = subprocess.run([program, "-d", "--no-show-raw-insn", given.module], capture_output=True, text=True, check=True)
    start = re.search(rf"^([0-9a-f]+) <{re.escape(function)}>:", run.stdout, re.MULTILINE)
    line = start and re.search(rf"^ *{int(start[1], 16) + int(offset, 16):x}:\t(.*)", run.stdout, re.MULTILINE)
    operand = line and re.search(r"\((.*?)\)|\[(.*?)[\],]", line[1])
    return re.findall(r"\w+", operand[1] or operand[2]) if operand else []


def untagged(arch, address):
    """The kernel of arm64 shows an address of the lower half without the tag in its top byte (untagged_addr())."""
    return address & ~(0xff << 56) if arch == "arm64" and not address & 1 << 55 else address


def wrong_address(given, fault, answer, truth):
    """Compares with what the driver knew about the pointer."""
    _, bad, pointer, address = truth
    said, value = (int(answer.get(key, "-1"), 16) for key in ("fault_address", "bad_value"))
    wrong = []
    # Before 5.13, the address of a general protection fault lacks the displacement (get_kernel_gp_address()).
    shown = {address, untagged(given.arch, address)} | ({pointer} if answer["report"] == "general-protection" else set())
    if fault.access and said not in shown:
        wrong.append(f"address {answer.get('fault_address')}, not {address:x}")
    if fault.register in ("bad", "part") and "bad_register" not in answer:
        wrong.append("no register is named")
    part = pointer < value < address and fault.register == "part"
    may = [pointer] * (bad or fault.register == "may") + [address] * (fault.register in ("part", "may"))
    if "bad_register" in answer and value not in may and not part:
        wrong.append(f"{answer['bad_register']} is {value:x}, and the bad pointer " + (f"{pointer:x}" if bad else "none"))
    if fault.register and not answer.get("agrees"):
        wrong.append("it does not say that the instruction agrees with the address")
    return wrong


def ask(given, path, *files):
    """Returns the answer about the first report in a text."""
    done = subprocess.run([given.kwalk, "-q", "-j", "annotate", path, *files], capture_output=True, text=True, timeout=300,
                          check=False)
    return next((answer for answer in map(json.loads, done.stdout.splitlines()) if "report" in answer), {})


def wrong_words(given, name, answer):
    """Compares the verdict with what is true about the fault and its function."""
    fault, verdict, wrong = FAULTS[name], " ".join(answer["verdict"]), []
    if not re.search(fault.says, verdict):
        wrong.append(f"{verdict}: lacks {fault.says}")
    call = re.search(r"in the system call (\w+\(\w+)", verdict)
    if call and call[1] != "write(0x5":
        wrong.append(f"{call[1]}: the init writes to its file 5")
    into = re.search(r"into the mapping of (\w+) that starts at (\w+)", verdict)
    if into and into.groups() != ("init", STATIC_CODE[given.arch]):
        wrong.append(f"{into[0]}: it is the code of a static program")
    called = re.search(r" in (fault_\w+)\S* \[fault_driver\] \(next in the trace: (\w+)", verdict)
    if called and not re.fullmatch(CALLERS.get(called[1], WRITER), called[2]):
        wrong.append(f"{called[2]} is not next after {called[1]}")
    return wrong


def wrong_member(given, path, fault, truth):
    """With the types of the driver: the variable in the bad register, and its member."""
    member = MEMBERS.get(fault.at or truth[0])
    if fault.register != "bad" or not member or not os.path.exists(given.vmlinux):
        return []
    verdict = " ".join(ask(given, path, given.vmlinux, given.module).get("verdict", []))
    return [] if member in verdict else [f"{verdict}: lacks {member}"]


def differences(given, name, path, text, truth):
    fault, answer, wrong = FAULTS[name], ask(given, path), []
    if not answer:
        return ["no report is found"]
    kind = "page-fault" if fault.kind == "general-protection" and (given.arch != "amd64" or truth[3] < 1 << 47) else fault.kind
    if kind and answer["report"] != kind:
        wrong.append(f"{answer['report']}, not {kind}")
    if fault.access is not None and answer.get("access", "") != fault.access:
        wrong.append(f"access {answer.get('access')}, not {fault.access}")
    if fault.at != ELSEWHERE and not re.fullmatch(rf"({fault.at or truth[0]})(\.\w+)*\+0x\w+", answer.get("symbol", "")):
        wrong.append(f"in {answer.get('symbol')}, not in {fault.at or truth[0]}")
    wrong += wrong_words(given, name, answer) + wrong_member(given, path, fault, truth)
    if len(truth) > 2:
        wrong += wrong_address(given, fault, answer, truth)
    place = re.search(r"(?:RIP: \w+|EIP|pc ?): ?(\w+\+0x\w+/\w+)", text)
    if "bad_register" in answer and place and place[1].startswith("fault_"):
        registers = operands(given, place[1])
        if registers and answer["bad_register"] not in registers:
            wrong.append(f"{answer['bad_register']} is not in the operand: {registers}")
    return wrong


def compare(given):
    truths = known_truth(given)
    for name, fault in FAULTS.items():
        path = os.path.join(given.dir, "texts", name + ".txt")
        if given.arch not in fault.on or name not in given.only:
            continue
        with open(path, encoding="ascii") as file:
            text = file.read()
        if fault.optional and text.count("\n") < 5:
            print(f"ok - {given.name}: {name} # SKIP this kernel does not see it")
            continue
        wrong = differences(given, name, path, text, truths.get(name, (name,)))
        report(f"{given.name}: {name}", 1, wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "kernel", "vmlinux", "initrd", "dir", "name"):
        parser.add_argument(name)
    parser.add_argument("--qemu", default="qemu-system-x86_64")
    parser.add_argument("--machine", default="pc")
    parser.add_argument("--cpu", default="max,la57=off")
    parser.add_argument("--arch", default="amd64")
    parser.add_argument("--module", help="the driver with its symbols")
    parser.add_argument("--limit", type=int, default=LIMIT)
    parser.add_argument("--texts", action="store_true", help="the texts are there")
    parser.add_argument("--only", nargs="*", default=list(FAULTS))
    given = parser.parse_args()
    given.module = given.module or os.path.join(os.path.dirname(given.kernel), "modules", "fault_driver.ko.debug")
    try:
        if not given.texts:
            collect(given)
        compare(given)
    except (Failure, OSError) as failure:
        report(f"{given.name}: the guests boot, and their drivers fail", 1, [f"{type(failure).__name__}: {failure}"])
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
