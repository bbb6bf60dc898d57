#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""parts.py KWALK DIR VMLINUX NAME: asks about the guest recorded in DIR with other files instead of vmlinux: the
boot image beside VMLINUX, a System.map of VMLINUX, or both; and with files of the other kernels that are
unpacked beside it. Prints TAP without numbers. Status: 1 if anything differs, 2 if nothing could be compared."""
import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

from compare import Check, Session, check_facts, check_kallsyms, check_symbols
from records import Record

# Symbols that scripts/mksysmap of the kernel leaves out.
NO_SYMBOL = re.compile(rb" [aUNw] | \$| __(?:pi|kvm_nvhe|efistub)_\$|\.L|__crc_|__kstrtab")


def write_map(vmlinux, file):
    for line in subprocess.run(["nm", "-n", vmlinux], check=True, stdout=subprocess.PIPE).stdout.splitlines(True):
        if not NO_SYMBOL.search(line):
            file.write(line)
    file.flush()


def check_match(session, **expected):
    """Checks what info reports: each file belongs to the dump, and has the right kind."""
    with Check(session.name, "belongs to the dump") as check:
        facts = {answer["fact"]: answer for answer in session.ask(["info"])}
        expected["match"] = "matches the dump"
        for name, value in expected.items():
            got = facts.get("vmlinux_" + name, {}).get("value")
            check.true(f"vmlinux_{name} is {got}, not {value}", got == value)


def others(vmlinux):
    """Returns the vmlinux files of other flavours for the same machine, if there are any."""
    flavours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(vmlinux))))
    with open(vmlinux, "rb") as file:
        machine = file.read(20)[18:20]
    for complete in sorted(glob.glob(os.path.join(glob.escape(flavours), "*", "*", "complete"))):
        other = os.path.join(os.path.dirname(complete), "vmlinux")
        with open(other, "rb") as file:
            if not os.path.samefile(other, vmlinux) and file.read(20)[18:20] == machine:
                yield other


def check_foreign(kwalk, name, dump, foreign, what):
    """With a file of another kernel, kwalk must detect this. Answers must be the same as without a file, or
    doubtful."""
    def facts(session):
        return {answer["fact"]: answer for answer in session.ask(["info"])}
    with Check(name, f"with another kernel's {what}") as check:
        ours = facts(Session(kwalk, name, [foreign, dump]))
        theirs = facts(Session(kwalk, name, [dump]))
        got = ours["vmlinux_match"]["value"]
        check.true(f"it is taken: {got}", got == "does not belong to the dump")
        for fact, answer in ours.items():
            if not fact.startswith("vmlinux") and not answer.get("doubtful"):
                alone = theirs.get(fact, {}).get("value")
                check.true(f"{fact} is {answer['value']} ({answer['source']}), alone {alone}",
                           answer["value"] == alone)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("kwalk", "dir", "vmlinux", "name"):
        parser.add_argument(name)
    options = parser.parse_args()
    name, vmlinux = options.name, options.vmlinux
    record = Record(options.dir, vmlinux)
    dump, image = record.path("vmcore"), os.path.join(os.path.dirname(vmlinux), "vmlinuz")

    session = Session(options.kwalk, f"{name} with its boot image", [image, dump])
    check_facts(record, session, True, has_addresses=record.is_x86)
    check_match(session, symbols="none")
    check_kallsyms(record, session)
    with tempfile.NamedTemporaryFile(prefix="System.map.") as file:
        write_map(vmlinux, file)
        session = Session(options.kwalk, f"{name} with its System.map", [file.name, dump])
        check_facts(record, session, True)
        check_match(session, kind="System.map")
        check_symbols(record, session, left_out=["__crc_", "__kstrtab"])
        # The boot image of arm64 is not an ELF file, and cannot be given with a System.map.
        if record.arch != "arm64":
            session = Session(options.kwalk, f"{name} with both", [file.name, image, dump])
            check_facts(record, session, True)
            check_match(session, debug=file.name)
    for other in others(vmlinux):
        check_foreign(options.kwalk, name, dump, other, "vmlinux")
        check_foreign(options.kwalk, name, dump, os.path.join(os.path.dirname(other), "vmlinuz"), "boot image")
        with tempfile.NamedTemporaryFile(prefix="System.map.") as file:
            write_map(other, file)
            check_foreign(options.kwalk, name, dump, file.name, "System.map")
    return 1 if Check.total_failed else 0


if __name__ == "__main__":
    try:
        STATUS = main()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError,
            subprocess.CalledProcessError) as problem:
        print(f"{type(problem).__name__}: {problem}", file=sys.stderr)
        STATUS = 2
    sys.exit(STATUS)
