#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Values of variables, by their types. What the compiler put into vmlinux is what is expected.
load common

# variables BITS [DEBUG]: vmlinux with the variables below, and a dump that holds their initial values.
variables() {
	local at=0x3000
	cat >more.c <<-'END'
	#define HERE __attribute__((used, section(".data"))) volatile
	typedef unsigned char u8;
	typedef signed char s8;
	typedef unsigned long long u64;
	typedef u64 counter_t;
	enum mode { MODE_OFF = -1, MODE_ON = 1, MODE_AUTO };
	struct item { int a, b; };
	union both { int a; char b[8]; };
	HERE unsigned long v_long = 123456;
	HERE int v_int = -5;
	HERE s8 v_s8 = -128;
	HERE u8 v_u8 = 200;
	HERE unsigned short v_short = 65535;
	HERE counter_t v_u64 = 0xfedcba9876543210ull;
	HERE long long v_s64 = -9000000000000000000ll;
	HERE _Bool v_yes = 1, v_no = 0;
	HERE enum mode v_mode = MODE_AUTO, v_off = MODE_OFF, v_odd = (enum mode)7;
	HERE char v_char = 'a';
	HERE signed char v_signed_char = -56;
	HERE char v_name[16] = "kwalk\tand more";
	HERE char v_names[3][8] = { "one", "", "unending" };
	const char *HERE v_text = (const char *)0x1234;
	int (*HERE v_call)(int) = (void *)0x5678;
	struct item *HERE v_item = (void *)0x1000;
	HERE int v_row[4] = { 1, -2, 3, 3 };
	HERE u8 v_table[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
	HERE enum mode v_modes[2] = { MODE_ON, MODE_OFF };
	HERE _Bool v_bools[3] = { 1, 0, 1 };
	void *HERE v_pointers[2] = { (void *)16, 0 };
	HERE struct item v_struct = { 1, 2 };
	HERE union both v_union = { 5 };
	HERE struct item v_structs[2];
	HERE double v_double = 1.0;
	u8 v_long_row[20000];
	extern char v_full[];
	/* Defined by assembly, or not to the end: a declaration has the type. */
	extern short by_assembly;
	extern const char v_banner[];
	extern _Bool v_wild;
	__asm__(".data\n.globl by_assembly\n.type by_assembly, @object\n.size by_assembly, 2\nby_assembly: .short -3\n"
		".globl v_banner\n.type v_banner, @object\n.size v_banner, 13\nv_banner: .asciz \"one\\ntwo more\"\n"
		".globl v_wild\n.type v_wild, @object\n.size v_wild, 1\nv_wild: .byte 2\n"
		/* A marker is not what begins there. */
		".globl marker\n.set marker, v_long\n"
		/* Text without an end. */
		".globl v_full\n.type v_full, @object\n.size v_full, 20000\n.set v_full, 0xffffffff81300000\n.text");
	/* As jiffies, which the linker puts where jiffies_64 is. */
	extern unsigned long alias;
	__asm__(".globl alias\n.set alias, v_u64");
	extern int untyped;
	__asm__(".data\n.globl untyped\n.type untyped, @object\n.size untyped, 3\nuntyped: .byte 1, 2, 255\n"
		".globl unsized\nunsized: .byte 9\n.text");
	unsigned long use_alias(void) { return alias + by_assembly + v_banner[0] + v_wild + (unsigned long)v_full; }
	END
	MORE=more.c DEBUG=${2:--g} vmlinux "$1"
	[ "$1" = 64 ] || return 0
	rm -f data
	objcopy -O binary -j .data vmlinux data
	describe variables <<-END
	include $DUMPS/x86_64.txt
	at text_phys+3M: fill 20000 0x78
	$(od -An -v -tx8 -w8 -j $((at)) -N $((0x1000)) data | sed 's/^ */0x/' |
		awk -v at=$((at)) '{ printf "at text_phys+4M+%d: u64 %s\n", at + 8 * (NR - 1), $1 }')
	END
}

# values FILE...: each variable's value and type. In BTF, gcc 16 writes the type _Bool as bool.
values() {
	answers "$@" 'p v_long v_int v_s8 v_u8 v_short v_u64 v_s64 v_yes v_no v_mode v_off v_odd v_char v_name v_text v_call v_item v_row v_table v_modes v_bools v_pointers' <<-'END'
	v_long name=v_long expression=v_long value=123456 size=8
	v_int value=-5 type=~int size=4
	v_s8 value=-128 type=~s8
	v_u8 value=200 type=~u8
	v_short value=65535
	v_u64 value=18364758544493064720 type=~counter_t
	v_s64 value=-9000000000000000000
	v_yes value=true type=~ool size=1
	v_no value=false
	v_mode value=MODE_AUTO type="~enum mode"
	v_off value=MODE_OFF
	v_odd value=7
	v_char value=97 type=~char
	v_name value="~kwalk" type="~char [16]" size=16
	v_text value=0x1234 type="const char *volatile"
	v_call value=0x5678 type="~int (*"
	v_item value=0x1000 type="~struct item *"
	v_row value.0=1 value.1=-2 value.3=3 value.#=4 type="~int [4]"
	v_table type="~u8 ["
	v_modes value.0=MODE_ON value.1=MODE_OFF
	v_bools value.0=true value.1=false value.2=true
	v_pointers value.0=0x10 value.1=0x0
	END
}

@test "integers, pointers, enums, bools, characters, and arrays of them: DWARF" {
	variables 64
	values vmlinux variables
	answers vmlinux variables 'px v_long' <<<'v_long command=p value=123456'
	"$KWALK" -q -c 'px v_long' vmlinux variables | grep -qE ' 0x1e240$'
	# GCC's BTF had the dimensions in reverse, until 14.
	answers vmlinux variables 'p v_table' <<<'v_table value.#=2 value.1.2=6'
	answers vmlinux variables 'p v_names' <<<'v_names value.#=3 value.0=one value.1= value.2=unending size=24'
	answers vmlinux variables 'p v_signed_char marker' <<-'END'
	v_signed_char value=-56 type="~signed char"
	marker type=- value=123456 size=8
	END
	"$KWALK" -q -c 'p v_row v_long v_off v_name v_pointers' vmlinux variables >text
	grep -qxF 'v_row = {1, -2, 3, 3}' text
	grep -qE ' 123456 \(0x1e240\)$' text
	grep -qE '^v_off +volatile enum mode +[0-9a-f]{16} +MODE_OFF$' text
	grep -qxF 'v_pointers = {0x10, 0x0}' text
	"$KWALK" -q -c 'p v_names' vmlinux variables | grep -qxF 'v_names = {"one", "", "unending"}'
}

@test "gdb shows the same" {
	needs gdb
	variables 64
	gdb -nx -batch -ex 'p v_long' -ex 'p v_int' -ex 'p v_mode' -ex 'p v_s8' -ex 'p v_s64' -ex 'p v_no' -ex 'p v_u64' vmlinux |
		sed "s/^\$[0-9]* = //; s/ '.*//" >of-gdb
	"$KWALK" -q -j -c 'p v_long v_int v_mode v_s8 v_s64 v_no v_u64' vmlinux variables |
		python3 -c 'import json, sys; [print({True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value) for value in (json.loads(line)["value"] for line in sys.stdin)]' >of-kwalk
	[ "$(wc -l <of-kwalk)" = 7 ]
	diff of-gdb of-kwalk
}

@test "gdb and kwalk show the same structs" {
	needs gdb
	variables 64
	gdb -nx -batch -ex 'p v_struct' -ex 'p v_structs' vmlinux | sed 's/^\$[0-9]* = //' >of-gdb
	"$KWALK" -q -c 'p v_struct v_structs' vmlinux variables | sed 's/^[a-z_]* = //' >of-kwalk
	[ "$(wc -l <of-kwalk)" = 2 ]
	diff of-gdb of-kwalk
}

@test "the same by BTF" {
	variables 64
	btf_of more.c
	objcopy --strip-debug --add-section .BTF=btf vmlinux with-btf
	values with-btf variables
	# As a kernel's BTF, which has few variables: DWARF has the others.
	echo 'struct item { int a, b; } only;' >few.c
	btf_of few.c
	objcopy --add-section .BTF=btf vmlinux with-both
	values with-both variables
	# Another size is another variable of that name.
	echo 'char v_long; int v_int;' >other.c
	btf_of other.c
	objcopy --strip-debug --add-section .BTF=btf vmlinux with-other
	answers with-other variables 'p v_long v_int' <<-'END'
	v_long value=123456 type=-
	v_int value=-5 type=int
	END
}

@test "rd: a variable alone has its type and value, too; scripts get the memory alone" {
	variables 64
	answers vmlinux variables 'rd v_int; rd v_mode; rd v_row; rd v_struct; rd v_int 1; rd -32 v_int; rd v_int+0; rd schedule' <<-'END'
	v_int width=64 values.#=1 name=v_int value=-5 type=~int
	v_mode value=MODE_AUTO
	v_row value.#=4
	v_struct values.#=1 name=- type=- value=-
	v_int values.#=1 type=-
	v_int width=32 values.0=0xfffffffb value=-
	v_int+0 values.#=1 value=-
	schedule values.#=1 value=-
	END
	"$KWALK" -q -c 'rd v_int; rd v_name' vmlinux variables >text
	grep -qE '^[0-9a-f]{16}: +[0-9a-f]{8}fffffffb  .*  volatile int: -5$' text
	grep -qE '  volatile char \[16\]: "kwalk' text
	echo 'rd v_int' >script
	"$KWALK" -q -x script vmlinux variables >text
	"$KWALK" -q vmlinux variables <script | cmp - text
	"$KWALK" -q -c 'rd -64 v_int' vmlinux variables | cmp - text
	"$KWALK" -q -j -x script vmlinux variables >of-script
	echo '{"id":1,"command":"rd v_int"}' | "$KWALK" -q -j vmlinux variables | head -n 1 |
		sed 's/"id":1,//' | cmp - of-script
	json_hold 'list(it) == ["command", "input", "status", "address", "width", "values"]' of-script
}

@test "types that lie: cycles, sizes, counts and ids" {
	variables 64
	python3 - <<-'END'
	import struct
	strings, types, names = b"\0", [], {}
	def name(text):
	    global strings
	    if text not in names:
	        names[text] = len(strings)
	        strings += text.encode() + b"\0"
	    return names[text]
	def add(kind, value, text="", nr=0, more=b"", flag=0):
	    types.append(struct.pack("<III", name(text) if text else 0, flag << 31 | kind << 24 | nr, value & 0xffffffff) + more)
	    return len(types)
	INT, PTR, ARRAY, STRUCT, ENUM, FUNC_PROTO, TYPEDEF, CONST, VAR, FLOAT = 1, 2, 3, 4, 6, 13, 8, 10, 14, 16
	def array(of, count):
	    return add(ARRAY, 0, more=struct.pack("<III", of, 1, count & 0xffffffff))
	def own():
	    return len(types) + 1
	add(INT, 8, "long unsigned int", more=struct.pack("<I", 64))
	byte, sized = add(INT, 1, "char", more=struct.pack("<I", 8)), {}
	for size in 0, 3, 16, 255, 1 << 31:
	    sized[size] = add(INT, size, f"int{size}", more=struct.pack("<I", 1 << 24 | size & 0xff))
	add(TYPEDEF, own() + 1, "one")
	add(TYPEDEF, own() - 1, "other")
	lies = {
	    "v_long": own() - 1, "v_int": add(CONST, own()), "v_s8": add(PTR, own()), "v_u8": array(own(), 4),
	    "v_short": array(array(array(sized[255], -1), -1), -1), "v_u64": array(byte, -1), "v_s64": array(byte, 0),
	    "v_yes": sized[0], "v_no": sized[3], "v_mode": sized[16], "v_off": sized[1 << 31], "v_odd": 0xffffffff,
	    "v_char": add(FUNC_PROTO, 0), "v_row": add(ENUM, 0, "none", 1, struct.pack("<II", name("zero"), 0)),
	    "v_text": add(ENUM, 8, "many", 65535, b"".join(struct.pack("<II", 0xffffff00, i) for i in range(65535))),
	    "v_item": array(add(STRUCT, 0, "empty"), -1), "v_table": array(add(FLOAT, 99, "wide"), 2), "v_bools": 0,
	    "unsized": array(array(byte, -1), 1 << 31),
	}
	lies["v_modes"] = array(lies["v_text"], -1)
	lies["v_call"] = array(lies["v_s8"], 1)
	for text, target in lies.items():
	    add(VAR, target, text, more=struct.pack("<I", 1))
	body = b"".join(types)
	with open("lies", "wb") as file:
	    file.write(struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(body), len(body), len(strings)) + body + strings)
	END
	objcopy --strip-debug --add-section .BTF=lies vmlinux with-lies
	local got=0
	patiently "$KWALK" -q -j -c 'p v_long v_int v_s8 v_u8 v_short v_u64 v_s64 v_yes v_no v_mode v_off v_odd v_char v_row v_text v_item v_table v_bools v_modes v_call unsized' \
		with-lies variables >output 2>complaints || got=$?
	[ "$got" -le 1 ]
	json_hold 'it["status"] == "error" or "type" in it or it["size"] <= 8 or it["value"][0].startswith("0x")' output
	# Only these have the size of the symbol, or none to have.
	json_hold 'it["status"] == "error" or "type" not in it or it["input"] in ("v_s8", "v_s64", "v_text", "v_call", "unsized")' output
}

