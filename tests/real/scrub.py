#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extracts each level of the memory recorded in DIR with --scrub. Compares the answers that the level promises with
the answers for the whole memory: only names may differ, and each name must have one pseudonym. Names of
processes, names of files, and log texts that the guest printed must not be in the output. Prints TAP without
numbers. Status: 1 if anything differs."""
import json
import os
import re
import sys
import tempfile

from levels import USE, Kwalk, given, processes
from tap import exit_status, report

LEVELS = ("tables", "frames", "kernel")
# Fields in which answers may differ. A path consists of several names.
NAMES = ("comm", "resource", "file", "slab_cache", "name", "device", "filesystem", "path", "module", "text")
PART = re.compile(r"[^/]+")
QUOTED = re.compile(r"\(([^)]*)\)")
STARS = re.compile(r"[*\n]*")
SHORTEST = 9  # bytes of a text that is searched; shorter texts may be equal by chance


class Pseudonyms:
    """The pseudonym of each name, and the name of each pseudonym."""

    def __init__(self):
        self.of, self.name = {}, {}

    def fits(self, name, other):
        """Is other equal to name, or the only pseudonym of name?"""
        if name == other:
            return True
        return len(name) < 3 or (self.of.setdefault(name, other) == other and
                                 self.name.setdefault(other, name) == name)

    def path_fits(self, path, other):
        if path[:1] != "/":
            return self.fits(path, other)
        ours, theirs = PART.findall(path), PART.findall(other)
        if len(theirs) == 1: # for example memfd:a/b
            return self.fits(path[1:], theirs[0])
        return len(ours) == len(theirs) and all(map(self.fits, ours, theirs))


def differs(whole, part, pseudonyms, field=""):
    """Returns where two answers differ in more than a name, or None."""
    if type(whole) is not type(part):
        return f"{field}: {whole}, not {part}"
    if isinstance(whole, dict):
        if whole.keys() != part.keys():
            return f"{field}: {sorted(whole.keys() ^ part.keys())}"
        pairs = [(whole[key], part[key], key) for key in whole]
    elif isinstance(whole, list):
        if len(whole) != len(part):
            return f"{field}: {len(whole)}, not {len(part)}"
        pairs = [(one, other, field) for one, other in zip(whole, part)]
    elif whole == part:
        return None
    elif field == "text" and len(whole) == len(part) and STARS.fullmatch(part):
        return None
    elif field == "message":
        # For a process: 1 (init).
        ours, theirs = (QUOTED.split(text) for text in (whole, part))
        if ours[::2] == theirs[::2] and all(map(pseudonyms.fits, ours[1::2], theirs[1::2])):
            return None
        return f"{field}: {whole}, not {part}"
    elif field in NAMES and pseudonyms.path_fits(whole.replace(" (deleted)", ""), part.replace(" (deleted)", "")):
        return None
    else:
        return f"{field}: {whole}, not {part}"
    found = (differs(*pair[:2], pseudonyms, pair[2]) for pair in pairs)
    return next((one for one in found if one), None)


def compare(title, kwalk, whole, part, script, pseudonyms, uses, named=True):
    """named: names are known, so some of them must have been replaced."""
    theirs, ours = (kwalk.lines(dump, "\n".join(script) + "\n") for dump in (whole, part))
    if not uses:
        theirs, ours = ([USE.sub("}", line) for line in lines] for lines in (theirs, ours))
    wrong, renamed = [], 0
    for one, other in zip(theirs, ours):
        if one == other:
            continue
        want, got = json.loads(one), json.loads(other)
        if got["command"] == "check" and (got["status"] == "not-checked" or got.get("check") == "summary"):
            continue    # the level leaves these out
        why = differs(want, got, pseudonyms)
        renamed += not why
        wrong += [f"{other[:90]}: {why[:200]}"] if why else []
    if len(ours) != len(theirs):
        wrong.append(f"{len(ours)} and {len(theirs)} answers")
    report(f"{title}: answers are the same as from the whole, but for names", len(ours),
           wrong if renamed or not named else wrong + ["no name was replaced"])


def texts_of(kwalk, whole):
    """Names of processes and files, and the log, from the whole memory, without texts that are also in the kernel's
    file."""
    with open(kwalk.files[0], "rb") as file:
        constant = file.read()
    answers = kwalk.objects(whole, "tasks\nlog\n" + "".join(f"vmas -p {pid}\n" for pid in processes(kwalk, whole)))
    texts = set()
    for answer in answers:
        texts.add(answer.get("comm", ""))
        texts |= set(answer.get("file", "").split("/"))
        if answer["command"] == "log":
            texts |= {line for line in answer.get("text", "").split("\n") if " " in line}
    return {text.encode() for text in texts if len(text) >= SHORTEST and text.encode() not in constant and
            not text.startswith(("swapper", "["))}


def check_texts(title, texts, part):
    with open(part, "rb") as file:
        data = file.read()
    there = [str(text) for text in texts if text in data]
    report(f"{title}: no name and no line of the log is there", len(texts), there)


def check_told(title, kwalk, part, answer):
    facts = {fact.get("fact"): fact.get("value") for fact in kwalk.objects(part, "info")}
    wrong = [] if facts.get("dump_scrubbed") else ["info does not say so"]
    wrong += [] if answer.get("scrubbed") and answer.get("pseudonyms", 0) > 10 else [str(answer)]
    with open(part, "rb") as file:
        wrong += [] if b"KWALK_SCRUBBED=1\n" in file.read() else ["VMCOREINFO does not say so"]
    report(f"{title}: it says so", 2, wrong)


def main():
    name, known, whole, script = given(__doc__)
    script["kernel"].remove("panic")
    script["kernel"] += [f"sym {name}" for name in ("virtblk_probe", "brd_submit_bio", "dummy_xmit")]
    texts, asked = texts_of(known, whole), []
    for level in LEVELS:
        asked += script[level]
        with tempfile.TemporaryDirectory() as folder:
            part = os.path.join(folder, "part")
            title = f"{name}: {level}, scrubbed"
            answer = known.objects(whole, f"extract --scrub -l {level} -w {part}")
            report(f"{title}: it can be had", len(answer), [str(line) for line in answer if line["status"] != "ok"])
            check_told(title, known, part, answer[0])
            for kwalk, how in ((known, "vmlinux"), (Kwalk(known.program, []), "alone")):
                compare(f"{title}, {how}", kwalk, whole, part, asked, Pseudonyms(), level == "kernel",
                        how == "vmlinux")
            check_texts(title, texts, part)
    return exit_status()


if __name__ == "__main__":
    sys.exit(main())
