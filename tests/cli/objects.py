# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask JSON Lines: objects.py values|hold EXPRESSION [FILE...]

EXPRESSION is one of Python, of the object `it`. `values` prints its value for each object of the files or of standard
input, texts as they are and all else as JSON with sorted keys. `hold` fails unless there are objects and it is true of all.
"""
import fileinput
import json
import sys


def text(value):
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def main():
    how, expression, *files = sys.argv[1:]
    code = compile(expression, "EXPRESSION", "eval")
    with fileinput.input(files, encoding="utf-8") as lines:
        objects = [json.loads(s) for s in lines]
    if how == "values":
        for it in objects:
            print(text(eval(code, {"it": it})))
        return 0
    wrong = [it for it in objects if not eval(code, {"it": it})]
    for it in wrong:
        print(f"not so: {expression}: {text(it)}")
    if not objects:
        print("there are no objects")
    return bool(wrong) or not objects


sys.exit(main())
