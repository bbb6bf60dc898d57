#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Listings. crash gave the same rows for dumps of real kernels: tests/real/listings.py.
bats_require_minimum_version 1.5.0
load common

# A kernel with four boxes from 0x50000 on, 0x100 bytes apart, in a list whose head is box_list. The second
# contains two coins, which are a chain.
boxes() {
	cat >boxes.c <<-'END'
	struct list_head { struct list_head *next, *prev; };
	struct rb_node { unsigned long __rb_parent_color; struct rb_node *rb_right, *rb_left; };
	struct rb_root { struct rb_node *rb_node; };
	struct coin { struct coin *next; int worth; };
	struct owner { char name[8]; };
	enum colour { RED, GREEN, BLUE };
	struct box {
		int id;
		enum colour colour;
		const char *label;
		struct list_head link;
		struct coin *coins;
		struct owner *owner;
		short numbers[3];
		void (*open)(void);
	};
	void look(void) { __asm__ volatile("nop"); }
	struct box some_box;
	struct rb_node some_node;
	struct rb_root some_root;
	struct coin some_coin;
	struct box *pointers[4] = { (void *)1 };
	struct list_head box_list = { (void *)1 };
	END
	MORE=$PWD/boxes.c vmlinux 64
	local name
	for name in box_list pointers; do
		printf 'let %s 0x%s-0xffffffff81000000+text_phys\n' "$name" "$(nm vmlinux | sed -n "s/ . $name\$//p")"
	done >symbols.inc
	cat >>symbols.inc <<-'END'
	let boxes 0x4f000
	let b0 0x50000
	let b1 0x50100
	let b2 0x50200
	at b0: u32 10 0 u64 d+0x50500 d+b1+16 d+boxes 0 0 u16 1 2 3
	at b1: u32 11 2 u64 d+0x50510 d+b2+16 d+b0+16 d+0x50600 d+0x50700 u16 4 5 6
	at b2: u32 0xffffffff 7 u64 0 d+boxes d+b1+16 0 d+0x1234567890 u16 7 8 9
	at boxes: u64 d+b0+16 d+b2+16
	at 0x50500: str "first"
	at 0x50510: str "second"
	at 0x50600: u64 d+0x50620 u32 1
	at 0x50620: u64 0 u32 2
	at 0x50700: str "carol"
	at pointers: u64 0 d+b1 0 d+b0
	END
}

# made NAME: a dump with the boxes, and the lines of standard input.
made() {
	[ -e boxes.c ] || boxes
	describe "$1" <<-END
	include $DUMPS/x86_64-pages.txt
	$(cat symbols.inc -)
	END
}

# rows NAME: the rows of the listing "mine" of the file "listings", without the fields of all answers.
rows() {
	run "$KWALK" -q -j --listings listings vmlinux "$1" -c 'listing mine'
	sed 's/"command":"mine","status":"ok",//; s/"command":"listing",//' <<<"$output"
}

# is NAME ROWS
is() {
	[ "$(rows "$1")" = "$2" ] || {
		rows "$1"
		return 1
	}
}

HEAD=ffff88800004f000

@test "a list, and each kind of column" {
	made good </dev/null
	cat >listings <<-END
	# boxes
	listing mine what is in the boxes
	  each box list (struct list_head *)0x$HEAD, box.link
	  column box address \$box
	  column tag_id value \$box.id
	  column id_hex hex (unsigned char)\$box.id
	  column mode octal \$box.id
	  column colour value \$box.colour
	  column label text \$box.label
	  column owner value \$box.owner->name
	  column sum value \$box.numbers[0] + \$box.numbers[1]
	END
	is good '{"box":"0xffff888000050000","tag_id":10,"id_hex":"0xa","mode":"12","colour":"RED","label":"first","sum":3}
{"box":"0xffff888000050100","tag_id":11,"id_hex":"0xb","mode":"13","colour":"BLUE","label":"second","owner":"carol","sum":9}
{"box":"0xffff888000050200","tag_id":-1,"id_hex":"0xff","mode":"37777777777","colour":7,"owner":null,"sum":15,"unreadable":"ffff889234567890 is not mapped"}
kwalk: listing: owner: ffff889234567890 is not mapped'
	"$KWALK" -q --listings listings vmlinux good -c 'listing mine' 2>errors |
		grep -qxE 'ffff888000050000 +10 +a +12 +RED +first +- +3'
}

