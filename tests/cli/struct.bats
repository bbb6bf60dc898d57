#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Definitions of types. What the compiler was given is what is expected.
load common

# every BITS [DEBUG]: a vmlinux with the types below.
every() {
	cat >more.c <<-'END'
	typedef unsigned char u8;
	typedef struct { int counter; } count_t;
	typedef u8 row_t[3];
	struct every;
	typedef int (*handler_t)(struct every *, const char *, ...);
	enum level { LEVEL_LOW = -7, LEVEL_HIGH = 200 };
	struct chain { struct chain *next; };
	struct every {
		char text[16];
		const volatile u8 *const bytes;
		void (*call)(struct every *, int, ...);
		int (*(*finder)(void))[3];
		int (*handlers[4])(handler_t, unsigned long long);
		unsigned short matrix[2][3][4];
		row_t row;
		enum level level;
		enum { NAMELESS } nameless;
		_Bool yes;
		count_t counted;
		union {
			unsigned long number;
			struct { short low, high; };
		};
		struct { u8 type; struct chain chain; } named[2];
		struct declared *declared;
		unsigned int three : 3;
		signed int twenty : 20;
		_Bool flag : 1;
		unsigned long long top : 40;
		handler_t tail[];
	};
	struct nothing {};
	union both { long number; char text[3]; };
	struct every *use_every; enum level use_level; union both use_both; struct nothing use_nothing; count_t use_count;
	END
	MORE=more.c DEBUG=${2:--g} vmlinux "$1"
}

shown() {
	"$KWALK" -q vmlinux -c "$1"
}

defined() {
	shown 'struct -o every' | diff - <(cat <<-'END'
	struct every {
	    [0] char text[16];
	   [16] const volatile u8 *const bytes;
	   [24] void (*call)(struct every *, int, ...);
	   [32] int (*(*finder)(void))[3];
	   [40] int (*handlers[4])(handler_t, unsigned long long);
	   [72] unsigned short matrix[2][3][4];
	  [120] row_t row;
	  [124] enum level level;
	  [128] enum {...} nameless;
	  [132] _Bool yes;
	  [136] count_t counted;
	        union {
	  [144]     unsigned long number;
	            struct {
	  [144]         short low;
	  [146]         short high;
	            };
	        };
	        struct {
	  [152]     u8 type;
	  [160]     struct chain chain;
	  [152] } named[2];
	  [184] struct declared *declared;
	  [192] unsigned int three : 3;
	  [192] int twenty : 20;
	  [194] _Bool flag : 1;
	  [195] unsigned long long top : 40;
	  [200] handler_t tail[];
	}
	SIZE: 200
	END
	)
	shown 'union both' | diff - <(printf 'union both {\n    long number;\n    char text[3];\n}\nSIZE: 8\n')
	shown 'struct nothing' | diff - <(printf 'struct nothing {\n}\nSIZE: 0\n')
	shown 'struct count_t' | diff - <(printf 'typedef struct {\n    int counter;\n} count_t;\nSIZE: 4\n')
	shown 'struct handler_t' | diff - <(printf 'typedef int (*handler_t)(struct every *, const char *, ...);\nSIZE: 8\n')
	shown 'enum level' | diff - <(printf 'enum level {\n  LEVEL_LOW = -7\n  LEVEL_HIGH = 200\n};\nSIZE: 4\n')
}

@test "members of every kind, from DWARF 2 to 5" {
	local version

	for version in 5 4 3 2; do
		every 64 -gdwarf-$version
		defined
		shown 'struct -v nothing' | grep -qx 'TYPES: DWARF'
	done
}

@test "from compressed DWARF, and DWARF that dwz shortened" {
	every 64
	objcopy --compress-debug-sections=zlib vmlinux
	defined
	command -v dwz >/dev/null || skip "no dwz"
	every 64
	# dwz of Debian 12 does not know the sections that clang writes.
	readelf -SW vmlinux | grep -qF .debug_str_offsets && skip "dwz cannot read this compiler's DWARF"
	dwz vmlinux
	defined
}

@test "from BTF" {
	every 64
	pahole -J vmlinux || skip "no pahole"
	shown 'struct -v nothing' | grep -qx 'TYPES: BTF'
	# pahole writes an array of several dimensions as one.
	shown 'struct every.matrix,twenty,named[1].chain.next' | diff - <(cat <<-'END'
	struct every {
	   [72] unsigned short matrix[24];
	  [192] int twenty : 20;
	  [176] struct chain *named[1].chain.next;
	}
	END
	)
	answers vmlinux 'struct every.flag' <<<'every.flag type_source=BTF offset=194 bit_offset=7 bit_size=1'
}

