#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""aliases.py [--update] MANUAL: the table of crash's commands in the manual, between its
two comments, against `kwalk -j -c "help crash"` on standard input. Prints the table as it
should be and ends with status 1 where it differs; --update puts it there."""
import json
import sys
import textwrap

BEGIN, END = '.\\" The table of crash begins.\n', '.\\" The table of crash ends.\n'


def literal(text):
    return '"\\&' + text.replace("\\", "\\e").replace("-", "\\-") + '"'


def prose(text):
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")


def table(rows):
    lines = ['.Bl -column "pagemap -p [PID|NAME|TASK]" "pagemap -p [PID|NAME|TASK]"']
    instead, accepted = {}, []
    for row in rows:
        if row.get("accepted"):
            accepted.append(row["crash"])
        elif "runs" in row:
            runs = " ".join(filter(None, (row["runs"], row["arguments"])))
            lines.append(f".It Li {literal(row['crash'])} Ta Li {literal(runs)}")
        else:
            instead.setdefault(row["instead"], []).append(row["crash"])
    lines += [".El", ".Pp", "kwalk accepts these commands of crash, and does nothing:", ".Bl -item -compact"]
    for name in accepted:
        lines += [".It", *(f".Li {literal(part)}" for part in textwrap.wrap(name, 70))]
    lines += [".El", ".Pp", "kwalk does not answer these commands of crash:", '.Bl -tag -width "kmem -o"']
    for text, names in instead.items():
        lines += [".It Li " + " , ".join(map(literal, names)), *textwrap.wrap(prose(text), 78, break_long_words=False, break_on_hyphens=False)]
    return "\n".join(lines + [".El", ""])


def main():
    update, path = sys.argv[1] == "--update", sys.argv[-1]
    wanted = table([json.loads(line) for line in sys.stdin])
    with open(path, encoding="utf-8") as file:
        before, _, rest = file.read().partition(BEGIN)
    found, _, after = rest.partition(END)
    if update:
        with open(path, "w", encoding="utf-8") as file:
            file.write(before + BEGIN + wanted + END + after)
    elif found != wanted:
        sys.exit(f"{path} should have:\n{wanted}")


main()
