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

ONE, MANY = 200_000, 4_000_000


def rate(what, nr, call):
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    print(f"| {what} | {nr / best:,.0f} | {best / nr * 1e9:,.0f} |", flush=True)
    return nr / best


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


def main():
    kernel = kwalk.open(sys.argv[1], debug_path="")
    many = addresses(kernel, MANY)
    one = many[:ONE].tolist()
    translate = kernel.space().translate
    print("| from Python | a second | ns each |\n|---|--:|--:|")
    rate("kwalk, `translate_many()`, array in, array out", MANY, lambda: kernel.translate_many(many))
    single = rate("kwalk, `space.translate()`, one at a time", ONE, lambda: [translate(a) for a in one])
    rate("kwalk, `kernel.translate()`", ONE, lambda: [kernel.translate(a) for a in one])
    if len(sys.argv) > 2:
        import drgn
        from drgn.helpers.linux import mm
        program = drgn.Program()
        program.set_core_dump(sys.argv[1])
        program.load_debug_info([sys.argv[2]])
        table = program["init_mm"].address_of_()
        if hasattr(mm, "follow_phys"):
            name, ask = "follow_phys", lambda address: mm.follow_phys(table, address)
            assert [int(ask(a)) for a in one[:500]] == [translate(a) for a in one[:500]]
        else:
            name, ask = "access_remote_vm", lambda address: mm.access_remote_vm(table, address, 8)
            one = [a for a in one if readable(kernel, a)]
            assert [ask(a) for a in one[:500]] == [kernel.read(a, 8) for a in one[:500]]
        some = one[:ONE // 20]
        other = rate(f"drgn {drgn.__version__}, `{name}(init_mm, address)`", len(some),
                     lambda: [ask(a) for a in some])
        print(f"\nOne at a time kwalk is {single / other:.1f} times as fast.")


main()