@test "a kernel of 32 bits" {
	every 32
	shown 'struct -ox every.bytes,named[1].chain,number,tail[1]' | diff - <(cat <<-'END'
	struct every {
	  [0x10] const volatile u8 *const bytes;
	  [0x80] struct chain named[1].chain;
	  [0x70] unsigned long number;
	  [0x94] handler_t tail[1];
	}
	END
	)
	answers vmlinux 'struct long' <<<'long type=long size=4'
}

@test "one object for each member, enumerator or other type" {
	every 64
	"$KWALK" -q -j vmlinux -c 'struct every' >answers
	json_hold 'it["struct"] == "struct every" and it["struct_size"] == 200 and it["type_source"] == "DWARF"' answers
	sed 's/.*"member":"\([^"]*\)".*/\1/' answers | paste -sd ' ' | diff - <(echo \
		'text bytes call finder handlers matrix row level nameless yes counted number low high named.type named.chain named declared three twenty flag top tail')
	answers vmlinux 'struct every.twenty,matrix[1],tail,named[1].type' <<-'END'
	every.twenty,matrix[1],tail,named[1].type member=twenty type=int offset=192 size=4 bit_offset=3 bit_size=20
	every.twenty,matrix[1],tail,named[1].type member=matrix[1] type="unsigned short [3][4]" offset=96 size=24
	every.twenty,matrix[1],tail,named[1].type member=tail type="handler_t []" offset=200 size=0
	every.twenty,matrix[1],tail,named[1].type member=named[1].type type=u8 offset=168 size=1
	END
	answers vmlinux 'enum level' <<-'END'
	level enum="enum level" enumerator=LEVEL_LOW value=-7
	level enum="enum level" enumerator=LEVEL_HIGH value=200
	END
	answers vmlinux 'struct nothing; struct u8' <<-'END'
	nothing struct="struct nothing" struct_size=0
	u8 type=u8 definition="typedef unsigned char u8;" size=1
	END
}

