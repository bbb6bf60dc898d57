#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""floor-list.py KWALK VMLINUX DUMP: prints the list of bench/floor-check: the top-level page tables, the struct pages
and the mappings of an x86-64 kernel with four levels."""
import json
import subprocess
import sys

LARGE, STRUCT_PAGE, ENTRIES = 2 << 20, 64, 512


def ask(script):
    run = subprocess.run([sys.argv[1], "-q", "-j", "-x", "-", *sys.argv[2:]], input=script, text=True,
                         capture_output=True, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


def main():
    facts = {answer["fact"]: answer["value"] for answer in ask("info") if "fact" in answer}
    direct = int(facts["page_offset"], 16)
    processes = {answer["mm"]: answer for answer in ask("tasks") if "mm" in answer and "root" in answer}.values()
    print(f"root {ENTRIES:x} {int(facts['root'], 16):x} 0")
    for process in processes:
        print(f"root {ENTRIES // 2:x} {process['root'][2:]} 0")
    for mapping in ask("; ".join(f"vmas -p {process['pid']}" for process in processes)):
        if int(mapping["vma"], 16) >= direct:
            print(f"vma 0 {int(mapping['vma'], 16) - direct:x} 0")
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
