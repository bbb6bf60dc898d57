# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions of a support engineer about the guests of crashes.py that incident_driver has crashed or damaged.
Each question has one right answer, which follows from the source of the driver and from the guest's log. Each
function returns the questions whose answer is wrong."""
import json
import os
import re
import subprocess

USER_CODE = 0x10000000      # crash.c
WAITS = {"wait_for_mutex": ("mutex", "incident_mutex", "owner_pid"),
         "wait_for_rwsem": ("rwsem", "incident_rwsem", "owner_pid"),
         "wait_for_readers": ("rwsem", "incident_readers", "reader_pid"),
         "wait_for_semaphore": ("semaphore", "incident_semaphore", None),
         "hold": ("completion", "incident_completion", None)}


def run(given, command, *files):
    done = subprocess.run([given.kwalk, "-q", "-j", "-c", command, *files], capture_output=True, text=True,
                          timeout=300, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def ask(given, guest, command):
    return run(given, command, given.vmlinux, guest.dump)


def explained(given, guest):
    """Returns what kwalk says about the addresses in the log."""
    return [one["text"] for line in ask(given, guest, "log -a") for one in line.get("addresses", [])]


def sure(answers):
    return [answer for answer in answers if answer.get("sure") and not answer["inlined"]]


def without_dump(given, guest):
    """The log of the console, and vmlinux alone: each function of the kernel has the line of the dump's answer."""
    path = os.path.join(guest.folder, "oops.txt")
    with open(path, "w", encoding="ascii", errors="replace") as file:
        file.write(guest.serial().replace("\r", ""))
    lines = {answer["input"]: answer.get("source") for answer in run(given, f"annotate {path}", given.vmlinux)
             if answer.get("kind") == "symbol"}
    whole = {answer["input"]: answer.get("source") for answer in ask(given, guest, f"annotate {path}")
             if answer.get("kind") == "symbol" and answer.get("region") == "kernel-image"}
    calls = [name for name in whole if "+0x" in name and "/" in name]
    return [f"{name} is at {lines.get(name)}, not {whole[name]}" for name in calls
            if lines.get(name) != whole[name] or not whole[name]] + ["the log has no functions"] * (len(calls) < 5)


def about_oops(given, guest, place):
    """Where did it happen? place: the symbol of the driver, or the address where no code is."""
    wrong = without_dump(given, guest)
    trace = ask(given, guest, "triage")[0]["panic"]["trace"]
    frames = [frame for frame in trace if not frame["inlined"]]
    at = frames[0].get("symbol", frames[0]["address"])
    wrong += [f"triage begins at {at}"] * (not frames[0].get("interrupted") or not at.startswith(place))
    wrong += [f"no caller of the driver: {frames}"] * (frames[2].get("module", frames[1].get("module")) != "incident_driver")
    return wrong + [line for line in explained(given, guest) if "another kernel" in line]


def about_address(given, guest):
    """Whose is the address that the kernel used?"""
    says = [line for line in explained(given, guest) if f"{USER_CODE:x} to" in line]
    return [f"{says}"] * (not any("a user address of pid 1 (init)" in line for line in says))


def about_list(given, guest):
    """What was wrong before the kernel gave up?"""
    cause = ask(given, guest, "panic")[0].get("cause")
    return [f"cause {cause}"] * (not str(cause).startswith("list_del corruption. "))


def about_timer(given, guest):
    """Where was the fault, what was at its address, and who still has the timer?"""
    timer = re.search(r"@timer (\w+)", guest.serial())[1]
    frames = ask(given, guest, "triage")[0]["panic"]["trace"]
    wrong = [f"triage begins with {frames[0]}"] * (not frames[0].get("interrupted"))
    wrong += [f"{explained(given, guest)}"] * (not any(re.match("modules, .*, not mapped", text)
                                                      for text in explained(given, guest)))
    holders = ask(given, guest, f"search -w {timer}")
    return wrong + [f"{holders}"] * ("timer_bases" not in str(holders))


def about_lockup_of_softirq(given, guest):
    """Which code loops?"""
    names = [frame.get("symbol", "").split("+")[0].split(".")[0]
             for frame in ask(given, guest, "triage")[0]["panic"]["trace"] if not frame["inlined"]]
    return [f"triage shows {names}"] * (names[:2] != ["incident_find", "incident_expire"])


