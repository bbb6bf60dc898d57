#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Code that the kernel makes at run time, as /proc/kallsyms lists it after the modules: bpf_get_kallsym() in
# kernel/bpf/core.c, ftrace_get_trampoline_kallsym() in kernel/trace/ftrace.c, kprobe_cache_get_kallsym() in
# kernel/kprobes.c.
bats_require_minimum_version 1.5.0
load common

types='
struct list_head { struct list_head *next, *prev; };
struct bpf_ksym { unsigned long start, end; char name[128]; struct list_head lnode; } a_ksym;
struct ftrace_ops { void *func; struct list_head list; unsigned long trampoline, trampoline_size; } an_ops;
struct kprobe_insn_cache { void *alloc; char *sym; struct list_head pages; } a_slots;
struct kprobe_insn_page { struct list_head list; void *insns; } a_slots_page;'

# heads NAME...: variables of the image from offset 2f60 of its data, 16 bytes apart, for MORE. The heads of
# kprobes are structs, whose list is at offset 16.
heads() {
	local name at=0x2f60

	for name; do
		printf 'asm(".globl %s\\n.type %s, @object\\n.set %s, 0xffffffff81400000+%s\\n");\n' "$name" "$name" "$name" "$at"
		at=$((at + 16))
	done
}

# with_types [TYPES]: a vmlinux that has the four lists, and these types.
with_types() {
	{
		heads bpf_kallsyms ftrace_ops_trampoline_list kprobe_insn_slots unused kprobe_optinsn_slots
		echo "${1-$types}"
	} >more.c
	MORE=$PWD/more.c vmlinux 64
}

# made NAME: two BPF programs and a trampoline; a trampoline of ftrace; a page of kprobes. More lines of the
# description come from standard input.
made() {
	describe "$1" <<-END
	include $DUMPS/x86_64-areas.txt
	let e d+0x45000
	let code module_base+0x10000
	let heads text_phys+4M+0x2f60
	at heads: u64 e+144 e+0x200+144 e+0x300+8 e+0x300+8
	at heads+48: u64 e+0x400 e+0x400
	at heads+80: u64 data+0x2f60+80 data+0x2f60+80
	at 0x45000: u64 code code+0x40 str "bpf_prog_57cd311f2e27366b_first\0"
	at 0x45000+144: u64 e+0x100+144 data+0x2f60
	at 0x45100: u64 code+0x80 code+0xc8 str "bpf_prog_1234567812345678_second\0"
	at 0x45100+144: u64 e+0x200+144 e+144
	at 0x45200: u64 code+0x100 code+0x200 str "bpf_trampoline_6442527730\0"
	at 0x45200+144: u64 data+0x2f60 e+0x100+144
	at 0x45300+8: u64 data+0x2f60+16 data+0x2f60+16 code+0x400 0x80
	at 0x45400: u64 data+0x2f60+48 data+0x2f60+48 code+0x1000
	$(cat)
	END
}

@test "code made at run time has the names, modules and sizes of /proc/kallsyms" {
	with_types
	made dump </dev/null
	answers vmlinux dump 'sym -q bpf_; sym ftrace_trampoline kprobe_insn_page ffffffffc0010085' <<-END
	* command=sym name=bpf_kallsyms module=-
	* name=bpf_prog_57cd311f2e27366b_first address=0xffffffffc0010000 size=64 type=t module=bpf source=lists
	* name=bpf_prog_1234567812345678_second address=0xffffffffc0010080 size=72 module=bpf
	* name=bpf_trampoline_6442527730 address=0xffffffffc0010100 size=256 module=bpf
	* name=ftrace_trampoline address=0xffffffffc0010400 size=128 module=__builtin__ftrace source=lists
	* name=kprobe_insn_page address=0xffffffffc0011000 size=4096 module=__builtin__kprobes
	* name=bpf_prog_1234567812345678_second offset=5 module=bpf
	END
	fails 1 @no-answer ffffffffc00100c8 -c 'sym ffffffffc00100c8' vmlinux dump
}

@test "whatis and annotate name code made at run time" {
	with_types
	made dump </dev/null
	answers vmlinux dump 'whatis ffffffffc0010411' <<-END
	* kind=symbol symbol=ftrace_trampoline+0x11 text="ftrace_trampoline+0x11 [__builtin__ftrace]"
	END
	cat >oops <<-END
	RIP: 0010:bpf_prog_57cd311f2e27366b_first+0x12/0x40
	 bpf_trampoline_6442527730+0x81/0x128
	 bpf_prog_aaaaaaaabbbbbbbb_gone+0x1/0x2
	 bpf_prog_load+0x3/0x8
	END
	"$KWALK" -q -c 'annotate oops' vmlinux dump >text
	grep 'first+0x12/0x40: ffffffffc0010012, .*bpf_prog_57cd311f2e27366b_first+0x12 \[bpf\]' text
	grep 'here bpf_trampoline_6442527730 has 0x100 bytes: code that the kernel made at another time is meant' text
	grep 'bpf_prog_aaaaaaaabbbbbbbb_gone+0x1/0x2: this kernel has no such symbol' text
	grep 'bpf_prog_load+0x3/0x8: this kernel has no such symbol' text
	not grep 'another kernel' text
}

@test "without the types of the lists, nobody can know that such code does not exist" {
	with_types ''
	made dump </dev/null
	echo ' bpf_prog_57cd311f2e27366b_first+0x12/0x40' >oops
	"$KWALK" -q -c 'annotate oops' vmlinux dump >text
	grep 'the lists of such code cannot be read: .*bpf_ksym' text
	not grep 'no such symbol' text
	fails 1 @unknown bpf_prog_57cd311f2e27366b_first -c 'sym bpf_prog_57cd311f2e27366b_first' vmlinux dump
	complains @unknown 'lists of such code cannot be read'
	fails 1 @unknown schedul -c 'sym schedul' vmlinux dump
	complains @unknown 'did you mean schedule'
	# A kernel without these lists makes no such code.
	vmlinux 64
	"$KWALK" -q -c 'annotate oops' vmlinux dump >text
	grep 'this kernel has no such symbol' text
}

@test "damaged lists end, and what they may lack is not denied" {
	with_types
	# The second entry leads back to itself; the trampoline of ftrace is too large; a page inside other code.
	made dump <<-END
	at 0x45100+144: u64 e+0x100+144 e+144
	at 0x45300+24: u64 code+0x400 0x800000000
	at 0x45400+16: u64 code+0x10
	END
	answers -s 1 vmlinux dump 'sym bpf_prog_57cd311f2e27366b_first bpf_prog_1234567812345678_second' <<-END
	* address=0xffffffffc0010000
	* address=0xffffffffc0010080
	* status=error error=format
	END
	fails 1 @unknown bpf_trampoline_6442527730 -c 'sym bpf_trampoline_6442527730' vmlinux dump
	complains @unknown 'lists of such code cannot be read: '
	echo ' bpf_trampoline_6442527730+0x81/0x128' >oops
	"$KWALK" -q -c 'annotate oops' vmlinux dump >text || [ $? = 1 ]
	not grep 'no such symbol' text
	grep 'lists of such code cannot be read: ' text
}
