/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instructions of each machine. The lengths and targets are those that objdump shows. Releases of the library
 * write some instructions differently, so only the start of each text is compared. */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "code/code.h"

#include "unit.h"

#ifdef HAVE_CAPSTONE

#define AT UINT64_C(0xffffffff81000000)

struct row {
	unsigned int machine;
	const char *bytes;
	size_t nr; /* of bytes that are given */
	unsigned int size;
	const char *text;
	uint64_t target; /* 0: none */
};

static void instructions(void **state)
{
	static const struct row rows[] = {
		{ EM_X86_64, "\x55", 1, 1, "push", 0 },
		{ EM_X86_64, "\x48\x89\xe5", 3, 3, "mov", 0 },
		{ EM_X86_64, "\xe8\x10\0\0\0", 5, 5, "call", AT + 0x15 },
		{ EM_X86_64, "\xeb\xfe", 2, 2, "jmp", AT },
		{ EM_X86_64, "\x48\x8d\x05\x08\0\0\0", 7, 7, "lea", AT + 15 },
		{ EM_X86_64, "\xff\x15\xfa\xff\xff\xff", 6, 6, "call", AT },
		{ EM_X86_64, "\xff\xd0", 2, 2, "call", 0 },
		{ EM_X86_64, "\x06", 1, 1, ".byte 0x06", 0 },
		{ EM_X86_64, "\xe8\x10", 2, 1, ".byte 0xe8", 0 },
		{ EM_X86_64, "\x66\xf3\xab", 3, 3, "rep stosw", 0 },
		{ EM_X86_64, "\xf2\x66\x0f\x10\xc1", 5, 5, "movsd", 0 },
		{ EM_X86_64, "\xf3\x66\x90", 3, 3, "pause", 0 },
		{ EM_X86_64, "\x66\xf3\x90", 3, 3, "pause", 0 },
		/* an address relative to the end, where a prefix is left out: f2 66 imul 0x10(%rip),%ax */
		{ EM_X86_64, "\xf2\x66\x0f\xaf\x05\x10\0\0\0", 9, 9, "imul", AT + 0x19 },
		{ EM_386, "\x66\xf3\xa5", 3, 3, "rep movsw", 0 },
		{ EM_386, "\x66\xf3\x40", 3, 3, "inc", 0 },
		{ EM_X86_64, "\x0f\x0b", 2, 2, "ud2", 0 },
		{ EM_X86_64, "\x0f\xb9\xcc", 3, 3, "ud1", 0 },
		{ EM_X86_64, "\x67\x0f\xb9\x40\x12", 5, 5, "ud1", 0 },
		{ EM_X86_64, "\x0f\xb9\x44\x24\x12", 5, 5, "ud1", 0 },
		{ EM_X86_64, "\x0f\xb9\x80\x12\0\0\0", 7, 7, "ud1", 0 },
		{ EM_X86_64, "\x0f\xb9\x05\x12\0\0\0", 7, 7, "ud1", 0 },
		/* a number that looks like the opcode of ud1 */
		{ EM_X86_64, "\x66\x3d\x0f\xb9\x74\x0b", 6, 4, "cmp", 0 },
		{ EM_386, "\x06", 1, 1, "push", 0 },
		{ EM_386, "\xe8\xfb\xff\xff\xff", 5, 5, "call", 0x81000000 },
		{ EM_AARCH64, "\x1f\x20\x03\xd5", 4, 4, "nop", 0 },
		{ EM_AARCH64, "\x04\0\0\x94", 4, 4, "bl ", AT + 16 },
		{ EM_AARCH64, "\x80\0\0\xb4", 4, 4, "cbz", AT + 16 },
		{ EM_AARCH64, "\x01\0\0\xb0", 4, 4, "adrp", AT + 0x1000 },
		{ EM_AARCH64, "\x40\0\0\x58", 4, 4, "ldr", AT + 8 },
		{ EM_AARCH64, "\xff\xff\xff\xff", 4, 4, ".inst 0xffffffff", 0 },
		{ EM_AARCH64, "\x1f\x20", 2, 1, ".byte 0x1f", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct code_instruction found;
		struct error err;
		struct code *code = code_open(row->machine, &err);

		assert_non_null(code);
		code_decode(code, AT, (const uint8_t *)row->bytes, row->nr, &found);
		if (found.size != row->size ||
		    strncmp(found.text, row->text, strlen(row->text)) != 0 ||
		    found.known != (*row->text != '.') || found.has_target != (row->target != 0) ||
		    (row->target && found.target != row->target))
			fail_msg("row %zu: %s, %u bytes, target %llx", i, found.text, found.size,
				 (unsigned long long)found.target);
		code_close(code);
	}
}

struct operands_row {
	unsigned int machine;
	const char *bytes; /* in digits */
	const char *found; /* as describe() writes it */
};

/* clang-format off */
static const struct operands_row operands_rows[] = {
	{ EM_X86_64, "488b4708", "[rdi+0x8]8r rax=" }, /* mov 0x8(%rdi),%rax */
	{ EM_X86_64, "48894cd3f0", "[rbx+rdx*8-0x10]8w" }, /* mov %rcx,-0x10(%rbx,%rdx,8) */
	{ EM_X86_64, "8b0b", "[rbx]4r rcx=" }, /* mov (%rbx),%ecx */
	{ EM_X86_64, "8a0b", "[rbx]1r" }, /* mov (%rbx),%cl */
	{ EM_X86_64, "0fb75602", "[rsi+0x2]2r rdx=" }, /* movzwl 2(%rsi),%edx */
	{ EM_X86_64, "48635604", "[rsi+0x4]4r" }, /* movslq 4(%rsi),%rdx */
	{ EM_X86_64, "4889fb", "rbx=rdi" }, /* mov %rdi,%rbx */
	{ EM_X86_64, "89fb", "" }, /* mov %edi,%ebx */
	{ EM_X86_64, "65488b042534120000", "[gs:+0x1234]8r rax=" }, /* mov %gs:0x1234,%rax */
	{ EM_X86_64, "64488b03", "[fs:rbx]8r rax=" }, /* mov %fs:(%rbx),%rax */
	{ EM_X86_64, "65ff0540000000", "[gs:rip+0x40]4rw" }, /* incl %gs:0x40(%rip) */
	{ EM_X86_64, "488b042578563412", "[+0x12345678]8r rax=" }, /* mov 0x12345678,%rax */
	{ EM_X86_64, "48a18877665544332211", "[+0x1122334455667788]8r rax=" }, /* movabs 0x1122334455667788,%rax */
	{ EM_X86_64, "0f20d0", "" }, /* mov %cr2,%rax */
	{ EM_X86_64, "f0480fb10a", "[rdx]8rwa" }, /* lock cmpxchg %rcx,(%rdx) */
	{ EM_X86_64, "0fb00a", "[rdx]1rw" }, /* cmpxchg %cl,(%rdx) */
	{ EM_X86_64, "f0480fc70e", "[rsi]16rwa" }, /* lock cmpxchg16b (%rsi) */
	{ EM_X86_64, "f00fc14704", "[rdi+0x4]4rwa" }, /* lock xadd %eax,4(%rdi) */
	{ EM_X86_64, "488707", "[rdi]8rwa" }, /* xchg %rax,(%rdi) */
	{ EM_X86_64, "f0830701", "[rdi]4rwa" }, /* lock addl $1,(%rdi) */
	{ EM_X86_64, "f0480fba6f0803", "[rdi+0x8]8rwa" }, /* lock btsq $3,8(%rdi) */
	{ EM_X86_64, "480fab07", "" }, /* bts %rax,(%rdi) */
	{ EM_X86_64, "480fa3c2", "" }, /* bt %rax,%rdx */
	{ EM_X86_64, "48837b0800", "[rbx+0x8]8r" }, /* cmpq $0,8(%rbx) */
	{ EM_X86_64, "8403", "[rbx]1r" }, /* test %al,(%rbx) */
	{ EM_X86_64, "0f944307", "[rbx+0x7]1w" }, /* sete 7(%rbx) */
	{ EM_X86_64, "d323", "[rbx]4rw" }, /* shll %cl,(%rbx) */
	{ EM_X86_64, "f713", "[rbx]4rw" }, /* not (%rbx) */
	{ EM_X86_64, "53", "[rsp-0x8]8ws" }, /* push %rbx */
	{ EM_X86_64, "ff7308", "[rbx+0x8]8r [rsp-0x8]8ws" }, /* push 8(%rbx) */
	{ EM_X86_64, "666a01", "[rsp-0x2]2ws" }, /* pushw $1 */
	{ EM_X86_64, "5b", "[rsp]8rs rbx=" }, /* pop %rbx */
	{ EM_X86_64, "8f442408", "[rsp+0x10]8w [rsp]8rs" }, /* pop 8(%rsp) */
	{ EM_X86_64, "ffd0", "[rsp-0x8]8ws operand rax.8 branch call" }, /* call *%rax */
	{ EM_X86_64, "ff54c808", "[rax+rcx*8+0x8]8r [rsp-0x8]8ws branch call" }, /* call *8(%rax,%rcx,8) */
	{ EM_X86_64, "41ffe3", "operand r11.8 branch" }, /* jmp *%r11 */
	{ EM_X86_64, "e800000000", "[rsp-0x8]8ws branch call" }, /* call .+5 */
	{ EM_X86_64, "c3", "[rsp]8rs return" }, /* ret */
	{ EM_X86_64, "48cb", "[rsp]16rs return" }, /* lretq */
	{ EM_X86_64, "48cf", "[rsp]40rs return" }, /* iretq */
	{ EM_X86_64, "c9", "[rbp]8r" }, /* leave */
	{ EM_X86_64, "c8100000", "[rsp-0x8]8ws" }, /* enter $16,$0 */
	{ EM_X86_64, "f3a4", "[rsi]1r [rdi]1w" }, /* rep movsb */
	{ EM_X86_64, "f348ab", "[rdi]8w" }, /* rep stosq */
	{ EM_X86_64, "66f3ab", "[rdi]2w" }, /* rep stosw */
	{ EM_X86_64, "f366ab", "[rdi]2w" }, /* the same */
	{ EM_X86_64, "66f3a6", "[rdi]1r [rsi]1r" }, /* repz cmpsb, data16 */
	{ EM_X86_64, "f3660f1106", "[rsi]4w" }, /* movss %xmm0,(%rsi): 66 has no effect */
	{ EM_X86_64, "66f30f1106", "[rsi]4w" }, /* the same */
	{ EM_X86_64, "f366410fb806", "[r14]2r" }, /* popcnt (%r14),%ax */
	{ EM_X86_64, "66f2f00fb10b", "[rbx]2rwa" }, /* xacquire lock cmpxchg %cx,(%rbx) */
	{ EM_X86_64, "f266f00fb10b", "[rbx]2rwa" }, /* the same */
	{ EM_X86_64, "f2f0660fb10b", "[rbx]2rwa" }, /* the same */
	{ EM_X86_64, "f2f3660faf06", "[rsi]2r" }, /* imul (%rsi),%ax */
	{ EM_X86_64, "66f3f00fc10b", "[rbx]2rwa" }, /* xrelease lock xadd %cx,(%rbx) */
	{ EM_X86_64, "f2660faf06", "[rsi]2r" }, /* imul (%rsi),%ax */
	{ EM_X86_64, "f366480faec0", "" }, /* rdfsbase %rax */
	{ EM_X86_64, "f3a6", "[rdi]1r [rsi]1r" }, /* repz cmpsb */
	{ EM_X86_64, "48ad", "[rsi]8r" }, /* lodsq */
	{ EM_X86_64, "488d47f8", "[rdi-0x8]0 rax= address" }, /* lea -8(%rdi),%rax */
	{ EM_X86_64, "8d47f8", "[rdi-0x8]0 address" }, /* lea -8(%rdi),%eax */
	{ EM_X86_64, "4883c310", "rbx=+16" }, /* add $0x10,%rbx */
	{ EM_X86_64, "4883eb10", "rbx=-16" }, /* sub $0x10,%rbx */
	{ EM_X86_64, "83eb10", "" }, /* sub $0x10,%ebx */
	{ EM_X86_64, "48ffcb", "rbx=-1" }, /* dec %rbx */
	{ EM_X86_64, "4801c3", "" }, /* add %rax,%rbx */
	{ EM_X86_64, "48f7f1", "operand rcx.8 division" }, /* div %rcx */
	{ EM_X86_64, "f77108", "[rcx+0x8]4r division" }, /* divl 8(%rcx) */
	{ EM_X86_64, "f7f9", "operand rcx.4 division" }, /* idiv %ecx */
	{ EM_X86_64, "0f1f4008", "" }, /* nopl 8(%rax) */
	{ EM_X86_64, "0f1808", "" }, /* prefetcht0 (%rax) */
	{ EM_X86_64, "0f0138", "" }, /* invlpg (%rax) */
	{ EM_X86_64, "0fae38", "[rax]1r" }, /* clflush (%rax) */
	{ EM_X86_64, "0f114610", "[rsi+0x10]16w" }, /* movups %xmm0,0x10(%rsi) */
	{ EM_X86_64, "f30f6f0e", "[rsi]16r" }, /* movdqu (%rsi),%xmm1 */
	{ EM_X86_64, "c5fe7f06", "[rsi]32w" }, /* vmovdqu %ymm0,(%rsi) */
	{ EM_X86_64, "0fae07", "[rdi]512w" }, /* fxsave (%rdi) */
	{ EM_X86_64, "0fae27", "[rdi]0w" }, /* xsave (%rdi) */
	{ EM_X86_64, "0f0b", "trap" }, /* ud2 */
	{ EM_X86_64, "cc", "trap" }, /* int3 */
	{ EM_X86_64, "678b03", "" }, /* mov (%ebx),%eax */
	{ EM_X86_64, "0f30", "" }, /* wrmsr */
	{ EM_X86_64, "480f4507", "[rdi]8r" }, /* cmovne (%rdi),%rax */
	{ EM_386, "8b4708", "[edi+0x8]4r eax=" }, /* mov 8(%edi),%eax */
	{ EM_386, "89048d674523c1", "[+ecx(u4)*4-0x3edcba99]4w" }, /* mov %eax,0xc1234567(,%ecx,4) */
	{ EM_386, "a1674523c1", "[+0xc1234567]4r eax=" }, /* mov 0xc1234567,%eax */
	{ EM_386, "64a134120000", "[fs:+0x1234]4r eax=" }, /* mov %fs:0x1234,%eax */
	{ EM_386, "83e810", "eax=-16" }, /* sub $0x10,%eax */
	{ EM_386, "53", "[esp-0x4]4ws" }, /* push %ebx */
	{ EM_386, "60", "[esp-0x20]32ws" }, /* pusha */
	{ EM_386, "61", "[esp]32rs" }, /* popa */
	{ EM_386, "ffd0", "[esp-0x4]4ws operand eax.4 branch call" }, /* call *%eax */
	{ EM_386, "c3", "[esp]4rs return" }, /* ret */
	{ EM_386, "cf", "[esp]12rs return" }, /* iret */
	{ EM_386, "c9", "[ebp]4r" }, /* leave */
	{ EM_386, "0fc70e", "[esi]8rw" }, /* cmpxchg8b (%esi) */
	{ EM_386, "678b00", "" }, /* mov (%bx,%si),%eax */
	{ EM_AARCH64, "200840f9", "[x1+0x10]8r x0=" }, /* ldr x0,[x1,#16] */
	{ EM_AARCH64, "e00740b9", "[sp+0x4]4r x0=" }, /* ldr w0,[sp,#4] */
	{ EM_AARCH64, "62144038", "[x3]1r x2=" }, /* ldrb w2,[x3],#1 */
	{ EM_AARCH64, "62cc9fb8", "[x3-0x4]4r" }, /* ldrsw x2,[x3,#-4]! */
	{ EM_AARCH64, "40000058", "[-0x7efffff8]8r x0=" }, /* ldr x0,.+8 */
	{ EM_AARCH64, "a47866f8", "[x5+x6*8]8r x4=" }, /* ldr x4,[x5,x6,lsl #3] */
	{ EM_AARCH64, "a4d866b8", "[x5+x6(s4)*4]4r x4=" }, /* ldr w4,[x5,w6,sxtw #2] */
	{ EM_AARCH64, "a4482678", "[x5+x6(u4)*1]2w" }, /* strh w4,[x5,w6,uxtw] */
	{ EM_AARCH64, "20805ff8", "[x1-0x8]8r x0=" }, /* ldur x0,[x1,#-8] */
	{ EM_AARCH64, "3f0400f9", "[x1+0x8]8w" }, /* str xzr,[x1,#8] */
	{ EM_AARCH64, "fd7bbea9", "[sp-0x20]16w" }, /* stp x29,x30,[sp,#-32]! */
	{ EM_AARCH64, "f35341a9", "[sp+0x10]16r" }, /* ldp x19,x20,[sp,#16] */
	{ EM_AARCH64, "fd7bc2a8", "[sp]16r" }, /* ldp x29,x30,[sp],#32 */
	{ EM_AARCH64, "61084069", "[x3]8r" }, /* ldpsw x1,x2,[x3] */
	{ EM_AARCH64, "000401ad", "[x0+0x20]32w" }, /* stp q0,q1,[x0,#32] */
	{ EM_AARCH64, "61084028", "[x3]8r" }, /* ldnp w1,w2,[x3] */
	{ EM_AARCH64, "207c5fc8", "[x1]8ra x0=" }, /* ldxr x0,[x1] */
	{ EM_AARCH64, "20fc02c8", "[x1]8wa" }, /* stlxr w2,x0,[x1] */
	{ EM_AARCH64, "40847fc8", "[x2]16ra" }, /* ldaxp x0,x1,[x2] */
	{ EM_AARCH64, "20fcdf88", "[x1]4ra x0=" }, /* ldar w0,[x1] */
	{ EM_AARCH64, "20fc9fc8", "[x1]8wa" }, /* stlr x0,[x1] */
	{ EM_AARCH64, "20c0bff8", "[x1]8ra x0=" }, /* ldapr x0,[x1] */
	{ EM_AARCH64, "20404099", "[x1+0x4]4r x0=" }, /* ldapur w0,[x1,#4] */
	{ EM_AARCH64, "20f01f19", "[x1-0x1]1w" }, /* stlurb w0,[x1,#-1] */
	{ EM_AARCH64, "3f3020f8", "[x1]8rwa" }, /* stset x0,[x1] */
	{ EM_AARCH64, "4100e0b8", "[x2]4rwa" }, /* ldaddal w0,w1,[x2] */
	{ EM_AARCH64, "e1136038", "[sp]1rwa" }, /* ldclrlb w0,w1,[sp] */
	{ EM_AARCH64, "4180a078", "[x2]2rwa" }, /* swpah w0,w1,[x2] */
	{ EM_AARCH64, "41fce0c8", "[x2]8rwa" }, /* casal x0,x1,[x2] */
	{ EM_AARCH64, "827c6008", "[x4]8rwa" }, /* caspa w0,w1,w2,w3,[x4] */
	{ EM_AARCH64, "208840f8", "[x1+0x8]8r x0=" }, /* ldtr x0,[x1,#8] */
	{ EM_AARCH64, "20080038", "[x1]1w" }, /* sttrb w0,[x1] */
	{ EM_AARCH64, "20fc7ff8", "[x1-0x8]8r x0=" }, /* ldraa x0,[x1,#-8]! */
	{ EM_AARCH64, "0020df4c", "[x0]64r" }, /* ld1 {v0.16b-v3.16b},[x0],#64 */
	{ EM_AARCH64, "0090200d", "[x0]8w" }, /* st2 {v0.s,v1.s}[1],[x0] */
	{ EM_AARCH64, "00cc404d", "[x0]8r" }, /* ld1r {v0.2d},[x0] */
	{ EM_AARCH64, "2004c03d", "[x1+0x10]16r" }, /* ldr q0,[x1,#16] */
	{ EM_AARCH64, "2000007d", "[x1]2w" }, /* str h0,[x1] */
	{ EM_AARCH64, "200080f9", "" }, /* prfm pldl1keep,[x1] */
	{ EM_AARCH64, "201820d9", "[x1+0x10]16w" }, /* stg x0,[x1,#16] */
	{ EM_AARCH64, "200060d9", "[x1]16r" }, /* ldg x0,[x1] */
	{ EM_AARCH64, "ff27a0d9", "[sp]32w" }, /* st2g sp,[sp],#32 */
	{ EM_AARCH64, "40043f69", "[x2-0x20]16w" }, /* stgp x0,x1,[x2,#-32] */
	{ EM_AARCH64, "23740bd5", "[x3]0w" }, /* dc zva,x3 */
	{ EM_AARCH64, "20400091", "[x1+0x10]0 x0= address" }, /* add x0,x1,#16 */
	{ EM_AARCH64, "000440d1", "x0=-4096" }, /* sub x0,x0,#0x1,lsl #12 */
	{ EM_AARCH64, "e00301aa", "x0=x1" }, /* mov x0,x1 */
	{ EM_AARCH64, "fd030091", "x29=sp" }, /* mov x29,sp */
	{ EM_AARCH64, "e003012a", "" }, /* mov w0,w1 */
	{ EM_AARCH64, "02000094", "branch call" }, /* bl .+8 */
	{ EM_AARCH64, "00013fd6", "operand x8.8 branch call" }, /* blr x8 */
	{ EM_AARCH64, "00021fd6", "operand x16.8 branch" }, /* br x16 */
	{ EM_AARCH64, "c0035fd6", "operand x30.8 return" }, /* ret */
	{ EM_AARCH64, "000021d4", "trap" }, /* brk #0x800 */
	{ EM_AARCH64, "400000b4", "branch" }, /* cbz x0,.+8 */
	{ EM_AARCH64, "df4203d5", "" }, /* msr daifset,#2 */
	{ EM_AARCH64, "bf3b03d5", "" }, /* dmb ish */
	{ EM_AARCH64, "004138d5", "" }, /* mrs x0,sp_el0 */
};
/* clang-format on */

/* "[segment:base+index(extension)*scale+displacement]size", with r, w, a for atomic and s for the stack; then
 * "loaded=source" or "loaded=+addend", the operand, and what the instruction is. */
static void describe(const struct code_instruction *found, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");

	for (unsigned int i = 0; i < found->nr_memories; i++) {
		const struct code_memory *memory = &found->memory[i];

		fprintf(out, "%s[%s%s%s", i ? " " : "", memory->segment,
			*memory->segment ? ":" : "", memory->base);
		if (*memory->index)
			fprintf(out, "+%s%s*%u", memory->index,
				memory->index_size == 8 ? "" :
				memory->index_signed	? "(s4)" :
							  "(u4)",
				memory->scale);
		if (memory->displacement)
			fprintf(out, "%s0x%llx", memory->displacement < 0 ? "-" : "+",
				llabs(memory->displacement));
		fprintf(out, "]%u%s%s%s%s", memory->size, memory->is_read ? "r" : "",
			memory->is_write ? "w" : "", memory->is_atomic ? "a" : "",
			memory->is_stack ? "s" : "");
	}
	if (*found->loaded)
		fprintf(out, " %s=%s", found->loaded, found->source);
	if (found->has_addend)
		fprintf(out, "%+lld", (long long)found->addend);
	if (*found->operand)
		fprintf(out, " operand %s.%u", found->operand, found->operand_size);
	fprintf(out, "%s%s%s%s%s%s", found->is_branch ? " branch" : "",
		found->is_call ? " call" : "", found->is_return ? " return" : "",
		found->is_division ? " division" : "", found->is_address ? " address" : "",
		found->is_trap ? " trap" : "");
	fclose(out);
}

static size_t read_digits(const char *digits, uint8_t *bytes)
{
	size_t nr = 0;

	for (; digits[2 * nr]; nr++)
		bytes[nr] = (uint8_t)strtoul((char[]){ digits[2 * nr], digits[2 * nr + 1], 0 },
					     NULL, 16);
	return nr;
}

static void decode_digits(unsigned int machine, const char *digits, struct code_instruction *found)
{
	struct error err;
	struct code *code = code_open(machine, &err);
	uint8_t bytes[CODE_LONGEST];
	size_t nr = read_digits(digits, bytes);

	assert_non_null(code);
	code_decode(code, AT, bytes, nr, found);
	assert_int_equal(found->size, nr);
	code_close(code);
}

static void operands(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(operands_rows) / sizeof(operands_rows[0]); i++) {
		const struct operands_row *row = &operands_rows[i];
		struct code_instruction found;
		char text[256] = "";

		decode_digits(row->machine, row->bytes, &found);
		describe(&found, text, sizeof(text));
		if (strcmp(text + (*text == ' '), row->found) != 0)
			fail_msg("%s, %s: %s", row->bytes, found.text, text);
	}
}

