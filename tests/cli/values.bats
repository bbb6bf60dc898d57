#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Values of structs: struct, *, union, and a type alone. What the compiler put into vmlinux is what is
# expected.
load common

# samples: vmlinux with the types below, and the dump `samples` that holds the values.
samples() {
	local at=0x3000
	cat >more.c <<-'END'
	#define HERE __attribute__((used, section(".data"))) volatile
	typedef unsigned char u8;
	typedef unsigned long long u64;
	struct list_head { struct list_head *next, *prev; };
	enum level { LEVEL_LOW = -7, LEVEL_HIGH = 200 };
	struct inner { int a; struct { short low, high; } pair; };
	extern volatile struct sample one;
	int start_here(int x) { return x; }
	struct sample {
		char text[8];
		char full[4];
		char odd[4];
		const char *name;
		struct sample *self, *none, *poisoned;
		int (*call)(int);
		enum level level, strange;
		_Bool yes;
		signed char minus;
		unsigned int three : 3, twenty : 20;
		int negative : 5;
		u64 large;
		int numbers[6];
		u8 table[2][3];
		struct inner inners[2];
		union { unsigned int whole; struct { u8 first, second; }; };
		struct list_head empty, full_list;
		struct { int deep; struct inner deeper; } named;
		double half;
		int rest[];
	};
	HERE struct sample one = {
		"say \"x\"", "full", { 1, 2, 3, 4 }, (const char *)one.text + 1, (struct sample *)&one, 0, (void *)0xdead000000000100,
		start_here, LEVEL_HIGH, (enum level)3, 1, -3, 5, 0x12345, -2, 0xfedcba9876543210ull,
		{ 7, 0, 0, 0, 0, 0 }, { { 1, 2, 3 }, { 4, 5, 6 } }, { { 1, { 2, 3 } }, { 4, { 5, 6 } } }, { 0x0201 },
		{ (void *)&one.empty, (void *)&one.empty }, { (void *)0x10, (void *)0x20 }, { 9, { 8, { 7, 6 } } }, 0.5
	};
	HERE int many[300] = { 1, 2, 3 };
	struct broad { __int128 wide; double half; unsigned long last; };
	HERE struct broad broad = { ((__int128)1 << 64) + 2, 1.5, 3 };
	END
	MORE=more.c vmlinux 64
	rm -f data
	objcopy -O binary -j .data vmlinux data
	cat >content <<-END
	include $DUMPS/x86_64.txt
	$(od -An -v -tx8 -w8 -j $((at)) -N $((0x1000)) data | sed 's/^ */0x/' |
		awk -v at=$((at)) '{ printf "at text_phys+4M+%d: u64 %s\n", at + 8 * (NR - 1), $1 }')
	END
	describe samples <content
}

@test "a struct with members of every kind, as text" {
	samples
	"$KWALK" -q -c 'struct sample one' vmlinux samples | sed -E 's/0xffffffff8140[0-9a-f]{4} <one/HERE <one/g; s/0xffffffff81[0-9a-f]{6} <start_here>/CODE/' >text
	diff - text <<-'END'
	struct sample {
	  text = "say \"x\""
	  full = "full"
	  odd = {1, 2, 3, 4}
	  name = HERE <one+0x1> "ay \"x\""
	  self = HERE <one>
	  none = 0x0
	  poisoned = 0xdead000000000100 <LIST_POISON1>
	  call = CODE
	  level = LEVEL_HIGH
	  strange = 3
	  yes = true
	  minus = -3
	  three = 5
	  twenty = 74565
	  negative = -2
	  large = 18364758544493064720
	  numbers = {7, 0 <repeats 5 times>}
	  table = {{1, 2, 3}, {4, 5, 6}}
	  inners = {{a = 1, pair = {low = 2, high = 3}}, {a = 4, pair = {low = 5, high = 6}}}
	  {whole = 513, {first = 1, second = 2}}
	  empty = {next = HERE <one+0x88>, prev = HERE <one+0x88>} (empty)
	  full_list = {next = 0x10, prev = 0x20}
	  named = {deep = 9, deeper = {a = 8, pair = {low = 7, high = 6}}}
	  half = 0.5
	  rest = {}
	}
	END
}

