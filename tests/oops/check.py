#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check.py [-v] KWALK [FILE.facts...]: whether KWALK annotate says the facts about the texts, and
nothing false. README.md describes the lines of a file of facts. Each fact that does not hold is
printed with the words that contradict it. The exit status is 1 if a fact does not hold; facts
after "aim" only count for the share."""
import collections
import concurrent.futures
import glob
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MARK = "    ^ "
ODD = r"0x0x|%[0-9l]*[dusxz]\b|\(nil\)"  # a mistake in any text
SECONDS = int(os.environ.get("PATIENCE", "600"))


class Answer:
    """What kwalk says about a text: the verdict, the notes below its lines, and the objects."""

    def __init__(self, kwalk, text):
        self.faults = []
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": "/nonexistent",
                       "KWALK_DEBUG_PATH": ""}
        environment.update((key, value) for key, value in os.environ.items()
                           if key.endswith("SAN_OPTIONS"))

        def run(*arguments):
            try:
                done = subprocess.run([kwalk, *arguments, text], stdin=subprocess.DEVNULL,
                                      capture_output=True, env=environment, check=False,
                                      timeout=SECONDS)
            except subprocess.TimeoutExpired:
                self.faults.append(f"kwalk {' '.join(arguments)}: no answer")
                return ""
            said = done.stderr.decode(errors="replace").strip()
            if done.returncode or said:
                self.faults.append(f"kwalk {' '.join(arguments)}: exit status {done.returncode}: "
                                   f"{said or 'no complaint'}")
            return done.stdout.decode(errors="replace")

        # Further lines of a sentence begin with two blanks.
        self.verdict = run("annotate", "-s").replace("\n  ", " ").splitlines()
        self.notes = [line[len(MARK):] for line in run("annotate").splitlines()
                      if line.startswith(MARK)]
        self.reports = []
        for line in run("-j", "annotate").splitlines():
            try:
                thing = json.loads(line)
            except ValueError:
                self.faults.append(f"not JSON: {line}")
                continue
            if thing.get("report") == "none":
                continue
            if "report" in thing:
                self.reports.append(thing)

    def lines(self):
        return self.verdict + self.notes


def words(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(words(item) for item in value)
    return "-" if value is None else str(value)


def found(pattern, text):
    return re.search(pattern, text, re.IGNORECASE | re.DOTALL)


def same(want, got):
    if want.startswith("~"):
        return bool(found(want[1:], got))
    return want == got


def contradiction(answer, kind, rest):
    """Why the fact does not hold, or None."""
    if kind == "reports":
        return None if len(answer.reports) == int(rest) else f"{len(answer.reports)} reports"
    if kind == "json":
        number, field, want = re.fullmatch(r"(?:(\d+) )?(\w+) (.+)", rest).groups()
        at = int(number or 1) - 1
        if at >= len(answer.reports):
            return f"there are {len(answer.reports)} reports"
        got = words(answer.reports[at].get(field))
        return None if same(want, got) else f"{field} is {got}"
    if kind in ("says", "verdict"):
        lines = answer.verdict if kind == "verdict" else answer.lines()
        return None if found(rest, " ".join(lines)) else "verdict: " + " ".join(answer.verdict)
    if kind == "never":
        wrong = [line for line in answer.lines() if found(rest, line)]
        return "says: " + " / ".join(wrong) if wrong else None
    if kind == "notes":
        most = int(rest)
        return None if len(answer.notes) <= most else f"{len(answer.notes)} notes"
    raise ValueError(f"no such fact: {kind} {rest}")


def check(kwalk, facts):
    """The facts of a file that do not hold, and how many of each kind there are."""
    answer = Answer(kwalk, facts[:-len("facts")] + "txt")
    count = collections.Counter()
    answer.faults += [f"odd: {line}" for line in answer.lines() if re.search(ODD, line)]
    failed = [("", fault) for fault in answer.faults]
    with open(facts, encoding="utf-8") as file:
        for at, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            aim, fact = (True, line[4:]) if line.startswith("aim ") else (False, line)
            try:
                why = contradiction(answer, *fact.split(" ", 1))
            except (ValueError, TypeError, AttributeError, re.error) as error:
                sys.exit(f"{facts}:{at}: {error}")
            share = "never" if fact.startswith("never") else "facts"
            count[share] += 1
            if why:
                count["not " + share] += 1
                failed.append((f"{at}: {line}", ("(aim) " if aim else "") + why))
                count["failed"] += not aim
    count["failed"] += len(answer.faults)
    return failed, count


def main():
    arguments = sys.argv[1:]
    verbose = "-v" in arguments[:1]
    kwalk, *files = arguments[verbose:]
    kwalk = os.path.abspath(kwalk) if os.sep in kwalk else kwalk
    files = files or sorted(glob.glob(os.path.join(HERE, "*.facts")))
    total = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for file, (failed, count) in zip(files, pool.map(lambda name: check(kwalk, name), files)):
            for fact, why in failed:
                print(f"{os.path.basename(file)}:{fact}\n    {why}")
            if verbose:
                print(f"{os.path.basename(file)}: {count['facts'] - count['not facts']} of "
                      f"{count['facts']} facts, {count['not never']} false statements")
            total += count
    held = total["facts"] - total["not facts"]
    print(f"{len(files)} texts: {held} of {total['facts']} facts are stated"
          f" ({100 * held // max(total['facts'], 1)} %), {total['not never']} of {total['never']}"
          f" false statements are made, {total['failed']} failures")
    return total["failed"] != 0


if __name__ == "__main__":
    sys.exit(main())
