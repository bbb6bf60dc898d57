/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The input is the types of BTF, with the names in `names`. Each type that has a name is described,
 * declared and defined, and its members are looked up. */
#include "input.h"

#include "types/definition.h"
#include "types/types.h"

static const char names[] = "\0long unsigned int\0a\0b\0c\0d\0e\0f\0text[\nx";

enum { HEADER = 24, MOST_DEPTH = 3 };

struct walk {
	unsigned int nr_lines, nr_members, depth;
};

static void walk_type(const struct ctype *type, struct walk *walk);

static bool see_member(const struct ctype_member *member, void *arg)
{
	struct walk *walk = arg;

	PROMISED(member->name);
	if (++walk->nr_members < 1000 && walk->depth < MOST_DEPTH) {
		walk->depth++;
		walk_type(&member->type, walk);
		walk->depth--;
	}
	return walk->nr_members < 1000;
}

static bool see_enumerator(const char *name, int64_t value, void *arg)
{
	struct walk *walk = arg;

	(void)value;
	PROMISED(name);
	return ++walk->nr_members < 1000;
}

static void walk_type(const struct ctype *type, struct walk *walk)
{
	struct ctype_facts facts = ctype_describe(type);
	char text[200];

	PROMISED(facts.name);
	PROMISED(facts.kind == CTYPE_ARRAY || !facts.count);
	ctype_declare(type, "name", text, sizeof(text));
	PROMISED(strlen(text) < sizeof(text) && !strchr(text, '\n'));
	ctype_enumerator_of(type, 5, false);
	ctype_enumerator_of(type, 5, true);
	ctype_each_enumerator(type, see_enumerator, walk);
	ctype_each_member(type, see_member, walk);
	for (int i = 0; i < 10 && (facts.kind == CTYPE_ARRAY || facts.kind == CTYPE_POINTER); i++)
		facts = ctype_describe(&facts.target);
}

static bool see_line(const struct definition_line *line, void *arg)
{
	struct walk *walk = arg;

	PROMISED(strlen(line->text) < 2048);
	return ++walk->nr_lines % 1000;
}

static void ask(struct types *types, const char *name)
{
	static const char *const paths[] = {
		"a", "b.c", "a[1]", "a[0][2].d", "e[4294967295].a", "f.f.f.f"
	};
	static const struct definition_form forms[] = { { .offsets = true },
							{ .hex = true },
							{ .members = "a,b.c,d[1]" } };
	struct walk walk = { 0 };
	struct ctype_member member;
	struct error err;
	struct ctype type, enums[2];
	int64_t values[2];

	ctype_find_enumerator(types, name, enums, values);
	if (!ctype_find(types, name, &type))
		return;
	walk_type(&type, &walk);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (ctype_path(&type, paths[i], strlen(paths[i]), &member))
			ctype_describe(&member.type);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (!definition_lines(&type, &forms[i], see_line, &walk, &err))
			PROMISED(*err.message);
}

static void put_word(uint8_t *at, size_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *btf = calloc(1, HEADER + size + sizeof(names));
	struct types *types;

	size -= size % 4;
	put_word(btf, 0x1eb9f); /* magic and version */
	put_word(btf + 4, HEADER);
	put_word(btf + 12, size);
	put_word(btf + 16, size);
	put_word(btf + 20, sizeof(names));
	if (size)
		memcpy(btf + HEADER, data, size);
	memcpy(btf + HEADER + size, names, sizeof(names));
	types = types_open_btf((struct bytes){ btf, HEADER + size + sizeof(names) });
	for (const char *name = names + 1; name < names + sizeof(names); name += strlen(name) + 1)
		ask(types, name);
	ask(types, "struct a *");
	ask(types, "enum b");
	ask(types, "unsigned long");
	types_close(types);
	free(btf);
	return 0;
}
