#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks reports without a browser.

report_page.py page FILE: checks that the page is valid markup, that its policy allows only the style and script of the
    page, that it requests nothing from elsewhere, and that its data cannot be markup.
report_page.py data FILE: prints the data of the page, which is one JSON object.
report_page.py agrees FILE: checks that the JSON answers in FILE, of "report" and of other commands for the same dump,
    contain the same numbers.
The status is 1 if something is wrong, with a message."""
import base64
import hashlib
import html.parser
import json
import os
import re
import sys

PAGE = int(os.environ.get("GUEST_PAGE", "4096"))    # tests/real/run sets it
VOID = "meta", "br", "input"
# Text that would be markup or code, or would request something.
ACTIVE = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|fetch\(|XMLHttpRequest|WebSocket|import\("


class Page(html.parser.HTMLParser):
    """The elements of a page, with their attributes and text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.all, self.wrong, self.types = [], [], [], []
        self.feed(text)
        self.close()
        self.wrong += [f"<{element['tag']}> is not closed" for element in self.open]

    def handle_decl(self, decl):
        self.types.append(decl)

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **{name: value for name, value in attrs if name not in ("tag", "text")}}
        self.all.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop()["tag"] != tag:
            self.wrong.append(f"</{tag}> ends nothing")

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def named(self, tag):
        return [element for element in self.all if element["tag"] == tag]


def read_page(path):
    with open(path, encoding="utf-8", newline="") as file:
        return Page(file.read())


def data_of(page):
    (data,) = [script["text"] for script in page.named("script") if script.get("type") == "application/json"]
    return data


def hash_of(element):
    return "'sha256-" + base64.b64encode(hashlib.sha256(element["text"].encode()).digest()).decode() + "'"