@test "steps within steps, rows without elements, and indices" {
	made good </dev/null
	cat >listings <<-END
	listing mine coins
	each box array (struct box **)&pointers, 4
	with coin chain \$box->coins, coin.next
	column slot value \$box_nr
	column tag_id value \$box->id
	column worth value \$coin.worth
	END
	is good '{"slot":1,"tag_id":11,"worth":1}
{"slot":1,"tag_id":11,"worth":2}
{"slot":3,"tag_id":10}'
	cat >listings <<-END
	listing mine numbers
	takes box struct box
	each number array \$box.numbers
	column at value \$number_nr
	column number value \$number
	END
	run "$KWALK" -q --csv --listings listings vmlinux good -c "listing mine ffff888000050100"
	[ "${lines[2]}" = "mine,ok,1,5" ]
	[ "$("$KWALK" -q --csv --listings listings vmlinux good -c "mine ffff888000050100")" = "$output" ]
	fails 1 @usage mine --listings listings vmlinux good -c "listing mine"
	# what has no elements is no empty array
	sed -i 's/array .*/array $box.id/' listings
	fails 1 @usage elements --listings listings vmlinux good -c "listing mine ffff888000050100"
	sed -i 's/array .*/array $box.label/' listings
	fails 1 @usage pointer --listings listings vmlinux good -c "listing mine ffff888000050100"
}

@test "a sum over the CPUs, a mask of CPUs, and the last of enumerators that are equal" {
	cat >more.c <<-END
	enum item { BASE, FIRST = BASE, SECOND };
	enum item some_item;
	struct cpumask { unsigned long bits[1]; } some_mask;
	END
	export X86_CC="${X86_CC:-cc} -DTIMES"
	MORE=$PWD/more.c vmlinux 64
	describe good <<-END
	include $DUMPS/x86_64-tasks.txt
	at cpu0+0x300: u64 0 init_task 0 5000000000
	at cpu1+0x300: u64 0 0 0 4000000000
	at 0x51000: u64 0x6 0xff
	END
	cat >listings <<-END
	listing mine clocks
	each clock sum runqueues:0.clock
	column clock value \$clock
	column both cpus &__cpu_possible_mask
	column one cpus (struct cpumask *)0xffff888000051000
	column item value (enum item)(\$clock - \$clock)
	END
	is good '{"clock":9000000000,"both":"0-1","one":"1","item":"FIRST"}'
}

@test "numbers that differ from their witness, and addresses where no function begins" {
	made good </dev/null
	cat >listings <<-END
	listing mine what is in the boxes
	each box list (struct list_head *)0x$HEAD, box.link
	column tag_id value \$box.id, \$box.colour + 10, \$box.nothing
	column owner value \$box.owner->name
	END
	# the second has the colour 2, the third 7
	is good '{"tag_id":10}
{"tag_id":11,"owner":"carol","message":"$box.id is 11, but $box.colour + 10 is 12: one of both is damaged","error":"format"}
kwalk: listing: tag_id: $box.id is 11, but $box.colour + 10 is 12: one of both is damaged
{"tag_id":-1,"owner":null,"unreadable":"ffff889234567890 is not mapped","message":"$box.id is -1, but $box.colour + 10 is 17: one of both is damaged","error":"format"}
kwalk: listing: tag_id: $box.id is -1, but $box.colour + 10 is 17: one of both is damaged
kwalk: listing: owner: ffff889234567890 is not mapped'
	cat >listings <<-END
	listing mine texts
	each box list (struct list_head *)0x$HEAD, box.link
	column label text \$box.label, \$box.owner->name
	END
	is good '{"label":"first"}
{"label":"second","message":"$box.label is second, but $box.owner->name is carol: one of both is damaged","error":"format"}
kwalk: listing: label: $box.label is second, but $box.owner->name is carol: one of both is damaged
{"command":"mine","status":"ok"}'
	# the start of a function, its second byte, data, NULL, memory that cannot be executed, none at all
	local address text
	for text in look:0 look:1 box_list:0; do
		address=$(nm vmlinux | sed -n "s/^\([0-9a-f]*\) . ${text%:*}\$/\1/p")
		printf '%s\n' "$((0x$address + ${text#*:}))"
	done >addresses
	printf '%s\n' 0 $((0x$HEAD)) $((0xffff889234567890)) >>addresses
	local said=''
	while read -r address; do
		printf 'listing mine an address\neach value of %s\ncolumn at function $value\n' "(void *)${address}" >listings
		"$KWALK" -q -j --listings listings vmlinux good -c 'listing mine' >answer 2>errors || :
		said+=$(sed -n 's/.*"message":"no \([a-z]*\).*/\1/p' answer)/
	done <addresses
	[ "$said" = /function/function/code/code/code/ ] || {
		echo "$said"
		return 1
	}
}