@test "the same in records" {
	samples
	"$KWALK" -q -j -c 'struct sample one' vmlinux samples >answers
	json_hold 'it["type"] == "struct sample" and it["type_source"] == "DWARF" and it["address"].startswith("0x")' answers
	json_hold 'list(it["value"])[:8] == ["text", "full", "odd", "name", "self", "none", "poisoned", "call"]' answers
	json_hold '(lambda v: (v["text"], v["full"], v["odd"], v["none"], v["poisoned"], v["level"], v["strange"], v["yes"], v["minus"]) ==
		("say \"x\"", "full", [1, 2, 3, 4], "0x0", "0xdead000000000100", "LEVEL_HIGH", 3, True, -3))(it["value"])' answers
	json_hold '(lambda v: (v["three"], v["twenty"], v["negative"], v["large"], v["numbers"], v["table"]) ==
		(5, 74565, -2, 0xfedcba9876543210, [7, 0, 0, 0, 0, 0], [[1, 2, 3], [4, 5, 6]]))(it["value"])' answers
	json_hold '(lambda v: (v["inners"][1], v["whole"], v["first"], v["second"], v["named"], v["rest"], v["half"]) ==
		({"a": 4, "pair": {"low": 5, "high": 6}}, 513, 1, 2, {"deep": 9, "deeper": {"a": 8, "pair": {"low": 7, "high": 6}}}, [], "0.5"))(it["value"])' answers
	"$KWALK" -q --csv -c 'struct sample.twenty,yes one' vmlinux samples | tail -1 | grep -qF '"{""twenty"":74565,""yes"":true}"'
}

@test "members, paths, numbers of structs, and forms of numbers" {
	samples
	shown() { "$KWALK" -q -c "$1" vmlinux samples; }
	[ "$(shown 'struct sample.text,level one')" = $'  text = "say \\"x\\""\n  level = LEVEL_HIGH' ]
	[ "$(shown 'sample.named.deeper.pair.high one')" = '  named.deeper.pair.high = 6' ]
	[ "$(shown 'struct sample.inners[1].a,numbers[0] one')" = $'  inners[1].a = 4\n  numbers[0] = 7' ]
	[ "$(shown 'struct -x sample.twenty,minus,numbers one')" = $'  twenty = 0x12345\n  minus = 0xfd\n  numbers = {0x7, 0x0 <repeats 5 times>}' ]
	[ "$(shown 'struct sample.self->level one')" = '  self->level = LEVEL_HIGH' ]
	[ "$(shown 'struct inner.a (&one.inners[0]) 2')" = $'  a = 1\n  a = 4' ]
	[ "$(shown 'struct inner.a (&one.inners[1]) -2')" = $'  a = 1\n  a = 4' ]
	# container_of, by a member and by bytes
	[ "$(shown 'struct sample.level -l sample.empty (&one.empty)')" = '  level = LEVEL_HIGH' ]
	[ "$(shown 'struct sample.level -l 16 one+10')" = '  level = LEVEL_HIGH' ]
	shown 'struct -o inner (&one.inners[1])' >text
	diff - <(sed -E 's/^\[ffffffff8140[0-9a-f]{3}/[/' text) <<-'END'
	[8] struct inner {
	[8]   a = 4
	[c]   pair = {
	[c]     low = 5
	[e]     high = 6
	                     }
	                   }
	END
	for line in '*sample.yes one' 'sample.yes one' 'union sample.yes one'; do
		[ "$(shown "$line")" = '  yes = true' ]
	done
	# A type alone, with an address.
	[ "$(shown "list_head $(shown 'p &one.empty' | grep -oE 'ffffffff81[0-9a-f]+')" | head -1)" = 'struct list_head {' ]
	shown 'p (struct sample *)0xdead000000000108' | grep -q ' 0xdead000000000108 <LIST_POISON1+0x8>$'
	shown 'p (struct sample *)-22' | grep -q ' 0xffffffffffffffea <EINVAL>$'
	shown 'p (many)' | grep -qF '0 <repeats 197 times>, ... 100 more'
	"$KWALK" -q -j -c 'p (many)' vmlinux samples >answers
	json_hold 'len(it["value"]) == 300' answers
}

