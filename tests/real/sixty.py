#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sixty [-v] [-k] KWALK VMLINUX DUMP...: the lines that users of crash type most, by both programs on the same dumps.

The weights count lines in 47 sessions that crash's users published; the last ones, once each, stand for 39 forms. A
line's facts are what a pattern finds in crash's answer; kwalk's answer must contain each of them. Verdicts: same; part (some
are missing); step (refused, with what to type instead); no (refused); wrong (an answer without the facts, or silence).
Status 1 if less than 95 % by weight are the same, or one is wrong. CRASH: the command that runs crash, if not "crash"; it
may contain chroot, if the files have the same paths there. -v also shows what is missing. -k: writes both answers to sixty.log."""
import json
import os
import re
import subprocess
import sys
import tempfile
import time

CRASH = os.environ.get("CRASH", "crash").split()
ENOUGH = 0.95  # by weight
LIMIT = 3600  # crash needs a minute of processor time for 6.12, and many times that on a busy machine

# Patterns of facts. The groups of a match are facts of their own; PAIR joins them.
FRAME = r"^ *#\d+ \[[0-9a-f]+\] \S+ at ([0-9a-f]+)"
PAIR = r"\b(\w+) = (\(?0x[0-9a-f]+\b(?! \"\")|-?\d+\b|\"[^\"\n]*\")"
WORD = r"\b([0-9a-f]{16})\b"
PLACE = r"^ *\[([0-9a-f]+)\] .*?(\w+)(?:\[\d+\])*(?: : \d+)?;"
MEMBER = r"(\w+)(?:\[\d+\])*(?: : \d+)?;$"
CODE = r"^0x([0-9a-f]+) "
TASK = r"^[> ] *(\d+) +\d+ +\d+ +([0-9a-f]+) +\w\w "
FD = r"^ *\d+ ([0-9a-f]{8,}) [0-9a-f]{8,} [0-9a-f]{8,} \w+ +(\S+)"
VMA = r"^([0-9a-f]{8,}) +([0-9a-f]+) +[0-9a-f]+ +[0-9a-f]+"
DONE = None  # an option that changes no answer of kwalk: it must be accepted

# weight, line, pattern. The braces name things of the dump: things().
LINES = [
    (53, "struct task_struct.pid,comm,prio {task}", PAIR),
    (33, "struct task_struct {task}", PAIR),
    (28, "kmem {file}", r"^ *[0-9a-f]+ +\d+ +\d+ +\d+ +\d+ +\S+ +(\S+)|^ *\[([0-9a-f]+)\]"),
    (27, "mod -s {module}", DONE),
    (26, "bt", FRAME),
    (18, "task_struct.pid,comm {task}", PAIR),
    (14, "bt {pid}", FRAME),
    (14, "bt -F {pid}", FRAME + r"|[ \[](\w+\+\d+)|\[(\w+(?:-\w+)*)\]"),
    (13, "kmem -i", r"^ *(?:TOTAL MEM|FREE|USED|SHARED|BUFFERS|CACHED|SLAB|TOTAL SWAP|SWAP FREE|COMMIT LIMIT|COMMITTED) +(\d+)"),
    (12, "struct file -o", PLACE),
    (10, "rd {task} 8", WORD),
    # MACHINE: the name, and the frequency.
    (10, "sys", r"^ *MACHINE: (\S+) +\((.*)\)|^ *(?!MACHINE)[A-Z ]+: *(\S.*)$"),
    (10, "log", r"^\[ *([\d.]+)\]"),
    (9, "struct file", MEMBER),
    (9, "dis -rl {back}", CODE),
    (9, "help bt", DONE),
    (9, "dis -l {function}", CODE),
    (9, "struct file -o {file}", PLACE),
    (8, "dis {function}", CODE),
    (8, "sym {function}", r"^([0-9a-f]+) \(.\) (\S+)"),
    (7, "dis -lx {function}", CODE),
    (6, "struct task_struct.tasks -o {task}", PLACE),
    (6, "list module.list -H modules -s module.name", r"^([0-9a-f]{8,})|" + PAIR),
    (5, "rd -x {task} 8", WORD),
    (5, "p nr_threads", r"= (-?\d+)$"),
    (5, "mount", r"^[0-9a-f]{8,} ([0-9a-f]{8,}) (\S+) +(\S+) +(\S+)"),
    (4, "dev -d", r"^ *\d+ ([0-9a-f]{8,}) +(\S+)"),
    (4, "px nr_threads", r"(0x[0-9a-f]+)"),
    (4, "list -H modules", r"^([0-9a-f]{8,})"),
    (4, "bt -f {pid}", FRAME + "|" + WORD),
    (4, "ps -m", r"PID: (\d+) +TASK: ([0-9a-f]+)"),
    (4, "list task_struct.tasks -s task_struct.pid -h {task}", PAIR),
    (4, "task -R pid,comm,prio {pid}", PAIR),
    (4, "ps {comm}", TASK),
    (3, "p (struct task_struct *)0x{task}", r"(0x[0-9a-f]+)"),
    (3, "foreach files", FD),
    (3, "ps", TASK),
    (3, "foreach UN bt", FRAME),
    (3, "set {pid}", r"^ *(?:PID|TASK): (\w+)"),
    (3, "task_struct {task}", PAIR),
    (3, "list {list}", r"^([0-9a-f]{8,})"),
    (3, "mod", r"^([0-9a-f]{8,}) +(\S+) +([0-9a-f]{8,})"),
    (3, "foreach files -R {path}", FD),
    (3, "whatis nr_threads", r"^(\w+) nr_threads"),
    (3, "vm", VMA),
    (2, "files", FD),
    (2, "x/8gx 0x{task}", r"\t0x([0-9a-f]+)"),
    (2, "search -s {task} -e {end} {task}", r"^([0-9a-f]{8,})"),
    (2, "px (struct task_struct *)0x{task}", r"(0x[0-9a-f]+)"),
    (2, "pd 0x1000+16", r"= (\d+)"),
    (2, "px 4096+16", r"= (0x\w+)"),
    (2, "l *{function}", r"is in \w+ \((?:\.\./)*(\S+?)\)"),
    (2, "task {pid}", PAIR),
    (2, "vtop {task}", r"^[0-9a-f]+ +([0-9a-f]+) *$"),
    (2, "struct task_struct.pid -o", PLACE),
    (2, "task_struct.pid {tasks} -l task_struct.tasks", PAIR),
    (2, "list task_struct.tasks -h {task}", r"^([0-9a-f]{8,})"),
    (2, "mod -d {module}", DONE),
    (2, "sym -m {module}", r"^([0-9a-f]{8,}) \([a-zA-Z]\) (\S+)"),
    (1, "ps -S", PAIR),
    (1, "bt -c 0", r"^PID: (\d+) .*COMMAND: \"(.*)\""),
    (1, "set", r"^ *(?:PID|TASK): (\w+)"),
    (1, "sym -q {function}", r"^([0-9a-f]{8,}) \(.\) (\S+)"),
    (1, "p process_counts:0", r"= (-?\d+)"),
    (1, "vm {pid}", VMA),
    (1, "kmem -s filp", r"^[0-9a-f]+ +(\d+) +(\d+) +(\d+) +\d+ +\S+ +(\S+)"),
    (1, "kmem -v", r"^[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) - "),
    (1, "kmem -z", r"NAME: \"(\w+)\"\n +SIZE: ([1-9]\d*)"),
    (1, "kmem -p {physical}", r"^([0-9a-f]{8,}) +([0-9a-f]+)000 "),  # the number of its frame
    (1, "files {pid}", FD),
    (1, "set -p", DONE),
    (1, "ps -p {pid}", r"PID: (\d+) +TASK: ([0-9a-f]+)"),
    (1, "kmem -g", r"^PG_(\w+)"),
    (1, "mod -S", DONE),
    (1, "list task_struct.tasks -h {task} -s task_struct.comm", PAIR),
    (1, "irq", r"^ *(\d+) +([0-9a-f]{8,}) +([0-9a-f]{8,})"),
    (1, "irq -s", r"^ *(\w+): +(\d+)"),
    (1, "irq -a", r"^ *(\d+) (\S+) +\d"),
    (1, "irq -u", r"^ *(\d+) +([0-9a-f]{8,}) +([0-9a-f]{8,})"),
    (1, "runq", r"PID: (\d+) +TASK: ([0-9a-f]+)|CURRENT: .*TASK: ([0-9a-f]+)"),
    (1, "net", r"^ *([0-9a-f]{8,}) +(\S+)"),
    (1, "ps -G {comm}", TASK),
    (1, "ps -g {pid}", r"PID: (\d+) +TASK: ([0-9a-f]+)"),
    # The lines differ: crash looks the return address up, kwalk the call before it.
    (1, "bt -l {pid}", FRAME),
    (1, "bt -g {pid}", FRAME),
    (1, "sys -i", r": (\S.*)$"),
    (1, "mod -t", r"^(\w+) +(\w+)$"),
    (1, "kmem -V", r"^ *(NR_\w+): (\d+)"),
    (1, "task -x {pid}", PAIR),
    (1, "set scroll off", DONE),
    (1, "help", DONE),
    (1, "kmem -s", r"^[0-9a-f]+ +\d+ +\d+ +\d+ +\d+ +\S+ +(\S+)$"),
    (1, "whatis task_struct.pid", r"(pid_t|int)"),
    (1, "dev", r"^ *\d+ +(\S+) +[0-9a-f]{8,}"),
]


def things(kwalk, vmlinux, dump):
    """What the braces stand for: of a blocked task of a process with files, else of any."""
    def ask(line):
        answer = subprocess.run([kwalk, "-q", "-j", "-c", line, vmlinux, dump], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=LIMIT, check=False)
        return [json.loads(row) for row in answer.stdout.splitlines()]

    tasks = [row for row in ask("tasks") if row.get("mm") and row["pid"] == row["tgid"]]
    tasks.sort(key=lambda row: ("D" not in row["state"], "R" in row["state"]))
    # Without "open files", the next one.
    task, files = next((row, found) for row in tasks for found in [[f for f in ask(f"files {row['pid']}") if f.get("path")]] if found)
    address = int(task["task"], 16)
    frames = [int(row["address"], 16) for row in ask(f"bt {task['pid']}") if row.get("sure") and not row.get("inlined")]
    return {
        "task": f"{address:x}", "end": f"{address + 0x1000:x}", "pid": task["pid"], "comm": task["comm"],
        "file": files[0]["file"].replace("0x", ""), "path": files[0]["path"],
        "back": f"{frames[min(2, len(frames) - 1)]:x}", "function": "schedule_timeout",
        "module": ask("list module.list -H modules -s module.name")[-1]["value"]["name"],
        "list": ask("sym modules")[0]["address"].replace("0x", ""),
        "tasks": f"{address + ask('struct task_struct.tasks')[0]['offset']:x}",
        "physical": ask(f"vtop {address:x}")[0]["physical"].replace("0x", ""),
    }


def answers(command, lines, name):
    """The text of each line's answer. Both programs show the line after their prompt, as it comes from a pipe."""
    text = "".join(f"{line}\n" for line in lines) + "quit\n"
    got = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT,
                         encoding="utf-8", errors="replace", check=False)
    parts = re.split(r"^crash> .*\n", got.stdout, flags=re.M)
    if len(parts) != len(lines) + 2:
        sys.exit(f"sixty: {name} answered {len(parts) - 2} of {len(lines)} lines:\n{got.stdout[-2000:]}")
    return parts[1:-1]