@test "what is no type, no member or only declared" {
	local path

	every 64
	fails 1 @unknown 'nonesuch type' -q vmlinux -c 'struct nonesuch'
	for path in none text.x text[16] text[ declared.x matrix[0][3] named.chain.next.next; do
		fails 1 @unknown "every.$path no member" -q vmlinux -c "struct every.$path"
	done
	fails 1 @unknown 'every.text,none no member none' -q vmlinux -c 'struct every.text,none'
	# the others are shown
	[ "$(grep -c '"member":"text"' output)" = 1 ]
	fails 1 @unknown 'every.none,text,nil no member none nil' -q vmlinux -c 'struct every.none,text,nil'
	[ "$(grep -c '"member":"text"' output)" = 1 ]
	fails 1 @unknown 'every.none,nil no member none nil' -q vmlinux -c 'struct every.none,nil'
	not grep -q '"status":"ok"' output
	fails 1 @usage 'u8.x not a struct' -q vmlinux -c 'struct u8.x'
	fails 1 @unknown 'declared type' -q vmlinux -c 'struct "struct declared"'
	dump x86_64
	fails 1 @unknown 'page BTF vmlinux' -q -c 'struct page' x86_64
}

@test "values of an empty struct, and the source of their types" {
	every 64
	dump x86_64-tasks
	fails 1 @usage 'nothing 0' -q -c 'struct nothing init_task 4000000000' vmlinux x86_64-tasks
	fails 1 @usage 'nothing 0' -q -c 'struct nothing init_task -2' vmlinux x86_64-tasks
	[ "$("$KWALK" -q -j -c 'struct nothing init_task 1' vmlinux x86_64-tasks | wc -l)" = 1 ]
	"$KWALK" -q -c 'struct -v task_struct.pid init_task' vmlinux x86_64-tasks | diff - <(printf '  pid = 0\nTYPES: DWARF\n')
}

@test "a misspelt name of a type" {
	vmlinux 64
	dump x86_64-tasks
	fails 1 @unknown 'tsk_struct task_struct' -q -c 'struct tsk_struct.pid init_task' vmlinux x86_64-tasks
	complains @unknown 'tsk_struct' 'did you mean task_struct?'
	fails 1 @unknown 'lst_head list_head' -q -c 'p ((struct lst_head *)0)->next' vmlinux x86_64-tasks
	complains @unknown 'lst_head' 'did you mean struct list_head?'
	fails 1 @unknown 'list_hea list_head' -q -c 'list list_hea.next modules' vmlinux x86_64-tasks
	fails 1 @unknown 'pages page' -q -c 'whatis struct pages' vmlinux x86_64-tasks
	# The name of another kind; and nothing is near.
	fails 1 @unknown 'page' -q -c 'whatis union page' vmlinux x86_64-tasks
	complains @unknown 'page' 'did you mean struct page?'
	fails 1 @unknown 'nonesuch' -q -c 'struct nonesuch' vmlinux x86_64-tasks
	not grep -q 'did you mean' complaints
}

@test "whatis: types, and symbols first" {
	vmlinux 64
	dump x86_64-tasks
	"$KWALK" -q vmlinux x86_64-tasks -c 'whatis list_head; whatis struct list_head; ptype list_head' >shown
	"$KWALK" -q vmlinux x86_64-tasks -c 'struct list_head; struct list_head; struct list_head' | diff shown -
	# A symbol is an address, as before.
	answers vmlinux x86_64-tasks 'whatis init_task' <<<'init_task as=virtual'
	"$KWALK" -q vmlinux x86_64-tasks -c 'whatis list_head.prev' | grep -q 'struct list_head \*prev;'
	fails 1 @unknown 'whatis list_head.nothing' -c 'whatis list_head.nothing' vmlinux x86_64-tasks
	"$KWALK" -q vmlinux x86_64-tasks -c 'whatis enum zone_type init_task' >shown
	grep -qx 'enum zone_type {' shown
	grep -q 'init_task' shown
}

# Not knowing is not a missing type.
@test "a vmlinux without types: the file and the reason are named" {
	dump x86_64-tasks
	vmlinux 64
	strip -g vmlinux
	fails 1 'vmlinux has no debug information' -q -c 'struct mutex' vmlinux x86_64-tasks
	fails 1 'types of this kernel are not known' -q -c 'p sizeof(struct nothing)' vmlinux x86_64-tasks
	DEBUG=-g1 vmlinux 64
	fails 1 'vmlinux debug information without types -g1' -q -c 'struct mutex' vmlinux x86_64-tasks
	fails 1 'vmlinux debug information without types -g1' -q -c 'tasks' vmlinux x86_64-tasks
	X86_CC="${X86_CC:-cc} -g" DEBUG=-gsplit-dwarf vmlinux 64
	fails 1 'vmlinux split DWARF .dwo' -q -c 'struct mutex' vmlinux x86_64-tasks
	# these types are known
	vmlinux 64
	fails 1 'no type "nothing" in the kernel' -q -c 'struct nothing' vmlinux x86_64-tasks
}

@test "several types of one name" {
	cat >more.c <<-'END'
	struct twin_1 { int first; } one;
	struct twin_2 { long other[3]; struct twin_1 *rest; } two;
	union single { int number; } three;
	enum mode_1 { CHOICE_1 = 3 } four;
	enum mode_2 { CHOICE_2 = -1 } five;
	END
	btf_of more.c
	MORE=$PWD/more.c vmlinux 64
	sed -i 's/twin_2/twin_1/g; s/CHOICE_2/CHOICE_1/g' btf vmlinux
	objcopy --strip-debug --add-section .BTF=btf vmlinux with-btf
	dump x86_64
	for types in vmlinux with-btf; do
		answers "$types" x86_64 'struct twin_1; struct twin_1#2; struct twin_1#2.rest; p sizeof(twin_1#2)' <<-'END'
		twin_1 member=first offset=0 struct_size=4
		twin_1#2 member=other offset=0 struct_size=32
		twin_1#2 member=rest offset=24
		twin_1#2.rest member=rest offset=24
		sizeof(twin_1#2) value=32
		END
		for command in 'struct twin_1' 'whatis twin_1' 'struct twin_1 ffff888000050000'; do
			"$KWALK" -q -c "$command" "$types" x86_64 >text 2>notes
			grep -qx 'kwalk: .*: twin_1#1, which is shown, is one of several types of this name. It has 4 bytes: first' notes
			grep -qx 'kwalk: .*: twin_1#2 has 32 bytes: other, rest' notes
		done
		"$KWALK" -q -c 'struct single; struct twin_1#2' "$types" x86_64 2>&1 | { ! grep several; }
		fails 1 'twin_1#3: 2 definitions of twin_1' -q -c 'struct twin_1#3' "$types" x86_64
	done
	fails 1 'CHOICE_1 is 3 in enum mode_1, and -1 in enum mode_2' -q -c 'p CHOICE_1' with-btf x86_64
}
