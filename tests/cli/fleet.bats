#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# contrib/fleet: records of many dumps, and what they make together.
bats_require_minimum_version 1.5.0
load common

setup() {
	not_by_chance
	FLEET=$BATS_TEST_DIRNAME/../../contrib/fleet
	cd "$BATS_TEST_TMPDIR" || return 1
	mkdir records
	export KWALK
}

# record FILE...: makes the record of each
record() {
	local file

	for file; do
		"$FLEET/kwalk-record" records "$file"
	done
}

# has_records FOLDER NUMBER: so many, whatever their names are.
has_records() { [ "$(find "$1" -maxdepth 1 -name '*.json' -printf . | wc -c)" = "$2" ]; }

# without_fleet FILE...: the records without what the fleet's tools added
without_fleet() { json_values '{k: it[k] for k in it if k != "fleet"}' "$@"; }

# instead SHELL-COMMANDS: a program in the place of kwalk
instead() {
	printf '#!/bin/sh\n%s\n' "$*" >program
	chmod +x program
	KWALK=$PWD/program
}

@test "a record holds what triage says, and where the dump is" {
	dump x86_64-tasks
	record x86_64-tasks
	has_records records 1
	"$KWALK" -q -j -c triage x86_64-tasks >answer 2>/dev/null
	without_fleet records/* >recorded
	json_values it answer | diff recorded -
	json_hold "it['fleet']['path'] == '$PWD/x86_64-tasks' and it['fleet']['size'] > 0 and type(it['fleet']['seconds']) in (int, float)" records/*
	# What has a record is left alone.
	echo mark >>"$(echo records/*)"
	record x86_64-tasks
	grep -q mark records/*
	# A file of the same name elsewhere has its own, whatever is in the name.
	mkdir $'other\n"<b>'
	cp x86_64-tasks $'other\n"<b>/x86_64-tasks'
	record $'other\n"<b>/x86_64-tasks'
	has_records records 2
}

@test "whatever becomes of kwalk, there is one record" {
	for instead in 'kill -9 $$' 'echo half; kill -SEGV $$' 'echo why >&2; exit 2' 'echo "{\"command\":\"triage\",\"du"; exit 1' \
		'yes' 'echo "[1]"; exit 3' 'echo "{}"; exit 4'; do
		rm -f records/*
		instead "$instead"
		echo dump >dump
		"$FLEET/kwalk-record" --most-seconds=2 records dump
		json_hold '(it["command"], it["status"], it["dump"]) == ("triage", "error", "dump") and it["message"].startswith("kwalk ")' records/*
	done
	instead 'kill -9 $$'
	rm records/*
	record dump
	json_hold 'it["message"] == "kwalk ended by signal 9 without writing a record"' records/*
	# A complaint beside the record.
	instead 'echo "{\"command\":\"triage\",\"status\":\"error\",\"message\":\"x\"}"; echo "{\"command\":\"triage\",\"status\":\"ok\",\"dump\":\"d\"}"; exit 1'
	rm records/*
	record dump
	json_hold 'it["status"] == "ok"' records/*
}

@test "a folder that takes no record gets none, and no half of one" {
	echo dump >dump
	run -1 "$FLEET/kwalk-record" missing dump
	[[ $output == *"kwalk-record: dump: "* ]]
	instead 'echo "{\"command\":\"triage\",\"status\":\"ok\",\"dump\":\"d\"}"'
	# Longer than a file may become.
	(
		ulimit -f 0
		trap '' XFSZ
		run -1 "$FLEET/kwalk-record" records dump
	)
	is_empty records
	KWALK=$PWD/nothing run -1 "$FLEET/kwalk-record" records dump
	is_empty records
	record dump
	has_records records 1
	run -1 --separate-stderr "$FLEET/kwalk-record" nowhere $'\e]0;x'
	# shellcheck disable=SC2154 # by run
	[[ $stderr == *'?]0;x'* && $stderr != *$'\e'* ]]
}

@test "the record of a private dump is private, and so is what is made of it" {
	dump x86_64-tasks
	cp x86_64-tasks private
	chmod 644 x86_64-tasks
	chmod 600 private
	record x86_64-tasks
	"$FLEET/kwalk-merge" records --jsonl l --html t.html
	[ "$(stat -c %a records/* l t.html | sort -u)" = 644 ]
	KWALK_REPORT=1 record private
	[ "$(stat -c %a records/private*.json records/private*.html | sort -u)" = 600 ]
	"$FLEET/kwalk-merge" records --jsonl l --csv c --sqlite s --html t.html
	[ "$(stat -c %a l c s t.html | sort -u)" = 600 ]
}

@test "a dump that is exchanged while it is recorded" {
	local way

	dump x86_64-tasks
	"$MKDUMP" "$DUMPS/x86_64.txt" private
	chmod 644 x86_64-tasks
	chmod 600 private
	# Before kwalk opens the file, another one takes its place, and after that its old self.
	cp x86_64-tasks own
	"$KWALK" -q -j -c triage x86_64-tasks >answer
	for way in 'ln -s private own' 'ln private own' 'cp private new; mv new own' 'mkfifo own'; do
		printf '#!/bin/sh\nmv own kept; %s; %q "$@"; status=$?; rm own; mv kept own; exit $status\n' "$way" "$KWALK" >program
		chmod +x program
		rm -f records/*
		KWALK=$PWD/program record own
		[ "$(stat -c %a records/*)" = 644 ]
		without_fleet records/* | sed 's/"own"/"x86_64-tasks"/' >recorded
		json_values it answer | sed 's/"own"/"x86_64-tasks"/' | diff recorded -
	done
	# Files that cannot be read.
	mkfifo pipe
	record pipe nowhere
	grep -h -o '"message": "pipe: not a regular file"' records/pipe*
	grep -h -o '"message": "nowhere: No such file or directory"' records/nowhere*
}

@test "GNU parallel makes all records, and the missing ones when it runs again" {
	command -v parallel >/dev/null || skip "GNU parallel is not installed"
	local i

	dump x86_64-tasks
	mkdir dumps
	for i in {1..12}; do
		head -c $((i % 3 ? 100000 * i : 10 * i)) x86_64-tasks >"dumps/it's $i"
	done
	find "$PWD/dumps" -type f >list
	"$FLEET/kwalk-fleet" list records -j2
	has_records records 12
	# A worker that is killed leaves no record; a second run makes it.
	mkdir again
	printf '#!/bin/sh\ncase "$*" in *" 7") [ -e %q/once ] || { touch %q/once; kill -9 $PPID; } ;; esac\nexec %q "$@"\n' \
		"$PWD" "$PWD" "$KWALK" >program
	chmod +x program
	KWALK=$PWD/program "$FLEET/kwalk-fleet" list again -j2 --retries 1 || true
	KWALK=$PWD/program "$FLEET/kwalk-fleet" list again -j2
	without_fleet records/*.json >once
	without_fleet again/*.json | diff once -
	run -2 "$FLEET/kwalk-fleet" list
	[[ $output == usage:* ]]
}

@test "Slurm: a job array for each size of dumps, with its memory and time" {
	mkdir -p bin 'odd "names'
	printf '#!/bin/sh\nprintf "<%%s>" "$@" >>asked; echo >>asked\n' >bin/sbatch
	chmod +x bin/sbatch
	PATH=$PWD/bin:$PATH
	touch 'odd "names/a b' one two
	truncate -s 17G middle
	truncate -s 300G most
	printf '%s\n' "$PWD/one" "$PWD/odd \"names/a b" "$PWD/most" "$PWD/two" "$PWD/gone" "$PWD/middle" >list
	KWALK_TASKS=3 "$FLEET/kwalk-slurm" list records --partition='a b' --mem=9G
	where=$(realpath "$FLEET")
	cat >expected <<-END
	<--array=1-3><--mem=1G><--time=60><--job-name=kwalk-small><--partition=a b><--mem=9G><$where/kwalk-triage.sbatch><$PWD/records/list-small><$PWD/records><$where/kwalk-record>
	<--array=1-1><--mem=4G><--time=240><--job-name=kwalk-large><--partition=a b><--mem=9G><$where/kwalk-triage.sbatch><$PWD/records/list-large><$PWD/records><$where/kwalk-record>
	<--array=1-1><--mem=8G><--time=1440><--job-name=kwalk-huge><--partition=a b><--mem=9G><$where/kwalk-triage.sbatch><$PWD/records/list-huge><$PWD/records><$where/kwalk-record>
	END
	diff expected asked
	# What cannot be looked at is tried, and gets its record, as a small one.
	diff <(printf '%s\n' "$PWD/one" "$PWD/odd \"names/a b" "$PWD/two" "$PWD/gone") records/list-small
	diff <(echo "$PWD/most") records/list-huge
	# The array's tasks have each dump of its list once.
	for task in 1 2 3; do
		SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_ID=$task \
			"$FLEET/kwalk-triage.sbatch" records/list-small records "$FLEET/kwalk-record" || true
	done 2>/dev/null
	[ "$(json_values 'it["fleet"]["path"]' records/*.json | sort -u | wc -l)" = 4 ]
	run -2 "$FLEET/kwalk-slurm" --help
}

@test "records make JSON Lines, CSV, a database and a page" {
	python3 - <<-'END'
		import json
		base = {"command": "triage", "status": "ok", "release": "6.1", "fleet": {"path": "/p", "size": 5, "modified": "2026-11-20T00:00:00+00:00"}}
		def write(name, **more):
		    json.dump({**base, "dump": name, **more}, open(f"records/{name}.json", "w"))
		crash = {"title": "<script>alert(1)</script>", "function": "f&g", "frames": ["h"]}
		for name in "a", "b":
		    write(name, signature="00aa", crash=crash, panic={"message": "=1+1", "crash_time": 1700000000, "pid": 7, "comm": "x"},
		          findings=[{"check": "w+x", "status": "warning", "message": "m"}])
		write("c", signature="00bb", crash={"title": "other"})
		write("d", status="error", message="broken")
		write("e", signature=["odd"], crash=7, findings="odd", panic={"pid": {"odd": 1}}, fleet="odd")
	END
	"$FLEET/kwalk-merge" records --jsonl l --csv t.csv --sqlite t.db --html t.html
	[ "$(json_values it l | wc -l)" = 5 ]
	[ "$("$FLEET/kwalk-merge" records | json_values it | wc -l)" = 5 ]
	python3 - <<-'END'
		import csv, sqlite3
		rows = list(csv.DictReader(open("t.csv")))
		assert len(rows) == 5 and rows[0]["week"] == "2023-W46" and rows[0]["end"] == "'=1+1", rows[0]
		assert rows[2]["week"] == "2026-W47" and rows[3]["message"] == "broken"
		database = sqlite3.connect("t.db")
		one = lambda query: database.execute(query).fetchall()
		assert one("SELECT count(*), sum(size) FROM dump") == [(5, 20)]
		assert one("SELECT signature, function, frames FROM signature ORDER BY 1") == [("00aa", "f&g", '["h"]'), ("00bb", None, "null")]
		assert one('SELECT record, "check", status FROM finding') == [("a.json", "w+x", "warning"), ("b.json", "w+x", "warning")]
	END
	# The page is a report with other data: sound markup, its own style and script alone, data that cannot be markup.
	python3 "$BATS_TEST_DIRNAME/report_page.py" page t.html
	python3 "$BATS_TEST_DIRNAME/report_page.py" data t.html >fleet-data
	json_hold 'it["fleet"]["dumps"] == 5 and [len(g["dumps"]) for g in it["fleet"]["groups"]] == [1, 2, 1, 1]' fleet-data
	json_hold 'it["fleet"]["groups"][1]["title"] == "<script>alert(1)</script> in f&g" and it["fleet"]["groups"][1]["callers"] == ["h"]' fleet-data
	grep -q '<dt>2 ×</dt><dd>&lt;script&gt;alert(1)&lt;/script&gt; in f&amp;g</dd>' t.html
	# A report beside the page is linked.
	touch records/a.html
	"$FLEET/kwalk-merge" records --html records/index.html
	grep -q '"report": "a.html"' records/index.html
	[ "$(grep -o '"report": ' records/index.html | wc -l)" = 1 ]
	# A file that is no record is reported; the records are there.
	echo '{' >records/bad.json
	run -1 --separate-stderr "$FLEET/kwalk-merge" records
	[ "$(wc -l <<<"$output")" = 5 ]
	# shellcheck disable=SC2154 # by run
	[[ $stderr == *records/bad.json* ]]
	rm records/bad.json
	# Nor what one of the forms cannot hold, from whom ever; no formula behind a ';' either.
	python3 - <<-'END'
		import json
		for name, more in ("text", {"message": "\ud800"}), ("number", {"uptime": 1 << 63}), ("nan", {"uptime": float("nan")}):
		    json.dump({"command": "triage", "status": "ok", "dump": "d", **more}, open(f"records/{name}.json", "w"))
		open("records/deep.json", "w").write('{"command": "triage", "x": ' + "[" * 100000 + "]" * 100000 + "}")
		json.dump({"command": "triage", "status": "ok", "dump": "d", "panic": {"message": "a;=b\n@c;d", "comm": "\uff1d1; \"+2"}},
		          open("records/javascript:x.json", "w"))
	END
	touch records/javascript:x.html
	run -1 --separate-stderr "$FLEET/kwalk-merge" records --jsonl l --csv t.csv --sqlite t.db --html records/index.html
	[ "$(grep -c . <<<"$stderr")" = 4 ]
	[ "$(wc -l <l)" = 6 ]
	grep -q "a;'=b\$" t.csv
	grep -q "^'@c;d" t.csv
	grep -q "\"'＝1;' \"\"+2\"" t.csv
	grep -q '"report": "javascript%3Ax.html"' records/index.html
	# What steers a terminal, or turns a line of the page, is neither told nor shown.
	printf '{"command": "triage", "status": "ok", "dump": "a\\u202eb\\u001bc"}' >"records/turned.json"
	printf '{' >$'records/\e]0;\xe2\x80\xaex\n.json'
	run -1 --separate-stderr "$FLEET/kwalk-merge" records --html t.html
	# shellcheck disable=SC2154 # by run
	[[ $stderr == *'records/?]0;?x?.json'* && $stderr != *$'\e'* ]]
	grep -qF '"dump": "a\u202eb\u001bc"' t.html
	# A record whose name begins with a dot is one as well.
	printf '{"command": "triage", "status": "ok", "dump": ".hidden.core"}' >records/.hidden.core.00.json
	"$FLEET/kwalk-merge" records 2>/dev/null >l || [ $? = 1 ]
	grep -q '"dump": ".hidden.core"' l
	# The page's files may be missing, or be where kwalk installs them.
	mkdir -p installed/bin installed/share/kwalk
	cp "$FLEET/kwalk-merge" installed/bin/
	run -2 --separate-stderr installed/bin/kwalk-merge records --html alone.html
	[[ $stderr == *share/kwalk/page/page.* && ! -e alone.html ]]
	cp -r "$FLEET/../../src/report" installed/share/kwalk/page
	run -1 installed/bin/kwalk-merge records --html alone.html
	"$FLEET/kwalk-merge" records --html t.html 2>/dev/null || [ $? = 1 ]
	cmp alone.html t.html
	run -2 "$FLEET/kwalk-merge" missing
	run -2 "$FLEET/kwalk-merge" records --csv missing/t.csv
}

@test "a dump that arrives is recorded once it is whole" {
	command -v fuser >/dev/null || skip "fuser is not installed"
	local watch

	dump x86_64-tasks
	mkdir in
	cp x86_64-tasks in/first
	# as of another machine, whose clock is ahead
	touch -d '2 days' in/first
	KWALK_QUIET=2 "$FLEET/kwalk-watch" in in/records >log 2>&1 3>&- &
	watch=$!
	# An upload that does not end, one by renaming, and one in parts; and a name that is
	# a command, where it is taken for text of the shell.
	exec 8>in/uploading
	cat x86_64-tasks >&8
	cp -p in/first in/ahead
	cp x86_64-tasks in/second.part
	cp x86_64-tasks 'in/x$(touch owned)`touch owned`'
	until_true grep -q first log
	mv in/second.part $'in/sec\nond'
	until_true grep -q 'sec' log
	# One that comes later is recorded before, and so is what comes with its folder.
	cp x86_64-tasks in/later
	until_true grep -q later log
	mkdir folder
	cp x86_64-tasks folder/inner
	mv folder in
	until_true grep -q inner log
	not grep -q uploading log
	exec 8>&-
	until_true grep -q uploading log
	until_true grep -q touch log
	until_true grep -q ahead log
	kill "$watch"
	wait "$watch" || true
	has_records in/records 7
	[ "$(grep -c '^record of' log)" = 7 ]
	[ ! -e owned ]
}

@test "each record has its report, which the page of all links; a failed report is named" {
	needs_part report
	dump x86_64-tasks
	KWALK_REPORT=1 record x86_64-tasks
	cp x86_64-tasks other
	"$FLEET/kwalk-record" --report records other
	echo nonsense >broken
	"$FLEET/kwalk-record" --report records broken
	[ "$(find records -name '*.html' | wc -l)" = 2 ]
	for page in records/*.html; do
		json_hold "it['fleet']['report'] == '${page##*/}'" "${page%.html}.json"
		head -n 1 "$page" | grep -qx '<!DOCTYPE html>'
	done
	json_hold '"report" not in it["fleet"] and it["status"] == "error"' records/broken.*.json
	"$FLEET/kwalk-merge" records --html records/index.html
	[ "$(grep -o '"report": "[^"]*\.html"' records/index.html | wc -l)" = 2 ]
	real=$KWALK
	instead "case \"\$*\" in *report*) echo 'no room' >&2; exit 1;; esac; exec $real \"\$@\""
	cp other third
	"$FLEET/kwalk-record" --report records third
	json_hold 'it["fleet"]["report_trouble"].endswith("without writing a report: no room")' records/third.*.json
}
