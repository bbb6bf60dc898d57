#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""extract.py KWALK DIR VMLINUX NAME: writes the memory of the guest recorded in DIR with extract, as an ELF core
and as kdump-compressed. The sources are the guest's core, QEMU's other containers, and an image without a note.
Proves that the output is complete: kwalk gives the same answers, and drgn, makedumpfile and crash can open it.
Prints TAP without numbers. Status: 1 if anything differs. Debian's package of drgn is for Debian's Python, so
that Python runs this."""
import json
import os
import random
import re
import shutil
import subprocess
import sys

import containers
from records import whole_pages
from tap import exit_status, report

PAGES = 300
ABOUT_CONTAINER = ("dump_", "writer", "compression", "pages_", "vmcoreinfo", "sandbox", "vmlinux")
QUESTIONS = "info; regions; tasks; pt; iomem; zones; frames; slabs; log; panic; "


# --- kwalk ---

class Kwalk:
    def __init__(self, program, vmlinux):
        self.program, self.vmlinux = program, vmlinux

    def ask(self, files, commands):
        run = subprocess.run([self.program, "-q", "-j", "-x", "-", self.vmlinux, *files], input=commands, capture_output=True,
                             text=True, timeout=300, check=False)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def extract(self, files, options, out, vmlinux=True, level="all"):
        """Returns None, or the reason of a failure."""
        run = subprocess.run([self.program, "-q", "-j", "-c", f"extract -l {level} {options} -f -w {out}",
                              *([self.vmlinux] if vmlinux else []), *files], capture_output=True, text=True, timeout=300,
                             check=False)
        return (run.stderr.strip() or run.stdout) if run.returncode or not os.path.exists(out) else None


def comparable(answer):
    """Returns the answer without facts about the container and the sources of facts. A page of zeros counts as
    present."""
    if str(answer.get("fact", "")).startswith(ABOUT_CONTAINER):
        return None
    text = json.dumps({key: value for key, value in answer.items() if key != "source"}, sort_keys=True)
    return text.replace('"page_state": "zero"', '"page_state": "present"')


def questions(folder):
    """Commands of all kinds, and addresses of pages that the emulated MMU lists."""
    addresses = [virtual for virtual, _ in whole_pages(folder)]
    some = random.Random(1).sample(addresses, min(PAGES, len(addresses)))
    return QUESTIONS + "".join(f"; vtop {address}; rd {address} 8" for address in some) + "\n"


def check_answers(ours, source, files, commands, title):
    whole, got = ([text for text in map(comparable, ours.ask(of, commands)) if text] for of in (source, files))
    wrong = [f"{a[:150]}, not {b[:150]}" for a, b in zip(got, whole) if a != b]
    wrong += [f"{len(got)} answers, not {len(whole)}"] * (len(got) != len(whole))
    report(f"{title}: kwalk answers as of the whole", len(whole), wrong)


# --- other tools ---

def check_drgn(ours, out, tasks, title):
    try:
        import drgn  # pylint: disable=import-outside-toplevel
        from drgn.helpers.linux import for_each_task  # pylint: disable=import-outside-toplevel
    except ImportError as error:
        print(f"not ok - {title}: {error}" if os.environ.get("CI") else f"ok - {title}: drgn # SKIP {error}")
        return
    prog = drgn.Program()
    try:
        prog.set_core_dump(out)
        prog.load_debug_info([ours.vmlinux])
        theirs = {(task.pid.value_(), task.comm.string_().decode()) for task in for_each_task(prog)}
    except Exception as error:  # pylint: disable=broad-except
        # libkdumpfile needs three numbers: 6.1.0, not 7.3-cloud-amd64.
        if "Invalid kernel version" in str(error):
            print(f"ok - {title}: drgn # SKIP {error}")
            return
        report(f"{title}: drgn opens it", 1, [f"{type(error).__name__}: {error}"])
        return
    report(f"{title}: drgn opens it", len(theirs), [str(one) for one in theirs ^ tasks])


def check_makedumpfile(ours, out, release, title):
    """makedumpfile can leave out pages, and its output is a dump of the same kernel."""
    program = shutil.which("makedumpfile", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    if not program:
        return
    again = out + ".again"
    run = subprocess.run([program, "-c", "-d", "31", out, again], capture_output=True, text=True, timeout=300, check=False)
    wrong = [run.stdout[-200:] + run.stderr[-200:]] if run.returncode else []
    if not wrong:
        facts = {answer["fact"]: answer["value"] for answer in ours.ask([again], "info\n")}
        wrong += [f"{key}: {facts.get(key)}" for key, value in (("release", release), ("writer", None))
                  if key not in facts or value and facts[key] != value]
    if os.path.exists(again):
        os.remove(again)
    report(f"{title}: makedumpfile -d 31", 1, wrong)


def ask_crash(files):
    """Returns None if crash does not open the files. The name of the file does not matter."""
    program = os.environ.get("CRASH") or shutil.which("crash")
    if not program:
        return None
    with open(files[-1] + ".crash", "w", encoding="ascii") as script:
        script.write("sys\nps\nlog\nbt -a\nkmem -i\nmod\nvtop init_task\nvtop linux_banner\nquit\n")
    run = subprocess.run([program, "-s", "-i", script.name, *files], capture_output=True, text=True, timeout=120, check=False,
                         stdin=subprocess.DEVNULL, env=dict(os.environ, HOME="/nonexistent"))
    os.remove(script.name)
    return None if run.returncode else [line for line in run.stdout.splitlines() if "DUMPFILE" not in line]


def check_crash(vmlinux, whole, out, title):
    if whole is None:
        return
    got = ask_crash([vmlinux, out]) or []
    report(f"{title}: crash says the same", len(whole), [f"{a}, not {b}" for a, b in zip(got, whole) if a != b] +
           [f"{len(got)} lines"] * (len(got) != len(whole)))


# --- the output ---

def without_note(folder, dump):
    """Writes a raw image from address 0 on, in which no note can be found."""
    out = os.path.join(folder, "extract.raw")
    writers = containers.load_writers(folder)
    ranges = [one for one in containers.disjoint(writers.read_elf(dump)[0]) if one[0] < 3 << 30]
    writers.write_raw(ranges, out)
    with open(out, "r+b") as file:
        data = file.read()
        for match in re.finditer(rb"OSRELEASE=", data):
            file.seek(match.start())
            file.write(b"XXXXXXXXX=")
    return out


def check_composed(ours, folder, dump, tasks, release, title):
    """Without a note in the source, other tools know the kernel only from the note that extract makes."""
    raw, out = without_note(folder, dump), os.path.join(folder, "extract.out")
    why = ours.extract([raw], "", out)
    report(f"{title}: extract", 1, [why] if why else [])
    if not why:
        check_drgn(ours, out, tasks, title)
        check_makedumpfile(ours, out, release, title)
    for name in (raw, out):
        if os.path.exists(name):
            os.remove(name)


def check_kernel_level(ours, dump, out, facts, tasks, in_crash, title):
    """A dump without pages of users and files is enough for other tools."""
    for form in "ELF", "zlib":
        kind = f"{title}, level kernel as {form}"
        why = ours.extract([dump], "" if form == "ELF" else f"-z {form}", out, level="kernel")
        report(f"{kind}: extract", 1, [why] if why else [])
        if why:
            continue
        check_drgn(ours, out, tasks, kind)
        check_crash(ours.vmlinux, in_crash, out, kind)
        if form == "ELF":
            check_makedumpfile(ours, out, facts["release"], kind)
        os.remove(out)


def sources(folder, dump):
    """Yields (name, files, forms). containers.py proves that QEMU's containers give the same answers as the core."""
    small = os.path.getsize(dump) < containers.LARGE
    yield "core", [dump], ("ELF", "zlib")
    for name, file, form in (("QEMU's kdump", "vmcore.kdump", "zstd"), ("QEMU's stream", "vmcore.stream", "ELF")):
        path = os.path.join(folder, file)
        if small and os.path.exists(path):
            yield name, [path], (form,)


