#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pahole.py LISTING KWALK FILE...: compares what `kwalk -j` shows of each struct and union with LISTING, the
output of pahole: names, types, offsets, sizes and bit fields of all members, in order. FILE: the files for kwalk,
a vmlinux or with it a dump. kwalk prefers BTF to DWARF, so the listing comes from `pahole -F btf` or, for a
vmlinux without BTF, `pahole -F dwarf`. Prints each difference, and one line of TAP."""
import collections
import json
import re
import subprocess
import sys

MEMBER = re.compile(r"(.*?);\s*/\*\s*(-?\d+)(?::\s*(\d+))?\s+(\d+)\s*\*/")
SIZE = re.compile(r"/\* size: (\d+)")
# What pahole writes and kwalk does not: attributes, and alignments that it infers.
ATTRIBUTE = re.compile(r"\s*__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)|\brestrict\b\s*")
QUALIFIER = re.compile(r"(?:const|volatile)(?=[a-z*),[]|$)")
WORDS = re.compile(r"\b(?:(?:unsigned|signed|long|short|int|char)\b ?)+")
MOST_SHOWN = 40
BATCH = 300


def integer(match):
    """An integer in one form: "long unsigned int" and "unsigned long" are the same."""
    words = match.group().split()
    if "int" in words and ({"short", "long"} & set(words)):
        words.remove("int")
    return " ".join(sorted(words)) + " "


def plain(declaration):
    text = WORDS.sub(integer, " ".join(declaration.split()))
    # A pointer to a function that does not return, which is volatile in DWARF.
    text = re.sub(r"\(\)\((.*)\)\s*\*$", r"(*)(\1)", text)
    # The order of qualifiers does not matter before a name.
    text = re.sub(r"\bvolatile const\b", "const volatile", text)
    return text.replace(" ", "").replace("[0]", "[]")


def split(declaration):
    """A declaration as its name, its type, and the number of bits."""
    bits = None
    text = ATTRIBUTE.sub("", declaration).strip()
    field = re.fullmatch(r"(.*\w)\s*:\s*(\d+)", text)
    if field:
        text, bits = field.group(1), int(field.group(2))
    pointer = re.search(r"\(\s*\*[\s*]*(?:const\s|volatile\s)*\s*(\w*)((?:\[\d*\])*)\s*\)\s*[(\[]", text)
    if pointer:
        start, end = pointer.span(1)
        if not pointer.group(1):
            return "", plain(text), bits
        # A function that returns a function has its name inside of several.
        return pointer.group(1), plain(text[:start] + text[end:]), bits
    array = re.fullmatch(r"(.*?)(\w+)\s*((?:\[\d*\])*)", text)
    if not array or not array.group(1).strip():
        return "", plain(text), bits
    return array.group(2), plain(array.group(1) + array.group(3)), bits


def listed(lines):
    """For each struct and union of pahole's listing: its kind, name, size and members."""
    nest, members = [], []
    for line in lines:
        text = line.strip()
        if not nest:
            head = re.match(r"(struct|union) (\S+) \{", line)
            if head:
                nest, members, size = [head.groups()], [], None
            continue
        if text.startswith("}"):
            if len(nest) == 1:
                yield (*nest[0], size, members)
                nest = []
                continue
            start = nest.pop()
            close = MEMBER.match(text[1:])
            name, kind, _ = split("X " + close.group(1)) if close and close.group(1).strip() else ("", "", None)
            if "*" in kind:
                # kwalk does not expand what a pointer points to.
                members[start:] = [[name, None, int(close.group(2)), int(close.group(4)), None, None]]
            elif name:
                # Its members have its name before theirs.
                for member in members[start:]:
                    member[0] = f"{name}.{member[0]}"
                members.append([name, None, int(close.group(2)), int(close.group(4)), None, None])
            continue
        if re.match(r"(?:const |volatile )*(struct|union|enum) \{$", text):
            nest.append(len(members))
            if text.startswith("enum"):
                nest[-1] = len(members)
            continue
        found = MEMBER.match(text)
        if found:
            unnamed = re.fullmatch(r"(?:const |volatile )*((?:struct|union)\s+\w+)", ATTRIBUTE.sub("", found.group(1)).strip())
            name, kind, bits = ("", " ".join(unnamed.group(1).split()), None) if unnamed else split(found.group(1))
            offset, bit = int(found.group(2)), found.group(3)
            members.append([name, kind, offset, int(found.group(4)), None if bits is None else int(bit or 0), bits])
        elif len(nest) == 1 and SIZE.match(text):
            size = int(SIZE.match(text).group(1))