static void check_registers(const struct code_instruction *found, const char *names, bool changed)
{
	char copy[64], *rest = copy;

	snprintf(copy, sizeof(copy), "%s", names);
	for (char *name = strsep(&rest, " "); name && *name; name = strsep(&rest, " ")) {
		if (code_writes(found, name) != changed)
			fail_msg("%s: %s", found->text, name);
	}
}

/* Which registers an instruction may change. */
static void changed_registers(void **state)
{
	static const struct {
		unsigned int machine;
		const char *bytes, *changed, *kept;
	} rows[] = {
		{ EM_X86_64, "488b4708", "rax", "rdi" }, /* mov 0x8(%rdi),%rax */
		{ EM_X86_64, "48890f", "", "rcx rdi" }, /* mov %rcx,(%rdi) */
		{ EM_X86_64, "8a0b", "rcx", "rbx" }, /* mov (%rbx),%cl */
		{ EM_X86_64, "4885c0", "", "rax" }, /* test %rax,%rax */
		{ EM_X86_64, "4891", "rax rcx", "rdx" }, /* xchg %rax,%rcx */
		{ EM_X86_64, "f00fc14704", "rax", "rdi" }, /* lock xadd %eax,4(%rdi) */
		{ EM_X86_64, "f0480fb10a", "rax", "rcx rdx" }, /* lock cmpxchg %rcx,(%rdx) */
		{ EM_X86_64, "48f7f1", "rax rdx", "rcx" }, /* div %rcx */
		{ EM_X86_64, "480fafc1", "rax", "rcx rdx" }, /* imul %rcx,%rax */
		{ EM_X86_64, "48f7e9", "rax rdx", "rcx" }, /* imul %rcx */
		{ EM_X86_64, "5b", "rbx rsp", "rax" }, /* pop %rbx */
		{ EM_X86_64, "c9", "rsp rbp", "rax" }, /* leave */
		{ EM_X86_64, "f348ab", "rcx rdi", "rax rsi" }, /* rep stos %rax,%es:(%rdi) */
		{ EM_X86_64, "ffd0", "rax rcx rdx rsi rdi r8 r9 r10 r11",
		  "rbx rsp rbp r12 r13 r14 r15" },
		{ EM_X86_64, "0f01f9", "rax rcx rdx rbx", "" }, /* rdtscp: not known, so all */
		{ EM_386, "ffd0", "eax ecx edx", "ebx esp ebp esi edi" }, /* call *%eax */
		{ EM_AARCH64, "200840f9", "x0", "x1 sp" }, /* ldr x0, [x1, #16] */
		{ EM_AARCH64, "621440f8", "x2 x3", "x1" }, /* ldr x2, [x3], #1 */
		{ EM_AARCH64, "fd7bbea9", "sp", "x29 x30" }, /* stp x29, x30, [sp, #-32]! */
		{ EM_AARCH64, "20fc02c8", "x2", "x0 x1" }, /* stlxr w2, x0, [x1] */
		{ EM_AARCH64, "4100e0b8", "x1", "x0 x2" }, /* ldaddal w0, w1, [x2] */
		{ EM_AARCH64, "20fce0c8", "x0", "x1" }, /* casal x0, x0, [x1] */
		{ EM_AARCH64, "20040091", "x0", "x1" }, /* add x0, x1, #1 */
		{ EM_AARCH64, "004138d5", "x0", "x1" }, /* mrs x0, sp_el0 */
		{ EM_AARCH64, "00013fd6", "x0 x8 x18 x30", "x19 x29 sp" }, /* blr x8 */
		{ EM_AARCH64, "bf3b03d5", "", "x0 x30" }, /* dmb ish */
		{ EM_AARCH64, "3f2303d5", "x30", "x0" }, /* paciasp */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct code_instruction found;

		decode_digits(rows[i].machine, rows[i].bytes, &found);
		check_registers(&found, rows[i].changed, true);
		check_registers(&found, rows[i].kept, false);
	}
}

