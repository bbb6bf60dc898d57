#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""crash.py PAGE KWALK DUMP: the table of the page for users of crash. kwalk takes each line of the first column, and
runs for it what the second column and "help crash" say."""
import json
import re
import subprocess
import sys

VALUES = {"ADDR": "ffff888000030300", "CODE": "pipe_read", "PID": "3", "VAR": "init_task", "FUNC": "pipe_read",
          "X": "task_struct", "MEMBER": "comm", "LINK": "tasks", "VALUE": "12345"}
REFUSED = "no such command|unknown option|not answered here|too many arguments|is missing|takes no|ambiguous"


def run(kwalk, *words):
    done = subprocess.run([kwalk, "-q", *words], text=True, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout, done.stderr


def fits(alias, line):
    """Is the alias for this line? Its words are the name, perhaps options, and arguments."""
    name, option = (alias["crash"].split() + [""])[:2]
    words = line.split() + [""]
    options = words[1] if words[1].startswith("-") else ""
    return name == words[0] and (option if option.startswith("-") else "") == options


def main():
    page, kwalk, dump = sys.argv[1:]
    aliases = [json.loads(row) for row in run(kwalk, "-j", "-c", "help crash")[0].splitlines()]
    wrong, lines = [], 0
    with open(page, encoding="utf-8") as file:
        rows = [row.split("|")[1:3] for row in file if row.startswith("| `")]
    for crash, ours in rows:
        for line in re.findall("`([^`]*)`", crash):
            lines += 1
            typed = re.sub(r"\b[A-Z]+\b", lambda word: VALUES.get(word[0], word[0]), line)
            said = run(kwalk, "-c", typed, dump)[1]
            if re.search(REFUSED, said):
                wrong.append(f"{typed}: {said.strip()}")
            runs = [alias.get("runs") for alias in aliases if fits(alias, line)]
            if "`" in ours and ours.strip(" `") not in runs:
                wrong.append(f"{line}: help crash has {runs}, the page {ours.strip()}")
    print("\n".join(wrong))
    return bool(wrong) or lines < 30


if __name__ == "__main__":
    sys.exit(main())
