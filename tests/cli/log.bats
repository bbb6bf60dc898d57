#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# log: the kernel's own log, of each era.
load common

# kernel MODE [OPTION...]: a dump of that little kernel with the log that mklog
# makes of the options, and what standard input adds.
kernel() {
	local include="x86_64-4level x86_64-note" word=8

	case $1 in
	i386) include=i386-flat word=4 ;;
	pae) include=pae-kdump word=4 ;;
	esac
	{
		# shellcheck disable=SC2086 # names without blanks
		printf "include $DUMPS/%s.inc\n" $include
		"$DUMPS/mklog" "${@:2}" --word=$word --expect=expected
		cat
	} | describe dump
}

# same [FILE...]: does log answer what is in the file expected?
same() {
	"$KWALK" -q -j "$@" dump -c log >answers 2>complaints || { cat complaints; return 1; }
	python3 - <<-'END'
	import json, sys
	expected = [json.loads(s) for s in open("expected")]
	answers = [json.loads(s) for s in open("answers")]
	assert len(answers) == len(expected), f"{len(answers)} answers, not {len(expected)}"
	for want, got in zip(expected, answers):
	    for key, value in want.items():
	        assert got.get(key) == value, f"{key} is not {value!r} in {got}"
	    assert got["status"] == "ok" and got["command"] == "log"
	    if "ts_nsec" in got:
	        assert abs(got["time"] * 1e9 - got["ts_nsec"]) < 1e3, got
	END
}

