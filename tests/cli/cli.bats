#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line: options, scripts, complaints and exit status.
bats_require_minimum_version 1.5.0
load common

@test "the word that is wrong is blamed" {
	dump x86_64
	output=$("$KWALK" -q x86_64 -c 'rd 1000 0x; pte 63 -l xyz; ptov -a fff0000000000000; btop -z; help -z; regions -z; tasks -z; page -z 0; vtop -z 0' 2>&1) && return 1
	for words in 'rd: 1000: COUNT 0x: not a number' 'pte: xyz: no such level' \
		'ptov: fff0000000000000: not a physical address' 'btop: unknown option -z' 'help: unknown option -z' \
		'regions: unknown option -z' 'tasks: unknown option -z' 'page: unknown option -z' 'vtop: unknown option -z'; do
		[[ $output == *"kwalk: $words"* ]] || { echo "$output"; return 1; }
	done
}

@test "options before and behind the arguments; -- ends them" {
	dump x86_64
	answers -s 1 x86_64 'pte 1e00083 -l pmd; pte -l pmd 1e00083; vtop 1000 -k ffffffff81000000; rd -p 1c00000 -8 2; btop 1000 -- -z' <<-END
	1e00083 physical=0x1e00000
	1e00083 physical=0x1e00000
	1000 status=error message="is not a kernel address"
	ffffffff81000000 status=mapped
	1c00000 values=0x88,0x77
	1000 pfn=0x1
	-z status=error
	END
}

@test "-V and -h" {
	run --separate-stderr "$KWALK" -V
	[ "$status" -eq 0 ]
	[[ $output == kwalk\ * ]]
	[ -z "$stderr" ]
	run --separate-stderr "$KWALK" --version
	[ "$status" -eq 0 ]
	run --separate-stderr "$KWALK" -h
	[ "$status" -eq 0 ]
	[[ $output == *--command* && $output == *--override* && $output == *--json* ]]
	[ -z "$stderr" ]
	run --separate-stderr "$KWALK" --help
	[ "$status" -eq 0 ]
}

@test "wrong usage is status 2" {
	dump x86_64
	fails 2 kwalk
	fails 2 'kwalk no-such-option' --no-such-option x86_64
	fails 2 kwalk x86_64 -c
	fails 2 'kwalk no-such-fact' -o no-such-fact=1 -c 'vtop 0' x86_64
	fails 2 'kwalk levels' -o levels=9 -c 'vtop 0' x86_64
	fails 2 'kwalk arch' -o arch=vax -c 'vtop 0' x86_64
	fails 2 'kwalk root' -o root -c 'vtop 0' x86_64
	fails 2 'no-such-script' -x no-such-script x86_64
}

@test "several -c, ';', and the files in any order" {
	dump x86_64
	vmlinux 64
	"$KWALK" -q -j -c 'vtop 0; ptov 0' x86_64 -c 'btop 1000' vmlinux >answers
	cat >expected <<-END
	0 command=vtop status=not-mapped
	0 command=ptov status=ok
	1000 command=btop pfn=0x1
	END
	"$ANSWERS" expected answers
	"$KWALK" -q -j --json --command='ptov 0' vmlinux x86_64 >a
	"$KWALK" -q -j --json --command='ptov 0' x86_64 vmlinux >b
	cmp a b
}

@test "scripts: -x FILE, -x -, standard input; comments, empty lines, no newline at the end" {
	dump x86_64
	printf '# a comment\n\n  ptov 0   # another\nptov 1000;ptov 2000\r\n\tptov 3000' >script
	printf '%s\n' '0 virtual=0xffff888000000000' '1000 status=ok' '2000 status=ok' '3000 status=ok' >expected
	for how in file dash stdin; do
		case $how in
		file) "$KWALK" -q -j -x script x86_64 >answers ;;
		dash) "$KWALK" -q -j -x - x86_64 <script >answers ;;
		stdin) "$KWALK" -q -j x86_64 <script >answers ;;
		esac
		"$ANSWERS" expected answers
	done
}

@test "quit, q and exit end a script" {
	dump x86_64
	for word in quit q exit; do
		printf 'ptov 0\n%s\nptov 1000\n' "$word" >script
		"$KWALK" -q -j -x script x86_64 >answers
		[ "$(wc -l <answers)" -eq 1 ]
	done
}