@test "DWARF of another form: DWARF 4, compressed" {
	variables 64 -gdwarf-4
	values vmlinux variables
	objcopy --compress-debug-sections=zlib vmlinux compressed
	values compressed variables
}

# Only GCC describes variables that a file declares and does not define.
describes_declarations() { strings -a vmlinux | grep -q '^GNU C'; }

@test "the type of a declaration" {
	variables 64
	describes_declarations || skip "this compiler does not describe declarations"
	# A name that the linker gave to another variable has its declaration's type.
	answers vmlinux variables 'p alias by_assembly v_banner v_wild' <<-'END'
	alias value=18364758544493064720 type="unsigned long"
	by_assembly value=-3 type=short size=2
	v_banner value="~one" type="const char []" size=13
	v_wild value=2 type=_Bool
	END
	"$KWALK" -q -c 'p v_banner' vmlinux variables | grep -qE '^v_banner +const char \[\] +[0-9a-f]{16} +"one\\ntwo more"$'
	"$KWALK" -q -j -c 'p v_full' vmlinux variables >output
	json_hold 'it["value"] == 4096 * "x" and it["truncated"]' output
}

@test "copies of CPUs" {
	vmlinux 64
	dump x86_64-tasks
	"$KWALK" -q -j -c 'p this_cpu_off:0; p this_cpu_off:all' vmlinux x86_64-tasks >answers
	json_hold 'it["name"] == "this_cpu_off" and sorted(it["type"].replace(" int", "").split()) == ["long", "unsigned"]' answers
	"$KWALK" -q -j -c 'rd -64 this_cpu_off:all' vmlinux x86_64-tasks | json_values 'it["address"], int(it["values"][0], 16)' >memory
	tail -n +2 answers | json_values 'it["address"], it["value"]' | cmp - memory
	"$KWALK" -q -j -c 'p this_cpu_off:all * 1' vmlinux x86_64-tasks | json_values 'it["value"]' >products
	tail -n +2 answers | json_values 'it["value"]' | cmp - products
	"$KWALK" -q -j -c 'struct long this_cpu_off:0-1' vmlinux x86_64-tasks | json_values 'it["address"]' >places
	tail -n +2 answers | json_values 'it["address"]' | head -2 | cmp - places
	# The name alone: the places, as crash shows them
	"$KWALK" -q -j -c 'p this_cpu_off' vmlinux x86_64-tasks >places
	tail -n +2 answers | json_values 'it["name"], it["type"], it["address"], it["size"]' >copies
	json_values 'it["name"], it["type"], it["address"], it["size"]' places | sed 's/off:[01]/off/' | cmp - copies
	json_hold '"value" not in it' places
	fails 1 'this_cpu_offs' -c 'p this_cpu_offs' vmlinux x86_64-tasks
	fails 1 'this_cpu_off:CPU' -c 'p this_cpu_off+1' vmlinux x86_64-tasks
}

