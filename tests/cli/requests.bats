#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# kwalk -j as a co-process: requests, their ids and ends; the examples of doc/co-process.md.
load common

# asks DUMP: the answers to the lines on standard input.
asks() {
	"$KWALK" -q -j "$@" >answers 2>complaints
}

# example LANGUAGE FILE: the indented lines below its heading.
example() {
	awk -v heading="## $1" '$0 == heading { found = 1; next } /^## / { found = 0 }
		found && /^(    |$)/ { sub(/^    /, ""); print }' \
		"$BATS_TEST_DIRNAME/../../doc/co-process.md" >"$2"
	[ -s "$2" ]
}

@test "answers have the request's id, and an end" {
	dump x86_64
	asks x86_64 <<-'END' || true
	{"id":1,"command":"vtop ffffffff81000000; btop 1000 2000"}
	{ "command" : "ptob 1" , "id" : "a b" }
	{"id":-5,"command":""}
	btop 3000
	{"id":6,"command":"vtop nowhere\nptob 2; btop 5000"}
	{"command":"btop 6000"}
	END
	python3 - <<-'END'
	import json
	got = [json.loads(line) for line in open("answers")]
	got = [(a.get("id"), a["command"], a["status"], a.get("answers")) for a in got]
	assert got == [
	    (1, "vtop", "mapped", None), (1, "btop", "ok", None), (1, "btop", "ok", None), (1, "end", "ok", 3),
	    ("a b", "ptob", "ok", None), ("a b", "end", "ok", 1), (-5, "end", "ok", 0), (None, "btop", "ok", None),
	    (6, "vtop", "error", None), (6, "ptob", "ok", None), (6, "btop", "ok", None), (6, "end", "error", 3),
	    (None, "btop", "ok", None), (None, "end", "ok", 1)], got
	assert [("id" in json.loads(line)) for line in open("answers")].count(False) == 1
	END
}

@test "what is not a request has an error and an end, whatever it is" {
	dump x86_64
	cat >lines <<-'END'
	{
	{}
	{"id":1}
	{"id":1,"command":"btop 1000"
	{"id":1,"command":"btop 1000"} x
	{"id":1,"command":"btop 1000
	{"id":1.5,"command":"btop 1000"}
	{"id":1-2,"command":"btop 1000"}
	{"id":-,"command":"btop 1000"}
	{"id":01,"command":"btop 1000"}
	{"id":"ä","command":"btop 1000"}
	{"id":true,"command":"btop 1000"}
	{"id":"a\"b","command":"btop 1000"}
	{"id":1,"id":2,"command":"btop 1000"}
	{"id":1,"command":"btop \q"}
	{"id":1,"command":"btop \u00"}
	{"id":1,"command":"btop \ud800x"}
	{"id":1,"command":"btop \udc00"}
	{"id":1,"command":"btop \u0000"}
	{"id":1,"command":5}
	{"id":1,"other":"x"}
	{"id" 1}
	END
	printf '{"id":"%300s","command":"btop 1000"}\n' x >>lines
	not asks x86_64 <lines
	python3 - <<-'END'
	import json
	got = [json.loads(line) for line in open("answers")]
	nr = len(open("lines").readlines())
	assert len(got) == 2 * nr, (len(got), nr)
	for answer, end in zip(got[::2], got[1::2]):
	    assert (answer["command"], answer["status"]) == ("request", "error") and "not a request" in answer["message"]
	    assert (end["command"], end["status"], end["answers"]) == ("end", "error", 1) and end["id"] == answer["id"]
	END
}

@test "an id goes back as it came, whatever it is and however its request ends" {
	dump x86_64
	printf '%s\n' '{"id":12379813738877118345,"command":"btop 1000"}' '{"id":-0,"command":""}' \
		'{"id":"a/b","command":"btop' '{"id":99999999999999999999,"other":1}' >lines
	not asks x86_64 <lines
	sed 's/,"command.*//' answers | diff - <(
		printf '{"id":%s\n' 12379813738877118345 12379813738877118345 -0 '"a/b"' '"a/b"' 99999999999999999999 99999999999999999999
	)
}

@test "escapes in a command" {
	dump x86_64
	asks x86_64 <<-'END'
	{"id":1,"command":"btop \u0031000 \"\u0032000\"\t3000\r"}
	END
	python3 - <<-'END'
	import json
	got = [json.loads(line) for line in open("answers")]
	assert [a.get("input") for a in got] == ["1000", "2000", "3000", None], got
	END
	asks x86_64 <<-'END' || true
	{"id":1,"command":"sym \u00e4\u20ac\ud83d\ude00\/"}
	END
	python3 -c 'import json; assert json.loads(open("answers").readline())["input"] == "\u00e4\u20ac\U0001f600/"'
}

@test "a reader that waits for the end gets it before it asks again" {
	dump x86_64
	KWALK=$KWALK patiently python3 - <<-'END'
	import json, os, subprocess
	kwalk = subprocess.Popen([os.environ["KWALK"], "-q", "-j", "x86_64"], text=True,
	                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
	for nr in range(2000):
	    print(json.dumps({"id": nr, "command": f"btop {nr:x}000"}), file=kwalk.stdin, flush=True)
	    assert json.loads(kwalk.stdout.readline())["pfn"] == hex(nr)
	    assert json.loads(kwalk.stdout.readline()) == {"id": nr, "command": "end", "status": "ok", "answers": 1}
	print('{"id":1,"command":"quit; btop 1000"}', file=kwalk.stdin, flush=True)
	assert json.loads(kwalk.stdout.readline())["command"] == "end"
	assert not kwalk.stdout.readline() and kwalk.wait() == 0
	END
}

@test "without -j a line is a command, as before" {
	dump x86_64
	not "$KWALK" -q x86_64 <<<'{"id":1,"command":"btop 1000"}' 2>complaints
	complains @line '{id:1,command:btop'
}

@test "the examples of doc/co-process.md: shell and Python" {
	mkdir -p bin
	ln -sf "$KWALK" bin/kwalk
	dump x86_64-kaslr
	example Shell example.sh
	example Python example.py
	PATH=$PWD/bin:$PATH bash example.sh x86_64-kaslr swapper_pg_dir no_such swapper_pg_dir >shell 2>/dev/null
	[ "$(grep -c '"status":"ok"' shell)" = 2 ]
	[ "$(grep -c '"status":"error"' shell)" = 1 ]
	PATH=$PWD/bin:$PATH python3 example.py x86_64-kaslr swapper_pg_dir no_such >python 2>/dev/null
	grep -qE '^ok 0xffffffff[0-9a-f]+$' python
	grep -qx 'error None' python
}

@test "the example of doc/co-process.md: Go" {
	needs go
	mkdir -p bin
	ln -sf "$KWALK" bin/kwalk
	dump x86_64-kaslr
	example Go example.go
	GOCACHE=$PWD/cache GOFLAGS=-mod=mod go build -o example example.go
	PATH=$PWD/bin:$PATH ./example x86_64-kaslr swapper_pg_dir no_such >go 2>/dev/null
	grep -qE '^ok 0xffffffff[0-9a-f]+$' go
}