@test "a bad argument does not stop the others, nor a bad command the next" {
	dump x86_64
	answers -s 1 x86_64 'vtop 0 xyzzy 1000; ptov; nonsense 1; vtop 2000' <<-END
	0 status=not-mapped
	xyzzy status=error message=*
	1000 status=not-mapped
	* status=error
	* status=error
	2000 status=not-mapped
	END
	complains @unknown 'vtop xyzzy'
	complains @usage nonsense
	complains @usage 'ptov PHYS'
	# as text: answers on standard output, complaints on standard error only
	run --separate-stderr "$KWALK" -q -c 'ptov 1234 xyzzy 5678' x86_64
	[ "$status" -eq 1 ]
	[[ $output == *ffff888000001234* && $output == *ffff888000005678* ]]
	[[ $output != *xyzzy* ]]
	[[ $stderr == 'kwalk: ptov: xyzzy: '* ]]
}

@test "an answer that is empty says so in text, and is no record" {
	dump x86_64
	for command in 'pt -W 0 fff' 'search -p 0123456789abcdef'; do
		[ "$("$KWALK" -q x86_64 -c "$command")" = none ]
		[ -z "$("$KWALK" -q -j x86_64 -c "$command")" ]
		[ -z "$("$KWALK" -q --csv x86_64 -c "$command")" ]
	done
	# A complaint is not followed by it, nor what changes the session.
	fails 1 @unknown 'vtop nonsense' -q -c 'vtop nonsense; format text; quit' x86_64
	[ -z "$("$KWALK" -q x86_64 -c 'vtop nonsense; format text; quit' 2>/dev/null)" ]
	# Of several commands those before do not count.
	[ "$("$KWALK" -q x86_64 -c 'ptov 1234; vtop nonsense; pt -W 0 fff' 2>/dev/null | tail -n 1)" = none ]
	[ "$("$KWALK" -q x86_64 -c 'pt -W 0 fff > answer' && cat answer)" = none ]
}

@test "numbers: hexadecimal with and without 0x; nothing else" {
	dump x86_64
	answers -s 1 x86_64 'btop 10000 0x10000 1FFFF 0X1000 -1 10000000000000000 0x 10g ""' <<-END
	10000 pfn=0x10
	0x10000 pfn=0x10
	1FFFF pfn=0x1f
	0X1000 pfn=0x1
	-1 status=error
	10000000000000000 status=error
	0x status=error
	10g status=error
	* status=error
	END
}

@test "a unique prefix of a command's name is enough, an ambiguous one is refused" {
	dump x86_64
	answers x86_64 'vto 0; bto 1000' <<-END
	0 command=vtop status=not-mapped
	1000 command=btop status=ok
	END
	fails 1 'ambiguous ptov ptob' -q -c 'pto 0' x86_64
	# A command that came later takes no start of a name from another one.
	for word in 'l log' 'di diff' 'tr triage' 'm mem' 'sy sym' 'ta tasks' 'e extract'; do
		"$KWALK" help all | grep -q "^  ${word#* } " || continue # configure left it out
		"$KWALK" -q -j -c "${word% *} -@" x86_64 >answers 2>complaints || true
		grep -q "^kwalk: ${word#* }: unknown option" complaints
	done
	fails 1 @usage xyzzy -q -c 'xyzzy 0' x86_64
}

@test "help of every command" {
	dump x86_64
	run --separate-stderr "$KWALK" -q -c help x86_64
	[ "$status" -eq 0 ]
	for word in vtop ptov virt_to_page page_to_pfn pfn_to_page page_to_phys phys_to_page ptob btop page region regions info sym pte rd help quit; do
		[[ $output == *$word* ]]
		"$KWALK" -q -c "help $word" x86_64 >help
		grep -qw "$word" help
	done
	fails 1 @usage 'help xyzzy' -q -c 'help xyzzy' x86_64
}

@test "help is one screen: common commands, and the names of all others" {
	local group word

	"$KWALK" help >listed
	[ "$(wc -l <listed)" -le 23 ]
	[ "$(wc -L <listed)" -le 80 ]
	for group in 'Translate and explain addresses' 'Page frames and memory' Processes 'Kernel state' \
		'The whole dump' 'The session'; do
		grep -q "^$group\( (also\|:\)" listed || { echo "no $group"; return 1; }
	done
	for word in $("$KWALK" -j -c help | sed 's/.*"name":"\([a-z_]*\)".*/\1/'); do
		grep -qw "$word" listed || { echo "no $word"; return 1; }
	done
	grep -qx '  panic     the cause of the crash, and what each CPU ran' listed
	grep -q '"help all"' listed
}

