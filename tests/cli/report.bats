#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# report: facts of a dump as the data of a page. tests/report opens such pages in a browser.
# kwalk writes the page that the next command reads.
# shellcheck disable=SC2094
bats_require_minimum_version 1.5.0
load common
of_part report

REPORT_PY=$BATS_TEST_DIRNAME/report_page.py
OTHERS='frames; zones; slabs; areas; tasks; regions; pt; check; log'

# page FILE...: writes out.html of the dump and checks it; the file data has what the page draws.
page() {
	"$KWALK" -q "$@" -c 'report -f -w out.html' >said 2>complaints || { cat complaints; return 1; }
	python3 "$REPORT_PY" page out.html && python3 "$REPORT_PY" data out.html >data
}

# holds EXPRESSION...: each is true of the page's data, `it`.
holds() {
	local expression

	for expression; do
		json_hold "$expression" data || { echo "$expression"; return 1; }
	done
}

# agrees FILE...: the numbers agree with the answers of other commands.
agrees() {
	"$KWALK" -q -j "$@" -c "report; $OTHERS" >all 2>complaints || [ $? = 1 ] || return 1
	python3 "$REPORT_PY" agrees all
}

# with KIND NAME: the page of a dump with its vmlinux is sound, and agrees with other commands.
with() {
	dump "$2" && vmlinux "$1" && page vmlinux "$2" && agrees vmlinux "$2"
}

@test "the page's policy lets its own script run, and no other" {
	dump x86_64
	page x86_64
	# The check itself sees a script that is not the one of the policy.
	sed 's/createElement(/createElement (/' out.html >changed.html
	run ! cmp -s out.html changed.html
	run -1 python3 "$REPORT_PY" page changed.html
	[[ $output = *policy:* ]]
}

@test "the page's data is what report --json prints" {
	dump x86_64-kmem
	vmlinux 64
	page vmlinux x86_64-kmem
	"$KWALK" -q -c 'report --json' vmlinux x86_64-kmem | cmp - data
	# What answers are doubtful for is a part of it.
	dump sample
	run -1 "$KWALK" -q -c 'report -f -w out.html' vmlinux sample
	python3 "$REPORT_PY" data out.html >data
	holds 'it["doubts"]'
}

@test "without its script the page says which dump, which kernel, and what ended it" {
	dump x86_64-kmem
	vmlinux 64
	page vmlinux x86_64-kmem
	sed -n '/<noscript>/,/<\/noscript>/p' out.html >summary
	grep -F '<dt>Dump</dt><dd>x86_64-kmem, ELF</dd>' summary
	grep -F '<dt>Kernel</dt><dd>6.1.0-18-amd64</dd>' summary
	grep -F '<dt>What ended it</dt><dd>the kernel crashed; the reason is not known, because the log cannot be read: ' summary
	grep -F '<dt>warning</dt>' summary
}

@test "a page of each paging mode, with the numbers of other commands" {
	local kind name

	while read -r kind name; do
		with "$kind" "$name" || { echo "$name"; return 1; }
	done <<-END
	64 x86_64-kmem
	64 x86_64-tasks
	64 x86_64-areas
	64 x86_64-purpose-5level
	pae pae-purpose
	32 i386-purpose
	END
}

@test "a page of a dump without vmlinux says what cannot be known" {
	dump x86_64
	page x86_64
	holds '"vmlinux" not in it'
	"$KWALK" -q -j x86_64 -c report | json_hold '"tasks" in [u["part"] for u in it["unknown"]] and "tasks" not in it'
}

# story MESSAGE...: a dump of a kernel that crashed, with this at the end of its log.
story() {
	local messages=() message

	for message; do
		messages+=("--message=$message")
	done
	{
		printf 'include %s/x86_64-tasks.inc\n' "$DUMPS"
		"$DUMPS/mklog" ring --bits=13 --records=2 "${messages[@]}"
		printf 'at text_phys+4M+0x20b00: u64 0 0 1 0x3080 3\nat cpu0+0x320: u64 d+t_shell\n'
	} | describe story
	vmlinux 64
	page vmlinux story
}