def enums_removed(lines):
    """Without the enumerators of anonymous enums, which pahole expands in their place."""
    inside = 0
    for line in lines:
        text = line.strip()
        if re.match(r"(?:const |volatile )*enum \{$", text):
            inside += 1
        elif inside and text.startswith("}"):
            inside -= 1
            yield "enum {...} " + text[1:]
        elif not inside:
            yield line


def expanded(members, types):
    """The members; in the place of one without a name are its members, as in kwalk."""
    for name, kind, offset, *rest in members:
        inside = types.get(tuple(kind.split(" ", 1))) if kind and not name else None
        if not inside:
            yield [name, kind, offset, *rest]
            continue
        for inner in expanded(inside[0][1], types):
            yield [inner[0], inner[1], inner[2] + offset, *inner[3:]]


def shown(command, names):
    """What kwalk shows of the types with these names."""
    answers = collections.defaultdict(list)
    for start in range(0, len(names), BATCH):
        text = "\n".join(f'struct "{kind} {name}"' for kind, name in names[start : start + BATCH])
        done = subprocess.run([command[0], "-q", "-j", "-c", text, *command[1:]], stdout=subprocess.PIPE, check=False)
        for line in done.stdout.decode().splitlines():
            answer = json.loads(line)
            answers[answer.get("input")].append(answer)
    return answers


def normal(answers):
    size, members = None, []
    for answer in answers:
        size = answer.get("struct_size")
        if "member" in answer:
            expanded = re.fullmatch(r"(?:const |volatile )*(struct|union) \{\.\.\.\}( \**(\[.*\])?)?", answer["type"])
            members.append([answer["member"], None if expanded else plain(answer["type"]), answer["offset"], answer.get("size"),
                            answer.get("bit_offset"), answer.get("bit_size")])
    return size, members


def unqualified(text):
    return text and QUALIFIER.sub("", text)


def same(theirs, ours):
    """Is a member the same? pahole does not write the dimensions of an array that a pointer points to, and counts the bits of a bit field from the start of a unit of its size."""
    if theirs[0] != ours[0] or theirs[3] != ours[3] or theirs[5] != ours[5]:
        return False
    # pahole writes the qualifiers of a pointer before the type that it points to.
    if theirs[1] != ours[1] and re.sub(r"\((\*)\)\[\d*\]$", r"\1", ours[1] or "") != theirs[1] and unqualified(theirs[1]) != unqualified(ours[1]):
        return False
    if theirs[5] is None:
        return theirs[2] == ours[2]
    return 8 * theirs[2] + theirs[4] == 8 * ours[2] + ours[4]


def same_size(kind, theirs, ours):
    """pahole writes the sizes of the members of a union, and not its own."""
    size, members = theirs
    if size is not None or kind != "union" or ours is None:
        return size == ours
    most = max([0, *(member[2] + member[3] for member in members)])
    return most <= ours < most + 64


def why(theirs, ours):
    if theirs[0] not in (None, ours[0]):
        return f"size {theirs[0]}, kwalk {ours[0]}"
    for one, other in zip(theirs[1], ours[1]):
        if not same(one, other):
            return f"{one}, kwalk {other}"
    return f"{len(theirs[1])} members, kwalk {len(ours[1])}"


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as file:
        listing = file.read()
    types = collections.defaultdict(list)
    for kind, name, size, members in listed(enums_removed(listing.splitlines())):
        types[kind, name].append((size, members))
    answers = shown(sys.argv[2:], sorted(types))
    wrong = several = nr_members = 0
    for (kind, name), theirs in sorted(types.items()):
        theirs = [(size, list(expanded(members, types))) for size, members in theirs]
        ours = normal(answers[f"{kind} {name}"])
        nr_members += len(ours[1])
        if any(same_size(kind, one, ours[0]) and len(one[1]) == len(ours[1]) and all(map(same, one[1], ours[1])) for one in theirs):
            several += len(theirs) > 1
            continue
        wrong += 1
        if wrong <= MOST_SHOWN:
            print(f"# {kind} {name}: {why(theirs[0], ours)}")
    print(f"{'not ok' if wrong or not types else 'ok'} - {len(types)} structs and unions with {nr_members} members as "
          f"pahole shows them: {wrong} differ; of {several} there are several with one name, and kwalk shows one")
    return 1 if wrong or not types else 0


if __name__ == "__main__":
    sys.exit(main())
