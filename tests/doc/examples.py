#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""examples.py [--update] FILE FOLDER: runs each "$ kwalk ..." of a document in FOLDER and
compares what it prints with what the document shows; a line "[...]" stands for any lines.
FOLDER/bin/kwalk is what is run. Status 1 where they differ; --update mends the document."""
import difflib
import os
import re
import subprocess
import sys

SKIP = "[...]"


def to_text(line, roff):
    return line.replace("\\&", "").replace("\\-", "-").replace("\\e", "\\") if roff else line


def to_source(line, roff):
    if not roff:
        return line
    line = line.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + line if line[:1] in (".", "'") else line


def examples(lines):
    """(index of the command's line, index after its output): output ends with the block or
    before the next command."""
    start = None
    for i, line in enumerate(lines):
        if start is not None and (line.startswith(("$ ", "```")) or line == ".Ed"):
            yield start, i
            start = None
        if line.startswith("$ kwalk"):
            start = i


def run(command, folder):
    environment = dict(os.environ, PATH=os.path.abspath(folder) + "/bin:/usr/bin:/bin", LC_ALL="C", HOME="/nonexistent",
                       KWALK_DEBUG_PATH="")
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, text=True, timeout=600, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return [line.rstrip() for line in done.stdout.rstrip("\n").split("\n")]


def agrees(shown, got):
    pattern = "".join(r"(?:.*\n)*" if line == SKIP else re.escape(line) + r"\n" for line in shown)
    return re.fullmatch(pattern, "".join(line + "\n" for line in got)) is not None


def left_out(path, start, got):
    """The message that an example printed because configure left out what it needs, or None."""
    said = next((line for line in got if "this kwalk was built without " in line), None)
    if said:
        print(f"{path}:{start + 1}: skipped: {said}")
    return said


def main():
    update = sys.argv[1] == "--update"
    path, folder = sys.argv[-2:]
    roff = path[-2:-1] == "."  # kwalk.1
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    found, differ = list(examples(lines)), 0
    has_devices = not any(re.match("Built without:.* devices", line) for line in run("kwalk --version", folder))
    for start, end in reversed(found):
        command = to_text(lines[start], roff)[2:]
        shown = [to_text(line, roff).rstrip() for line in lines[start + 1:end]]
        got = run(command, folder)
        # What the sandbox lacks, this machine's kernel lacks.
        ours = [line for line in shown if line.startswith("sandbox ")]
        got = [ours[0] if ours and line.startswith("sandbox ") else line for line in got]
        if not has_devices:
            shown = [line for line in shown if not line.startswith("io-tables ")]
        if agrees(shown, got) or left_out(path, start, got):
            continue
        differ += 1
        if update:
            lines[start + 1:end] = [to_source(line, roff) for line in got]
            continue
        print(f"{path}:{start + 1}: {command}")
        print("\n".join(difflib.unified_diff(shown, got, "shown", "printed", lineterm="")))
    if update:
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines))
    print(f"{path}: {len(found)} examples, {differ} {'mended' if update else 'differ'}")
    return not found or (differ and not update)


if __name__ == "__main__":
    sys.exit(main())