@test "the report that began the trouble is there in whole, explained, not the last one" {
	local bug='BUG: kernel NULL pointer dereference, address: 0000000000000008'
	local warning='WARNING: CPU: 1 PID: 1 at mm/slub.c:1 schedule+0x2/0x20'
	local panic='Kernel panic - not syncing: Fatal exception'

	# A process writes what a kernel would: printk's facility is not the kernel's then. A warning ends no kernel.
	story "$warning" "$bug" 'Oops: 0000 [#1] PREEMPT SMP NOPTI' 'RIP: 0010:schedule+0x4/0x20' 'Call Trace:' ' start_kernel+0x3/0x1000' \
		'---[ end trace 0000000000000000 ]---' 'BUG: unable to handle page fault for address: ffffc90000001000' "$panic"
	holds "it['cause'][0]['text'] == '$bug'" 'len(it["cause"]) == 6' 'it["cause"][-1]["text"].startswith("---[ end trace")' \
		'it["cause"][0]["addresses"][0]["text"].startswith("in the first page")' \
		'it["cause"][2]["addresses"][0]["text"].startswith("ffffffff81002004, schedule+0x4, ")' \
		'it["panic"]["report"].startswith("BUG: unable to handle")'
	grep -F "<dt>It began with</dt><dd>$bug</dd>" out.html
	# What that report says, read once, and with what the dump knows of each function and register.
	holds 'it["first_report"]["report"] == "page-fault"' 'it["first_report"]["symbol"] == "schedule+0x4"' \
		'it["first_report"]["fault_address"] == "0x8"' \
		'[(call["symbol"], call["sure"]) for call in it["first_report"]["calls"]] == [("schedule+0x4", True), ("start_kernel+0x3", True)]' \
		'it["first_report"]["calls"][0]["file"].endswith("vmlinux.c") and it["first_report"]["calls"][0]["line"] > 0' \
		'it["first_report"]["calls"][1]["text"].startswith("ffffffff81580003, start_kernel+0x3, ")'
	grep -F "<dt>What happened</dt><dd>Page fault (#1), " out.html
	# What panic() says is the cause where it says more than that a report ended it.
	story "$bug" '---[ end trace 0 ]---' 'Kernel panic - not syncing: VFS: Unable to mount root fs' 'Call Trace:'
	holds 'it["cause"][0]["text"] == "Kernel panic - not syncing: VFS: Unable to mount root fs"' 'len(it["cause"]) == 2'
	# Of a warning that ended it, with panic_on_warn.
	story "$warning" 'RIP: 0010:schedule+0x2/0x20' 'Kernel panic - not syncing: panic_on_warn set ...'
	holds "it['cause'][0]['text'] == '$warning'"
	holds 'it["first_report"]["report"] == "warning"'
	# Without any there is none.
	story 'nothing' '</script>'
	holds 'it["cause"] == []' '"first_report" not in it'
}

@test "the registers of the first report, what a process wrote between, records of many lines" {
	story $'BUG: kernel NULL pointer dereference, address: 0000000000000008\nOops: 0002 [#1] PREEMPT SMP' \
		'CPU: 0 PID: 3 Comm: shell Not tainted 6.1.0-18-amd64 #1' '<12>5;RIP: 0010:spoofed+0x1/0x2' 'RIP: 0010:schedule+0x4/0x20' \
		'RSP: 0018:ffff8880000303c0 EFLAGS: 00010246' 'RAX: 0000000000000000 RBX: ffff888000030300 RCX: 0000000000000007'
	holds 'it["first_report"]["symbol"] == "schedule+0x4"' 'it["first_report"]["comm"] == "shell" and it["first_report"]["pid"] == 3' \
		'[each["value"] for each in it["first_report"]["registers"] if each["register"] in ("rbx", "rcx")] == ["0xffff888000030300", "0x7"]' \
		'"task_struct of pid 3" in [each["text"] for each in it["first_report"]["registers"] if each["register"] == "rbx"][0]' \
		'"text" not in [each for each in it["first_report"]["registers"] if each["register"] == "rcx"][0]'
}

