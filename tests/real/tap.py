# SPDX-License-Identifier: GPL-3.0-or-later
"""A line of TAP for each comparison, without a number, and what differs below it."""
MAX_SHOWN = 8
_failed = False


def report(title, count, wrong):
    """Of count things that were compared, wrong says how some differ."""
    global _failed
    if not count:
        wrong = ["nothing was compared"]
    _failed |= bool(wrong)
    print(f"not ok - {title}: {len(wrong)} of {count} differ" if wrong else f"ok - {title}: {count} compared")
    for line in wrong[:MAX_SHOWN]:
        print("#   " + line)


def exit_status():
    """The exit status that goes with what was reported."""
    return 1 if _failed else 0