def plain(fact):
    """A number of any form, or a word without quotes."""
    fact = re.sub(r"(\\000)+$", "", fact.strip().strip('"').lstrip("(")).replace(": ", ":")
    if place := re.fullmatch(r"([\w.]+\+)(\d+)", fact):
        return place[1] + hex(int(place[2]))  # crash's offsets in functions are decimal
    word = fact.removeprefix("0x").lstrip("0") or fact[-1:]
    return word if re.fullmatch(r"[0-9a-f]+", word) else fact


STATES = {"RU": "R", "IN": "S", "UN": "D", "ST": "T", "TR": "t", "ZO": "Z", "DE": "X", "PA": "P", "ID": "I"}


def same_form(line, text):
    """An answer with the dates, units and states of kwalk."""
    if line == "sys":
        text = re.sub(r"DATE: (.*)", lambda row: "DATE: " + time.strftime("%F %T UTC", time.strptime(row[1], "%a %b %d %H:%M:%S UTC %Y")),
                      text)
        text = re.sub(r"(MEMORY: .*) ([KMG])B$", r"\1 \2iB", text, flags=re.M)
        text = text.replace("Mhz", "MHz").replace('PANIC: "Kernel panic - not syncing: ', 'PANIC: "')
        text = re.sub(r'(PANIC: )"(.*)"$', r"\1\2", text, flags=re.M)
    if line == "ps -S":
        text = re.sub(r"^ *(\w+):? +(\d+)$", lambda row: f"{STATES.get(row[1], row[1])} = {row[2]}", text, flags=re.M)
    return text


