#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""values_crash.py KWALK VMLINUX DUMP [OPTION-OF-CRASH...]: compares `kwalk -j struct` with `struct` of crash, member by member.
kwalk follows the pointers with a type from init_task and the tasks; of the KINDS types with the most addresses, crash shows
the same structs, and judges them. Then both follow the lists and trees whose heads are in these structs, element by element.
Prints each difference, what is shown in another way, and TAP. CRASH: the command that runs crash, if not "crash"; it may
contain chroot, if the files have the same paths there."""
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
QUIET = 150         # seconds without an answer, after which crash hangs
OF_A_KIND = 12      # lists or trees that are the same member
# What both programs are asked about a member of this type at an address.
FOLLOWED = {"struct list_head": "list -H {:x}", "struct hlist_node": "list {:x}", "struct rb_root": "tree -t rb {:x}",
            "struct rb_root_cached": "tree -t rb {:x}", "struct xarray": "tree -t x {:x}", "struct maple_tree": "tree -t m {:x}",
            "struct radix_tree_root": "tree -t ra {:x}"}
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
        """Learns members with a struct type, or a pointer to one: {kind: [(member, kind, is pointer, offset)]}, and drops large
        structs."""
        kinds = {kind for kind in kinds if kind not in self.members}
        self.members.update({kind: [] for kind in kinds})
        inner = set()
        for answer in self.ask(sorted(kinds)):
            kind, match = answer.get("struct"), POINTEE.match(answer.get("type", ""))
            if kind in kinds and answer.get("struct_size", 0) > LARGEST:
                self.members[kind] = None
            elif kind in kinds and match and "." not in answer["member"] and self.members[kind] is not None:
                self.members[kind].append((answer["member"], match[1], bool(match[2]), answer["offset"]))
                inner |= set() if match[2] else {match[1]}
        if inner - set(self.members):
            self.define(inner)

    def pointers(self, kind, value, depth=0):
        """The pointers with a type in a value."""
        for name, of, is_pointer, _ in self.members.get(kind) or []:
            part = value.get(name)
            for one in part if isinstance(part, list) else [part]:
                if is_pointer and isinstance(one, str):
                    yield of, int(one, 16)
                elif isinstance(one, dict) and depth < 8:
                    yield from self.pointers(of, one, depth + 1)

    def heads(self, kind, at, path, depth=0):
        """The lists and trees in a struct: (the member, what to ask)."""
        for name, of, is_pointer, offset in self.members.get(kind) or []:
            if of in FOLLOWED and not is_pointer:
                yield f"{path}.{name}", FOLLOWED[of].format(at + offset)
            elif not is_pointer and depth < 8:
                yield from self.heads(of, at + offset, f"{path}.{name}", depth + 1)

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


def session(files, options, asked):
    """What crash says to the lines: [(number of the line or "end", text)]. It is ended if it says nothing for QUIET seconds."""
    with tempfile.NamedTemporaryFile("w", suffix=".crash") as script, tempfile.TemporaryFile() as out:
        os.chmod(script.name, 0o644)
        # In UTF-8, gdb loses the character before bytes that are no UTF-8.
        for setting in ("print elements 0", "print repeats 0", "print symbol off", "charset ISO-8859-1"):
            script.write(f"gdb set {setting}\n")
        for i, line in enumerate(asked):
            script.write(f"gdb echo @@@{i}\\n\n{line}\n")
        script.write("gdb echo @@@end\\n\nquit\n")
        script.flush()
        with subprocess.Popen([*CRASH, "-s", "-i", script.name, *options, *files], stdout=out, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, env=dict(os.environ, LC_ALL="C")) as crash:
            length = -1
            while crash.poll() is None and length < (length := os.fstat(out.fileno()).st_size):
                try:
                    crash.wait(QUIET)
                except subprocess.TimeoutExpired:
                    pass
            crash.kill()
        out.seek(0)
        said = re.split(r"^@@@(\d+|end)\n", out.read().decode("latin-1"), flags=re.MULTILINE)
    if len(said) < 3:
        print("#", said[0].strip()[-300:].replace("\n", "; "))
    return list(zip(said[1::2], said[2::2]))


def ask_crash(files, options, asked):
    """{line: what crash says}, without lines at which it hangs or ends."""
    texts = {}
    while asked and (said := session(files, options, asked)):
        last = said.pop()[0]
        texts.update((asked[int(nr)], text) for nr, text in said)
        if last != "end":
            print(f"# crash hangs at: {asked[int(last)]}")
        asked = asked[int(last) + 1:] if last != "end" else []
    return texts


def crash_values(files, options, found):
    """{(kind, address): what crash shows}, and the text of an error in place of a value."""
    lines = {f"{kind} {at:x}": (kind, at) for kind in sorted(found) for at in found[kind]}
    texts = {lines[line]: text for line, text in ask_crash(files, options, list(lines)).items()}
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


def followed(kwalk, files, options, found):
    """Compares the elements of lists and trees."""
    heads = collections.defaultdict(list)
    for kind in found:
        for at in found[kind]:
            for member, line in kwalk.heads(kind, at, kind):
                if line not in heads[member] and len(heads[member]) < OF_A_KIND:
                    heads[member].append(line)
    asked = list(dict.fromkeys(line for lines in heads.values() for line in lines))
    ours, reasons = collections.defaultdict(list), {}
    for answer in kwalk.ask([line for i, asked_line in enumerate(asked) for line in (f"p {i}", asked_line)]):
        if answer["command"] == "p":
            line = asked[answer["value"]]
        elif answer["status"] == "ok" and "rows" not in answer:
            # crash clears the bit that marks a number.
            ours[line].append(int(answer["address"], 16) if "address" in answer else int(answer["entry"], 16) & ~1)
        elif answer["status"] != "ok":
            reasons[line] = answer["message"]
    return judge_followed(heads, ours, reasons, ask_crash(files, options, asked))


def judge_followed(heads, ours, reasons, theirs):
    elements, whole, wrong, broken, examples = 0, 0, [], collections.Counter(), {}
    members = {line: member for member, lines in heads.items() for line in lines}
    for line, member in members.items():
        text = theirs.get(line, "")
        # crash shows maple trees in decimal, trees in another order, and 0 for an empty xarray.
        got = [int(word, 10 if "-t m" in line else 16) for word in re.findall(r"^ *([0-9a-f]*[1-9a-f][0-9a-f]*)$", text, re.M)]
        said = [said for said in text.splitlines() if re.match(r" *(?:list|tree|gdb):", said)]
        if line in reasons or said:
            # What both see is broken is counted, and the rest is shown for a person to judge.
            reason = reasons.get(line, "whole")
            broken["both see it" if line in reasons and said else "only kwalk sees it" if not said else "only crash sees it"] += 1
            if not (line in reasons and said):
                examples.setdefault(re.sub(r"\b[0-9a-f]+\b", "N", reason), f"{member}: {line}: {(said or [reason])[0]}")
        elif sorted(got) != sorted(ours[line]) or (line.startswith("list") and got != ours[line]):
            wrong.append(f"{member}: {line}: crash {len(got)} elements {got[:3]}, kwalk {len(ours[line])} {ours[line][:3]}")
        else:
            elements += len(got)
            whole += 1
    for line in wrong[:MOST_SHOWN]:
        print("#", line)
    for line in list(examples.values())[:MOST_SHOWN]:
        print("# broken:", line)
    for what, count in broken.items():
        print(f"# {count} lists or trees are broken: {what}")
    print(f"{'not ok' if wrong or not whole else 'ok'} - {elements} elements of {whole} lists and trees of {len(heads)} members as "
          f"crash shows them: {len(wrong)} differ")
    return not wrong and whole


def main():
    kwalk, vmlinux, dump, *options = sys.argv[1:]
    asked = Kwalk(kwalk, [vmlinux, dump])
    found = asked.crawl()
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
    good = followed(asked, [vmlinux, dump], options, found) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
