#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at reports without a browser.

report_page.py page FILE [TEXT...]: the page is well-formed, says nothing without a heading, draws nothing without a
    title, asks for nothing from elsewhere, and holds each TEXT; "!TEXT": and does not.
report_page.py agrees FILE: the JSON answers in FILE, of "report" and of other commands for the same dump, tell the
    same numbers.
Status: 1 where something is wrong, which is said."""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

HTML, SVG = "{http://www.w3.org/1999/xhtml}", "{http://www.w3.org/2000/svg}"
PAGE = 4096


def text_of(element):
    return " ".join(" ".join(element.itertext()).split())


def check_pictures(root, wrong):
    pictures = [svg for svg in root.iter(SVG + "svg") if svg.get("role") == "img"]
    for svg in pictures:
        title, description = svg.find(SVG + "title"), svg.find(SVG + "desc")
        if title is None or description is None or not title.text or not description.text:
            wrong.append("a picture has no title or description")
        elif svg.get("aria-labelledby") != f"{title.get('id')} {description.get('id')}":
            wrong.append(f"{title.text}: is not named by its title and description")
    for svg in root.iter(SVG + "svg"):
        if svg.get("role") != "img" and svg.get("aria-hidden") != "true":
            wrong.append("a picture is neither told nor hidden")
    return len(pictures)


def check_headings(root, wrong):
    levels = [int(element.tag[-1]) for element in root.iter() if re.fullmatch(re.escape(HTML) + "h[1-6]", element.tag)]
    if levels[:1] != [1] or levels.count(1) != 1:
        wrong.append(f"headings begin with {levels[:1]}, and {levels.count(1)} are of the first level")
    wrong += [f"a heading of level {after} follows one of {before}"
              for before, after in zip(levels, levels[1:]) if after > before + 1]
    for name in "header", "nav", "main", "footer":
        if len(list(root.iter(HTML + name))) != 1:
            wrong.append(f"there is no one <{name}>")


def check_tables(root, wrong):
    for table in root.iter(HTML + "table"):
        columns = len(list(table.iter(HTML + "thead"))[0].findall(f"{HTML}tr/{HTML}th"))
        if table.find(HTML + "caption") is None:
            wrong.append("a table has no caption")
        for row in table.findall(f"{HTML}tbody/{HTML}tr"):
            width = sum(int(cell.get("colspan", 1)) for cell in row)
            if width != columns:
                wrong.append(f"{text_of(row)[:80]}: {width} cells, not {columns}")
    wrong += ["a heading of a table has no scope" for cell in root.iter(HTML + "th") if not cell.get("scope")]


def check_outside(root, wrong):
    """Nothing is asked for, from anywhere."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in ("src", "srcset", "action", "background", "data", "poster", "style") or name.startswith("on"):
                wrong.append(f"{element.tag} has {name}={value[:40]}")
            if name.endswith("href") and not value.startswith("#"):
                wrong.append(f"{element.tag} leads to {value[:40]}")
        if element.tag in (HTML + "link", HTML + "img", HTML + "iframe", SVG + "image", SVG + "use"):
            wrong.append(f"there is a {element.tag}")
    styles = "".join(text for element in root.iter(HTML + "style") for text in element.itertext())
    wrong += [f"a style asks for {found}" for found in re.findall(r"url\((?!#)[^)]*\)|@import.*", styles)]
    if len(list(root.iter(HTML + "script"))) != 1:
        wrong.append("there is more than the one script")


def check_page(path, texts):
    wrong = []
    with open(path, "rb") as file:
        content = file.read()
    root = ElementTree.fromstring(content)
    if not content.startswith(b"<!DOCTYPE html>\n"):
        wrong.append("it is no HTML 5")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    wrong += [f"#{name} is there twice" for name in set(ids) if ids.count(name) > 1]
    wrong += [f"#{name} is not there" for name in {element.get("href", "#")[1:] for element in root.iter(HTML + "a")} - set(ids)]
    pictures = check_pictures(root, wrong)
    check_headings(root, wrong)
    check_tables(root, wrong)
    check_outside(root, wrong)
    body = text_of(root.find(HTML + "body"))
    for text in texts:
        if text.startswith("!") == (text.lstrip("!") in body):
            wrong.append(f"text: {text}")
    return pictures, wrong


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
    if sys.argv[1] == "page":
        pictures, wrong = check_page(sys.argv[2], sys.argv[3:])
        print(f"{pictures} pictures")
    else:
        with open(sys.argv[2], encoding="utf-8") as file:
            wrong = agrees([json.loads(line) for line in file])
    for text in wrong:
        print(text)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