def about_text(given, guest):
    """What is in the pointer?"""
    return ["the text in the pointer is not shown"] * ('the text "etters.."' not in explained(given, guest))


def about_waits(given, guest):
    """For what does each thread wait, and which thread is the owner?"""
    threads = {name: int(pid) for pid, name in re.findall(r"@thread (\d+) (\w+)", guest.serial())}
    wrong = []
    for name, (kind, lock, holder) in WAITS.items():
        waits = [frame["waits"] for frame in ask(given, guest, f"bt {threads[name]}") if "waits" in frame]
        wanted = {"kind": kind, "symbol": lock, "module": "incident_driver"}
        if holder:
            wanted[holder] = threads["hold"]
        got = [{key: value for key, value in one.items() if key in wanted or key.endswith("_pid")} for one in waits]
        if got != [wanted]:
            wrong.append(f"{name} waits for {waits}, not {wanted}")
    return wrong


def about_lockup(given, guest):
    """What did the CPU run whose interrupts were disabled, before the NMI that stopped it?"""
    cpu = next(cpu for cpu in ask(given, guest, "panic")[0]["cpus"] if cpu["cpu"] == 1)
    wrong = [f"{cpu}"] * (cpu["comm"] != "inc-loop" or not cpu.get("interrupted", "").startswith("incident_loop+"))
    names = [frame.get("symbol", "").split("+")[0] for frame in sure(ask(given, guest, "bt -c 1"))]
    return wrong + [f"{names}"] * (names[-5:] != ["incident_loop", "loop", "kthread", "ret_from_fork", "ret_from_fork_asm"])


def about_freed(given, guest):
    """Which cache is damaged, and who still has the object?"""
    freed = re.search(r"@freed (\w+)", guest.serial())[1]
    damage = [answer["message"] for answer in ask(given, guest, "check")
              if answer["check"] == "slabs" and answer["status"] == "error"]
    wrong = [f"{damage}"] * (len(damage) != 1 or "incident_objects" not in damage[0] or f"{freed} points to" not in damage[0])
    holders = ask(given, guest, f"search -w {freed}")
    wrong += [f"{holders}"] * (not any("incident_driver" in str(one) for one in holders))
    users = [one for one in ask(given, guest, "slabs -w incident_objects") if one["direction"] == "by"]
    return wrong + [f"{users}"] * (not any(one["name"] == "incident_driver:incident_freed" for one in users))


def about_poison(given, guest):
    """Which frame is poisoned, and how many are?"""
    pfn = int(re.search(r"Memory failure: 0x(\w+): recovery", guest.serial())[1], 16)
    frames = [one["frames"] for one in ask(given, guest, "frames") if one.get("use") == "hwpoison"]
    physical = [one for one in ask(given, guest, f"whatis {pfn << 12:x}") if one["as"] == "physical"]
    wrong = [f"{frames} frames are poisoned"] * (frames != [1]) + [f"{physical}"] * (not physical[0].get("hwpoison"))
    return wrong + ["the log does not say so"] * (
        not any(re.match(rf"frame {pfn:x}, .*hwpoison", line) for line in explained(given, guest)))


def about_tasks(given, guest):
    """Which processes are there, although the list is cut?"""
    names = {one.get("comm") for one in ask(given, guest, "tasks")}
    wanted = {"init", "inc-holder", "inc-loop", "svc-1", "svc-2", "svc-3", "svc-4"}
    checks = {one["check"]: one["status"] for one in ask(given, guest, "check")}
    wrong = [f"{wanted - names} are missing"] * (not wanted <= names)
    return wrong + [f"{checks}"] * ((checks["tasks"], checks["user-tables"], checks["summary"]) !=
                                    ("error", "not-checked", "not-checked"))


def about_reports(given, guest):
    """What happened, in which order, and how often?"""
    panic = ask(given, guest, "panic")[0]
    got = [(one["text"].split(":")[0], one["count"]) for one in panic["reports"]]
    wanted = [("Memory failure", 1), ("Memory failure", 1), ("WARNING", 2), ("sysrq", 1)]
    return [f"reports {got}"] * (got != wanted) + [f"no time: {panic}"] * ("crash_time" not in panic and "dump_time" not in panic)


def about_limits(given, guest):
    """Of which memory cgroup was the limit reached, and how often? crash.c has made the groups."""
    reports = [(one["text"].split(" ")[0], one.get("memory_cgroup"), one["count"]) for one in ask(given, guest, "panic")[0]["reports"]]
    return [f"{reports}"] * (reports != [("eater", "/shop", 3), ("eater", "/mail", 1)])