# All as crash writes it, and some
@test "copies of CPUs: NAME:a and NAME:0,1" {
	local line
	vmlinux 64
	dump x86_64-tasks
	"$KWALK" -q -c 'p this_cpu_off:all; p this_cpu_off:all + 1; struct long this_cpu_off:all; rd this_cpu_off:all' vmlinux x86_64-tasks >all
	for line in this_cpu_off:a this_cpu_off:0,1 this_cpu_off:1,0; do
		"$KWALK" -q -c "p $line; p $line + 1; struct long $line; rd $line" vmlinux x86_64-tasks | cmp - all
	done
	[ "$(grep -cx 'this_cpu_off:[01]:' all)" = 4 ]
	"$KWALK" -q -j -c 'p this_cpu_off:1,' vmlinux x86_64-tasks | json_values 'it["expression"]' | grep -qx this_cpu_off:1
	fails 1 'CPU 7' -c 'p this_cpu_off:0,7' vmlinux x86_64-tasks
	fails 1 ',7-1 is not expected' -c 'p this_cpu_off:0,7-1' vmlinux x86_64-tasks
}

@test "struct: COUNT" {
	local count
	variables 64
	"$KWALK" -q -c 'struct -x item v_structs 2' vmlinux variables >forward
	"$KWALK" -q -c 'struct -x item (&v_structs[1]) -2' vmlinux variables >backward
	[ "$(grep -c '^struct item' forward)" = 2 ]
	cmp forward backward
	# Neither a wrapped address nor another struct.
	for count in 9223372036854775807 4611686018427387904 -4611686018427387905 -9223372036854775807 \
		-9223372036854775808 -99999999999999999999; do
		fails 1 'COUNT is too large' -c "struct item v_structs $count" vmlinux variables
	done
}

