#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""values_crash.py KWALK VMLINUX DUMP [OPTION-OF-CRASH...]: compares `kwalk -j struct` with `struct` of crash, member by member.
kwalk follows the pointers with a type from init_task and the tasks; of the KINDS types with the most addresses, crash shows
the same structs, and judges them. Prints each difference, what is shown in another way, and TAP. CRASH: the command that runs
crash, if not "crash"; it may contain chroot, if the files have the same paths there."""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

KINDS = 60
MOST = 200          # addresses of a type
ROUNDS = 12         # of pointers that are followed
LARGEST = 16384     # bytes of a struct
MOST_SHOWN = 40
CRASH = os.environ.get("CRASH", "crash").split()
ROOTS = ("init_task", "init_net", "init_pid_ns", "init_user_ns", "root_task_group", "init_fs", "init_files")
POINTEE = re.compile(r"(?:const |volatile )*((?:struct|union) \w+)(?: const| volatile)* ?(\*?)(?:const |volatile )*(?:\[.*)?$")


class Kwalk:
    def __init__(self, program, files):
        self.program, self.files = program, files
        self.members = {}

    def ask(self, lines):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as script:
            script.write("\n".join(lines) + "\n")
            script.flush()
            done = subprocess.run([self.program, "-q", "-j", "-x", script.name, *self.files], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def define(self, kinds):
        """Learns members with a struct type, or a pointer to one: {kind: [(member, kind, is pointer)]}, and drops large structs."""
        kinds = {kind for kind in kinds if kind not in self.members}
        self.members.update({kind: [] for kind in kinds})
        inner = set()
        for answer in self.ask(sorted(kinds)):
            kind, match = answer.get("struct"), POINTEE.match(answer.get("type", ""))
            if kind in kinds and answer.get("struct_size", 0) > LARGEST:
                self.members[kind] = None
            elif kind in kinds and match and "." not in answer["member"] and self.members[kind] is not None:
                self.members[kind].append((answer["member"], match[1], bool(match[2])))
                inner |= set() if match[2] else {match[1]}
        if inner - set(self.members):
            self.define(inner)

    def pointers(self, kind, value, depth=0):
        """The pointers with a type in a value."""
        for name, of, is_pointer in self.members.get(kind) or []:
            part = value.get(name)
            for one in part if isinstance(part, list) else [part]:
                if is_pointer and isinstance(one, str):
                    yield of, int(one, 16)
                elif isinstance(one, dict) and depth < 8:
                    yield from self.pointers(of, one, depth + 1)

    def crawl(self):
        """The values of structs: {kind: {address: value}}."""
        found = collections.defaultdict(dict)
        asked = [f"struct task_struct {root}" if root == "init_task" else f"p -- &{root}" for root in ROOTS]
        asked += [f"struct task_struct {answer['task']}" for answer in self.ask(["tasks"]) if "task" in answer]
        high = None
        for _ in range(ROUNDS):
            new = []
            for answer in self.ask(asked):
                kind, value = answer.get("type"), answer.get("value")
                match = POINTEE.match(kind or "")
                if answer["status"] != "ok" or not match or not isinstance(value, (dict, str)):
                    continue
                if match[2] and isinstance(value, str):
                    new.append((match[1], int(value, 16)))
                elif isinstance(value, dict) and "unreadable" not in value:
                    at = int(answer["address"], 16)
                    high = high or (1 << 63 if at >> 32 else 0x80000000)
                    if len(found[kind]) < MOST:
                        found[kind][at] = value
                        new.append((kind, value))
            self.define({kind for kind, _ in new})
            asked, waiting = [], set()
            for kind, value in new:
                for of, at in [(kind, value)] if isinstance(value, int) else self.pointers(kind, value):
                    if at >= (high or 0) and (of, at) not in waiting and at not in found.get(of, ()) and \
                            len(found.get(of, ())) + sum(1 for one in waiting if one[0] == of) < MOST:
                        waiting.add((of, at))
            self.define({of for of, _ in waiting})
            asked = [f"{of} {at:#x}" for of, at in sorted(waiting) if self.members[of] is not None]
        most = sorted(found, key=lambda kind: -len(found[kind]))[:KINDS]
        return {kind: found[kind] for kind in most if found[kind]}


class Reader:
    """Reads what gdb prints of a struct. A struct or array becomes a list of (name or None, value), all other values a text."""
    NAME = re.compile(r"([A-Za-z_]\w*) = ")
    SCALAR = re.compile(r"""(?: "(?:\\.|[^"\\])*"(?:\.\.\.)? | '(?:\\.|[^'\\])+' | <[^>]*> | \([^)]*\) | [^,{}"'<(\n] )+""", re.VERBOSE)

    def __init__(self, text):
        self.text, self.at = text, 0

    def skip(self, blanks=" \n,"):
        while self.at < len(self.text) and self.text[self.at] in blanks:
            self.at += 1

    def value(self):
        self.skip(" \n")
        if self.text[self.at] != "{":
            match = self.SCALAR.match(self.text, self.at)
            self.at = match.end()
            return match[0].strip()
        self.at += 1
        items = []
        while True:
            self.skip()
            if self.text.startswith("<No data fields>", self.at):
                self.at += len("<No data fields>")
                continue
            if self.text[self.at] == "}":
                self.at += 1
                return items
            name = self.NAME.match(self.text, self.at)
            if name:
                self.at = name.end()
            items.append((name and name[1], self.value()))


