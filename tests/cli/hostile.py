# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile text that kwalk must not print, and how a test puts it into files.

hostile.py put FILE NAME...: replaces each NAME in FILE by as many bytes that control a terminal
hostile.py put-line FILE NAME...: the same without a newline
hostile.py text FILE...: checks that no line of FILE has such a byte, and that no line was made by a name
hostile.py json FILE: the same; in addition, each line must be JSON
"""
import json
import sys
import unicodedata

# 8 bytes: a newline, ESC, C1 as a byte and as U+009B, U+202E, and invalid UTF-8.
STEERING = b"\n\x1b\x9b\xc2\x9b\xe2\x80\xae"
REST = b"FORGED LINE \n\xe2\x80\xa8\xff\xc0\x8a\x7f\r\x07"
DIRECTIONS = {0x200e, 0x200f, 0x61c, *range(0x2028, 0x202f), *range(0x2066, 0x206a)}


def hostile(size, newlines):
    steering = STEERING + REST * (size // len(REST) + 2)
    return (steering if newlines else steering.replace(b"\n", b""))[:size]


def put(path, names, newlines):
    with open(path, "rb") as file:
        content = file.read()
    for name in names:
        name = name.encode()
        if name not in content:
            sys.exit(f"{path} has no {name}")
        content = content.replace(name, hostile(len(name), newlines))
    with open(path, "wb") as file:
        file.write(content)


def check(path):
    with open(path, "rb") as file:
        content = file.read()
    text = content.decode()  # raises an error if invalid
    for n, line in enumerate(text.split("\n"), 1):
        bad = [c for c in line if unicodedata.category(c) == "Cc" or ord(c) in DIRECTIONS]
        if bad or line.startswith(("FORGED", "\ufffd")):
            sys.exit(f"{path}:{n}: {line!r}")
    return text


def main():
    what, *paths = sys.argv[1:]
    if what.startswith("put"):
        put(paths[0], paths[1:], what == "put")
        return
    for path in paths:
        text = check(path)
        if what == "json":
            for line in text.splitlines():
                json.loads(line)


main()
