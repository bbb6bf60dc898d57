// SPDX-License-Identifier: GPL-3.0-or-later
/* mkdump: the statements about the ELF header, segments and notes. */
#include <inttypes.h>
#include <string.h>

#include "mkdump.h"

enum { MAX_SEGMENTS = 1 << 17 };

void run_elf(struct dump *d, struct source *s, char *rest)
{
	static const struct key keys[] = {
		KEY(elf_header, class),	      KEY(elf_header, endian),	 KEY(elf_header, machine),
		KEY(elf_header, type),	      KEY(elf_header, version),	 KEY(elf_header, phoff),
		KEY(elf_header, pnxnum),      KEY(elf_header, e_phoff),	 KEY(elf_header, e_phnum),
		KEY(elf_header, e_phentsize), KEY(elf_header, e_ehsize), KEY(elf_header, e_shoff),
		KEY(elf_header, e_shnum),
	};

	set_keys(&d->elf, keys, ARRAY_SIZE(keys), s->where, rest);
}

static struct segment *add_segment(struct dump *d, struct where w, char *rest)
{
	static const struct key keys[] = {
		KEY(segment, paddr),   KEY(segment, vaddr),   KEY(segment, filesz),
		KEY(segment, memsz),   KEY(segment, offset),  KEY(segment, flags),
		KEY(segment, align),   KEY(segment, p_type),  KEY(segment, p_offset),
		KEY(segment, p_vaddr), KEY(segment, p_paddr), KEY(segment, p_filesz),
		KEY(segment, p_memsz),
	};
	struct segment *seg = list_add(&d->segments, sizeof(*seg));

	seg->where = w;
	seg->flags = 7;
	seg->align = 4096;
	seg->filesz = seg->memsz = seg->offset = NOT_SET;
	seg->p_type = seg->p_offset = seg->p_vaddr = NOT_SET;
	seg->p_paddr = seg->p_filesz = seg->p_memsz = NOT_SET;
	set_keys(seg, keys, ARRAY_SIZE(keys), w, rest);
	if (!seg->align)
		die(w, "align=0");
	return seg;
}

void run_segment(struct dump *d, struct source *s, char *rest)
{
	struct segment *seg = add_segment(d, s->where, rest);

	if (seg->filesz == NOT_SET)
		seg->filesz = seg->memsz;
	if (seg->memsz == NOT_SET)
		seg->memsz = seg->filesz;
	if (seg->filesz == NOT_SET)
		die(s->where, "a segment needs filesz= or memsz=");
}

/* segments COUNT KEY=...: that many empty ones, for wild header counts. */
void run_segments(struct dump *d, struct source *s, char *rest)
{
	uint64_t count = expr(s->where, need_word(&rest, s->where, "a count"));
	struct segment *first, *copy;
	size_t at = d->segments.nr;

	if (!count || count > MAX_SEGMENTS)
		die(s->where, "a count from 1 to %d", MAX_SEGMENTS);
	run_segment(d, s, rest);
	while (--count) {
		copy = list_add(&d->segments, sizeof(*copy));
		first = (struct segment *)d->segments.items + at;
		*copy = *first;
	}
}

void run_notes(struct dump *d, struct source *s, char *rest)
{
	struct segment *seg = add_segment(d, s->where, rest);

	seg->is_notes = true;
	seg->first_note = d->notes.nr;
}

static struct note *add_note(struct dump *d, struct where w, const char *name)
{
	static char nothing[1];
	struct segment *seg = NULL;
	struct note *n;

	for (size_t i = d->segments.nr; i && !seg; i--) {
		seg = (struct segment *)d->segments.items + i - 1;
		seg = seg->is_notes ? seg : NULL;
	}
	if (!seg) {
		seg = add_segment(d, w, nothing);
		seg->is_notes = true;
	}
	seg->nr_notes++;
	n = list_add(&d->notes, sizeof(*n));
	if (strlen(name) >= sizeof(n->name))
		die(w, "note name '%s' is too long", name);
	snprintf(n->name, sizeof(n->name), "%s", name);
	n->namesz = n->descsz = NOT_SET;
	return n;
}