@test "alternatives of steps, parts and columns: the first that exists" {
	made good </dev/null
	cat >listings <<-END
	listing mine alternatives
	part first
	each box list &no_such_variable, box.link
	or
	each box list (struct list_head *)0x$HEAD, box.no_such_member
	or
	each box list (struct list_head *)0x$HEAD, box.link
	or
	each box of (struct box *)0x$HEAD
	part second
	each box of (struct box *)0xffff888000050100, (struct box *)0xffff888000050000
	column part part
	column tag_id value \$box->tag
	column tag_id value \$box->id
	column tag value \$box->tag
	column tag none
	END
	is good '{"part":"first","tag_id":10}
{"part":"first","tag_id":11}
{"part":"first","tag_id":-1}
{"part":"second","tag_id":11}
{"part":"second","tag_id":10}'
	printf '%s\n' 'listing mine boxes' 'each box of no_1' or 'each box of no_2' 'column tag_id value $box' >listings
	fails 1 @unknown no_2 --listings listings vmlinux good -c 'listing mine'
	fails 1 @unknown init_pid_ns vmlinux good -c mount
}

@test "a damaged list ends with an error, and the rows before stay" {
	made damaged <<<"at b1+16: u64 d+0x77777777 d+b0+16"
	printf '%s\n' 'listing mine boxes' "each box list (struct list_head *)0x$HEAD, box.link" 'column tag_id value $box.id' >listings
	[ "$(rows damaged | head -1)" = '{"tag_id":10}' ]
	rows damaged | grep -q 'the list is damaged after the element ffff888000050100, number 2'
	made loop <<<"at b2+16: u64 d+b0+16 d+b1+16"
	[ "$(rows loop | grep -c '"tag_id"')" = 3 ]
	rows loop | grep -q 'ffff888000050010'
}

# wrong LINE WORD...: a file that is wrong in this line, which the error names beside the word.
wrong() {
	cat >listings
	run "$KWALK" -q --listings listings vmlinux good -c 'listing mine'
	[ "$status" = 1 ]
	[[ ${lines[0]} == *" listings:$1: "*"$2"* ]]
}

@test "errors of a file name the line" {
	made good </dev/null
	wrong 1 each <<<'each box of 1'
	wrong 1 Mine <<<'listing Mine boxes'
	wrong 1 SUMMARY <<<'listing mine'
	wrong 3 lots <<<$'listing mine boxes\n\neach bux lots 1'
	wrong 2 'known are of cpu array' <<<$'listing mine boxes\neach box lots 1'
	wrong 2 'takes 2 expr' <<<$'listing mine boxes\neach box list 1'
	wrong 2 expression <<<$'listing mine boxes\neach box list 1, '
	wrong 2 list <<<$'listing mine boxes\neach box list 1'
	wrong 2 '$bux' <<<$'listing mine boxes\neach box list $bux, box.link'
	wrong 3 kind <<<$'listing mine boxes\neach box of 1\ncolumn tag_id values $box'
	wrong 3 '"id"' <<<$'listing mine boxes\neach box of 1\ncolumn id value 1'
	wrong 1 mine <<<$'listing mine boxes\neach box of 1\n'
	wrong 5 there <<<$'listing mine boxes\neach box of 1\ncolumn a value 1\ncolumn b value 1\ncolumn a value 1'
	wrong 2 expected <<<$'listing mine boxes\neach box of 1 1\ncolumn tag_id value $box'
	# the listings of kwalk stay
	run "$KWALK" -q --listings listings vmlinux good -c 'listing' 
	[[ $output == *mount* ]]
}

