#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""assertions.py FILE...: the assertions in tests written for Bats that cannot fail.

A test ends at the first command that fails, as `set -e` does; but that does not look at a
command whose status is inverted, nor at one that is left of "&&":

    ! grep -q WORD output             # goes on whatever is in output
    [ -s first ] && [ -s second ]     # goes on where first is empty

Such a status counts only as the status of a function or of a subshell, so there it may
be the last. Elsewhere "not COMMAND" (tests/cli/common.bash) and a line for each condition
say the same. Right of the last "&&" is no assertion but what a condition leads to: return,
exit, skip, echo, an assignment.

Likewise `run COMMAND` never fails: nothing is asserted where the test ends, or runs the
next, before it has asked for $status, $output, $stderr or $lines.
"""
import re
import sys

LEADS_TO = {"return", "exit", "break", "continue", "skip", "echo", "printf", "{"}
OPERATOR = re.compile(r"&&|\|\||;;&?|;&|\|&|[;&|()\n]")
OPENS = {"if": "condition", "while": "condition", "until": "condition",
         "case": "case", "for": "words", "select": "words"}


class Source:
    """The words and operators of a shell script, each with its line."""

    def __init__(self, text):
        self.text, self.at, self.documents = text, 0, []

    def quoted(self, at, end):
        """Behind a string that began before at, and ends with end."""
        while at < len(self.text) and self.text[at] != end:
            if self.text[at] == "\\" and end != "'":
                at += 1
            elif end == '"' and self.text.startswith("$(", at):
                at = self.nested(at + 2, "(", ")") - 1
            at += 1
        return at + 1

    def nested(self, at, opens, closes):
        """Behind what began with opens before at."""
        depth = 1
        while at < len(self.text) and depth:
            c = self.text[at]
            if c in "'\"":
                at = self.quoted(at + 1, c)
                continue
            if c == "\\":
                at += 1
            elif c == "#" and opens == "(" and self.text[at - 1] in " \t\n":
                at = self.text.find("\n", at)
            depth += (c == opens) - (c == closes)
            at += 1
        return at

    def word(self):
        """One word from here on."""
        start = at = self.at
        text = self.text
        while at < len(text):
            c = text[at]
            if c == "\\":
                at += 2
            elif c in "'\"":
                ansi = c == "'" and text[at - 1] == "$"
                at = self.quoted(at + 1, c) if not ansi else \
                    re.compile(r"(?:\\.|[^'\\])*'", re.S).match(text, at + 1).end()
            elif text.startswith(("$((", "$(", "<(", ">("), at):
                at = self.nested(at + 2, "(", ")")
            elif text.startswith("${", at):
                at = self.nested(at + 2, "{", "}")
            elif text.startswith("((", at) and at == start:
                at = self.nested(at + 1, "(", ")")
            elif c == "(" and at > start and text[at - 1] == "=":
                at = self.nested(at + 1, "(", ")")
            elif c in " \t\n;|()" or c == "&" and text[at - 1] not in "<>" and \
                    text[at + 1:at + 2] != ">":
                break
            else:
                at += 1
        self.at = at
        return text[start:at]

    def tokens(self):
        """(kind, text, line): kind is "word" or "operator"."""
        text = self.text
        while self.at < len(text):
            line = text.count("\n", 0, self.at) + 1
            c = text[self.at]
            if c in " \t":
                self.at += 1
            elif text.startswith("\\\n", self.at):
                self.at += 2
            elif c == "#":
                self.at = text.find("\n", self.at) if "\n" in text[self.at:] else len(text)
            elif here := re.compile(r"<<(-?)\s*(['\"]?)(\w+)\2").match(text, self.at):
                self.documents.append((here[1], here[3]))
                self.at = here.end()
            elif text.startswith("((", self.at):
                yield "word", self.word(), line
            elif text.startswith("[[ ", self.at):
                start = self.at
                while not text.startswith("]]", self.at) and self.at < len(text):
                    self.word()
                    self.at += not text.startswith("]]", self.at)
                self.at += 2
                yield "word", text[start:self.at], line
            elif found := OPERATOR.match(text, self.at):
                self.at = found.end()
                yield "operator", found[0], line
                if found[0] == "\n":
                    self.pass_documents()
            else:
                yield "word", self.word(), line

    def pass_documents(self):
        for tabs, end in self.documents:
            found = re.compile(rf"^{chr(9) + '*' if tabs else ''}{end}$", re.M).search(
                self.text, self.at)
            self.at = found.end() if found else len(self.text)
        self.documents = []


class Lists:
    """The lists of commands with "&&" and "||", and where each of them stands."""

    def __init__(self, name, text):
        self.name, self.found, self.run = name, [], None
        # Bats' own word for a function.
        text = re.sub(r"^@test .*\{$", "@test() {", text, flags=re.M)
        self.inside = ["file"]
        self.lists = [self.fresh()]
        self.bodies = []
        self.previous = None
        for token in Source(text).tokens():
            self.take(*token)
            self.previous = token
        self.finish("end")
        self.judge(False)
        if len(self.inside) > 1:
            self.complain(text.count("\n"), "ends within " + self.inside[-1])

    @staticmethod
    def fresh():
        # parts: [operator before it, is inverted, first word, line] of each pipeline
        return {"parts": [["", False, None, 0]]}

    def complain(self, line, what):
        self.found.append(f"{self.name}:{line}: {what}")

    def finish(self, closing):
        """The list has ended; closing is what ends the body that it is the last of."""
        parts = self.lists[-1]["parts"]
        place, last = self.inside[-1], parts[-1]
        self.lists[-1] = self.fresh()
        if parts[0][2] is None or place in ("condition", "words", "case"):
            return
        bad = None
        if last[1]:
            bad = "the status of \"! ...\""
        elif last[0] == "&&" and last[2] not in LEADS_TO and \
                not re.match(r"[A-Za-z_]\w*\+?=", last[2] or ""):
            bad = "the status left of the last \"&&\""
        if bad:
            self.bodies.append((len(self.inside), place, parts[0][3], bad))
        if closing is None:
            self.judge(False)

    def judge(self, is_last):
        """Of the list that was just seen: does its status count?"""
        for _, place, line, bad in self.bodies:
            if not (is_last and place in ("function", "(")):
                self.complain(line, f"{bad} is not looked at")
        self.bodies = []

    def open(self, place):
        self.judge(False)
        self.inside.append(place)
        self.lists.append(self.fresh())

    def close(self):
        self.finish("closing")
        self.judge(True)
        if len(self.inside) > 1:
            self.inside.pop()
            self.lists.pop()

    def asked(self, text, line):
        """Watches `run`, and what asks for its result."""
        if self.run and re.search(r"\$\{?#?(status|output|stderr|lines)\b|\b(json_\w+|complains)\b",
                                  text):
            self.run = None
        if self.run and self.previous[1] == "run" and re.match(r"!|-\d", text):
            self.run = None  # asks by itself
        if text == "run":
            if self.run:
                self.complain(self.run, "nothing asks how this \"run\" ended")
            self.run = line

    def take(self, kind, text, line):
        parts = self.lists[-1]["parts"]
        if kind == "word":
            if self.bodies and text not in ("}", "fi", "done", "esac"):
                self.judge(False)
            self.take_word(text, line, parts)
        else:
            self.take_operator(text, line, parts)

    def take_word(self, text, line, parts):
        if self.inside[-1] == "case" and text not in ("esac", "in"):
            return
        if parts[-1][2] is None and text != "!":
            if self.inside[-1] == "pattern":
                if text == "esac":
                    self.close()
                    self.close()
                return
            if text in OPENS:
                parts[-1][2:] = [text, line]
                self.open(OPENS[text])
                return
            if text in ("then", "do"):
                self.close()
                self.open("body")
                return
            if text in ("elif", "else"):
                self.close()
                self.open("condition" if text == "elif" else "body")
                return
            if text in ("fi", "done", "}", "esac"):
                if text == "}" and self.inside[-1] == "test" and self.run:
                    self.complain(self.run, "nothing asks how this \"run\" ended")
                    self.run = None
                self.close()
                if text == "esac" and self.inside[-1] == "case":
                    self.close()
                return
            if text == "{":
                is_function = self.previous and self.previous[1] == ")" and \
                    self.lists[-1].pop("name", None)
                parts[-1][2:] = ["{", line]
                self.open({"@test": "test"}.get(is_function, "function")
                          if is_function else "group")
                return
        if self.inside[-1] == "case" and text == "in":
            self.inside[-1] = "case"
            self.open("pattern")
            return
        if text == "!" and parts[-1][2] is None:
            parts[-1][1] = True
            return
        if parts[-1][2] is None:
            parts[-1][2:] = [text, line]
            self.asked(text, line)
        else:
            self.asked(text if text != "run" else "", line)

    def take_operator(self, text, line, parts):
        if self.inside[-1] == "pattern":
            if text == ")":
                self.inside[-1] = "branch"
            return
        if text in (";;", ";&", ";;&"):
            self.finish(None)
            self.judge(False)
            self.inside[-1] = "pattern"
        elif text in ("&&", "||"):
            parts.append([text, False, None, line])
        elif text in ("|", "|&"):
            # Only the last command of a pipeline counts, and "!" before the first.
            if parts[-1][2] is not None:
                parts[-1][2] = "|"
            self.lists[-1]["piped"] = True
        elif text == "(":
            if parts[-1][2] is not None and self.previous[0] == "word" and len(parts) == 1:
                self.lists[-1]["name"] = parts[-1][2]
                parts[-1][2] = None
            elif parts[-1][2] is None:
                parts[-1][2:] = ["(", line]
                self.open("(")
        elif text == ")":
            if self.inside[-1] == "(":
                self.close()
        elif text == "\n" and parts[-1][2] is None and len(parts) > 1:
            pass  # a line that ends in "&&"
        elif text == "\n" and self.previous and self.previous[1] in ("|", "|&"):
            pass
        elif "name" not in self.lists[-1]:
            self.finish("newline")


def main():
    found = []
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            found += Lists(name, file.read()).found
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))


main()