# Commands that share a line of the list do not share what help shows of each.
@test "help describes each command by itself" {
	"$KWALK" -j help | sed 's/.*"summary":"\([^"]*\)".*/\1/' | sort >summaries
	[ "$(wc -l <summaries)" -gt 30 ]
	[ -z "$(uniq -d <summaries)" ]
	"$KWALK" help vmas | grep -qx '    mappings of a process, as in /proc/PID/maps'
	"$KWALK" help all | grep -q '^  files vmas  *open files of a process, or its mappings'
}

@test "help all has groups, and fits a terminal of 60 lines" {
	local group

	"$KWALK" help all >listed
	[ "$(wc -l <listed)" -le 60 ]
	[ "$(wc -L <listed)" -le 80 ]
	for group in 'Translate and explain addresses' 'Page frames and memory' Processes 'Kernel state' \
		'The whole dump' 'The session'; do
		grep -qx "$group:" listed || { echo "no $group"; return 1; }
	done
	# configure may leave out all commands of this one.
	[ "$(grep -cE '^  (devices|guests) ' listed)" = 0 ] || grep -qx 'Devices and virtual machines:' listed
	# Those that answer alike share a line.
	grep -qx '  page_to_pfn page_to_phys pfn_to_page phys_to_page virt_to_page' listed
	"$KWALK" -j help all | diff - <("$KWALK" -j help)
}

@test "--help of every command" {
	local name

	"$KWALK" -j help | grep -o '"name":"[a-z_]*"' | cut -d '"' -f 4 >names
	[ "$(wc -l <names)" -gt 30 ]
	while read -r name; do
		"$KWALK" "$name" --help >shown || return 1
		head -n 1 shown | grep -q "^$name\( \|\$\)" || { cat shown; return 1; }
		"$KWALK" -q -c "$name --help" /nonexistent 2>/dev/null && return 1
		"$KWALK" -c "$name --help" | diff - shown
	done <names
}

@test "a banner of one line, none with -q, sources with -v" {
	dump x86_64
	run --separate-stderr "$KWALK" -v -c 'ptov 0' x86_64
	[ "$status" -eq 0 ]
	[ -n "$stderr" ]
	run --separate-stderr "$KWALK" -q -c 'ptov 0' x86_64
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[[ $output == *ffff888000000000* ]]
}

@test "text answers hold what the JSON ones do" {
	dump x86_64
	run --separate-stderr "$KWALK" -q -c 'vtop ffffc90000001ff8' x86_64
	[ "$status" -eq 0 ]
	for word in ffffc90000001ff8 1c05ff8 4063 5063 6063 8000000001c05163 PRESENT RW NX vmalloc; do
		[[ $output == *$word* ]] || { echo "no $word"; false; }
	done
}

@test "one JSON object a line and nothing else" {
	dump x86_64
	"$KWALK" -j -c 'vtop 0 xyzzy; info; regions; nonsense; help; rd -p 0 100' x86_64 >answers 2>/dev/null || true
	python3 -c 'import json; [json.loads(s)["command"] for s in open("answers")]'
}

@test "-o vmcoreinfo: a note from a file" {
	dump x86_64-qemu
	cat >note <<-END
	OSRELEASE=6.1.0-18-amd64
	PAGESIZE=4096
	SYMBOL(swapper_pg_dir)=ffffffff81410000
	NUMBER(phys_base)=0
	KERNELOFFSET=0
	NUMBER(pgtable_l5_enabled)=0
	END
	answers -o vmcoreinfo=note x86_64-qemu 'vtop ffff888001c00123' <<<'ffff888001c00123 physical=0x1c00123'
	fails 2 'kwalk no-such-note' -o vmcoreinfo=no-such-note -c 'vtop 0' x86_64-qemu
}

@test "-o sme_mask, where the note has none" {
	dump x86_64-sme
	answers -s 1 -o sme_mask=0 x86_64-sme 'vtop 1010' <<<'1010 status=unreadable level=pud reason=absent'
	answers -o sme_mask=0x800000000000 x86_64-sme 'vtop 1010; pte 800001c00067' <<-END
	1010 status=mapped physical=0x1c01010
	800001c00067 physical=0x1c00000
	END
}