def crash_values(files, options, found):
    """{(kind, address): what crash shows}, and the text of an error in place of a value."""
    asked = [(kind, at) for kind in sorted(found) for at in found[kind]]
    with tempfile.NamedTemporaryFile("w", suffix=".crash") as script:
        os.chmod(script.name, 0o644)
        # In UTF-8, gdb loses the character before bytes that are no UTF-8.
        for setting in ("print elements 0", "print repeats 0", "print symbol off", "charset ISO-8859-1"):
            script.write(f"gdb set {setting}\n")
        for i, (kind, at) in enumerate(asked):
            script.write(f"gdb echo @@@{i}\\n\n{kind} {at:x}\n")
        script.write("gdb echo @@@end\\n\nquit\n")
        script.flush()
        done = subprocess.run([*CRASH, "-s", "-i", script.name, *options, *files], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False, env=dict(os.environ, LC_ALL="C"))
    said = re.split(r"^@@@(\d+|end)\n", done.stdout.decode("latin-1"), flags=re.MULTILINE)
    if len(said) < 3:
        print("#", said[0].strip()[-300:].replace("\n", "; "))
    texts = {asked[int(nr)]: text for nr, text in zip(said[1::2], said[2::2]) if nr != "end"}
    return {key: Reader(text[text.index("{"):]).value() if "{" in text and ": invalid" not in text else text.strip()
            for key, text in texts.items()}


def unquoted(text):
    """The bytes of a text in quotes, or None."""
    match = re.search(r'"((?:\\.|[^"\\])*)"', text)
    if not match:
        return None
    escapes = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}
    return b"".join(bytes([int(one[1:], 8) & 0xff if one[1:2].isdigit() else escapes.get(one[1:], ord(one[1:2]))])
                    if one[0] == "\\" else one.encode("latin-1") for one in re.findall(r"\\[0-7]{1,3}|\\.|[^\\]", match[1]))


def number(text):
    match = re.match(r"-?(?:0x[0-9a-f]+|\d+)", text)
    return int(match[0], 0) if match else None