@test "the end of the log is its last 60 records, oldest first" {
	local nr messages

	vmlinux 64
	for nr in 59 60 61 130; do
		mapfile -t messages < <(seq -f '--message=line %g' "$nr")
		{
			printf 'include %s/x86_64-tasks.inc\n' "$DUMPS"
			"$DUMPS/mklog" ring --bits=14 --records=0 "${messages[@]}"
		} | describe "log$nr"
		"$KWALK" -q -j -c report vmlinux "log$nr" | json_values '"\n".join(line["text"] for line in it["log"]["list"])' >found
		seq -f 'line %g' "$nr" | tail -n 60 | diff - found
	done
}

@test "names from a dump are text and no markup" {
	local log

	log=$("$DUMPS/mklog" ring --bits=12 --records=3 --message="<script>alert(1)</script> & \"x'")
	describe hostile <<-END
	include $DUMPS/x86_64-tasks.inc
	$log
	at t_init+72: str "<b>&\"x'</b>\0"
	END
	vmlinux 64
	mv hostile '<img src=x onerror=alert(1)>&"'
	page vmlinux '<img src=x onerror=alert(1)>&"'
	python3 - <<-'END'
	import json
	it = json.load(open("data"))
	assert "<script>alert(1)</script> & \"x'" in [line["text"] for line in it["log"]["list"]]
	assert it["dump"] == '<img src=x onerror=alert(1)>&"'
	assert "<b>&\"x'</b>" in [task["comm"] for task in it["tasks"]["list"]]
	END
	[ "$(grep -c '<script' out.html)" = 2 ]
	run ! grep -E '<(img|b)[ >]' out.html
	grep -F '<dd>&#60;img src=x onerror=alert(1)&#62;&#38;", ELF</dd>' out.html
}

@test "damaged struct pages are marked in the map" {
	describe bad <<-END
	include $DUMPS/x86_64-kmem.txt
	at memmap+64*0x180+8: u64 0x1001
	END
	dump x86_64-kmem
	vmlinux 64
	page vmlinux x86_64-kmem
	holds 'not any(m.get("damaged") for m in it["map"])'
	# 96 parts of equal size
	holds 'it["map"][0]["start"] == "0x0"' 'it["map_cell"] == 4096 and it["spread_frames"] == (max(int(m["start"], 16) // 4096 + m["cells"] for m in it["map"]) - 1) // 96 + 1'
	page vmlinux bad
	holds '[(m["start"], m["cells"], m["use"]) for m in it["map"] if m.get("damaged")] == [("0x180000", 1, "damaged")]' \
		'{"use": "damaged", "frames": 1, "size": 4096} in it["frames"]' \
		'[(s["frames"], sum(s["spread"])) for s in it["shades"] if s["use"] == "damaged"] == [(1, 1)]'
}

# kmalloc-96 has frames 50, 51 and 5b, another cache 58, which is hidden by what most of its cell is used for where
# cells are larger; the cache that 5a names is in no list, and three more have no slabs in theirs.
@test "slabs are coloured by cache: the largest, the others as one" {
	local shades='[(s.get("slab_cache"), s["frames"]) for s in it["shades"] if s["use"] == "slab"]'
	local all='[(m["start"], m["cells"], m.get("slab_cache")) for m in it["map"] if m["use"] == "slab"]'

	dump x86_64-kmem
	vmlinux 64
	page vmlinux x86_64-kmem
	holds "$shades == [('kmalloc-96', 3), ('inode?cache', 1), (None, 4)]"
	cp data json
	json_hold "$all == [('0x50000', 2, 'kmalloc-96'), ('0x54000', 3, None), ('0x58000', 1, 'inode?cache'), ('0x5a000', 1, None), ('0x5b000', 1, 'kmalloc-96')]" json
	json_hold '[u for u in it["frames"] if u["use"] == "slab"][0]["caches"] == [{"slab_cache": "kmalloc-96", "frames": 3}, {"slab_cache": "inode?cache", "frames": 1}]' json
	# Of no list, all are slabs as before.
	describe unlisted <<-END
	include $DUMPS/x86_64-kmem.txt
	at vars+0x220: u64 1 1
	END
	page vmlinux unlisted
	holds "$shades == [(None, 8)]"
	# The name is the dump's, and text.
	describe hostile <<-END
	include $DUMPS/x86_64-kmem.txt
	at names: str "<b>&\0"
	END
	page vmlinux hostile
	holds "('<b>&', 3) in $shades"
	run ! grep '<b>' out.html
}