# field NAME: its value in each JSON object of standard input.
field() { python3 -c 'import json, sys
for line in sys.stdin: print(json.loads(line)[sys.argv[1]])' "$1"; }

@test "a ring, on every word size, not yet full, and written round and round" {
	local mode

	for mode in x86_64 i386 pae; do
		kernel $mode ring --bits=12 --records=20 </dev/null
		same
		kernel $mode ring --bits=10 --records=100 --narrow </dev/null
		same
		kernel $mode ring --bits=10 --records=500 </dev/null
		same
		kernel $mode ring --bits=10 --records=300 --long </dev/null
		same
	done
}

@test "a block of text that ends where the ring does, as 6.18 stores it" {
	local mode

	for mode in x86_64 i386; do
		kernel $mode ring --bits=9 --records=200 --fit </dev/null
		same
	done
}

@test "records, of every word size and layout" {
	local mode

	for mode in x86_64 i386 pae; do
		kernel $mode records --bits=12 --records=20 </dev/null
		same
		kernel $mode records --bits=10 --records=500 --caller </dev/null
		same
		kernel $mode records --bits=10 --records=300 --long --struct=log </dev/null
		same
	done
}

@test "the first layout of records: facility and level are one number" {
	kernel x86_64 records --bits=11 --records=100 --struct=log --old-level </dev/null
	same
}

@test "before 4.10 a record may be a part of a line; since, each is a line" {
	kernel x86_64 records --bits=11 --records=100 --parts </dev/null
	same -o release=4.9.0
	grep -q '"text":"[0-9]*: [^"]*[0-9]: ' answers
	"$KWALK" -q -j -o release=4.10.0 -c log dump >answers
	not grep '"text":"[0-9]*: [^"]*[0-9]: ' answers
}

@test "text, as long as it fits and when its start is overwritten" {
	local mode

	for mode in x86_64 i386 pae; do
		kernel $mode text --bits=12 --records=20 </dev/null
		same
		kernel $mode text --bits=10 --records=300 --long </dev/null
		same
		kernel $mode text --bits=10 --records=100 --no-time </dev/null
		same
	done
}

@test "what VMCOREINFO does not say, types do" {
	local kind mode

	for kind in "64 x86_64 ring" "32 i386 ring" "64 x86_64 records 4.9.0-8-amd64" \
		"64 x86_64 records 3.2.0-4-amd64 --struct=log"; do
		# shellcheck disable=SC2086
		set -- $kind
		kernel "$2" "$3" --bits=10 --records=100 "${@:5}" </dev/null
		sed -i '/\(OFFSET\|SIZE\)(\(printk\|prb\|log\)/d' dump.txt
		"$MKDUMP" dump.txt dump
		fails 1 "is not known" -q -c log dump
		vmlinux "$1" ${4:+"$4"}
		same vmlinux
	done
}

@test "as dmesg prints it: times, lines, levels, facilities, callers" {
	kernel x86_64 ring --bits=12 --records=5 --message=$'a\tb\tc' </dev/null
	"$KWALK" -q -c log dump >text
	grep -q '^\[    0.000000\] 0: ' text
	[ "$(sed -n 5p text)" = "[    3.703703]  second line" ]
	# a tab ends at a multiple of eight columns
	[ "$(tail -n 1 text)" = "[    6.172839] a        b       c" ]
	"$KWALK" -q -c 'log -x' dump >text
	[ "$(sed -n 2p text | cut -c1-38)" = "kern  :alert : [    1.234567] [    C1]" ]
	[ "$(sed -n 3p text | cut -c1-38)" = "kern  :crit  : [    2.469135] [  T102]" ]
}

@test "levels are chosen by name, number, and with all above or below" {
	kernel x86_64 ring --bits=12 --records=16 </dev/null
	chosen() {
		"$KWALK" -q -j -c "log -l $1" dump | field level | sort -u | tr '\n' ' '
	}
	[ "$(chosen err)" = "err " ]
	[ "$(chosen 0,7)" = "debug emerg " ]
	[ "$(chosen crit+)" = "alert crit emerg " ]
	[ "$(chosen +notice)" = "debug info notice " ]
	[ "$(chosen 1,warn)" = "alert warn " ]
	fails 1 "bogus such level emerg" -q -c 'log -l err,bogus' dump
	fails 1 "such level" -q -c 'log -l 8' dump
	fails 1 "such level" -q -c 'log -l ,' dump
	fails 1 "log: 12: too many arguments" -q -c 'log 12' dump
}

@test "the time of day, by the kernel's timekeeper" {
	local mode

	for mode in x86_64 i386; do
		kernel $mode ring --bits=12 --records=3 --clock=1700000000500000000 </dev/null
		[ "$(TZ=UTC "$KWALK" -q -c 'log -T' dump | tail -n 1 | cut -c1-27)" = "[Tue Nov 14 22:13:22 2023] " ]
		[ "$(TZ=EST5 "$KWALK" -q -c 'log -T' dump | tail -n 1 | cut -c1-27)" = "[Tue Nov 14 17:13:22 2023] " ]
		[ "$("$KWALK" -q -j -c 'log -T' dump | tail -n 1 | field wall)" = 2023-11-14T22:13:22.969135Z ]
	done
	# with a long for seconds, before 3.17
	sed -i 's/0xf60: u8.*/0xf60: u32 -1700000001 500000000 u64 1700000000500000000/' dump.txt
	"$MKDUMP" dump.txt dump
	[ "$("$KWALK" -q -j -c 'log -T' dump | tail -n 1 | field wall)" = 2023-11-14T22:13:22.969135Z ]
	# before 3.4 a variable
	sed -i 's/tk_core/wall_to_monotonic/; s/%x{log_heap+0xf00}/%x{log_heap+0xf60}/' dump.txt
	"$MKDUMP" dump.txt dump
	[ "$("$KWALK" -q -j -c 'log -T' dump | tail -n 1 | field wall)" = 2023-11-14T22:13:22.969135Z ]
}

@test "the clock shows the uptime, unless the last line is later" {
	local mode bits=64

	cat >more.c <<-'END'
	struct timekeeper {
		unsigned long long xtime_sec;
		char others[0x58];
		struct { long long tv_sec; long tv_nsec; } wall_to_monotonic;
	} clock_of_kernel;
	END
	# of i386, wall_to_monotonic has 12 bytes
	for mode in x86_64 i386; do
		kernel $mode ring --bits=12 --records=3 --clock=1700000000500000000 </dev/null
		[ $mode = x86_64 ] || bits=32
		MORE=more.c vmlinux $bits
		[ "$("$KWALK" -q -j -c triage vmlinux dump | field uptime)" = 2.469135782 ]
		sed -i 's/^at log_vars+0xf60:/at log_vars+0xf00: u64 1700000060\n&/' dump.txt
		"$MKDUMP" dump.txt dump
		[ "$("$KWALK" -q -j -c triage vmlinux dump | field uptime)" = 59.5 ]
	done
}

@test "an unknown time of day is reported, and the rest is shown" {
	kernel x86_64 ring --bits=12 --records=3 </dev/null
	fails 1 "-T wall-clock times are not known tk_core" -q -c 'log -T' dump
	[ "$(grep -c '^\[    [012]\.' output)" = 3 ]
	# two numbers that do not prove each other
	kernel x86_64 ring --bits=12 --records=3 --clock=1700000000500000000 <<-END
	at log_vars+0xf70: u64 1700000000400000000
	END
	fails 1 "-T clock was not set" -q -c 'log -T' dump
	# a time that no calendar has
	kernel x86_64 ring --bits=12 --records=3 --clock=1700000000500000000 <<-END
	at log_infos+88+8: u64 ~0
	at log_infos+2*88+8: u64 0x7fffffffffffffff
	END
	TZ=UTC "$KWALK" -q -c 'log -T' dump >text
	grep -q '^\[18446744073.709551] 1:' text
	grep -q '^\[9223372036.854775] 2:' text
}

@test "-a: addresses are explained, as annotate does" {
	kernel x86_64 ring --bits=12 --records=1 --message=$'fault at ffffffff81002002,\nCR2: 0000000000000008' </dev/null
	vmlinux 64
	"$KWALK" -q -c 'log -a' vmlinux dump >text
	grep -qE '^    \^ ffffffff81002002: schedule\+0x2' text
	"$KWALK" -q -c log vmlinux dump >plain
	not grep '^    \^' plain
	"$KWALK" -q -j -c 'log -a' vmlinux dump >answers
	python3 -c 'import json
records = [json.loads(line) for line in open("answers")]
found = [a for r in records for a in r.get("addresses", [])]
assert [a["input"] for a in found][:1] == ["ffffffff81002002"], found
assert found[0]["kind"] == "symbol" and "schedule+0x2" in found[0]["text"]'
}

@test "text cannot steer a terminal" {
	kernel x86_64 ring --bits=12 --records=1 --message=$'red \033[31m \302\233 \342\200\256 end' <<-END
	at log_text+8+2: u8 0
	END
	"$KWALK" -q -c log dump >text
	grep -qxF '[    1.234567] red ?[31m ? ? end' text
	grep -qF '] 0:? ' text || grep -qF '] 0:?' text
	not grep "$(printf '\033')" text
	"$KWALK" -q -j -c log dump | field text | grep -qF $'\e[31m'
}

# --- damage ---

# nr N: were N records shown (of a ring, each eleventh has no text)?
nr() {
	[ "$(grep -c '\] [0-9]*:' output)" = "$1" ] || { cat output complaints; return 1; }
}

# shows TEXT...: were these shown?
shows() {
	local text

	for text; do
		grep -qF -- "$text" output || { echo "no '$text' in:"; cat output complaints; return 1; }
	done
}

@test "a ring: what is overwritten is missing, and the rest is shown" {
	local mode size

	for mode in x86_64:24 i386:12; do
		size=${mode#*:}
		# the descriptor of another record; the text of another record
		kernel ${mode%:*} ring --bits=12 --records=20 <<-END
		at log_descs+3*$size: u32 77
		at log_text+0: u32 0x1234
		END
		fails 1 "1 record is missing has the id should have overwritten id 1234" -q -c log dump
		nr 16
		shows "] 1: " "] 2:" "] 4: " "] 19: "
		not grep '\] [03]: ' output
		# numbers of other records
		kernel ${mode%:*} ring --bits=12 --records=20 <<-END
		at log_infos+88*3: u64 12
		at log_infos+88*4: u64 12
		END
		fails 1 "2 records are missing number 12 another place" -q -c log dump
		shows "] 2:" "] 6: "
	done
}

@test "a ring whose positions and lengths lie" {
	kernel x86_64 ring --bits=12 --records=20 <<-END
	at log_descs+1*24+8: u64 0x10
	at log_descs+2*24+8: u64 0xfffffffffffff001 0xfffffffffffff011
	at log_descs+3*24+16: u64 0
	at log_infos+4*88+16: u16 65535
	END
	fails 1 "missing logical positions impossible cut 65535" -q -c log dump
	shows "] 0: " "] 4: " "] 6: " "] 19: "
	not grep '\] [12]: ' output
}

@test "a ring whose ends are damaged: descriptors beyond them have the next ids" {
	local mode word mask narrow start end at name records where

	# 128 descriptors; the ids of 20 records begin at -128
	for mode in x86_64:8:62: i386:4:30: x86_64:8:62:--narrow; do
		IFS=: read -r mode word mask narrow <<<"$mode"
		mask="((1<<$mask)-1)"
		start=0-128
		[ -z "$narrow" ] || start='(1<<32)-128'
		for end in "3 head_id 5 after" "4 tail_id 14 before"; do
			read -r at name records where <<<"$end"
			kernel "$mode" ring --bits=12 --records=20 ${narrow:+"$narrow"} <<-END
			at log_vars+0x100+$at*$word: u$((8 * word)) ($start+14)&$mask
			END
			fails 1 "$name is damaged $records records are $where it" -q -c log dump
			nr 18
			shows "] 0: " "] 19: "
		done
	done
	# what is after the head may be the oldest record
	kernel x86_64 ring --bits=10 --records=500 </dev/null
	same
}

@test "a ring: the number of a record contradicts its descriptor, and so may the state" {
	kernel x86_64 ring --bits=12 --records=20 <<-END
	at log_infos+88*3: u64 3+(1<<33)
	at log_descs+24*6+7: u8 0xff
	END
	fails 1 "record 3 damaged number 8589934595 record 6 free older" -q -c log dump
	nr 18
	"$KWALK" -q -j -c log dump >answers || [ $? = 1 ]
	[ "$(field seq <answers | tr '\n' ' ')" = "$(echo {0..19}) " ]
}

@test "records: log_next_idx is lower than log_next_seq shows" {
	# where record 17 begins: each record has a header of 16 bytes
	kernel x86_64 records --bits=12 --records=20 < <(
		"$DUMPS/mklog" records --bits=12 --records=20 --expect=written >mklog.out
		python3 -c 'import json
sizes = [-(-(16 + len(json.loads(line)["text"])) // 4) * 4 for line in open("written")]
print("at log_vars+16: u32", sum(sizes[:17]))'
	)
	fails 1 "log_next_idx before record 17 log_next_seq is 20" -q -c log dump
	nr 20
	shows "] 0: " "] 19: "
	# the kernel stopped between the two changes
	kernel x86_64 records --bits=12 --records=20 <<-END
	at log_vars+32: u64 19
	END
	same
	kernel x86_64 records --bits=12 --records=20 <<-END
	at log_vars+32: u64 21
	END
	same
}

@test "a ring without an end, and one of no size" {
	kernel x86_64 ring --bits=10 --records=20 <<-END
	at log_vars+0x118: u64 5
	END
	fails 1 "is damaged more than the 32 records of the ring" -q -c log dump
	nr 18
	for size in 0 27 63 0xffffffff; do
		kernel x86_64 ring --bits=10 --records=20 <<-END
		at log_vars+0x100: u32 $size
		END
		fails 1 "is damaged it would have" -q -c log dump
		kernel x86_64 ring --bits=10 --records=20 <<-END
		at log_vars+0x130: u32 $size
		END
		[ $size = 27 ] || fails 1 "is damaged it would have" -q -c log dump
	done
	kernel x86_64 ring --bits=10 --records=20 <<-END
	at log_vars: u64 0xdead000000000000
	END
	fails 1 "dead00000000 canonical" -q -c log dump
}

@test "a ring that is larger than memory" {
	kernel x86_64 ring --bits=10 --records=20 <<-END
	at log_vars+0x100: u32 26
	at log_vars+0x130: u32 31
	at log_vars+0x120: u64 1
	END
	fails 1 "is damaged records are missing" -q -c log dump
}

@test "a ring of one page that is mapped again and again" {
	# four million descriptors in a GiB of addresses
	kernel x86_64 ring --bits=10 --records=20 <<-END
	at pmd_vmalloc: u64 seq 512 pte_vmalloc|KTABLE 0
	at pte_vmalloc: u64 seq 512 0x1c08000|DATA 0
	at log_vars+0x100: u32 22
	at log_vars+0x108: u64 vmalloc_base
	at log_vars+0x118: u64 0x3ffffe 0
	END
	fails 1 "3145726 records are not read, because 1048576 records before them are damaged" -q -c log dump
	echo 'at log_vars+0x120: u64 0x3fffffffffff0000' | cat dump.txt - >lost.txt
	"$MKDUMP" lost.txt dump
	fails 1 "records are not read" -q -c log dump
}

@test "states of descriptors: begun is reported, not yet final is shown, reusable is not" {
	kernel x86_64 ring --bits=12 --records=20 <<-END
	at log_descs+7: u8 0xff
	at log_descs+24+7: u8 0x7f
	at log_descs+48+7: u8 0x3f
	at log_descs+72+8: u64 1 1
	END
	"$KWALK" -q -c log dump >output 2>complaints
	nr 15
	grep -q 'warning: log: a record was being written' complaints
	grep -q 'warning: log: the kernel had no room for the text of record 3' complaints
	shows "] 1: " "] 4: "
	not grep '\] [023]: ' output
}

# hole ADDRESS: lines that take the page there out of the image's data.
hole() {
	cat <<-END
	at pmd_image[image_row+2]: u64 0x17000|KTABLE
	at 0x17000[0]: u64 seq 512 text_phys+4M|DATA 4K
	at 0x17000+(($1-text_phys-4M)>>9): u64 31M|DATA
	END
}

@test "pages that the dump lacks are named, and the rest is shown" {
	local kind

	# the last page of the dump is filtered; it stands for one of the log
	memory() {
		sed -i "s,^include .*x86_64-4level.inc,include $DUMPS/x86_64.inc," dump.txt
		cat - dump.txt >lacking.txt <<-END
		segment paddr=0 vaddr=0xffff888000000000 memsz=0xa0000
		segment paddr=1M vaddr=0xffff888000100000 memsz=31M filesz=30M
		END
		sed -n '/^at root/p' "$DUMPS/x86_64-4level.inc" >>lacking.txt
		"$MKDUMP" lacking.txt dump
	}
	for kind in ring records text; do
		kernel x86_64 $kind --bits=14 --records=400 --long < <(hole log_text+0x1000)
		memory
		fails 1 @unreadable 'log 1f00000 filtered' -q -c log dump
		[ "$(grep -c '"text":"[0-9]*:' output)" -gt 80 ]
		grep -q '"text":"399:' output
	done
	kernel x86_64 ring --bits=14 --records=400 --long < <(hole log_descs)
	memory
	fails 1 @unreadable 'log 1f00000 filtered' -q -c log dump
	grep -q '"text":"399:' output
}

@test "records that lie about their length: the next true one is found" {
	kernel x86_64 records --bits=12 --records=20 <<-END
	at log_text+8: u16 7
	END
	fails 1 "1 record is missing no record 7 bytes" -q -c log dump
	nr 19
	shows "] 1: " "] 19: "
	# it is not known how many records there were in its place, so the others have no number
	"$KWALK" -q -j -c log dump >answers || [ $? = 1 ]
	grep '"text":"1: ' answers
	not grep '"seq"' answers
	# longer than the log; text longer than the record
	for lie in 'u16 0xfffc' 'u16 0x40 0x1000'; do
		kernel x86_64 records --bits=12 --records=20 <<-END
		at log_text+8: $lie
		END
		fails 1 "1 record is missing" -q -c log dump
		shows "] 1: " "] 19: "
	done
}

@test "records whose indices lead nowhere" {
	kernel x86_64 records --bits=12 --records=20 <<-END
	at log_vars+12: u32 0x80000000
	END
	fails 1 "log_first_idx is damaged" -q -c log dump
	shows "] 0: " "] 19: "
	kernel x86_64 records --bits=12 --records=20 <<-END
	at log_vars+16: u32 0x80000000
	END
	fails 1 "log_next_idx is damaged" -q -c log dump
	shows "] 0: " "] 19: "
	for size in 0 8 0xffffffff; do
		kernel x86_64 records --bits=12 --records=20 <<-END
		at log_vars+8: u32 $size
		END
		fails 1 "log_buf_len is damaged" -q -c log dump
		kernel x86_64 text --bits=12 --records=20 <<-END
		at log_vars+8: u32 $size
		END
		[ $size = 8 ] || fails 1 "log_buf_len is damaged" -q -c log dump
	done
}

@test "layouts that lie" {
	for line in 'SIZE(printk_info)=100000' 'SIZE(prb_desc)=0' 'OFFSET(printk_info.seq)=99999999999'; do
		kernel x86_64 ring --records=5 <<-END
		note VMCOREINFO
		  $line
		end
		END
		fails 1 "struct" -q -c log dump
	done
	for line in 'SIZE(printk_log)=100000' 'OFFSET(printk_log.len)=18446744073709551615'; do
		kernel x86_64 records --records=5 <<-END
		note VMCOREINFO
		  $line
		end
		END
		fails 1 "is not known" -q -c log dump
	done
}

@test "no log that could be found" {
	dump x86_64
	fails 1 "keeps its log is not known prb log_first_idx log_end" -q -c log x86_64
	fails 1 "" -q -j -c log x86_64
	grep -q '"command":"log","status":"error"' output
}

@test "-a: a report is of the process that a later record names, shown or not" {
	{
		echo "include $DUMPS/x86_64-tasks.txt"
		"$DUMPS/mklog" ring --bits=12 --records=6 --message='<1>1.5;BUG: unable to handle page fault for address: 0000000000003018' \
			--message='<1>1.5;#PF: supervisor read access in kernel mode' \
			--message='<4>1.5;CPU: 0 PID: 1 Comm: init Not tainted'
	} | describe dump
	vmlinux 64
	for option in '' '-l alert'; do
		"$KWALK" -q -c "log -a $option" vmlinux dump >text
		cat text
		grep -q '^    ^ 0000000000003018: a user address of pid 1 (init): 3000' text
	done
	not grep 'Comm: init' text
	"$KWALK" -q -j -c 'log -a' vmlinux dump | grep -q 'a user address of pid 1 (init): 3000'
}
