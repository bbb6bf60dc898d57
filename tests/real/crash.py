#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""crash.py KWALK DIR VMLINUX: asks crash (of CRASH, or the path) and kwalk the same questions about the guest
recorded in DIR. Writes a Markdown table of answers that agree and differ. Not part of the tests, because no
release of crash opens all kernels of the guests. See CRASH.md."""
import json
import os
import re
import subprocess
import sys
import tempfile

SHOWN = 3


class Crash:
    def __init__(self, files):
        self.program, self.files = os.environ.get("CRASH", "crash"), files

    def ask(self, command):
        """Returns the output of one command. Each command is a separate run, because an error may end a run."""
        with tempfile.NamedTemporaryFile("w", suffix=".crash") as script:
            script.write(command + "\nquit\n")
            script.flush()
            run = subprocess.run([self.program, "-s", "-i", script.name, *self.files], capture_output=True, text=True,
                                 timeout=600, check=False, stdin=subprocess.DEVNULL, env=dict(os.environ, HOME="/nonexistent"))
        return run.stdout + run.stderr


class Kwalk:
    def __init__(self, program, files):
        self.program, self.files = program, files

    def ask(self, commands):
        run = subprocess.run([self.program, "-q", "-j", "-x", "-", *self.files], input=commands + "\n",
                             capture_output=True, text=True, timeout=600, check=False)
        return [json.loads(line) for line in run.stdout.splitlines()]


def row(what, crash, kwalk, differing, examples=()):
    print(f"| {what} | {crash} | {kwalk} | {differing} |")
    for example in list(examples)[:SHOWN]:
        print(f"<!-- {example} -->")


def complaint(text):
    """Returns the end of the output, because crash also prints complaints when it starts."""
    found = re.findall(r"^(?!WARNING|bt)\w+: (\S.*)$", text, re.MULTILINE)
    return found[-1].strip() if found else "nothing"


def compare_tasks(crash, kwalk):
    theirs = {int(task, 16): (int(pid), comm) for pid, task, comm in
              re.findall(r"^>? +(\d+) +\d+ +\d+ +([0-9a-f]+) +\w\w .*?(\S+)$", crash.ask("ps"), re.MULTILINE)}
    ours = {int(task["task"], 16): (task["pid"], task["comm"]) for task in kwalk.ask("tasks")}
    wrong = [f"{task:x}: {what}, {ours.get(task)}" for task, what in theirs.items()
             if task not in ours or ours[task][0] != what[0] or ours[task][1] != what[1].strip("[]")]
    row("`ps`, `tasks`", len(theirs), len(ours), f"{len(wrong)} of crash's; {len(set(ours) - set(theirs))} only in kwalk",
        wrong)


def compare_pages_of_process(crash, kwalk):
    text = crash.ask("vm -p 1")
    theirs = {int(vaddr, 16): int(paddr, 16) for vaddr, paddr in
              re.findall(r"^ *([0-9a-f]+) +([0-9a-f]+)$", text, re.MULTILINE)}
    ours = {}
    for page in kwalk.ask("pagemap -p 1"):
        if "physical" in page:
            for offset in range(0, page["page_size"], 4096):
                ours[int(page["virtual"], 16) + offset] = int(page["physical"], 16) + offset
    wrong = [f"{vaddr:x}: {paddr:x}, {ours.get(vaddr, -1):x}" for vaddr, paddr in theirs.items() if ours.get(vaddr) != paddr]
    row("`vm -p 1`, `pagemap -p 1`", len(theirs) or complaint(text), f"{len(ours)} pages",
        f"{len(wrong)} of crash's", wrong)


def compare_structs(crash, kwalk):
    """Each struct page: mapping, count and flags, and the index if it is valid."""
    theirs = re.findall(r"^([0-9a-f]{8,16}) +([0-9a-f]+) +([0-9a-f]+) +([0-9a-f]+) +(-?\d+) ([0-9a-f]+)(?: (\S+))?$",
                        crash.ask("kmem -p"), re.MULTILINE)
    answers = kwalk.ask("\n".join("page " + page for page, *_ in theirs))
    wrong, indexes = [], 0
    for (page, paddr, mapping, index, count, word, names), answer in zip(theirs, answers):
        got = [int(answer[name], 16) for name in ("physical", "mapping", "flags_word")]
        if got != [int(text, 16) for text in (paddr, mapping, word)] or answer["refcount"] != int(count) or \
                set(answer["flags"]) != set((names or "").split(",")) - {""}:
            wrong.append(f"{page}: {mapping} {count} {word} {names}, {answer}")
        if answer.get("head") in (None, answer["pfn"]) and "index" in answer:
            indexes += 1
            if answer["index"] != int(index, 16):
                wrong.append(f"{page}: index {index}, {answer}")
    row(f"`kmem -p`, `page`: mapping, count, flags; {indexes} indexes", len(theirs), len(answers), len(wrong), wrong)


def compare_free(crash, kwalk, frames):
    """Free blocks: crash reads the free lists, and kwalk the struct pages."""
    theirs, order = {}, None
    text = crash.ask("kmem -F")
    pages = {}
    for line in text.splitlines():
        area = re.match(r" +(\d+) +\d+k +[0-9a-f]+ *$", line)
        if area:
            order = int(area[1])
        elif re.fullmatch(r"[0-9a-f]{8,16}", line.strip()) and order is not None:
            pages[line.strip()] = order
    for answer, order in zip(kwalk.ask("\n".join("page_to_pfn " + page for page in pages)), pages.values()):
        theirs[int(answer["pfn"], 16)] = order
    ours = {int(answer["physical"], 16) >> 12: answer["order"] for answer in
            kwalk.ask("ptov -a " + " ".join(f"{frame << 12:x}" for frame in frames))
            if answer.get("use") == "free"}
    wrong = [f"{start:x}, order {order}: {ours.get(start)}" for start, order in theirs.items() if ours.get(start) != order]
    covered = {frame for start, order in theirs.items() for frame in range(start, start + (1 << order))}
    row("`kmem -F`, `ptov -a` of all frames: free ones", len(covered), len(ours), len(covered ^ set(ours)) + len(wrong), wrong)


def compare_vtop(crash, kwalk, directory):
    """Kernel addresses: one of 97 that the MMU lists."""
    with open(os.path.join(directory, "tlb.txt"), encoding="ascii") as file:
        addresses = [line.split(":")[0] for line in file if line.startswith("ff")][::97]
    theirs = [(vaddr, paddr) for vaddr, paddr in
              re.findall(r"^([0-9a-f]{16}) +(\S+) *$", crash.ask("\n".join("vtop " + a for a in addresses)), re.MULTILINE)]
    ours = {a["input"]: a.get("physical") for a in kwalk.ask("vtop " + " ".join(addresses))}
    wrong = [f"{vaddr}: {paddr}, {ours.get(vaddr)}" for vaddr, paddr in theirs
             if ours.get(vaddr) != "0x" + paddr]
    row("`vtop` of the kernel", f"{len(theirs)} of {len(addresses)}", len(ours), len(wrong), wrong)


def main():
    program, directory, vmlinux = sys.argv[1:4]
    files = [vmlinux, os.path.join(directory, "vmcore")]
    crash, kwalk = Crash(files), Kwalk(program, files)
    release = next((a["value"] for a in kwalk.ask("info") if a.get("fact") == "release"), "?")
    version = subprocess.run([crash.program, "--version"], capture_output=True, text=True, check=False).stdout
    print(f"crash {re.search(r'crash ([0-9.]+)', version)[1]}, Linux {release}\n")
    print("| what | crash | kwalk | differ |\n|---|---|---|---|")
    if "ERROR" in (text := crash.ask("sys")) or "RELEASE" not in text:
        row("opening it", complaint(text), "opens", "")
        return
    compare_tasks(crash, kwalk)
    compare_pages_of_process(crash, kwalk)
    compare_structs(crash, kwalk)
    ram = [range(int(r["start"], 16) + 4095 >> 12, int(r["end"], 16) + 1 >> 12) for r in kwalk.ask("iomem")
           if r.get("name") == "System RAM"]
    compare_free(crash, kwalk, [frame for frames in ram for frame in frames])
    compare_vtop(crash, kwalk, directory)


main()