def facts_of(pattern, text):
    if pattern == PAIR:
        pairs = {(name, plain(value)) for name, value in re.findall(pattern, text, re.M)}
        # An array of chars that is no text is shown in other forms.
        return {f"{name} = {value}" for name, value in pairs if value and "\\" not in value}
    found = re.findall(pattern, text, re.M)
    return {plain(fact) for match in found for fact in ([match] if isinstance(match, str) else match) if fact.strip()}


def words_of(text):
    """The words of an answer, each also in other forms: a decimal number in hexadecimal, pages for KiB."""
    words = {plain(word) for word in re.findall(r"[\w./$:#@-]+", text)}
    words |= {plain(word) for word in re.findall(r"[A-Za-z0-9_]+", text)}
    words |= {f"{int(word):x}" for word in words if re.fullmatch(r"\d{1,18}", word)}
    words |= {str(int(word, 16)) for word in words if re.fullmatch(r"[0-9a-f]{1,15}", word)}
    words |= {str(int(word) // 4) for word in re.findall(r"\b(\d+)(?: KiB|K\b)", text)}
    return words


def missing_of(pattern, facts, text):
    if pattern == PAIR:
        mine = facts_of(pattern, text)
        # Chars and flags are shown by both as numbers; an enumerator may have its name.
        names = {fact.split(" = ")[0] for fact in mine}
        enums = set(re.findall(r"\b(\w+) = [A-Za-z]\w*", text))
        return {fact for fact in facts - mine if fact.split(" = ")[0] not in enums - names}
    words = words_of(text)
    text = text.replace(": ", ":")  # as in plain()
    return {fact for fact in facts if fact not in words and fact not in text}


STEP = re.compile(r"shows?\b|lists?\b|explains?\b|finds?\b|\buse\b|\btry\b|did you mean|chooses?\b|choose one")


def judge(pattern, crash, kwalk):
    """The verdict, and the facts that are missing."""
    refused = [row for row in kwalk.splitlines() if row.startswith("kwalk:") and "warning:" not in row]
    said = "\n".join(row for row in kwalk.splitlines() if not row.startswith("kwalk:"))
    if pattern is DONE:
        return (("step" if STEP.search(refused[0]) else "no") if refused else "same"), set(refused)
    facts = facts_of(pattern, crash)
    if not facts:
        return "crash", {crash.strip()[:100]}
    missing = missing_of(pattern, facts, said)
    if not missing:
        return "same", missing
    if refused and not said.strip():
        return ("step" if STEP.search(refused[0]) else "no"), {refused[0]}
    return ("part" if len(missing) < 0.7 * len(facts) else "wrong"), missing


def compare(kwalk, vmlinux, dump, options):
    names = things(kwalk, vmlinux, dump)
    # Without a panic, each program begins with another task: both are asked for the same one.
    lines = [f"set {names['pid']}"] + [line.format(**names) for _, line, _ in LINES]
    with tempfile.TemporaryDirectory() as folder:
        link = os.path.join(folder, "kwalk-crash")
        os.symlink(os.path.abspath(kwalk), link)
        ours = answers([link, vmlinux, dump], lines, "kwalk")
    theirs = answers(CRASH + [vmlinux, dump], lines, "crash")
    weights = {}
    print(f"\n{dump}\n")
    for (weight, _, pattern), line, mine, its in zip(LINES, lines[1:], ours[1:], theirs[1:]):
        verdict, missing = judge(pattern, same_form(line, its), same_form(line, mine))
        weights[verdict] = weights.get(verdict, 0) + weight
        sample = "; ".join(sorted(missing)[:6 if "-v" in options else 3])
        print(f"{weight:4} {verdict:5} {line:60.60} {len(missing) or '':4} {sample:.140}".rstrip())
        if "-k" in options:
            with open("sixty.log", "a", encoding="utf-8") as log:
                log.write(f"=== {verdict} {line}\n--- crash\n{its}\n--- kwalk\n{mine}\n")
    total = sum(weights.values()) - weights.get("crash", 0)
    print("\n" + ", ".join(f"{verdict} {100 * weight / total:.1f} %" for verdict, weight in sorted(weights.items(), key=lambda row: -row[1])))
    print("(crash: it has no answer itself, so the line does not count)")
    return weights.get("same", 0) >= ENOUGH * total and not weights.get("wrong")


def main():
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    if len(words) < 3 or len(words) % 2 == 0:
        sys.exit(__doc__)
    done = [compare(words[0], vmlinux, dump, options) for vmlinux, dump in zip(words[1::2], words[2::2])]
    sys.exit(not all(done))


if __name__ == "__main__":
    main()
