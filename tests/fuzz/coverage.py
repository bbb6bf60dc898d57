#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""coverage.py TOP LEDGER LEAST NAME...: the tables of tests/fuzz/coverage, of what llvm-cov exported to NAME.json
and all.json in this folder, and of how often each target ran."""
import json
import os
import sys


def lines_of(name, top):
    """Lines and covered lines by file of src and arch."""
    with open(f"{name}.json", encoding="utf-8") as file:
        files = json.load(file)["data"][0]["files"]
    lines = {}
    for entry in files:
        path = os.path.relpath(os.path.realpath(entry["filename"]), top)
        if path.startswith(("src/", "arch/")) and path.endswith(".c"):
            summary = entry["summary"]["lines"]
            lines[path] = (summary["count"], summary["covered"])
    return lines


def main():
    top, ledger, least = os.path.realpath(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    ran, took = {}, {}
    with open(ledger, encoding="ascii") as file:
        for line in file:
            name, times, seconds = line.split()
            ran[name] = ran.get(name, 0) + int(times)
            took[name] = took.get(name, 0) + int(seconds)
    total = lines_of("all", top)
    count = sum(lines for lines, _ in total.values())
    print("| target | executions | seconds | a second | lines reached |\n|---|--:|--:|--:|--:|")
    for name in sys.argv[4:]:
        reached = sum(covered for _, covered in lines_of(name, top).values())
        print(f"| {name} | {ran.get(name, 0)} | {took.get(name, 0)} | "
              f"{ran.get(name, 0) / max(took.get(name, 0), 1):.0f} | {100 * reached / count:.1f}% |")
    reached = sum(covered for _, covered in total.values())
    print(f"| all | {sum(ran.values())} | {sum(took.values())} | | {100 * reached / count:.1f}% |\n")
    print("| file | lines | reached |\n|---|--:|--:|")
    below = 0
    for path, (lines, covered) in sorted(total.items()):
        percent = 100 * covered / lines if lines else 100
        below += percent < least
        print(f"| {path} | {lines} | {percent:.1f}%{' **below**' if percent < least else ''} |")
    print(f"\n{len(total)} files, {below} of them below {least:.0f}%.")
    return below > 0


sys.exit(main())
