#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""python.py DUMP [VMLINUX]: translations a second from Python, in bulk and one at a time, of
mapped kernel addresses in random order; and with VMLINUX by drgn, of the same addresses, by its
follow_phys, or in releases without it by access_remote_vm, which walks the same table and reads
eight bytes. drgn takes the core of a kexec kernel. PYTHONPATH names kwalk's module."""
import array
import random
import sys
import time

import kwalk

ONE, MANY, ROUNDS = 20_000, 4_000_000, 15


def rates(cases):
    """Of cases (what, number of translations, call), which take turns: translations a second."""
    best = [float("inf")] * len(cases)
    for _ in range(ROUNDS):
        for i, (_, _, call) in enumerate(cases):
            start = time.perf_counter()
            call()
            best[i] = min(best[i], time.perf_counter() - start)
    print("| from Python | translations per second | ns each |\n|---|--:|--:|")
    for (what, nr, _), least in zip(cases, best):
        print(f"| {what} | {nr / least:,.0f} | {least / nr * 1e9:,.0f} |")
    return [nr / least for (_, nr, _), least in zip(cases, best)]


def addresses(kernel, nr):
    """Of all pages alike, but not of what maps the same table over and over."""
    chosen = random.Random(1)
    ranges = [r for r in kernel.ranges(1 << 31) if r.status == "mapped" and r.last - r.first < 1 << 40]
    return array.array("Q", (r.first + chosen.randrange(r.last - r.first + 1) & ~7
                             for r in chosen.choices(ranges, k=nr)))


def readable(kernel, address):
    try:
        return bool(kernel.read(address, 8))
    except kwalk.Error:
        return False


def drgn_walk(dump, vmlinux):
    """drgn's version, the name of its function, the function, and whether it reads what it finds."""
    import drgn
    from drgn.helpers.linux import mm
    program = drgn.Program()
    program.set_core_dump(dump)
    program.load_debug_info([vmlinux])
    table = program["init_mm"].address_of_()
    if hasattr(mm, "follow_phys"):
        return drgn.__version__, "follow_phys", lambda address: mm.follow_phys(table, address), False
    return drgn.__version__, "access_remote_vm", lambda address: mm.access_remote_vm(table, address, 8), True


def main():
    kernel = kwalk.open(sys.argv[1], debug_path="")
    many = addresses(kernel, MANY)
    one = [address for address in many[:2 * ONE] if readable(kernel, address)][:ONE]
    translate = kernel.space().translate
    cases = [("kwalk, `translate_many()`, array in, array out", MANY, lambda: kernel.translate_many(many)),
             ("kwalk, `space.translate()`, one at a time", ONE, lambda: [translate(a) for a in one]),
             ("kwalk, `kernel.translate()`", ONE, lambda: [kernel.translate(a) for a in one])]
    if len(sys.argv) > 2:
        version, name, ask, reads = drgn_walk(*sys.argv[1:3])
        for address in one[:500]:
            assert (ask(address) == kernel.read(address, 8)) if reads else int(ask(address)) == translate(address)
        cases.append((f"drgn {version}, `{name}(init_mm, address)`", ONE, lambda: [ask(a) for a in one]))
    found = rates(cases)
    if len(found) > 3:
        print(f"\nFor one address at a time, kwalk is {found[1] / found[3]:.1f} times as fast as drgn.")


main()
