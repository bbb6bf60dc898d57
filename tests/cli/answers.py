# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare kwalk's JSON answers with expected answers: answers.py EXPECTED ANSWERS

An expected line is the input of an answer and then fields, by name:
    1000 status=mapped physical=0x1c01000 page_size=4096 user=true page=- levels.#=4 levels.3.flags=PRESENT,RW
An expected 0x... must be a string, digits an integer, and true and false booleans. `-` is a field that must be missing,
`*` a field that must exist, and `~text` a field that must contain the text. Lists of names may be in any order. `#` is
the length of a list. Fields that a line does not name may have any value. There must be as many answers as expected
lines. '#' at the start of a line begins a comment.
"""
import json
import shlex
import sys

MISSING = object()


def find(value, path):
    for key in path.split("."):
        if isinstance(value, list):
            if key == "#":
                return len(value)
            if not key.isdigit() or int(key) >= len(value):
                return MISSING
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return MISSING
    return value


def matches(got, want):
    if want == "-":
        return got is MISSING
    if got is MISSING:
        return False
    if want == "*":
        return True
    if isinstance(got, list):
        return sorted(map(str, got)) == sorted(want.split(",") if want else [])
    if isinstance(got, bool):
        return want == str(got).lower()
    if isinstance(got, int):
        return want == str(got)
    if want.startswith("~"):
        return want[1:].lower() in str(got).lower()
    return isinstance(got, str) and got == want and not want.isdigit()


def compare(number, answer, line):
    words = shlex.split(line)
    fields = [w.split("=", 1) for w in words[1:]]
    wrong = [(k, w) for k, w in fields if not matches(find(answer, k), w)]
    if words[0] not in ("*", answer.get("input")):
        wrong.append(("input", words[0]))
    for key, want in wrong:
        got = find(answer, key)
        got = "nothing" if got is MISSING else json.dumps(got)
        print(f"line {number}: {words[0]}: {key} is {got}, not {want}")
    return not wrong


def main():
    with open(sys.argv[1]) as f:
        expected = [s.strip() for s in f]
    expected = [s for s in expected if s and not s.startswith("#")]
    with open(sys.argv[2]) as f:
        answers = [json.loads(s) for s in f]
    ok = all([compare(*c) for c in zip(range(1, 1 << 30), answers, expected)])
    if len(answers) != len(expected):
        print(f"{len(answers)} answers, not {len(expected)}")
        ok = False
    if not ok:
        with open(sys.argv[2]) as f:
            print(f.read(), end="")
    return not ok


sys.exit(main())
