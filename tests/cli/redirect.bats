#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Answers to files.
load common

# only FILE...: these are all the files here that begin with "new".
only() { [ "$(echo new*)" = "$*" ] || { ls; return 1; }; }

@test "> makes or replaces a file, >> adds to one" {
	dump x86_64
	"$KWALK" -q -c 'ptob 1' x86_64 >one
	"$KWALK" -q -c 'ptob 1 2' x86_64 >two
	echo old >new
	chmod 640 new
	umask 027
	"$KWALK" -q -c 'ptob 1 > new; ptob 1 >new2 ;ptob 1 2 >"new 3"; ptob 1 >> new4; ptob 1 >>new4; ptob 1 > new\>5 # no' \
		x86_64 >answers
	[ ! -s answers ]
	only new "new 3" new2 new4 "new>5"
	cmp new one
	cmp new2 one
	cmp "new 3" two
	cat one one | cmp - new4
	[ "$(stat -c %a new new2 new4)" = $'640\n640\n640' ]
	"$KWALK" -q -j --no-shell -c 'ptob 1 zz > new; ptob 2' x86_64 >answers 2>complaints || [ $? = 1 ]
	grep -q '"input":"1"' new
	grep -q '"status":"error"' new
	[ "$(wc -l <new)" = 2 ]
	[ "$(wc -l <answers)" = 1 ]
	said=new complains @usage 'ptob zz'
	# In scripts, and two files at once.
	printf 'ptob 1 > new6\nrd -p -8 -r new7 0 1 > new8\n' | "$KWALK" -q x86_64
	cmp new6 one
	[ "$(stat -c %s new7)" = 1 ]
	grep -q new7 new8
}

@test ">: what cannot be done" {
	dump x86_64
	cp x86_64 before
	fails 1 '>: give the name of exactly one file after > or >>' -c 'ptob 1 >' x86_64
	fails 1 '>: give the name of exactly one file after > or >>' -c 'ptob 1 > ""' x86_64
	fails 1 '>: give the name of exactly one file after > or >>' -c 'ptob 1 > new 2' x86_64
	fails 1 '>: give the name of exactly one file after > or >>' -c 'ptob 1 > new | cat' x86_64
	fails 1 '>: give the name of exactly one file after > or >>' -c 'ptob 1 > "new' x86_64
	fails 1 '>: no/where: No such file' -c 'ptob 1 > no/where; ptob 1 >> no/where' x86_64
	[ "$(grep -c 'no/where' complaints)" = 2 ]
	fails 1 '>: /dev/null is not a regular file' -c 'ptob 1 > /dev/null' x86_64
	only 'new*'
	# The command is not run.
	[ "$(wc -l <output)" = 0 ]
	if [ -w /dev/full ]; then
		fails 1 '>: /dev/full: cannot write answers: No space' -c 'ptob 1 >> /dev/full; ptob 2' x86_64
		grep -q 2000 output
	fi
}

@test ">: a command that fails without an answer leaves the file as it was" {
	dump x86_64
	echo old >new
	for words in 'report > new' 'nosuch > new' 'ptob zz > new' 'ptob > new' 'ptob zz > none-new' 'ptob zz >> new'; do
		fails 1 'kwalk:' -q -c "$words" x86_64
		[ "$(cat new)" = old ]
		[ ! -e none-new ]
		only new
	done
	# A part of the answers, or a record, is written.
	fails 1 'zz' -q -c 'ptob zz; ptob 1 > new; ptob 2 zz > new2' x86_64
	grep -q 1000 new
	grep -q 2000 new2
	fails 1 'zz' -q -j -c 'ptob zz > new' x86_64
	grep -q '"status":"error"' new
	"$KWALK" -q -c 'annotate /dev/null > new' x86_64
	grep -q 'report' new
}