class Judge:
    def __init__(self):
        self.values, self.wrong, self.otherwise = 0, [], collections.Counter()

    def say(self, path, theirs, ours):
        self.wrong.append(f"{path}: crash {theirs!r:.120}, kwalk {ours!r:.120}")

    def members(self, items):
        """Members of anonymous structs are members of the surrounding struct."""
        for name, value in items:
            if name:
                yield name, value
            elif isinstance(value, list):
                yield from self.members(value)

    def struct(self, path, theirs, ours):
        if not isinstance(theirs, list):
            self.say(path, theirs, list(ours))
            return
        theirs = list(self.members(theirs))
        names = [name for name, _ in theirs]
        ours = {name: value for name, value in ours.items() if name in names or name not in ("unreadable", "truncated")}
        if set(names) != set(ours):
            self.say(path, names, list(ours))
            return
        for name, value in theirs:
            self.compare(f"{path}.{name}", value, ours[name])

    def array(self, path, theirs, ours):
        data = unquoted(theirs) if isinstance(theirs, str) else None
        if isinstance(theirs, str) and (not ours or data is None) and number(theirs) is not None:
            self.otherwise["flexible and empty arrays, of which crash shows the address"] += 1
        elif data is not None:
            # gdb shows bytes as a text, which may lack NULs at its end.
            if bytes(one & 0xff for one in ours).rstrip(b"\0") != data.rstrip(b"\0"):
                self.say(path, data, ours)
        elif not isinstance(theirs, list):
            self.say(path, theirs, ours)
        else:
            items = [value for _, value in theirs]
            # BTF has one dimension in place of several, if pahole wrote it.
            while len(items) < len(ours) and items and all(isinstance(item, list) and not any(name for name, _ in item) for item in items):
                items = [value for item in items for _, value in item]
            if len(items) != len(ours):
                self.say(path, f"{len(items)} elements", f"{len(ours)} elements")
                return
            for i, item in enumerate(items):
                self.compare(f"{path}[{i}]", item, ours[i])

    def text(self, path, theirs, ours):
        data = unquoted(theirs) if isinstance(theirs, str) else None
        if isinstance(theirs, list):
            data = bytes(number(value) & 0xff for _, value in theirs)
        if theirs == ours:
            return
        if data is None and number(str(theirs)) is not None and re.fullmatch("0x[0-9a-f]+", ours):
            if number(theirs) != int(ours, 16):
                self.say(path, theirs, ours)
        elif re.fullmatch("0x[0-9a-f]+", ours) and isinstance(theirs, str) and theirs.startswith("0x"):
            if number(theirs) != int(ours, 16):  # a pointer to a text
                self.say(path, theirs, ours)
        elif data is None or data.split(b"\0")[0].decode(errors="replace") != ours:
            self.say(path, theirs, ours)

    def compare(self, path, theirs, ours):
        self.values += 1
        if isinstance(ours, dict):
            self.struct(path, theirs, ours)
        elif isinstance(ours, list):
            self.array(path, theirs, ours)
        elif isinstance(ours, str):
            self.text(path, theirs, ours)
        elif ours is None or not isinstance(theirs, str):
            self.say(path, theirs, ours)
        elif isinstance(ours, bool):
            if theirs != str(ours).lower() and number(theirs) != ours:
                self.say(path, theirs, ours)
        elif theirs.startswith("("):
            self.otherwise["enums with several flags, which crash shows by name"] += 1
        elif {"true": 1, "false": 0}.get(theirs, number(theirs)) != ours:
            self.say(path, theirs, ours)


def main():
    kwalk, vmlinux, dump, *options = sys.argv[1:]
    found = Kwalk(kwalk, [vmlinux, dump]).crawl()
    theirs = crash_values([vmlinux, dump], options, found)
    judge, refused = Judge(), collections.Counter()
    for kind in found:
        for at, ours in found[kind].items():
            shown = theirs.get((kind, at))
            if isinstance(shown, list):
                judge.compare(f"{kind} {at:x} ", shown, ours)
            else:
                refused[re.sub(r"\b[0-9a-f]{8,}\b", "N", str(shown)).split("\n")[-1][:100]] += 1
    for line in judge.wrong[:MOST_SHOWN]:
        print("#", line)
    for what, count in judge.otherwise.items():
        print(f"# {count} {what}")
    for what, count in refused.items():
        print(f"# {count} structs that crash does not show: {what}")
    shown = sum(map(len, found.values())) - sum(refused.values())
    good = not judge.wrong and len(found) == KINDS and shown
    print(f"{'ok' if good else 'not ok'} - {judge.values} values of {shown} structs of {len(found)} types as crash shows them: "
          f"{len(judge.wrong)} differ")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