# Frame 380 is between two ranges of RAM, 80 in one; both are reserved.
@test "what is reserved where there is no memory is a hole" {
	describe hole <<-END
	include $DUMPS/x86_64-kmem.txt
	let tree page_offset+31M
	let iomem_root data+0x2d00
	at 31M: u64 0 0x2fffff tree+4K 0x80000200 0 iomem_root tree+0x40 0
	at 31M+0x40: u64 0x300000 0x7fffff tree+4K+0x20 0x80000200 0 iomem_root tree+0x80 0
	at 31M+0x80: u64 0x800000 0x1ffffff tree+4K 0x80000200 0 iomem_root 0 0
	at 31M+4K: str "System RAM\0"
	at 31M+4K+0x20: str "PCI Bus 0000:00\0"
	at text_phys+4M+0x2d00: u64 0 ~0 0 0x80000200 0 0 0 tree
	at memmap+64*0x380: u64 1<<12
	at memmap+64*0x80: u64 1<<12
	END
	vmlinux 64
	page vmlinux hole
	holds '[(s["use"], s["frames"]) for s in it["shades"] if s["use"] in ("hole", "reserved")] == [("hole", 1), ("reserved", 1)]' \
		'[m["start"] for m in it["map"] if m["use"] == "hole"] == ["0x380000"]' \
		'[u["parts"]["hole"] for u in it["frames"] if u["use"] == "reserved"] == [1]'
	agrees vmlinux hole
	# A tree with a branch missing shows no holes.
	{ cat hole.txt; echo 'at 31M+0x40: u64 0x300000 0x7fffff tree+4K+0x20 0x80000200 0 iomem_root 8 0'; } >missing.txt
	"$MKDUMP" missing.txt missing
	page vmlinux missing
	holds '"hole" not in [s["use"] for s in it["shades"]]'
}

@test "what frames are used for is unknown where it is, never free" {
	dump x86_64-missing
	page x86_64-missing
	holds '[s["use"] for s in it["shades"]] == ["unknown"]' '{m["use"] for m in it["map"]} == {"unknown"}' \
		'"frames" in [u["part"] for u in it["unknown"]]'
}

@test "tables that are not in the dump are counted as unknown" {
	describe lacking <<-END
	include $DUMPS/x86_64-missing.txt
	at root[403]: u64 0x1f90000|TABLE
	END
	page lacking
	holds '[r["unreadable"] for r in it["regions"] if "unreadable" in r] == [512 << 30] and not it["tables_whole"]'
}

@test "writable and executable ranges, cache conflicts and aliases are listed" {
	dump x86_64-aliases
	vmlinux 64
	page vmlinux x86_64-aliases
	"$KWALK" -q -j vmlinux x86_64-aliases -c 'report; pt -W' >all || true
	head -n 1 all | json_hold 'it["write_execute"]["ranges"] > 0 and it["aliases"]["ranges"] > 0'
	head -n 1 all | json_values 'it["write_execute"]["list"][0]["start"]' >first
	sed -n 2p all | json_values 'it["start"]' | diff first -
}

# A page of the direct map that the other lacks, a task of another name, frames that were free.
earlier() {
	{
		printf 'include %s/x86_64-tasks.txt\n' "$DUMPS"
		printf 'at t_init+72: str "<i>earlier</i>\\0"\nat pte_direct[16]: u64 0\n%s\n' "$@"
	} | describe earlier
}

