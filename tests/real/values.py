#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""values.py KWALK VMLINUX DUMP: compares `kwalk -j struct` with drgn, member by member. Starts at init_task and other
variables, and follows each pointer with a type, until no type has a new address or MOST addresses of it are known. Then
kwalk shows all these structs, with and without the vmlinux. Prints each difference, and TAP. Debian's package of drgn is for
Debian's Python. QEMU's ELF cores are copied with virtual addresses first; if drgn does not open one, its memory is read by
kwalk.drgn, and drgn judges types and values alone. On this kernel kwalk prefers BTF to the DWARF of the vmlinux."""
import collections
import json
import os
import subprocess
import sys
import tempfile

import drgn
from drgn.helpers import linux as helpers
from drgn_lines import with_addresses

ROOTS = ["init_task", "init_net", "init_pid_ns", "init_user_ns", "root_task_group", "init_cred", "init_fs", "init_files"]
MOST = 50           # addresses of a type
MOST_WAITING = 40000
LEAST_KINDS = 20
MOST_SHOWN = 40
KINDS = {drgn.TypeKind.STRUCT: "struct", drgn.TypeKind.UNION: "union"}


def plain(kind):
    while kind.kind == drgn.TypeKind.TYPEDEF:
        kind = kind.type
    return kind


def opens_it(vmlinux, dump):
    """The Program of a dump that drgn reads as it is: newer releases read a core of QEMU with a note. Else None."""
    prog = drgn.Program()
    try:
        prog.set_core_dump(dump)
        prog.load_debug_info([vmlinux])
        return prog if prog["init_task"].comm.string_().startswith(b"swapper") else None
    except (ValueError, LookupError, drgn.FaultError, drgn.MissingDebugInfoError):
        return None


def opened(kwalk, vmlinux, dump):
    prog = opens_it(vmlinux, dump)
    if prog:
        return prog
    prog = drgn.Program()
    with open(dump, "rb") as file:
        is_elf = file.read(4) == b"\x7fELF"
    if is_elf:
        facts = {}
        done = subprocess.run([kwalk, "-q", "-j", "-c", "info", vmlinux, dump], stdout=subprocess.PIPE, check=True)
        for line in done.stdout.splitlines():
            fact = json.loads(line)
            facts[fact["fact"]] = fact.get("value")
        with tempfile.NamedTemporaryFile(dir=os.environ.get("TMPDIR")) as copy:
            with_addresses(dump, copy.name, int(facts["page_offset"], 16), int(facts["phys_base"], 16) % (1 << 64))
            try:
                prog.set_core_dump(copy.name)
            except ValueError as error:
                import kwalk.drgn
                print(f"# drgn reads the memory by kwalk: {error!s:.60}")
                return kwalk.drgn.program(dump, vmlinux)
    else:
        prog.set_core_dump(dump)
    prog.load_debug_info([vmlinux])
    return prog


def members(kind):
    """All members that have names, also those in anonymous structs and unions."""
    for member in kind.members:
        if member.name is not None:
            yield member
        elif plain(member.type).kind in KINDS:
            for inner in members(plain(member.type)):
                yield inner


def pointers(obj, depth=0):
    """The typed pointers in a value."""
    kind = plain(obj.type_)
    if kind.kind == drgn.TypeKind.POINTER:
        target = plain(kind.type)
        if target.kind in KINDS and target.tag and target.is_complete():
            try:
                yield target, obj.value_()
            except drgn.FaultError:
                pass
    elif kind.kind == drgn.TypeKind.ARRAY and depth < 8:
        for i in range(min(kind.length or 0, 16)):
            yield from pointers(obj[i], depth + 1)
    elif kind.kind in KINDS and depth < 8:
        for member in members(kind):
            yield from pointers(obj.member_(member.name), depth + 1)


def is_whole(prog, address, size):
    """Can the struct be read? Those that cannot are left to other tests."""
    try:
        prog.read(address, size)
    except (drgn.FaultError, OverflowError, ValueError):
        return False
    return True


def crawl(prog):
    """Returns the addresses for each type: {(kind, tag): {address: object}}."""
    found = collections.defaultdict(dict)
    waiting = collections.deque()

    def add(kind, address):
        of_kind = found[KINDS[kind.kind], kind.tag]
        if address >> 63 and len(of_kind) < MOST and address not in of_kind and kind.size and len(waiting) < MOST_WAITING \
                and is_whole(prog, address, kind.size):
            of_kind[address] = drgn.Object(prog, kind, address=address)
            waiting.append(of_kind[address])

    for name in ROOTS:
        try:
            root = prog[name]
        except KeyError:
            continue
        add(plain(root.type_), root.address_)
    for task in helpers.for_each_task(prog):
        add(plain(task.type_.type), task.value_())
    for page in range(0, 50 * 37, 37):
        at = helpers.pfn_to_page(prog, 256 + page)
        add(plain(at.type_.type), at.value_())
    while waiting:
        for kind, address in pointers(waiting.popleft()):
            add(kind, address)
    return {key: addresses for key, addresses in found.items() if addresses}


class Judge:
    def __init__(self):
        self.values = 0
        self.wrong = []

    def say(self, path, theirs, ours):
        self.wrong.append(f"{path}: drgn {theirs!r:.100}, kwalk {ours!r:.100}")

    def text(self, path, obj, kind, ours):
        """An array of characters that kwalk shows as a text."""
        size = kind.length or len(ours.encode())  # a flexible array ends with its first NUL
        data = obj.prog_.read(obj.address_, size).split(b"\0")[0]
        if data.decode(errors="replace") != ours and data.decode("latin-1") != ours:
            self.say(path, data, ours)

    def compare(self, path, obj, ours):
        kind = plain(obj.type_)
        self.values += 1
        if kind.kind in KINDS:
            if not isinstance(ours, dict):
                self.say(path, "members", ours)
                return
            names = [member.name for member in members(kind)]
            if names != [name for name in ours if name not in ("unreadable", "truncated") or name in names]:
                self.say(path, names, list(ours))
                return
            for name in names:
                self.compare(f"{path}.{name}", obj.member_(name), ours[name])
        elif kind.kind == drgn.TypeKind.ARRAY:
            if isinstance(ours, str):
                self.text(path, obj, kind, ours)
                return
            elements = [obj[i] for i in range(kind.length or 0)]
            # BTF has one dimension in place of several, if pahole wrote it.
            while isinstance(ours, list) and len(elements) < len(ours) and elements and \
                    plain(elements[0].type_).kind == drgn.TypeKind.ARRAY:
                elements = [inner for element in elements for inner in element]
            if not isinstance(ours, list) or len(ours) != len(elements):
                self.say(path, f"{len(elements)} elements", ours)
                return
            for i, element in enumerate(elements):
                self.compare(f"{path}[{i}]", element, ours[i])
        else:
            theirs = self.scalar(obj, kind)
            if theirs is True and not isinstance(ours, bool):
                # Not a bool, but what a wild pointer points to: drgn shows true, and kwalk the byte.
                theirs = obj.prog_.read_u8(obj.address_)
            if theirs != ours or isinstance(theirs, bool) != isinstance(ours, bool):
                self.say(path, theirs, ours)

    def scalar(self, obj, kind):
        try:
            number = obj.value_()
        except NotImplementedError:  # an __int128, which newer releases of drgn read
            number = int.from_bytes(obj.prog_.read(obj.address_, kind.size), "little")
        if kind.kind == drgn.TypeKind.INT and kind.size == 16:
            return hex(number % (1 << 128))
        if kind.kind == drgn.TypeKind.POINTER:
            return hex(number)
        if kind.kind == drgn.TypeKind.BOOL:
            return bool(number)
        if kind.kind == drgn.TypeKind.ENUM and kind.enumerators:
            for name, value in kind.enumerators:
                if value == number:
                    return name
        return number


def shown(kwalk, files, found):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as script:
        for kind, tag in sorted(found):
            for address in found[kind, tag]:
                script.write(f"{kind} {tag} {address:#x}\n")
        script.flush()
        done = subprocess.run([kwalk, "-q", "-j", "-x", script.name, *files], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              check=False)
    answers = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        if answer["status"] == "ok":
            answers[answer["type"], int(answer["address"], 16)] = answer["value"]
    return answers


def judge(name, answers, found):
    whole = Judge()
    absent = [f"{kind} {tag}" for kind, tag in found if not any((f"{kind} {tag}", at) in answers for at in found[kind, tag])]
    compared = set()
    for (kind, tag), addresses in sorted(found.items()):
        for address, obj in addresses.items():
            ours = answers.get((f"{kind} {tag}", address))
            if ours is not None:
                compared.add((kind, tag))
                whole.compare(f"{kind} {tag} {address:x} ", obj, ours)
            elif f"{kind} {tag}" not in absent:
                whole.say(f"{kind} {tag} {address:x}", "a value", None)
    for line in whole.wrong[:MOST_SHOWN]:
        print("#", line)
    if absent:
        print(f"# not shown by kwalk: {', '.join(sorted(absent)[:20])}")
    good = not whole.wrong and len(compared) >= LEAST_KINDS and not absent
    print(f"{'ok' if good else 'not ok'} - {name}: {whole.values} values of {sum(map(len, found.values()))} structs of "
          f"{len(compared)} types as drgn reads them: {len(whole.wrong)} differ, {len(absent)} types are absent")
    return good


def main():
    kwalk, vmlinux, dump = sys.argv[1:]
    prog = opened(kwalk, vmlinux, dump)
    found = crawl(prog)
    full = sum(len(addresses) == MOST for addresses in found.values())
    good = judge(f"with vmlinux ({full} types with {MOST} addresses)", shown(kwalk, [vmlinux, dump], found), found)
    alone = shown(kwalk, [dump], found)
    if alone:
        good &= judge("without vmlinux", alone, found)
    else:
        print("# the dump has no types")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
