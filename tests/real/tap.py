# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints a line of TAP for each comparison, without a number, and below it the differences."""
MAX_SHOWN = 8
_failed = False


def report(title, count, wrong):
    """count: the number of things that were compared. wrong: texts that describe the differences."""
    global _failed
    if not count:
        wrong = ["nothing was compared"]
    _failed |= bool(wrong)
    print(f"not ok - {title}: {len(wrong)} of {count} differ" if wrong else f"ok - {title}: {count} compared")
    for line in wrong[:MAX_SHOWN]:
        print("#   " + line)


def opened(vmlinux, dump):
    """Returns the files for kwalk. vmlinux: may be empty."""
    return [vmlinux] * bool(vmlinux) + [dump]


def exit_status():
    """Returns the exit status for the results that were reported."""
    return 1 if _failed else 0