@test "what changed since another dump is a part of the page" {
	needs_part diff
	dump x86_64-tasks
	vmlinux 64
	earlier
	page vmlinux x86_64-tasks
	holds '"diff" not in it'
	"$KWALK" -q -c 'report -f -w out.html --diff earlier' vmlinux x86_64-tasks
	python3 "$REPORT_PY" page out.html
	python3 "$REPORT_PY" data out.html >data
	"$KWALK" -q -c 'report --json --diff earlier' vmlinux x86_64-tasks | sed 's/</\\u003c/g; s/>/\\u003e/g' | cmp - data
	holds 'it["diff"]["dumps"][0]["kernel_by"] == "build-id"' \
		'("appeared", "0xffff888000010000", "rw--", "none") in [(r["status"], r["start"], r["rights"], r["other_rights"]) for r in it["diff"]["parts"][2]["list"]]' \
		'[r["other_comm"] for r in it["diff"]["parts"][4]["list"] if r["pid"] == 1] == ["<i>earlier</i>"]'
	run ! grep '<i>' out.html
}

@test "the report's JSON has the rows and sums that diff has" {
	needs_part diff
	local no_areas='at text_phys+4M+0x248: u64 0 0'

	dump pae
	printf 'include %s/x86_64-tasks.txt\n%s\n' "$DUMPS" "$no_areas" | describe later
	vmlinux 64
	earlier "$no_areas"
	"$KWALK" -q -j vmlinux later -c 'report --diff earlier; diff -n 20 earlier' >all || true
	# The third is of another mode: parts that cannot be compared say why.
	"$KWALK" -q -j vmlinux later -c 'report --json --diff ./pae; diff -n 20 ./pae' >>all || true
	python3 - <<-'END'
	import json
	answers = [json.loads(line) for line in open("all")]
	reports = [at for at, answer in enumerate(answers) if answer["command"] == "report"]
	assert len(reports) == 2, reports
	for at, end in zip(reports, reports[1:] + [len(answers)]):
	    told = answers[at]["diff"]
	    rows = [row for part in told["parts"] for row in part["list"]]
	    want = [{k: v for k, v in answer.items() if k != "command"} for answer in answers[at + 1:end] if "what" in answer]
	    got = told["dumps"] + rows + told["summary"]
	    assert got == want, (got, want)
	    assert len(rows) > 2 and [part["part"] for part in told["parts"]] == \
	        "facts regions mappings frames tasks vmalloc modules".split()
	assert not any("message" in part for part in answers[reports[0]]["diff"]["parts"])
	assert any("message" in part for part in answers[reports[1]]["diff"]["parts"])
	damage = {part["part"]: part.get("damage", []) for part in answers[reports[0]]["diff"]["parts"]}
	assert len(damage["vmalloc"]) == 2 and damage["vmalloc"][1].startswith("in the other dump, the list of areas"), damage
	END
}

@test "of each part as many differences are listed as a page can hold, the others are counted" {
	needs_part diff
	dump x86_64-tasks
	vmlinux 64
	earlier "$(printf 'at pte_direct[%d]: u64 0\n' {18..510..2})"
	"$KWALK" -q -c 'report -f -w out.html --diff earlier' vmlinux x86_64-tasks
	python3 "$REPORT_PY" data out.html >json
	json_hold '[(len(p["list"]), p["left_out"]) for p in it["diff"]["parts"] if p["part"] == "mappings"] == [(200, 48)]' json
	json_hold '[s["appeared"] for s in it["diff"]["summary"] if s["part"] == "mappings"] == [248]' json
}