@test "which file is read" {
	made good </dev/null
	mkdir -p config/kwalk
	printf '%s\n' 'listing mine boxes' 'each box of 1' 'column tag_id value $box' >config/kwalk/listings
	export XDG_CONFIG_HOME=$PWD/config
	if [ "$(id -u)" = 0 ]; then
		fails 1 @unknown mine vmlinux good -c 'listing mine'
		# the rest as another user, who can open the files of this test; no leaks can be looked for then
		user=(env ASAN_OPTIONS=detect_leaks=0 setpriv --euid=1 --clear-groups "--inh-caps=+dac_override,+dac_read_search"
			"--ambient-caps=+dac_override,+dac_read_search")
	else
		user=()
	fi
	ln -s "$KWALK" kwalk-crash
	"${user[@]}" "$KWALK" -q -c 'listing mine' vmlinux good
	run -1 "${user[@]}" "$KWALK" -q --no-files -c 'listing mine' vmlinux good
	run -0 "${user[@]}" ./kwalk-crash -s vmlinux good <<<$'listing mine\nquit'
	[[ $output == "kwalk: listing: "*mine* && $output != *TAG_ID* ]]
	run -0 "${user[@]}" ./kwalk-crash -s vmlinux good <<<$'listing\nquit'
	[[ $output == *mount* && $output != *mine* ]]
	fails 2 @system none --listings none vmlinux good -c 'listing mine'
	fails 2 @system /dev/null --listings /dev/null vmlinux good -c 'listing mine'
}

# The program's own listing, with types of this test: two tasks wait on each queue, and one of the three runs.
@test "runq: the task that runs stands once" {
	cat >queues.c <<-'END'
	struct list_head { struct list_head *next, *prev; };
	struct queued {
		int pid, prio, on_cpu;
		char comm[4];
		struct { struct list_head group_node; } se;
		struct { struct list_head run_list; } rt;
	};
	struct queues {
		struct queued *curr;
		struct list_head cfs_tasks;
		struct { struct { struct list_head queue[1]; } active; } rt;
	};
	struct queued some_task;
	struct queues some_queues;
	END
	MORE=$PWD/queues.c vmlinux 64
	sed -n '/^listing runq/,/^$/p' "$BATS_TEST_DIRNAME/../../src/listing/listings.txt" |
		sed '/^column cpu/d; s/^listing runq/listing mine/; s/rq cpu runqueues/rq of *(struct queues *)0xffff888000050000/
			s/task_struct/queued/g' >listings
	describe queues <<-END
	include $DUMPS/x86_64-pages.txt
	let one 0x50100
	let two 0x50200
	let wait_fair 0x50008
	let wait_real 0x50018
	at 0x50000: u64 d+one d+one+16 d+two+16 d+one+32 d+two+32
	at one: u32 7 120 1 u8 97 0 0 0 u64 d+two+16 d+wait_fair d+two+32 d+wait_real
	at two: u32 8 120 0 u8 98 0 0 0 u64 d+wait_fair d+one+16 d+wait_real d+one+32
	END
	"$KWALK" -q -j --listings listings vmlinux queues -c 'listing mine' | json_values 'it["queue"], it["pid"]' >rows
	printf '["%s",%s]\n' curr 7 rt 8 cfs 8 | diff - rows
}

@test "a listing needs the types that it names, and no others" {
	echo 'struct item { struct item *next; int number; } only;' >items.c
	btf_of items.c
	vmlinux 64
	objcopy --strip-debug --add-section .BTF=btf vmlinux with-btf
	cat >listings <<-'END'
	listing items items
	each item chain (struct item *)0xffff888000050000, item.next
	column number value $item.number
	END
	describe items <<-END
	include $DUMPS/x86_64-pages.txt
	at 0x50000: u64 d+0x50100 u32 7
	at 0x50100: u64 0 u32 8
	END
	answers --listings listings with-btf items 'listing items' <<-'END'
	* number=7
	* number=8
	END
	objcopy --strip-debug vmlinux bare
	fails 1 'types vmlinux debug' -q bare items -c 'listing chrdevs'
}

@test "help names a listing, which is a command" {
	dump x86_64
	answers x86_64 'help chrdevs' <<<'chrdevs name=chrdevs summary="character devices"'
	"$KWALK" -q -c 'help chrdevs' x86_64 | grep -x 'chrdevs: character devices. It is a listing: see "help listing".'
	fails 1 @usage nothing-such -q -c 'help nothing-such' x86_64
}