@test "no input is overwritten" {
	vmlinux 64
	dump x86_64
	cp x86_64 before
	ln x86_64 link
	ln -s x86_64 symbolic
	echo 'ptob 1 > script; ptob 1 >> script' >script
	"$KWALK" -q -c info x86_64 >note
	cp script script-before
	cp vmlinux vmlinux-before
	for name in x86_64 ./x86_64 link symbolic; do
		fails 1 "not overwritten" -c "ptob 1 > $name; ptob 1 >> $name; rd -p -8 -r $name 0" x86_64
		[ "$(grep -c 'not overwritten' complaints)" = 3 ]
	done
	fails 1 'vmlinux not overwritten' -c 'ptob 1 > vmlinux' vmlinux x86_64
	fails 1 'script is an input file of the command line' -x script x86_64
	# Also one that was found.
	mkdir found
	mv vmlinux found/vmlinux
	if KWALK_DEBUG_PATH=$PWD/found "$KWALK" -q -c info x86_64 | grep -q "^vmlinux .*found/vmlinux"; then
		KWALK_DEBUG_PATH=$PWD/found fails 1 'not overwritten' -c 'ptob 1 > found/vmlinux' x86_64
	fi
	cmp x86_64 before
	cmp script script-before
	cmp found/vmlinux vmlinux-before
}

# rights COMMAND...: the rights of what commands make of the dump, in the order of their names.
rights() {
	rm -f new-*
	"$KWALK" -q "$@" -c 'ptob 1 > new-1; ptob 1 >> new-2; rd -p -8 -r new-3 0; extract -l tables -w new-4 --manifest new-5
		report -w new-6' >/dev/null 2>complaints || [ $? = 1 ]
	stat -c %a new-* | tr '\n' ' '
}

@test "what is made of a private dump is private" {
	needs_part diff extract report
	dump x86_64
	vmlinux 64
	umask 022
	[ "$(rights x86_64)" = '644 644 644 644 644 644 ' ]
	umask 026
	[ "$(rights x86_64)" = '640 640 640 640 640 640 ' ]
	umask 022
	chmod 600 x86_64
	[ "$(rights vmlinux x86_64)" = '600 600 600 600 600 600 ' ]
	ln -s x86_64 link
	[ "$(rights link)" = '600 600 600 600 600 600 ' ]
	"$KWALK" -q -x <(echo 'ptob 1 > new-1') x86_64
	[ "$(stat -c %a new-1)" = 600 ]
	# A dump that its group may read gives files that only this group may read.
	chmod 640 x86_64
	[ "$(rights x86_64)" = '640 640 640 640 640 640 ' ]
	if chgrp 4711 x86_64 2>/dev/null; then
		[ "$(rights x86_64)" = '600 600 600 600 600 600 ' ]
		chmod 444 x86_64
		[ "$(rights x86_64)" = '644 644 644 644 644 644 ' ]
	fi
	# A private file that diff opens later, or that holds a part of memory.
	chmod 644 x86_64
	cp x86_64 other
	chmod 600 other
	rm -f new-*
	"$KWALK" -q -c 'ptob 1 > new-1; diff other > new-2; ptob 1 > new-3' x86_64 >/dev/null || [ $? = 1 ]
	[ "$(stat -c %a new-1 new-2 new-3 | tr '\n' ' ')" = '644 600 600 ' ]
	rm -f new-*
	"$KWALK" -q -c 'diff other >> new-1' x86_64 >/dev/null || [ $? = 1 ]
	[ "$(stat -c %a new-1)" = 600 ]
	head -c 8192 /dev/zero >raw
	chmod 600 raw
	"$KWALK" -q -o arch=x86_64 -c 'rd -p -8 -r new-8 0' raw@0 2>/dev/null || [ $? -le 2 ]
	[ ! -e new-8 ] || [ "$(stat -c %a new-8)" = 600 ]
	# One that is there keeps its rights, but for those that nobody has to the dump.
	chmod 600 x86_64
	touch new-9
	chmod 644 new-9
	"$KWALK" -q -c 'ptob 1 > new-9; ptob 1 >> new-9' x86_64
	[ "$(stat -c %a new-9)" = 600 ]
	chmod 644 x86_64 new-9
	"$KWALK" -q -c 'ptob 1 > new-9' x86_64
	[ "$(stat -c %a new-9)" = 644 ]
	# A program that runs as its owner is another one now.
	chmod 6755 new-9
	"$KWALK" -q -c 'ptob 1 > new-9' x86_64
	[ "$(stat -c %a new-9)" = 755 ]
}