@test "an integer of 128 bits, and a struct at the end of memory" {
	samples
	[ "$("$KWALK" -q -c 'struct broad.wide,half broad' vmlinux samples)" = $'  wide = 0x10000000000000002\n  half = 1.5' ]
	"$KWALK" -q -j -c 'struct broad broad' vmlinux samples | json_hold 'it["value"] == {"wide": "0x10000000000000002", "half": "1.5", "last": 3}'
	# The last 16 bytes of memory, and the 16 bytes after it.
	"$KWALK" -q -j -c 'struct broad ffff888001fffff0' vmlinux samples >answers 2>complaints || [ $? = 1 ]
	complains @line 'struct: broad:' ffff888002000000
	json_hold 'it["value"] == {"wide": "0x0", "half": None, "last": None, "unreadable": it["value"]["unreadable"]}' answers
	"$KWALK" -q -c 'struct broad ffff888001fffff0' vmlinux samples >text 2>complaints || [ $? = 1 ]
	grep -qx '  wide = 0x0' text
	grep -qE '^  half = <unreadable: .*ffff888002000000' text
}

@test "the nearest member is suggested" {
	samples
	fails 1 @unknown 'sample.levl levl level?' -q -c 'sample.levl one' vmlinux samples
	fails 1 @unknown 'one.inners[0].pair.hihg hihg high?' -q -c 'p one.inners[0].pair.hihg' vmlinux samples
	fails 1 @unknown 'one.seconb seconb second?' -q -c 'whatis one.seconb' vmlinux samples
}

@test "whatis: the type of a variable, or of an expression" {
	samples
	answers vmlinux samples 'whatis broad one.numbers one.self->named.deeper one.yes' <<-'END'
	broad as=virtual c_type="~struct broad"
	one.numbers as=virtual c_type="int [6]"
	one.self->named.deeper as=virtual c_type="struct inner"
	one.yes as=virtual c_type=~ool
	END
	"$KWALK" -q -c 'whatis one.numbers' vmlinux samples | grep -qx '  TYPE: int \[6\]'
	answers vmlinux samples 'whatis ffffffff81002000 schedule' <<-'END'
	ffffffff81002000 c_type=-
	schedule c_type=-
	END
}

@test "what is not in the dump, and what does not exist" {
	samples
	# Half of the struct is beyond the image's memory.
	fails 1 @unreadable 'sample ffff888010000000' -q -c 'struct sample ffff888010000000' vmlinux samples
	"$KWALK" -q -j -c 'struct sample.text,level,numbers ffff888010000000' vmlinux samples >answers 2>complaints || [ $? = 1 ]
	json_hold 'it["value"]["text"] is None and it["value"]["level"] is None and "is not" in it["value"]["unreadable"]' answers
	complains @line 'struct: sample.text,level,numbers:'
	fails 1 @unknown 'sample.nothing struct sample has no member' -q -c 'struct sample.nothing one' vmlinux samples
	fails 1 @unknown nothing -q -c 'struct nothing one' vmlinux samples
	fails 1 @unknown 'nowhere' -q -c 'struct sample nowhere' vmlinux samples
	fails 1 @usage 'a index' -q -c 'struct sample.numbers[x] one' vmlinux samples
	fails 1 @usage 'element 6' -q -c 'struct sample.numbers[6] one' vmlinux samples
	"$KWALK" -q -c 'struct sample.none->level one' vmlinux samples 2>&1 | grep -q 'a pointer before it is NULL'
}