@test "the other dump is never written over, and needs a name that is one" {
	needs_part diff
	dump x86_64-tasks
	vmlinux 64
	earlier
	cp earlier before
	fails 1 'is an input file of kwalk' -q -c 'report -f -w earlier --diff earlier' vmlinux x86_64-tasks
	fails 1 'is an input file of kwalk' -q -c 'report -f -w ./earlier --diff earlier' vmlinux x86_64-tasks
	cmp before earlier
	fails 1 @usage 'report DUMP' -q -c 'report -w out.html --diff' vmlinux x86_64-tasks
	fails 1 'nowhere' -q -c 'report -w out.html --diff nowhere' vmlinux x86_64-tasks
	fails 1 'earlier: too many arguments' -q -c 'report -w out.html earlier' vmlinux x86_64-tasks
	[ ! -e out.html ]
	# Without -w, too, the helper opens it.
	"$KWALK" -q -c 'report --json --diff earlier' vmlinux x86_64-tasks | json_hold 'len(it["diff"]["parts"]) == 7'
	printf 'report -w out.html --diff earlier\n' >script
	"$KWALK" -q -x script vmlinux x86_64-tasks
	[ -s out.html ]
}

@test "what extract left out, and that it scrubbed, is in the page's data" {
	dump x86_64-tasks
	vmlinux 64
	page vmlinux x86_64-tasks
	holds '"extract" not in it' '"scrubbed" not in it'
	"$KWALK" -q vmlinux x86_64-tasks -c 'extract -l frames -f -w less; extract --scrub -f -w scrubbed' >said
	page vmlinux less
	holds 'it["extract"] == "frames"' '"scrubbed" not in it'
	page vmlinux scrubbed
	holds 'it["extract"] == "tables"' 'it["scrubbed"] is True'
}

@test "a file that is there is left alone without -f, and an input always" {
	dump x86_64
	echo precious >out.html
	fails 1 'out.html exists; -f replaces it' -q -c 'report -w out.html' x86_64
	[ "$(cat out.html)" = precious ]
	fails 1 'is an input file of kwalk' -q -c 'report -f -w x86_64' x86_64
	cp x86_64 same
	cmp x86_64 same
	ln -s x86_64 link
	fails 1 'is an input file of kwalk' -q -c 'report -f -w link' x86_64
	"$KWALK" -q -c 'report -f -w out.html' x86_64
	[ "$(head -c 9 out.html)" = '<!DOCTYPE' ]
	fails 1 '-w OUT.html is missing' -q -c 'report' x86_64
	fails 1 '--json and -w exclude each other' -q -c 'report --json -w x.html' x86_64
	[ ! -e x.html ]
}

@test "a page that cannot be written leaves nothing" {
	dump x86_64
	mkdir full
	[ -e /dev/full ]
	fails 1 'report' -q -c 'report -f -w /dev/full' x86_64
	fails 1 'No such file' -q -c 'report -w nowhere/out.html' x86_64
	(ulimit -f 8; trap '' XFSZ; ! "$KWALK" -q -c 'report -w full/out.html' x86_64 2>complaints)
	complains @line 'report: full/out.html:' 'File too large'
	is_empty full
}

@test "the same dump gives the same page" {
	dump x86_64-kmem
	vmlinux 64
	"$KWALK" -q -c 'report -w one.html; report -w two.html' vmlinux x86_64-kmem
	cmp one.html two.html
	"$KWALK" -q -c 'report --json > one.json' vmlinux x86_64-kmem
	"$KWALK" -q -j -c report vmlinux x86_64-kmem | cmp - one.json
}

# A terabyte of struct pages, which are the same ones over and over: it takes a minute or so.
terabyte() {
	{
		printf 'include %s/x86_64-kmem.txt\n' "$DUMPS"
		printf 'at pud_vmemmap[%d]: u64 pmd_vmemmap|k\n' {0..15}
		printf 'at pmd_vmemmap[%d]: u64 memmap|DATA|PS\n' {0..511}
	} | describe terabyte
	vmlinux 64
}

