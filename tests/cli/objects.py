# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate an expression for JSON Lines: objects.py values|hold EXPRESSION [FILE...]

EXPRESSION is a Python expression, in which `it` is the object. `values` prints its value for each object in the files or
in standard input: a text unchanged, and any other value as JSON with sorted keys. `hold` fails if there are no objects,
or if the expression is false for one of them.
"""
import json
import sys


def text(value):
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def main():
    how, expression, *files = sys.argv[1:]
    code = compile(expression, "EXPRESSION", "eval")
    objects = []
    for name in files or [0]:
        with open(name, encoding="utf-8") as lines:
            objects += [json.loads(s) for s in lines]
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