def about_memory(given, guest):
    """Was it the memory of the machine?"""
    reports = [one for one in ask(given, guest, "panic")[0]["reports"] if "oom-killer" in one["text"]]
    return [f"{reports}"] * (len(reports) != 1 or "memory_cgroup" in reports[0])


def about_fragments(given, guest):
    """Why was there no block of order 4, although much memory is free? The driver and the kernel have counted."""
    zones = {one["zone"]: one for one in ask(given, guest, "zones")}
    rows = [one for one in ask(given, guest, "zones -m") if one["status"] == "ok"]
    got = {(one["zone"], one["type"]): one["free_blocks"] for one in rows}
    wanted = {(zone, int(number)): [int(nr) for nr in blocks.split()]
              for zone, number, blocks in re.findall(r"@free (\w+) (\d+)((?: \d+)+)", guest.serial())}
    wrong = [f"zones -m: {got}, not {wanted}"] * (got != wanted or not wanted)
    names = [one["migrate_type"] for one in rows if one["zone"] == "DMA32"]
    wrong += [f"types {names}"] * (names[:3] != ["unmovable", "movable", "reclaimable"] or "highatomic" not in names)
    told = re.findall(r"Node 0 (\w+): ((?:\d+\*\d+kB(?: \(\w+\))? )+)= \d+kB", guest.serial())
    wrong += [f"the kernel shows {told}"] * (len(told) != len(zones))
    for zone, text in told:
        blocks = [int(nr) for nr in re.findall(r"(\d+)\*\d+kB", text)]
        sums = [sum(column) for column in zip(*(one["free_blocks"] for one in rows if one["zone"] == zone))]
        wrong += [f"{zone}: {sums} and {zones[zone]['free_blocks']}, not {blocks}"] * (
            not blocks == sums == zones[zone]["free_blocks"])
    # the answer: a large part of the memory is free, but no block is large enough
    free, managed = sum(one["free"] for one in zones.values()), sum(one["managed"] for one in zones.values())
    largest = [one["largest_order"] for one in rows if "largest_order" in one]
    wrong += [f"{free} of {managed} frames are free, largest orders {largest}"] * (free < managed / 4 or max(largest) >= 4)
    return wrong + [f"free: {free}, by type {sum(one['free'] for one in rows)}"] * (free != sum(one["free"] for one in rows))


def debug_file(given):
    return os.path.join(os.path.dirname(given.vmlinux), "modules", "incident_driver.ko.debug")


def driver_places(given, guest):
    """Returns places in the driver's code: address and offset in .text, from the symbols in the dump and in the file."""
    table = subprocess.run(["readelf", "-SsW", debug_file(given)], capture_output=True, text=True, check=True).stdout
    text = re.search(r"\[ *(\d+)\] \.text ", table)[1]
    offsets = {name: int(at, 16) for at, name in
               re.findall(rf"^ *\d+: (\w+) +\d+ FUNC +\w+ +\w+ +{text} (\S+)$", table, re.MULTILINE)}
    return [(int(one["address"], 16) + step, offsets[one["name"]] + step)
            for one in ask(given, guest, "sym -l incident_driver") if one["name"] in offsets
            for step in range(one["size"])]


def about_lines(given, guest):
    """From which line is each byte of the driver's code? addr2line reads the same file."""
    files, places = (given.vmlinux, guest.dump, debug_file(given)), driver_places(given, guest)
    path = os.path.join(guest.folder, "places")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"sym {address:x}\n" for address, _ in places)
    done = subprocess.run([given.kwalk, "-q", "-j", "-x", path, *files], capture_output=True, text=True, timeout=300,
                          check=False)
    ours = [f"{os.path.basename(one.get('file', '??'))}:{one.get('line', 0)}" for one in map(json.loads, done.stdout.splitlines())]
    theirs = subprocess.run(["addr2line", "-s", "-e", files[2], "-j", ".text"], capture_output=True, text=True, check=True,
                            input="".join(f"{offset:#x}\n" for _, offset in places)).stdout.splitlines()
    theirs = [line.split(" ")[0] for line in theirs]
    theirs = ["??:0" if re.search(":[0?]", line) else line for line in theirs]      # padding belongs to no line
    wrong = [f"{address:x}: {own}, not {other}" for (address, _), own, other in zip(places, ours, theirs) if own != other]
    threads = {name: int(pid) for pid, name in re.findall(r"@thread (\d+) (\w+)", guest.serial())}
    for name in WAITS:
        frames = [one for one in run(given, f"bt {threads[name]}", *files) if one.get("module") == "incident_driver"]
        wrong += [f"bt of {name}: {frames}"] * (not frames or not all(one.get("file") for one in frames))
    return wrong[:3] + [f"{len(places)} places, {len(ours)} answers"] * (len(places) < 100 or len(ours) != len(places))