# quarter FRAME FLAGS MAPPING TYPE: struct pages of 8192 frames of one use, in compound pages, that few need be looked at;
# frame 4096 of them is damaged.
quarter() {
	local order at

	for order in 12 {0..11}; do
		at=$(($1 + (order == 12 ? 0 : 4096 + (1 << order))))
		echo "at memmap+64*$at: u64 $2|1<<16 0 0 $3 0 0 u32 $4 1"
		echo "at memmap+64*$((at + 1)): u64 0 0 u8 0 $order"
	done
	echo "at memmap+64*$(($1 + 4096)): u64 0 0x1001"
	echo "at memmap+64*$(($1 + 4097)): u64 $2 0 0 $3 0 0 u32 $4 1"
}

# A terabyte of which each cell of the map is unlike its neighbours and has damage, and every second
# one has a page in the dump.
@test "the page of a terabyte is below 5 MB, whatever its frames are" {
	{
		echo "include $DUMPS/x86_64-kmem.txt"
		printf 'at pud_vmemmap[%d]: u64 pmd_vmemmap|k\n' {0..15}
		printf 'at pmd_vmemmap[%d]: u64 memmap|DATA|PS\n' {0..511}
		quarter 0 0 d+0x45000 0xffffffff
		quarter 8192 0 'd+0x45000|1' 0xffffffff
		quarter 16384 slab d+caches 3
		quarter 24576 0 0 0xffffffff
		printf 'segment paddr=%d*64M filesz=4096 memsz=4096\n' {1..16383}
	} | describe terabyte
	vmlinux 64
	page vmlinux terabyte -o memory_model=flatmem -o mem_map=ffffea0000000000 -o max_pfn=10000000
	# As few items as the map has cells.
	holds 'it["map_cell"] == 32 << 20' 'len(it["map"]) == 32768' 'all(m["damaged"] for m in it["map"])' \
		'sum(m.get("partly", False) for m in it["map"]) > 10000' '[s["frames"] for s in it["shades"] if s["use"] == "damaged"] == [32768]'
	[ "$(stat -c %s out.html)" -gt 2000000 ]
	[ "$(stat -c %s out.html)" -lt 5000000 ]
}

@test "Ctrl-C ends the work, and leaves no file" {
	local got=0

	terabyte
	mkdir empty
	held clock 3 "$KWALK" -q --timeout=100000 -o memory_model=flatmem -o mem_map=ffffea0000000000 -o max_pfn=10000000 \
		-c 'report -w empty/out.html' vmlinux terabyte 2>complaints
	# shellcheck disable=SC2154 # by held
	kill -INT "$held"
	goes_on
	wait "$held" || got=$?
	[ $got = 1 ]
	is_empty empty
	complains @line 'report:' interrupted
}

# The load averages are 0.50, 1.00 and 1.50, with 11 bits after the point.
@test "the host: load, command line, taints in words, modules" {
	crash_with() {
		{
			printf 'include %s/x86_64-tasks.inc\n' "$DUMPS"
			"$DUMPS/mklog" ring --bits=13 --records=2 '--message=Kernel panic - not syncing: x'
			printf 'at text_phys+4M+0x20b00: u64 0 0 1 0x3080 3\nat cpu0+0x320: u64 d+t_shell\n%s\n' "$@"
		} | describe host
	}

	crash_with 'at text_phys+6M+0x8000: u64 1024 2048 3072' 'at text_phys+4M+0x2f00: u64 data+0x2f00 data+0x2f00' 'at text_phys+4M+0x20b30: u64 text+6M+0x8100' \
		'at text_phys+6M+0x8100: str "root=/dev/vda1 quiet\0"' 'at text_phys+4M+0xc1: str "lab-db1\0"'
	vmlinux 64
	page vmlinux host
	holds '"load" not in it' 'it["nodename"] == "lab-db1"'
	objcopy --add-symbol avenrun=.bss:0x8000 vmlinux
	page vmlinux host
	holds 'it["load"] == ["0.50", "1.00", "1.50"]' 'it["command_line"] == "root=/dev/vda1 quiet"' \
		'it["taint_words"] == ["oops or BUG", "out-of-tree module", "unsigned module"]' 'it["modules"] == []'
}