@test "names and types that lie" {
	samples
	python3 - <<-'END'
	import struct
	strings, types = b"\0", []
	def name(text):
	    global strings
	    at = len(strings)
	    strings += text + b"\0"
	    return at
	def add(kind, value, text=b"", nr=0, more=b"", flag=0):
	    types.append(struct.pack("<III", name(text) if text else 0, flag << 31 | kind << 24 | nr, value & 0xffffffff) + more)
	    return len(types)
	long = add(1, 8, b"long unsigned int", more=struct.pack("<I", 64))
	byte = add(1, 1, b"char", more=struct.pack("<I", 8))
	def members(*list):
	    return b"".join(struct.pack("<III", name(text), type, at) for text, type, at in list)
	own = len(types) + 1
	add(4, 8, b"itself", 1, members((b"again", own, 0)))
	add(4, 8, b"quotes", 3, members((b'a"b\\\n', byte, 0), (b"x" * 300, byte, 8), (b"\xff\xfe", byte, 16)))
	huge = add(3, 0, more=struct.pack("<III", long, long, 0xffffffff))
	huger = add(3, 0, more=struct.pack("<III", huge, long, 0xffffffff))
	add(4, 8, b"wide", 3, members((b"huge", huge, 0), (b"huger", huger, 0), (b"far", long, 0xffffffff)))
	add(4, 8, b"bits", 1, members((b"all", long, 255 << 24 | 0xffffff)), flag=1)
	# 12 structs without a name in each other, each with 8 members of the next
	fan = add(4, 8, b"", 1, members((b"leaf", long, 0)))
	for level in range(12):
	    fan = add(4, 8, b"fan" if level == 11 else b"", 8, members(*[(b"", fan, 0)] * 8))
	loop = len(types) + 1
	add(8, loop, b"loop_t")
	add(4, 8, b"loops", 2, members((b"a", loop, 0), (b"b", 0xffffff, 0)))
	body = b"".join(types)
	with open("lies", "wb") as file:
	    file.write(struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(body), len(body), len(strings)) + body + strings)
	END
	objcopy --strip-debug --add-section .BTF=lies vmlinux with-lies
	local type
	for type in itself quotes wide bits loops fan; do
		patiently "$KWALK" -q -j -c "struct $type one; struct $type.nothing one; struct $type; struct -o $type; p *(struct $type *)&one" with-lies samples >output 2>complaints || [ $? = 1 ]
		json_hold 'True' output
		patiently "$KWALK" -q -c "struct $type one; p *(struct $type *)&one" with-lies samples >text 2>complaints || [ $? = 1 ]
		! LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f-\xff]' text || return 1
	done
}

@test "BTF that does not show signs, of older releases of pahole" {
	samples
	cat >signs.py <<-'END'
	import struct, sys
	strings = b"\0long unsigned int\0char\0signed char\0signs\0s\0c\0e\0low\0LOW\0other\0NONE\0"
	def name(text):
	    return strings.index(b"\0" + text + b"\0") + 1
	types = b"".join(struct.pack("<IIII", name(text), 1 << 24, size, 8 * size)
	                 for text, size in ((b"long unsigned int", 8), (b"char", 1), (b"signed char", 1)))
	types += struct.pack("<III9I", name(b"signs"), 4 << 24 | 3, 4, name(b"e"), 5, 0, name(b"s"), 3, 16, name(b"c"), 2, 24)
	types += struct.pack("<IIIIi", name(b"low"), 6 << 24 | 1, 4, name(b"LOW"), -2)
	types += struct.pack("<IIIIi", name(b"other"), int(sys.argv[1]) << 31 | 6 << 24 | 1, 4, name(b"NONE"), -1)
	with open("signs", "wb") as file:
	    file.write(struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(types), len(types), len(strings)) + types + strings)
	END
	# In `one` a pointer is LIST_POISON1: the words 0x100 and 0xdead0000. Only since 6.2 is char always unsigned. If an
	# enum has the flag, all enums without it are unsigned.
	for row in "5.10.0 0" "6.2.0 0" "5.10.0 1"; do
		MORE=more.c vmlinux 64 "${row% *}"
		printf 'note VMCOREINFO\n  OSRELEASE=%s\nend\n' "${row% *}" | cat content - | describe dated
		python3 signs.py "${row#* }"
		objcopy --strip-debug --add-section .BTF=signs vmlinux with-signs
		"$KWALK" -q -j -c 'struct signs one+2c; p ((struct signs *)((unsigned long)&one + 0x2c))->c + 0; p LOW + (long)0; enum low' \
			with-signs dated | json_values 'it["value"]'
	done >values
	diff - values <<-'END'
	{"c":-34,"e":-559087616,"s":-83}
	-34
	-2
	-2
	{"c":222,"e":-559087616,"s":-83}
	222
	-2
	-2
	{"c":-34,"e":3735879680,"s":-83}
	-34
	4294967294
	4294967294
	END
}