static struct note *find_note(struct dump *d, const char *name)
{
	struct note *n = d->notes.items;

	for (size_t i = 0; i < d->notes.nr; i++)
		if (!strcmp(n[i].name, name))
			return &n[i];
	return NULL;
}

/* Text with %x{EXPR} and %d{EXPR}, hexadecimal and signed decimal. */
static void add_text(struct buf *b, char *text, struct where w)
{
	char number[32], *end, kind;

	while (*text) {
		if (text[0] != '%' || !text[1] || text[2] != '{') {
			buf_add(b, text++, 1);
			continue;
		}
		kind = text[1];
		end = strchr(text, '}');
		if ((kind != 'x' && kind != 'd') || !end)
			die(w, "expected %%x{EXPRESSION} or %%d{EXPRESSION}");
		*end = '\0';
		snprintf(number, sizeof(number), kind == 'x' ? "%" PRIx64 : "%" PRId64,
			 expr(w, text + 3));
		buf_add(b, number, strlen(number));
		text = end + 1;
	}
}

/* Take KEY=... out of the text, as a later line says it anew. */
static void drop_key(struct buf *text, const char *line)
{
	size_t key = strcspn(line, "=") + 1, length;
	char *at = (char *)text->data, *end;

	if (!text->size)
		return;
	for (end = at + text->size; at < end; at += length) {
		length = (size_t)((char *)memchr(at, '\n', (size_t)(end - at)) - at) + 1;
		if (length <= key || memcmp(at, line, key) != 0)
			continue;
		memmove(at, at + length, (size_t)(end - at) - length);
		text->size -= length;
		return;
	}
}

static void read_vmcoreinfo(struct dump *d, struct source *s)
{
	struct note *n = find_note(d, "VMCOREINFO");
	char *line;

	if (!n)
		n = add_note(d, s->where, "VMCOREINFO");
	while ((line = read_line(s))) {
		if (!strcmp(line, "end"))
			return;
		if (strchr(line, '='))
			drop_key(&n->desc, line);
		add_text(&n->desc, line, s->where);
		buf_add(&n->desc, "\n", 1);
	}
	die(s->where, "a note without 'end'");
}

/* QEMU's CPU state note, version 1 (QEMU target/i386/arch_dump.c). */
static void add_qemu_cpu(struct dump *d, struct source *s, char *rest)
{
	static const char *const names[] = {
		"rax", "rbx",
		"rcx", "rdx",
		"rsi", "rdi",
		"rsp", "rbp",
		"r8",  "r9",
		"r10", "r11",
		"r12", "r13",
		"r14", "r15",
		"rip", "rflags",
		"cs",  "ds",
		"es",  "fs",
		"gs",  "ss",
		"ldt", "tr",
		"gdt", "idt",
		"cr0", "cr1",
		"cr2", "cr3",
		"cr4", "kernel_gs_base",
	};
	enum { FIRST_SEGMENT = 18, NR_SEGMENTS = 10, CS = FIRST_SEGMENT };
	struct key keys[ARRAY_SIZE(names)];
	uint64_t values[ARRAY_SIZE(names)] = { 0 };
	struct note *n = add_note(d, s->where, "QEMU");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		keys[i] = (struct key){ names[i], i * sizeof(values[0]) };
	set_keys(values, keys, ARRAY_SIZE(keys), s->where, rest);
	buf_add_int(&n->desc, 1, 4, false);
	buf_add_int(&n->desc, 440, 4, false);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (i >= FIRST_SEGMENT && i < FIRST_SEGMENT + NR_SEGMENTS) {
			buf_add_int(&n->desc, i == CS ? values[i] : 0, 4, false); /* selector */
			buf_add_int(&n->desc, 0, 4, false); /* limit */
			buf_add_int(&n->desc, 0, 8, false); /* flags, pad */
		}
		/* the value of cs is its selector, the values of other segments are bases */
		buf_add_int(&n->desc, i == CS ? 0 : values[i], 8, false);
	}
}

/* NT_PRSTATUS, with nothing of interest in it but its pid and two registers. Its size
 * is the machine's, whatever the class: QEMU's x86_write_elf64_note(). */
