#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""eras.py FOLDER: releases at which kwalk's rules change and which no test asks.

A KERNEL_VERSION(M, m, p) of src and arch is such a release.
Tests must name it, "M.m.p", and one a step before it: the same M.m with a lower p, or
the minor number before with any p.
"""
import os
import re
import sys

CONSTANT = re.compile(r"\bKERNEL_VERSION\((\d+), (\d+), (\d+)\)")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
RELEASE = re.compile(r"(?:\"|release=)(\d)\.(\d+)(?:\.(\d+))?\b")


def files(folder, ending):
    for where, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith(ending):
                yield os.path.join(where, name)


def edges(folder):
    """{(2, 6, 28): [file, ...]}"""
    found = {}
    for top in ("src", "arch"):
        for path in files(os.path.join(folder, top), ".c"):
            with open(path, encoding="utf-8") as file:
                code = COMMENT.sub("", file.read())
            for numbers in CONSTANT.findall(code):
                release = tuple(int(number) for number in numbers)
                found.setdefault(release, []).append(
                    os.path.relpath(path, folder))
    return found


def asked(folder):
    releases = set()
    for top, ending in (("tests/unit", ".c"), ("tests/cli", ".bats")):
        for path in files(os.path.join(folder, top), ending):
            with open(path, encoding="utf-8") as file:
                for match in RELEASE.finditer(file.read()):
                    releases.add(tuple(int(part or 0)
                                       for part in match.groups()))
    return releases


def is_step_before(release, edge):
    if edge[2]:
        return release[:2] == edge[:2] and release[2] < edge[2]
    if edge[1]:
        return release[:2] == (edge[0], edge[1] - 1)
    return release[0] == edge[0] - 1


def main():
    there = edges(sys.argv[1])
    releases = asked(sys.argv[1])
    for edge, where in sorted(there.items()):
        name = ".".join(str(part) for part in edge)
        place = ", ".join(sorted(set(where)))
        if edge not in releases:
            print(f"{name}: no test ({place})")
        if not any(is_step_before(release, edge) for release in releases):
            print(f"{name}: no test of a release before it ({place})")
    if not there:
        print("no releases found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