/* The texts are objdump's. */
static void riscv64_alone(void **state)
{
	/* clang-format off */
	static const struct {
		const char *bytes, *text, *found;
	} rows[] = {
		{ "1c6d", "ld a5,24(a0)", "[a0+0x18]8r" },
		{ "98e7", "sd a4,8(a5)", "[a5+0x8]8w" },
		{ "9843", "lw a4,0(a5)", "[a5]4r" },
		{ "5cc3", "sw a5,4(a4)", "[a4+0x4]4w" },
		{ "1c29", "fld fa5,16(a0)", "[a0+0x10]8r" },
		{ "1ca9", "fsd fa5,16(a0)", "[a0+0x10]8w" },
		{ "e264", "ld s1,24(sp)", "[sp+0x18]8r" },
		{ "06fc", "sd ra,56(sp)", "[sp+0x38]8w" },
		{ "b247", "lw a5,12(sp)", "[sp+0xc]4r" },
		{ "3ec6", "sw a5,12(sp)", "[sp+0xc]4w" },
		{ "6270", ".inst 0x7062", "" }, /* a load of zero from the stack is reserved */
		{ "8347f4ff", "lbu a5,-1(s0)", "[s0-0x1]1r" },
		{ "83270001", "lw a5,16(zero)", "[+0x10]4r" },
		{ "233ce5fe", "sd a4,-8(a0)", "[a0-0x8]8w" },
		{ "273494fe", "fsd fs1,-24(s0)", "[s0-0x18]8w" },
		{ "07b50002", "fld fa0,32(ra)", "[ra+0x20]8r" },
		{ "afb7e400", "amoadd.d a5,a4,(s1)", "[s1]8rwa" },
		{ "afa7e406", "amoadd.w.aqrl a5,a4,(s1)", "[s1]4rwa" },
		{ "2f260510", "lr.w a2,(a0)", "[a0]4ra" },
		{ "af36b51a", "sc.d.rl a3,a1,(a0)", "[a0]8wa" },
		{ "2f07f5f8", ".inst 0xf8f5072f", "" }, /* bytes */
		{ "8297", "jalr a5", "operand a5.8 branch call" },
		{ "0287", "jr a4", "operand a4.8 branch" },
		{ "8280", "ret", "operand ra.8 return" },
		{ "e780c700", "jalr 12(a5)", "operand a5.8 branch call" },
		{ "67800700", "jr a5", "operand a5.8 branch" },
		{ "e7820700", "jalr t0,0(a5)", "operand a5.8 branch" },
		{ "e7900700", ".inst 0x000790e7", "" },
		{ "0290", "ebreak", "trap" },
		{ "73001000", "ebreak", "trap" },
		{ "0000", "unimp", "" },
		{ "2e85", ".inst 0x852e", "" }, /* mv a0,a1 */
		{ "f3270010", ".inst 0x100027f3", "" }, /* csrr a5,sstatus */
	};
	/* clang-format on */
	static const struct {
		const char *bytes;
		int64_t offset;
	} jumps[] = {
		{ "efb06a5a", 0xab5a6 }, { "6f50bcb4", -0x3a4b6 }, /* jal, j */
		{ "6305b56a", 0x6aa },	 { "63fd59ba", -0xc46 }, /* beq, bgeu */
		{ "2db3", -0x2d6 },	 { "79ad", 0x69e }, /* c.j */
		{ "55c1", 0xa4 },	 { "a9f8", -0xae }, /* c.beqz, c.bnez */
	};
	struct code_instruction found;
	uint8_t bytes[CODE_LONGEST];
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t nr = read_digits(rows[i].bytes, bytes);

		assert_true(code_decode_alone(EM_RISCV, AT, bytes, nr, &found));
		memset(text, 0, sizeof(text));
		describe(&found, text, sizeof(text));
		assert_string_equal(found.text, rows[i].text);
		assert_string_equal(text + (*text == ' '), rows[i].found);
		assert_int_equal(found.size, nr);
		assert_int_equal(found.known, *rows[i].text != '.');
		/* the text may end within it */
		assert_int_equal(code_decode_alone(EM_RISCV, AT, bytes, nr - 1, &found), false);
	}
	for (size_t i = 0; i < sizeof(jumps) / sizeof(jumps[0]); i++) {
		size_t nr = read_digits(jumps[i].bytes, bytes);

		assert_true(code_decode_alone(EM_RISCV, AT, bytes, nr, &found));
		assert_true(found.has_target && found.is_branch);
		assert_int_equal(found.target, AT + (uint64_t)jumps[i].offset);
		assert_int_equal(found.is_call, i == 0);
	}
	assert_false(code_decode_alone(EM_X86_64, AT, bytes, 4, &found));
}

static void other_machines(void **state)
{
	struct error err = { .message = "" };

	(void)state;
	assert_null(code_open(EM_PPC64, &err));
	assert_non_null(strstr(err.message, "machine"));
	code_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions),	     cmocka_unit_test(operands),
		cmocka_unit_test(changed_registers), cmocka_unit_test(riscv64_alone),
		cmocka_unit_test(other_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	puts("1..0 # SKIP without capstone");
	return 0;
}

#endif