def main():
    program, folder, vmlinux, title = sys.argv[1:]
    ours, dump, out = Kwalk(program, vmlinux), os.path.join(folder, "vmcore"), os.path.join(folder, "extract.out")
    commands = questions(folder)
    answers = ours.ask([dump], "info; tasks\n")
    facts = {answer["fact"]: answer["value"] for answer in answers if "fact" in answer}
    tasks = {(answer["pid"], answer["comm"]) for answer in answers if answer["command"] == "tasks" and answer.get("pid")}
    wide, small = facts["arch"] == "x86_64", os.path.getsize(dump) < containers.LARGE
    in_crash = ask_crash([vmlinux, dump]) if wide and small else None
    for name, files, forms in sources(folder, dump):
        for form in forms:
            kind, options = f"{title}, {name} as {form}", "" if form == "ELF" else f"-z {form}"
            why = ours.extract(files, options, out)
            report(f"{kind}: extract", 1, [why] if why else [])
            if why:
                continue
            check_answers(ours, files, [out], commands, kind)
            if wide and name == "core":
                check_drgn(ours, out, tasks, kind)
                check_crash(vmlinux, in_crash, out, kind)
            if wide and small and form == "ELF" and name == "core":
                check_makedumpfile(ours, out, facts["release"], kind)
            os.remove(out)
    if wide and small:
        check_kernel_level(ours, dump, out, facts, tasks, in_crash, title)
        check_composed(ours, folder, dump, tasks, facts["release"], f"{title}, raw without a note")
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