def check_page(path):
    """Returns (bytes of data, what is wrong)."""
    page = read_page(path)
    wrong = list(page.wrong)
    scripts, styles = [script for script in page.named("script") if "type" not in script], page.named("style")
    if page.types != ["DOCTYPE html"]:
        wrong.append("it is no HTML 5")
    if (len(scripts), len(styles), len(page.named("script"))) != (1, 1, 2):
        return 0, wrong + [f"{len(scripts)} scripts and {len(styles)} styles"]
    policy = [meta["content"] for meta in page.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    wrong += differ("policy", policy, [f"default-src 'none'; style-src {hash_of(styles[0])}; script-src {hash_of(scripts[0])}"])
    for name in "title", "h1", "main", "noscript":
        if len(page.named(name)) != 1:
            wrong.append(f"there is no one <{name}>")
    for element in page.all:
        wrong += [f"{element['tag']} has {name}" for name in element
                  if name in ("src", "srcset", "href", "action", "background", "data", "poster", "style") or name.startswith("on")]
    wrong += [f"a style asks for {found}" for found in re.findall(r"url\((?!#)[^)]*\)|@import.*", styles[0]["text"])]
    wrong += [f"the script has {found}" for found in re.findall(ACTIVE, scripts[0]["text"])]
    data = data_of(page)
    wrong += [f"the data has {found!r}" for found in set(re.findall("[<>&\u2028\u2029]", data))]
    if json.loads(data)["command"] not in ("report", "fleet"):
        wrong.append("the data is no report")
    return len(data), wrong


# --- numbers ---

def number(value):
    return int(value, 16) if isinstance(value, str) else value


def differ(what, got, want):
    return [] if got == want else [f"{what}: {str(got)[:300]}, not {str(want)[:300]}"]


def check_memory(report, of):
    frames = {use["use"]: use["frames"] for use in report.get("frames", [])}
    wrong = differ("frames", frames, {answer["use"]: answer["frames"] for answer in of["frames"]}) if of["frames"] else []
    for use in report.get("frames", []):
        parts = sum(use.get("parts", {}).values())
        parts += sum(cache["frames"] for cache in use.get("caches", []))
        if parts > use["frames"]:
            wrong.append(f"{use['use']}: {parts} frames of parts, of {use['frames']}")
    names = "node", "zone", "start", "end", "present", "managed", "free"
    wrong += differ("zones", [[zone.get(name) for name in names] for zone in report.get("zones", [])],
                    [[zone.get(name) for name in names] for zone in of["zones"]])
    return wrong


def check_space(report, of):
    regions = [answer for answer in report["regions"] if answer["region"] != "unknown"]
    names = "region", "start", "end", "size"
    wrong = differ("regions", [[answer[name] for name in names] for answer in regions],
                   [[answer[name] for name in names] for answer in of["regions"] if answer["region"] != "unknown"])
    for name, wanted in ("mapped", None), ("writable", "writable"), ("writable_executable", "both"):
        want = 0
        for answer in of["pt"]:
            both = answer["writable"] and answer["executable"]
            if answer["status"] == "ok" and (wanted is None or (both if wanted == "both" else answer[wanted])):
                want += number(answer["end"]) - number(answer["start"]) + 1
        if any(name in answer for answer in report["regions"]):
            wrong += differ(name, sum(answer.get(name, 0) for answer in report["regions"]), want)
    return wrong


def check_who(report, of):
    wrong = []
    if of["tasks"] and "tasks" in report:
        rss = {}
        for answer in of["tasks"]:
            if "mm" in answer and "rss" in answer:
                rss.setdefault(answer["mm"], (answer["tgid"], answer["rss"]))
        got = sorted((answer["pid"], answer["rss"]) for answer in report["tasks"]["list"] if "rss" in answer)
        wrong += differ("processes", got, sorted(rss.values())) if len(rss) <= 100 else []
        wrong += differ("tasks", report["tasks"]["tasks"], len(of["tasks"]))
    slabs = {answer["slab_cache"]: answer["slabs"] * PAGE << answer["order"] for answer in of["slabs"]
             if "slab_cache" in answer and "slabs" in answer and "order" in answer}
    if "slabs" in report and slabs:
        wrong += [f"{item['slab_cache']}: {item['size']}, not {slabs.get(item['slab_cache'])}"
                  for item in report["slabs"]["list"] if slabs.get(item["slab_cache"]) != item["size"]]
        wrong += differ("slabs", sum(slabs.values()), report["slabs"]["size"])
    if "areas" in report:
        counted = {}
        for answer in of["areas"]:
            key = answer.get("caller") or ("caller unknown" if "caller_address" not in answer
                                           else answer["caller_address"][2:])
            counted[key] = counted.get(key, 0) + 1
        wrong += [f"{item['caller']}: {item['areas']} areas, not {counted.get(item['caller'])}"
                  for item in report["areas"]["list"] if counted.get(item["caller"]) != item["areas"]]
    return wrong


def agrees(answers):
    commands = "report", "frames", "zones", "slabs", "areas", "tasks", "regions", "pt", "check", "log"
    of = {name: [answer for answer in answers if answer["command"] == name and
                 (answer["status"] != "error" or name == "check")] for name in commands}
    report = of["report"][0]
    names = "check", "status", "message"
    findings = [[answer.get(name) for name in names] for answer in report["findings"]]
    wrong = differ("findings", findings, [[answer.get(name) for name in names] for answer in of["check"] if "check" in answer])
    if of["log"]:
        lines = [answer["text"][:1023] for answer in of["log"]][-60:]
        wrong += differ("log", [line["text"] for line in report["log"]["list"]], lines)
    return wrong + check_memory(report, of) + check_space(report, of) + check_who(report, of)


def main():
    if sys.argv[1] == "data":
        print(data_of(read_page(sys.argv[2])), end="")
        return 0
    if sys.argv[1] == "page":
        size, wrong = check_page(sys.argv[2])
        print(f"{size} bytes of data")
    else:
        with open(sys.argv[2], encoding="utf-8") as file:
            wrong = agrees([json.loads(line) for line in file])
    for text in wrong:
        print(text)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