@test "-o root: another table" {
	dump x86_64-entries
	# pmd_user as the top of two levels would be no x86-64; the kernel's pgd is at 1410000
	answers -o root=0x1410000 x86_64-entries 'vtop 1000' <<<'1000 status=mapped physical=0x1c01000'
	# a table of zeroes
	answers -o root=0x1d00000 x86_64-entries 'vtop 1000 ffff888000000000' <<-END
	1000 status=not-mapped level=pgd levels.0.entry_address=0x1d00000
	ffff888000000000 status=not-mapped level=pgd
	END
	# and one that is not in the dump
	answers -s 1 -o root=0x40000000 x86_64-entries 'vtop 1000' <<<'1000 status=unreadable level=pgd reason=absent'
}

@test "two dumps that are no split set, a device, a folder as script" {
	dump x86_64 i386
	fails 2 'kwalk: x86_64' -q -c 'ptov 0' x86_64 x86_64
	fails 2 'kwalk: i386' -q -c 'ptov 0' x86_64 i386
	fails 2 'kwalk: /dev/null' -q -c 'ptov 0' /dev/null
	fails 2 'kwalk: directory' -q -x . x86_64
}

@test "-k and -u say which half is meant" {
	dump x86_64
	answers -s 1 x86_64 'vtop -k ffff888000000000; vtop -u 1000; vtop -k 1000; vtop -u ffff888000000000; vtop -z 0' <<-END
	ffff888000000000 status=mapped
	1000 status=not-mapped
	1000 status=error
	ffff888000000000 status=error
	* status=error
	END
}

@test "JSON holds any bytes that were typed" {
	dump x86_64
	printf 'btop a\\"b \001\002 \377\376 caf\303\251 "x y" \047z\047\n' >script
	"$KWALK" -q -j -x script x86_64 >answers 2>complaints || true
	python3 - <<-'END'
	import json
	got = [json.loads(s)["input"] for s in open("answers", encoding="utf-8")]
	assert len(got) == 6, got
	assert got[0] == 'a"b' and got[1] == "\x01\x02" and got[3] == "café" and got[4] == "x y", got
	END
}

@test "a script of noise" {
	local got=0

	dump x86_64
	python3 -c 'import random, sys; random.seed(1); sys.stdout.buffer.write(random.randbytes(20000).replace(b"!", b"").replace(b"|", b""))' >script
	patiently "$KWALK" -q -j -x script x86_64 >answers 2>complaints || got=$?
	[ "$got" -le 1 ]
	python3 -c 'import json; [json.loads(s) for s in open("answers", encoding="utf-8")]'
	# one line of a megabyte
	{ printf 'btop'; yes ' 1000' | head -200000 | tr -d '\n'; } >script
	patiently "$KWALK" -q -j -x script x86_64 >answers
	[ "$(wc -l <answers)" -eq 200000 ]
}

@test "a reader that stops early" {
	dump x86_64
	yes "vtop ffff888000000000" | head -20000 >script
	patiently "$KWALK" -q -x script x86_64 2>complaints | head -1 >first
	[ "${PIPESTATUS[0]}" -ne 124 ]
	[ -s first ]
	[ "$(wc -l <complaints)" -le 1 ]
}

@test "a disk that is full" {
	[ -w /dev/full ] || skip "no /dev/full"
	dump x86_64
	local got=0
	"$KWALK" -q -c 'ptov 0' x86_64 >/dev/full 2>complaints || got=$?
	[ "$got" -eq 1 ] || [ "$got" -eq 2 ]
	grep -q '^kwalk: ' complaints
	got=0
	"$KWALK" -q -j -c 'ptov 0' x86_64 >/dev/full 2>complaints || got=$?
	[ "$got" -eq 1 ] || [ "$got" -eq 2 ]
}

@test "complaints about commands of a script name its file and line" {
	dump x86_64
	printf '# comment\nptob 1 zz\n\nfoo; vtop\nptob 1 > no/where\nquit 1' >script
	fails 1 @usage 'script:2 ptob zz' -x script x86_64
	cut -d: -f2-4 complaints | diff - <(printf ' script:%s\n' '2: ptob' '4: foo' '4: vtop' '5: >' '6: quit')
	complains @usage 'script:4 foo'
	complains @usage 'script:4 vtop ADDR'
	complains @system 'script:5 no/where'
	complains @usage 'script:6 quit 1'
	answers -s 1 x86_64 'ptob zz' <<<'zz status=error script=-'
	"$KWALK" -q -j -x script x86_64 2>complaints | grep -q '"input":"zz",.*"script":"script:2"'
	"$KWALK" -q -j -x - x86_64 <script >answers 2>complaints || [ $? = 1 ]
	complains @usage 'ptob zz'
	# The next batch is none of the script's.
	fails 1 'kwalk: ptob: zz: not a' -x script -c 'ptob zz' x86_64
}