@test "numbers that begin with 0 are octal, as in C" {
	dump x86_64-tasks
	[ "$("$KWALK" -q -j -c 'p 0100644 & 0170000; p 010; p 0; p 00UL; p 0x10' x86_64-tasks | sed 's/.*"value":\([0-9]*\).*/\1/' | xargs)" = '32768 8 0 0 16' ]
	fails 1 @usage '"08" octal' -c 'p 08' x86_64-tasks
	fails 1 @usage '"0778" octal' -c 'p 0778' x86_64-tasks
	fails 1 'does not fit' -c 'p 07777777777777777777777777' x86_64-tasks
	# an address is hexadecimal
	[ "$("$KWALK" -q -j -c 'region 010' x86_64-tasks | grep -c '"virtual":"0x10"')" = 1 ]
}

@test "expressions" {
	variables 64
	answers vmlinux variables 'p v_struct.a+1; p (&v_struct)->b; p v_row[1]; p sizeof(v_row); p (1|6)<<2' <<-'END'
	v_struct.a+1 value=2 type=long address=-
	(&v_struct)->b value=2 type=int
	v_row[1] value=-2
	sizeof(v_row) value=16
	(1|6)<<2 value=28
	END
	"$KWALK" -q -j -c 'p v_struct' vmlinux variables >answers
	json_hold 'it["value"] == {"a": 1, "b": 2} and it["type_source"] == "DWARF" and it["expression"] == "v_struct"' answers
	"$KWALK" -q -c 'p (1 | 6) | tr 7 8' vmlinux variables | grep -qE ' 8$'
	"$KWALK" -q -c 'px v_struct.b' vmlinux variables | grep -qE ' 0x2$'
}