def driver_without_dump(given, guest):
    """The log of the console, vmlinux and the driver's file: the driver's functions have the lines of the dump's answer."""
    path = os.path.join(guest.folder, "oops.txt")
    with open(path, "w", encoding="ascii", errors="replace") as file:
        file.write(guest.serial().replace("\r", ""))
    name = r"\S+\+0x\S+ \[incident_driver\]"
    files = given.vmlinux, guest.dump, debug_file(given)
    whole = {one["input"]: one["source"] for one in run(given, f"annotate {path}", *files)
             if re.fullmatch(name, one["input"]) and "source" in one}
    alone = {one["input"]: one["text"] for one in run(given, f"annotate {path}", files[0], files[2]) if re.fullmatch(name, one["input"])}
    wrong = [f"{call} is at {alone.get(call)}, not {line}" for call, line in whole.items()
             if not alone.get(call, "").partition(" (inlined")[0].endswith(f", {line}")]
    return wrong + ["the log has no functions of the driver"] * (not whole)


def about_variables(given, guest):
    """Of which type is each variable of the driver, and which address was the driver told to use? gdb reads the same file."""
    files = given.vmlinux, guest.dump, debug_file(given)
    table = subprocess.run(["readelf", "-sW", files[2]], capture_output=True, text=True, check=True).stdout
    # .modinfo, with the variables __UNIQUE_ID..., and __versions do not stay in memory
    names = re.findall(r" OBJECT +\w+ +\w+ +\d+ (?!__UNIQUE|____versions)(\w+)$", table, re.MULTILINE)
    loaded = {one["name"] for one in ask(given, guest, "sym -l incident_driver")}
    wrong, nr = [], 0
    for name in names:
        whatis = subprocess.run(["gdb", "-nx", "-batch", "-ex", f"whatis {name}", files[2]], capture_output=True, text=True,
                                check=False).stdout.strip().removeprefix("type = ")
        if name not in loaded or names.count(name) > 1 or not whatis or "data variable" in whatis:
            continue
        answer = run(given, f"p incident_driver:{name}", *files)[0]
        nr += 1
        # gdb calls the type "long unsigned int" of DWARF "unsigned long"
        same = answer.get("type", "").replace("long unsigned int", "unsigned long") == whatis or \
            f"values of type {whatis.partition(' {')[0]}" in answer.get("message", "")
        wrong += [f"{name}: {answer}, not {whatis}"] * (not same)
    address = run(given, "p incident_driver:address", *files)[0]
    wrong += [f"address: {address}"] * (guest.way == "read" and address.get("value") != USER_CODE)
    return wrong + [f"{nr} of {names} are compared"] * (nr < 4)


QUESTIONS = {
    "jump": [lambda given, guest: about_oops(given, guest, "0x0"), driver_without_dump],
    "user": [lambda given, guest: about_oops(given, guest, f"{USER_CODE:#x}"), about_address],
    "read": [lambda given, guest: about_oops(given, guest, "incident_read"), about_address,
             driver_without_dump, about_variables],
    "list": [lambda given, guest: about_oops(given, guest, "__list_del_entry_valid"), about_list],
    "text": [lambda given, guest: about_oops(given, guest, "incident_name"), about_text,
             driver_without_dump],
    "timer": [about_timer, without_dump], "twice": [about_lockup_of_softirq, without_dump],
    "module": [without_dump], "stack": [without_dump],
    "fragment": [about_fragments], "limits": [about_limits], "memory": [about_memory],
    "trouble": [about_waits, about_lockup, about_freed, about_poison, about_tasks, about_reports, without_dump,
                about_lines, about_variables],
}


def wrong_answers(given, guest):
    wrong = []
    for question in QUESTIONS.get(guest.way, []):
        wrong += [f"{guest.name}: {line}" for line in question(given, guest)]
    return wrong