@test "wrong options name those that are known or near, words that are commands -c" {
	dump x86_64
	fails 1 'vtop: unknown option -z; known are: -u -k -p -r' -c 'vtop -z 0' x86_64
	fails 1 'btop: unknown option -z; known are: -O -K' -c 'btop -z 0' x86_64
	fails 2 'unknown or ambiguous option --jsno; did you mean --json?' --jsno x86_64
	fails 2 'unknown or ambiguous option --xyzzy' --xyzzy x86_64
	not grep -q 'did you mean' complaints
	fails 2 'kwalk: vtop: No such file vtop is a command: give commands with -c' x86_64 vtop init_task
}

@test "help needs no dump" {
	dump x86_64
	for words in help 'help vtop tasks' 'help crash' 'help vtop;help tasks' 'help vtop; tasks --help ; '; do
		"$KWALK" -q x86_64 -c "$words" >with
		"$KWALK" -q -c "$words" >without
		diff with without
		"$KWALK" -q -j x86_64 -c "$words" | diff - <("$KWALK" -j -c "$words")
	done
	"$KWALK" -c help -c 'help vtop' >both
	[ "$(grep -c 'physical address, page size, region' both)" = 1 ]
	fails 1 @usage 'help bogus' -c 'help bogus'
	for words in 'help; info' 'help | cat' 'help; !date' info '' ';'; do
		fails 2 'no dump was given' -c "$words"
	done
	fails 2 'no dump was given' -c help -c info
}

@test "help as words of the command line, and --help of a command" {
	dump x86_64
	"$KWALK" -c 'help vtop' >wanted
	for words in 'help vtop' 'vtop --help' 'virt_to_phys --help'; do
		# shellcheck disable=SC2086 # several words
		"$KWALK" $words | diff - wanted
		"$KWALK" -c "$words" | diff - wanted
		"$KWALK" -q -c "$words" x86_64 | diff - wanted
	done
	"$KWALK" help | diff - <("$KWALK" -c help)
	"$KWALK" ps --help | diff - <("$KWALK" -c 'help ps')
	"$KWALK" -j help vtop ps | diff - <("$KWALK" -j -c 'help vtop ps')
	"$KWALK" -q -c 'btop 1000; ps --help; btop 2000' x86_64 | grep -q 'runs tasks'
	fails 1 @usage 'help nosuch' help nosuch
	"$KWALK" nosuch --help | grep -q '^Usage: kwalk'
	# The word goes first, also if a file has this name.
	cp x86_64 help
	"$KWALK" help btop | grep -q '^btop '
	echo 'btop 1000' | "$KWALK" -q ./help | grep -q '^1000 '
}

@test "a line on standard input is named behind what is wrong with it" {
	dump x86_64
	printf 'btop 1000\n\nvtop zz; btop zz\n' >script
	for input in '' '-x -'; do
		# shellcheck disable=SC2086 # two words
		"$KWALK" -q $input x86_64 <script 2>complaints && return 1
		grep -q '^kwalk: vtop: zz: .* (line 3 of standard input)$' complaints
		grep -q '^kwalk: btop: zz: .* (line 3 of standard input)$' complaints
	done
	"$KWALK" -q -x script x86_64 2>complaints && return 1
	grep -q '^kwalk: script:3: vtop: zz: ' complaints
	not grep -q 'standard input' complaints
	"$KWALK" -q -x - -c 'vtop yy' x86_64 <script 2>complaints && return 1
	grep -q '^kwalk: vtop: yy: ' complaints
	not grep 'yy.*standard input' complaints
}

@test "a program is no kernel, and a folder no file to write" {
	dump x86_64
	echo 'int main(void) { return 0; }' >program.c
	# shellcheck disable=SC2086 # CC may be several words
	${CC:-cc} -o program program.c
	fails 2 'program: user space, not a kernel (vmlinux)' -c info program x86_64
	fails 2 'program: user space, not a kernel (vmlinux)' -c info program
	# shellcheck disable=SC2086
	if ${CC:-cc} -static -o program program.c; then
		fails 2 'program: user space, not a kernel (vmlinux)' -c info program x86_64
	fi
	# A text, such as an oops, was likely meant for annotate.
	echo 'RIP: 0010:schedule+0x10/0xd0' >oops.txt
	fails 2 'oops.txt is a text the command annotate' -c info oops.txt
	fails 2 'oops.txt is a text the command annotate' -c info oops.txt x86_64
	{ cat oops.txt; printf '\001'; } >bytes
	fails 2 'bytes is neither a dump' -c info bytes
	mkdir folder
	fails 1 'kwalk: >: folder is a directory: name a file in it' -q -c 'info > folder' x86_64
	fails 1 'kwalk: rd: folder is a directory: name a file in it' -q -c 'rd -r folder ffff888001000000 16' x86_64
	needs_part extract report
	fails 1 'kwalk: extract: folder is a directory: name a file in it' -q -c 'extract -w folder' x86_64
	fails 1 'kwalk: report: folder is a directory: name a file in it' -q -c 'report -w folder' x86_64
	fails 1 'kwalk: report: folder is a directory' -q -c 'report -f -w folder' x86_64
}