@test "what cannot be shown" {
	variables 64
	fails 1 @unknown 'p no_such' -q -c 'p no_such' vmlinux variables
	fails 1 @unreadable 'p *v_item 1000' -q -c 'p *v_item' vmlinux variables
	fails 1 'kwalk: p: schedule: not a variable, but code, at ffffffff81002000' -q -c 'p schedule' vmlinux variables
	"$KWALK" -q -j -c 'p v_long_row' vmlinux variables >output
	json_hold 'len(it["value"]) == 20000' output
}

@test "a size alone: bytes" {
	variables 64
	"$KWALK" -q -j -c 'p untyped' vmlinux variables >answers 2>complaints
	json_hold 'it["value"] == ["0x1", "0x2", "0xff"] and it["size"] == 3 and "type" not in it' answers
	complains @line 'p: untyped:' 'its type is not known' '*(TYPE *)&untyped'
	"$KWALK" -q -c 'p untyped' vmlinux variables 2>/dev/null | grep -q ' 01 02 ff$'
	"$KWALK" -q -c 'p v_double' vmlinux variables | grep -qE 'volatile double .* 1$'
	strip --strip-debug vmlinux
	answers vmlinux variables 'p v_int' <<<'v_int value=4294967291 type=-'
}

@test "addresses that KASLR moved" {
	vmlinux 64
	dump x86_64-kaslr
	answers vmlinux x86_64-kaslr 'p max_pfn; sym max_pfn' <<-'END'
	max_pfn type="~unsigned" size=8
	max_pfn name=max_pfn
	END
	"$KWALK" -q -j -c 'p max_pfn; rd -64 max_pfn' vmlinux x86_64-kaslr | json_values 'it["address"], it.get("value", int(it.get("values", ["0"])[0], 16))' >both
	[ "$(uniq both | wc -l)" = 1 ]
}

