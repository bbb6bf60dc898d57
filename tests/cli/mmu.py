# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare vtop's JSON answers with the list of an emulated MMU: mmu.py LIST ANSWERS

A line of LIST has a virtual address, a physical address and flags as QEMU's `info tlb` prints them (X: no execution, G,
P: large, D, A, C: PCD, T: PWT, U, W), or `-` for an address that is not mapped, and then the region. `?` after the region
means that the dump need not show this region. For pages that the MMU does not list, the line may be from the guest's
pagemap: a virtual address, `swapped`, type and offset; or a virtual address, `none` (no access) and a physical address.
"""
import json
import sys

LETTERS = {"X": "NX", "G": "GLOBAL", "P": "PSE", "D": "DIRTY", "A": "ACCESSED", "C": "PCD", "T": "PWT", "U": "USER",
           "W": "RW"}


def wrong(answer, vaddr, physical, flags, detail=None):
    if not int(answer["virtual"], 16) == int(answer["input"], 16) == int(vaddr, 16):
        return "virtual"
    if physical == "swapped":
        got = answer["status"], answer.get("swap_type"), answer.get("swap_offset")
        return None if got == ("swapped", int(flags), int(detail)) else "swapped"
    if physical == "none":
        got = answer["status"], int(answer.get("physical", "0"), 16)
        return None if got == ("prot-none", int(flags, 16)) else "prot-none"
    if detail and answer.get("region") not in ((detail[:-1], "unknown") if detail.endswith("?") else (detail,)):
        return "region"
    if physical == "-":
        return None if answer["status"] in ("not-mapped", "prot-none", "swapped", "migration") else "status"
    if answer["status"] != "mapped" or int(answer["physical"], 16) != int(physical, 16):
        return "physical"
    want = {LETTERS[c] for c in flags if c != "-"}
    got = set(answer["levels"][-1]["flags"]) & set(LETTERS.values())
    return None if want == got else "flags"


def main():
    with open(sys.argv[1]) as f:
        lines = [s.split() for s in f if not s.startswith(("#", "root"))]
    with open(sys.argv[2]) as f:
        answers = [json.loads(s) for s in f]
    if len(lines) != len(answers):
        sys.exit(f"{len(answers)} answers, not {len(lines)}")
    bad = [(w, line, a) for line, a in zip(lines, answers) if (w := wrong(a, *line))]
    for what, line, answer in bad:
        print(what, *line, json.dumps(answer))
    return bool(bad)


sys.exit(main())
