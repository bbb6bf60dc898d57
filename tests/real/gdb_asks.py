# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in gdb, which is connected to kwalk --gdb. Reads questions from the file $GDB_QUESTIONS, and writes the
answers as JSON to $GDB_ANSWERS. gdb.py writes the questions and reads the answers."""
import json
import os

import gdb

MOST_FRAMES = 32


def number(value, bits):
    return int(value.cast(gdb.lookup_type("unsigned long"))) & (1 << bits) - 1


def registers(names, bits):
    """The registers of the selected thread. null means that a register is unavailable."""
    values = {}
    for name in names:
        try:
            values[name] = number(gdb.parse_and_eval("$" + name), bits)
        except gdb.error:
            values[name] = None
    return values


def symbol_at(address):
    return gdb.execute(f"info symbol {address:#x}", to_string=True).split(" in section")[0].strip()


def frames():
    """The code address of each frame, without frames of inlined functions."""
    found, frame = [], gdb.newest_frame()
    while frame and len(found) < MOST_FRAMES:
        if frame.type() == gdb.NORMAL_FRAME:
            found.append(frame.pc())
        try:
            frame = frame.older()
        except gdb.error:
            break
    return found


def answer(questions):
    bits = 8 * gdb.lookup_type("long").sizeof
    answers = {"comm": gdb.parse_and_eval("init_task.comm").string()}
    answers["symbols"] = {address: symbol_at(address) for address in questions["symbols"]}
    answers["pages"] = {}
    for page in questions["pages"]:
        value = gdb.parse_and_eval(f"*(struct page *){page}")
        answers["pages"][page] = [number(value["flags"], bits), int(value["_refcount"]["counter"]),
                                  number(value["mapping"], bits)]
    threads = sorted(gdb.selected_inferior().threads(), key=lambda thread: thread.num)
    answers["threads"] = {thread.ptid[1]: thread.name for thread in threads}
    answers["cpus"], answers["stacks"] = [], {}
    for thread in threads[:questions["cpus"]]:
        thread.switch()
        answers["cpus"].append(registers(questions["registers"], bits))
    for thread in threads:
        if thread.ptid[1] in questions["sleepers"]:
            thread.switch()
            answers["stacks"][thread.ptid[1]] = frames()
    answers["monitor"] = gdb.execute("monitor page_to_pfn " + next(iter(questions["pages"])), to_string=True)
    return answers


with open(os.environ["GDB_QUESTIONS"], encoding="ascii") as asked:
    ALL = json.load(asked)
with open(os.environ["GDB_ANSWERS"], "w", encoding="utf-8") as told:
    json.dump(answer(ALL), told)