@test "i386" {
	vmlinux 32
	dump i386
	answers vmlinux i386 'p max_pfn high_memory' <<-'END'
	max_pfn type="~unsigned" size=4
	high_memory type="void *" size=4
	END
}

@test "eval: a number in each form; a symbol is its address, as in crash" {
	vmlinux 64
	dump x86_64-tasks
	answers vmlinux x86_64-tasks 'eval 1 << 12; eval -1; eval 2k; eval jiffies; eval -b (1 | 8)' <<-END
	* command=eval value=0x1000 decimal=4096 octal=~10000 binary=~1000000000000 signed=- bits=-
	* value=0xffffffffffffffff decimal=18446744073709551615 signed=-1
	* value=0x800
	* value=0xffffffff81600000
	* value=0x9 bits.#=2 bits.0=3 bits.1=0
	END
	"$KWALK" -q -c 'eval 0x1000' vmlinux x86_64-tasks | grep -qx 'HEXADECIMAL  1000  (4KB)'
	fails 1 @usage 'eval 12z' -c 'eval 12z' vmlinux x86_64-tasks
	fails 1 @usage 'eval' -c 'eval 18446744073709551615k' vmlinux x86_64-tasks
}

@test "ascii: the bytes of a number in the order of memory" {
	dump x86_64
	answers x86_64 'ascii 62696e2f7273752f 0x4100' <<-END
	62696e2f7273752f command=ascii text=/usr/nib
	0x4100 value=0x4100 text=.A
	END
	[ "$("$KWALK" -q -c ascii x86_64 | grep -c .)" = 129 ]
	fails 1 @usage 'ascii xyz' -c 'ascii xyz' x86_64
}
