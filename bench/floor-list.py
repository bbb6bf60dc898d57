#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""floor-list.py KWALK VMLINUX DUMP: prints the list of bench/floor-check: the page tables and the struct pages of an
x86-64 kernel."""
import json
import subprocess
import sys

LARGE, STRUCT_PAGE = 2 << 20, 64


def ask(script):
    run = subprocess.run([sys.argv[1], "-q", "-j", "-x", "-", *sys.argv[2:]], input=script, text=True,
                         capture_output=True, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


def main():
    for run in ask("frames -l"):
        if run.get("use") in ("page-table", "pgd"):
            print("tables 0", run["start"][2:], run["end"][2:])
    facts = {answer["fact"]: answer["value"] for answer in ask("info") if "fact" in answer}
    if facts["struct_page_size"] != STRUCT_PAGE:
        sys.exit("floor-list.py: the struct pages have another size")
    start, frames = int(facts["vmemmap"], 16), int(facts["max_pfn"], 16)
    parts = range(start, start + frames * STRUCT_PAGE, LARGE)
    for part, answer in zip(parts, ask("vtop " + " ".join(f"{part:x}" for part in parts))):
        if answer["status"] == "mapped":
            first = int(answer["physical"], 16)
            print(f"pages {(part - start) // STRUCT_PAGE:x} {first:x} {first + LARGE - 1:x}")


if __name__ == "__main__":
    main()
