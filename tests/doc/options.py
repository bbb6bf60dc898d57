#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""options.py MANUAL: compares the options of commands in the manual with the answers of
"help COMMAND" as JSON on standard input: the synopsis has the command's options, each option
is explained below it."""
import json
import re
import sys

MACROS = {"Ar", "Oo", "Oc", "Op", "Cm", "Ns", "Ic", "Li", "Xo", "Xc", "Pq", "Fl", "No", "Ql"}


def flags(line):
    """The names behind each Fl of a line: "Fl u | k" has two."""
    found, taking = set(), False
    for word in line.replace("\\-", "-").split():
        if word in MACROS:
            taking = word == "Fl"
        elif taking and word not in "|,":
            found.add(word.rstrip(",;:."))
    return found


def sections(path):
    """{command: (its synopsis, the lines below it)}"""
    found, name = {}, None
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith(".Sh "):
                name = None
            start = re.match(r"\.It Ic ([a-z_\\&]+)(.*)", line)
            if start:
                name = re.sub(r"\\.", "", start[1])
                found.setdefault(name, ["", []])[0] += " " + start[2]
            elif name:
                found[name][1].append(line)
    return found


def main():
    manual, wrong = sections(sys.argv[1]), []
    for line in sys.stdin:
        command = json.loads(line)
        name = command["name"]
        # Columns and order describes -O and -K of all commands.
        known = {option["name"][1:] for option in command["options"] if "COLUMN" not in option.get("value", "")}
        synopsis, lines = manual.get(name, ("", []))
        told = flags(synopsis).union(*(flags(line) for line in lines))
        wrong += [f"{name}: -{flag} is in the manual's synopsis alone" for flag in sorted(flags(synopsis) - known)]
        wrong += [f"{name}: -{flag} is not in the manual" for flag in sorted(known - told)]
    print("\n".join(wrong))
    return bool(wrong)


sys.exit(main())
