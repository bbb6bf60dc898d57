#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""gdb_session.py [--update] FILE FOLDER: runs the first session of a document, indented lines of
which "(gdb) COMMAND" are commands, in FOLDER with gdb, and compares what it prints with what the
document shows. FOLDER/bin/kwalk is what is run. Status 1 where they differ; --update mends it."""
import difflib
import os
import re
import subprocess
import sys

INDENT = "    "


def run(commands, folder):
    arguments = ["gdb", "-q", "-nx", "-batch", "-ex", "set pagination off", "-ex", "set width 0", "-ex", "set height 0"]
    for command in commands:
        arguments += ["-ex", f"echo {INDENT}(gdb) {command}\\n", "-ex", command]
    done = subprocess.run([*arguments, "vmlinux"], cwd=folder, text=True, timeout=600, check=False, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, PATH=os.path.abspath(folder) + "/bin:" + os.environ["PATH"]))
    return [line if line.startswith(INDENT + "(gdb) ") else (INDENT + line).rstrip() for line in done.stdout.splitlines()]


def main():
    path, folder = sys.argv[-2:]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    block = re.search(r"(?:^    \(gdb\) .*\n)(?:^    .*\n|^\n(?=    ))*", text, re.MULTILINE)
    shown = block[0].rstrip("\n").split("\n")
    got = run([line[len(INDENT + "(gdb) "):] for line in shown if line.startswith(INDENT + "(gdb) ")], folder)
    if sys.argv[1] == "--update":
        with open(path, "w", encoding="utf-8") as file:
            file.write(text[:block.start()] + "\n".join(got) + "\n" + text[block.end():])
        return 0
    # Releases of gdb differ in blanks.
    shown, got = ([" ".join(line.split()) for line in lines if line.strip()] for lines in (shown, got))
    if shown != got:
        print("\n".join(difflib.unified_diff(shown, got, "shown", "got", lineterm="")))
    return shown != got


sys.exit(main())
