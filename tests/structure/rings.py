#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rings.py ROOMS BUILD-FOLDER: who depends on whom, by what the linker sees.

The objects below BUILD-FOLDER say which symbols they define and which they use.
Prints, and ends with status 1 for, every ring of source files, every ring of
rooms, and every use of a room that ROOMS does not allow. A line of ROOMS is
"ROOM: ROOM...", what it is followed by is all that it may ask; "#" starts a
comment. A room is a folder below src, or arch.
"""
import os
import subprocess
import sys


def room_of(source):
    return os.path.dirname(source).removeprefix("src/")


def read_rooms(path):
    rooms = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line:
                name, _, asks = line.partition(":")
                rooms[name] = set(asks.split())
    return rooms


def objects(folder):
    for top in "src", "arch":
        for where, _, names in os.walk(os.path.join(folder, top)):
            for name in names:
                if name.endswith(".o"):
                    yield os.path.relpath(os.path.join(where, name), folder)


def read_symbols(folder, paths):
    """For each object: what it defines for others, and what it uses of others."""
    if not paths:
        return {}
    # Two objects at least, so that nm names them.
    output = subprocess.run(["nm", *paths, *paths[:1]], check=True, cwd=folder, capture_output=True, text=True).stdout
    symbols, defined, used = {}, set(), set()
    for words in map(str.split, output.splitlines()):
        if len(words) == 1 and words[0][:-1] in paths:
            defined, used = symbols.setdefault(words[0][:-1], (set(), set()))
        elif len(words) > 1 and words[-2] == "U":
            used.add(words[-1])
        # malloc() and its like are the C library's, even where a file defines them again.
        elif len(words) > 1 and words[-2] in "TDBRVWC" and not words[-1].endswith("alloc"):
            defined.add(words[-1])
    return symbols


def dependencies(folder):
    """{file: {file it depends on: [symbols]}}"""
    owner, uses = {}, {}
    for path, (defined, used) in read_symbols(folder, sorted(objects(folder))).items():
        source = path[:-2] + ".c"
        uses[source] = used
        owner.update(dict.fromkeys(defined, source))
    graph = {}
    for source, used in uses.items():
        graph[source] = {}
        for symbol in sorted(used):
            other = owner.get(symbol, source)
            if other != source:
                graph[source].setdefault(other, []).append(symbol)
    return graph


def reachable(graph, start):
    seen, todo = set(), [start]
    while todo:
        for other in graph.get(todo.pop(), ()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen


def rings(graph):
    """Sets of nodes that all reach each other."""
    reach = {node: reachable(graph, node) for node in graph}
    found = {frozenset([node] + [other for other in reach[node] if node in reach.get(other, ())])
             for node in graph if node in reach[node]}
    return sorted(map(sorted, found))


def main():
    rooms = read_rooms(sys.argv[1])
    graph = dependencies(sys.argv[2])
    bad = len(graph) < 100
    if bad:
        print(f"only {len(graph)} objects below {sys.argv[2]}")
    between = {}
    for source, others in graph.items():
        for other, symbols in others.items():
            here, there = room_of(source), room_of(other)
            if here == there:
                continue
            between.setdefault(here, {}).setdefault(there, []).append(source)
            if there not in rooms.get(here, ()):
                bad = True
                print(f"{source} asks {other}, and {here} may not ask {there}: {' '.join(symbols)}")
    for ring in rings(graph):
        bad = True
        print(f"a ring of {len(ring)} files:")
        for source in ring:
            for other in sorted(set(ring) & set(graph[source])):
                print(f"    {source} -> {other}: {' '.join(graph[source][other])}")
    for ring in rings(between):
        bad = True
        print(f"a ring of {len(ring)} rooms: {' '.join(ring)}")
    return bad


if __name__ == "__main__":
    sys.exit(main())