@test "what configure left out is in no help, says so where it is asked, and is in --version" {
	local part command commands options left_out

	dump x86_64
	left_out=$("$KWALK" --version | sed -n 's/^Built without: //p')
	"$KWALK" help >listed
	"$KWALK" help all >>listed
	while read -r part commands; do
		for command in $commands; do
			[[ ", $left_out," == *", $part,"* ]] || { grep -q "^  $command " listed; continue; }
			not grep "^  $command " listed
			fails 1 "kwalk: $command: this kwalk was built without (--disable-$part)" -q -c "$command 1" x86_64
			fails 1 "kwalk: help: $command: this (--disable-$part)" help "$command"
			answers -s 1 x86_64 "$command 1; btop 1000" <<-END
			* command=$command status=error message="~(--disable-$part)"
			1000 pfn=0x1
			END
		done
	done <<-'END'
	devices bounce devices dma
	kvm guests
	diff diff
	extract extract
	report report
	END
	while read -r part options; do
		[[ ", $left_out," != *", $part,"* ]] ||
			fails 1 "this kwalk was built without (--disable-$part)" -q -c "$options" x86_64
	done <<-'END'
	devices ptov -d 0
	devices frames -d
	kvm vtop --guest 1 0
	END
	[[ ", $left_out," != *", kvm,"* ]] || fails 2 "kwalk: --guest: --disable-kvm" -q --guest=1 x86_64 -c info
}

@test "where vmlinux is given, no vmlinux is asked for" {
	dump x86_64-qemu
	vmlinux 64
	head -c 100000 x86_64-qemu >"cut"
	fails 1 'panic: the run-time address of "__cpu_present_mask" is not known: kaslr_offset' -q -c panic vmlinux cut
	not grep -q 'would show it' complaints
	fails 1 'log: a vmlinux would show it' -q -c log cut
}

@test "a file that is named like an option is no option" {
	dump x86_64
	for name in '-c!touch owned #.core' '--command=!touch owned #.core' -xscript '--script=script' -qc'!touch owned' -c -j \
		--sandbox=no; do
		echo '!touch owned' >script
		cp x86_64 ./"$name"
		fails 2 'is both an option and the name of a file in this folder: put -- before all names of files' "$name" -c 'ptov 0' x86_64
		fails 2 'is both an option and the name of a file in this folder' -q x86_64 "$name"
		"$KWALK" -q -v x86_64 -o levels=4 -x <(echo ptov 0) -- | grep -q ffff888000000000
		"$KWALK" -q -x <(echo ptov 0) -- "$name" | grep -q ffff888000000000
		"$KWALK" -q -x <(echo ptov 0) ./"$name" | grep -q ffff888000000000
		rm -- "$name"
	done
	[ ! -e owned ]
}

@test "an option of crash is named as such, with what to use instead" {
	local pair

	dump x86_64
	vmlinux 64
	for pair in '-s:-q' '-i script:-x FILE' '-d1:-v' '-p 4096:page_size' '-m phys_base=1:-o' '--machdep=phys_base=1:-o' \
		'--kaslr auto:kaslr_offset' '--osrelease:info' '--no_modules:leave' '--minimal:leave' '--hyper:Xen' \
		'--zero_excluded:missing' '--no_scroll:--no-pager' '--reloc=12m:kaslr_offset' '--active:leave'; do
		# shellcheck disable=SC2086 # an option and its value
		fails 2 "${pair%%[ =:0-9]*} crash ${pair##*:}" ${pair%:*} vmlinux x86_64
	done
	fails 2 '--strct --strict' --strct x86_64
	not grep crash complaints
	# In crash, -x has no value.
	fails 2 'vmlinux ELF script' -x vmlinux x86_64
}