static void add_prstatus(struct dump *d, struct source *s, char *rest)
{
	bool is32 = d->elf.class == 32 || d->elf.machine == 3;
	bool is_arm64 = d->elf.machine == 183, is_riscv = d->elf.machine == 243;
	bool big = d->elf.endian == 2;
	size_t size = is32 ? 144 : is_arm64 ? 392 : is_riscv ? 376 : 336, word = is32 ? 4 : 8;
	struct {
		uint64_t pid, ip, sp, fp, lr, flags, fpvalid, bx, di;
	} values = { 0 };
	const struct key keys[] = { { "pid", 0 },      { "ip", 8 },  { "sp", 16 },
				    { "fp", 24 },      { "lr", 32 }, { "flags", 40 },
				    { "fpvalid", 48 }, { "bx", 56 }, { "di", 64 } };
	struct note *n = add_note(d, s->where, "CORE");

	set_keys(&values, keys, ARRAY_SIZE(keys), s->where, rest);
	n->type = 1;
	buf_add(&n->desc, "", 1);
	buf_pad(&n->desc, is32 ? 24 : 32);
	buf_add_int(&n->desc, values.pid, 4, big);
	if (is_arm64) { /* x29, x30, sp, pc, and pr_fpvalid */
		const uint64_t last[] = { values.fp, values.lr,	   values.sp,
					  values.ip, values.flags, values.fpvalid };

		buf_pad(&n->desc, 112 + 29 * 8);
		for (size_t i = 0; i < ARRAY_SIZE(last); i++)
			buf_add_int(&n->desc, last[i], word, big);
		buf_pad(&n->desc, size);
		return;
	}
	if (is_riscv) { /* pc, ra, sp, and s0 */
		const uint64_t first[] = { values.ip, values.lr, values.sp };

		buf_pad(&n->desc, 112);
		for (size_t i = 0; i < ARRAY_SIZE(first); i++)
			buf_add_int(&n->desc, first[i], word, big);
		buf_pad(&n->desc, 112 + 8 * 8);
		buf_add_int(&n->desc, values.fp, word, big);
		buf_pad(&n->desc, size);
		return;
	}
	if (!is32) {
		buf_pad(&n->desc, 112 + 5 * 8);
		buf_add_int(&n->desc, values.bx, word, big);
		buf_pad(&n->desc, 112 + 14 * 8);
		buf_add_int(&n->desc, values.di, word, big);
	}
	buf_pad(&n->desc, is32 ? 72 + 12 * 4 : 112 + 16 * 8);
	buf_add_int(&n->desc, values.ip, word, big);
	buf_pad(&n->desc, is32 ? 72 + 15 * 4 : 112 + 19 * 8);
	buf_add_int(&n->desc, values.sp, word, big);
	buf_pad(&n->desc, size);
}

/* note NAME [type= namesz= descsz=]: ITEMS */
static void add_raw_note(struct dump *d, struct source *s, const char *name, char *rest)
{
	static const struct key keys[] = {
		KEY(note, type),
		KEY(note, namesz),
		KEY(note, descsz),
	};
	struct note *n = add_note(d, s->where, name);
	char *colon = strchr(rest, ':');

	if (!colon)
		die(s->where, "expected note NAME FIELD=...: ITEMS");
	*colon = '\0';
	set_keys(n, keys, ARRAY_SIZE(keys), s->where, rest);
	add_items(d, &n->desc, colon + 1, s->where);
}

void run_note(struct dump *d, struct source *s, char *rest)
{
	char *name = need_word(&rest, s->where, "a note's name");
	char *kind = rest + strspn(rest, " \t");

	if (!strcmp(name, "VMCOREINFO") && !*kind) {
		read_vmcoreinfo(d, s);
	} else if (!strcmp(name, "QEMU") && !strncmp(kind, "cpu", 3)) {
		add_qemu_cpu(d, s, kind + 3);
	} else if (!strcmp(name, "CORE") && !strncmp(kind, "prstatus", 8)) {
		add_prstatus(d, s, kind + 8);
	} else {
		add_raw_note(d, s, name, rest);
	}
}
