/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the value of a fact is determined from its sources, which are made here: which sources are
 * asked, which one is accepted, which contradict it, and which facts are doubtful or depend on
 * other facts. */
#include "kernel/facts.h"
#include "kernel/space.h"
#include "placed.h"

#include "unit.h"

/* The value that each source returns, or UNKNOWN. */
enum { UNKNOWN = 0xffff };

static uint64_t says[6];
static unsigned int nr_asked[6];
static bool uses_foreign_types;

static bool speak(struct kernel *kernel, const char *arg, uint64_t *value)
{
	unsigned int nr = (unsigned int)(arg[0] - '0');

	nr_asked[nr]++;
	*value = says[nr];
	if (uses_foreign_types)
		kernel_note_foreign(kernel, RESTS_ON_TYPES);
	return says[nr] != UNKNOWN;
}

/* FACT_VMEMMAP needs FACT_MEM_MAP, which first needs FACT_VMEMMAP. */
static bool by_mem_map(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_MEM_MAP, value);
}

static bool by_vmemmap(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_VMEMMAP, value);
}

/* FACT_VMALLOC_START needs FACT_MEM_SECTION, which needs FACT_VTD_ROOT, which needs
 * FACT_VMALLOC_START. */
static bool by_section(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_MEM_SECTION, value);
}

static bool by_root(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_VTD_ROOT, value);
}

static bool by_start(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_VMALLOC_START, value);
}

/* Two sources of the dump, a look-up and a costly one; two such sources of vmlinux; and a last
 * resort. */
static const struct fact_source sources[] = {
	{ FACT_MAX_PFN, SOURCE_CHEAP, OF_DUMP("first"), speak, "0" },
	{ FACT_MAX_PFN, SOURCE_COSTLY, OF_DUMP("second"), speak, "1" },
	{ FACT_MAX_PFN, SOURCE_CHEAP, OF_DUMP("third"), speak, "2" },
	{ FACT_MAX_PFN, SOURCE_CHEAP, OF_VMLINUX("fourth"), speak, "3" },
	{ FACT_MAX_PFN, SOURCE_COSTLY, OF_VMLINUX("fifth"), speak, "4" },
	{ FACT_MAX_PFN, SOURCE_FALLBACK, OF_DUMP("sixth"), speak, "5" },
	{ FACT_HIGH_MEMORY, SOURCE_CHEAP, OF_DUMP("max_pfn"), by_mem_map, NULL },
	{ 0 },
};

static const struct fact_source more[] = {
	{ FACT_VMEMMAP, SOURCE_CHEAP, OF_DUMP("mem_map"), by_mem_map, NULL },
	{ FACT_MEM_MAP, SOURCE_CHEAP, OF_DUMP("vmemmap"), by_vmemmap, NULL },
	{ FACT_MEM_MAP, SOURCE_CHEAP, OF_DUMP("another"), speak, "1" },
	{ FACT_VMALLOC_START, SOURCE_CHEAP, OF_DUMP("mem_section"), by_section, NULL },
	{ FACT_VMALLOC_START, SOURCE_CHEAP, OF_DUMP("another"), speak, "1" },
	{ FACT_MEM_SECTION, SOURCE_CHEAP, OF_DUMP("vtd_root"), by_root, NULL },
	{ FACT_VTD_ROOT, SOURCE_CHEAP, OF_DUMP("vmalloc_start"), by_start, NULL },
	{ 0 },
};

static const struct fact_source *const tables[] = { sources, more, NULL };

static struct kernel *open_kernel(enum vmlinux_match match)
{
	struct kernel *kernel;

	memory_start_64("6.1.0", "");
	kernel = memory_open(NULL, NULL);
	facts_forget(kernel->facts);
	kernel->sources = tables;
	kernel->identity->match = match;
	memset(nr_asked, 0, sizeof(nr_asked));
	return kernel;
}

static void tell(void *arg, const char *fact, const char *why)
{
	sprintf((char *)arg + strlen(arg), "%s: %s\n", fact, why);
}

static void facts_of_their_sources(void **state)
{
	enum { NO_SOURCE = 6, U = UNKNOWN };
	static const struct {
		enum vmlinux_match match;
		uint64_t says[6];
		unsigned int from; /* index of the source that is accepted */
		const char *asked; /* number of times that each source is asked */
		const char *doubt;
	} rows[] = {
		{ VMLINUX_MATCHES, { 1, 1, 1, 1, 1, 1 }, 0, "101100", "" },
		{ VMLINUX_MATCHES, { 1, 2, U, U, 2, 2 }, 0, "101100", "" },
		{ VMLINUX_MATCHES, { U, 1, 1, 1, 2, 2 }, 1, "111100", "" },
		{ VMLINUX_MATCHES,
		  { 1, U, 2, 1, U, U },
		  0,
		  "101100",
		  "max_pfn: first says 0x1, but third says 0x2\n" },
		{ VMLINUX_MATCHES,
		  { U, 1, 1, 3, U, U },
		  1,
		  "111100",
		  "max_pfn: second says 0x1, but fourth says 0x3\n" },
		{ VMLINUX_MATCHES, { U, U, U, 1, 2, 3 }, 3, "111100", "" },
		{ VMLINUX_MATCHES, { U, U, U, U, 1, 2 }, 4, "111110", "" },
		{ VMLINUX_MATCHES, { U, U, U, U, U, 2 }, 5, "111111", "" },
		{ VMLINUX_MATCHES, { U, U, U, U, U, U }, NO_SOURCE, "111111", "" },
		/* the vmlinux of another kernel is asked last */
		{ VMLINUX_DIFFERS, { 1, U, U, 2, U, U }, 0, "101000", "" },
		{ VMLINUX_DIFFERS, { U, U, U, 1, 2, 3 }, 5, "111001", "" },
		{ VMLINUX_DIFFERS,
		  { U, U, U, 1, 2, U },
		  3,
		  "111101",
		  "max_pfn: vmlinux is of another kernel\n" },
		{ VMLINUX_DIFFERS,
		  { U, U, U, U, 1, U },
		  4,
		  "111111",
		  "max_pfn: vmlinux is of another kernel\n" },
		{ VMLINUX_DIFFERS, { U, U, U, U, U, U }, NO_SOURCE, "111111", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = open_kernel(rows[i].match);
		const struct fact *fact = &kernel->facts->fact[FACT_MAX_PFN];
		char doubts[300] = "", none[300] = "";
		uint64_t value;
		bool known;

		memcpy(says, rows[i].says, sizeof(says));
		known = kernel_fact(kernel, FACT_MAX_PFN, &value);
		assert_int_equal(known, rows[i].from != NO_SOURCE);
		for (unsigned int j = 0; j < 6; j++)
			if (nr_asked[j] != (unsigned int)(rows[i].asked[j] - '0'))
				fail_msg("row %zu: source %u", i, j);
		if (known) {
			assert_true(value == rows[i].says[rows[i].from]);
			assert_ptr_equal(fact->from, &sources[rows[i].from]);
			assert_string_equal(fact->source, sources[rows[i].from].name);
		}
		kernel_doubts(kernel, UINT32_MAX, tell, doubts);
		assert_string_equal(doubts, rows[i].doubt);
		kernel_doubts(kernel, ~(1u << FACT_MAX_PFN), tell, none);
		assert_string_equal(none, "");
		/* the value is determined only once */
		assert_int_equal(kernel_fact(kernel, FACT_MAX_PFN, &value), known);
		assert_int_equal(nr_asked[0], 1);
		assert_null(kernel->facts->asked);
		open_close(kernel);
	}
}

/* A value that depends on another kernel's types is doubtful. It is not doubtful if only a source
 * without a value used these types. */
static void facts_of_foreign_types(void **state)
{
	(void)state;
	for (int known = 0; known < 2; known++) {
		struct kernel *kernel = open_kernel(VMLINUX_MATCHES);
		const struct fact *fact = &kernel->facts->fact[FACT_MAX_PFN];
		char doubts[300] = "";
		struct sourced outer = { .doubt = "doubt" };
		uint64_t value;

		for (unsigned int i = 0; i < 6; i++)
			says[i] = known ? 7 : UNKNOWN;
		kernel->facts->asked = &outer;
		uses_foreign_types = true;
		assert_int_equal(kernel_fact(kernel, FACT_MAX_PFN, &value), known);
		uses_foreign_types = false;
		assert_int_equal(fact->doubt != NULL, known);
		kernel_doubts(kernel, UINT32_MAX, tell, doubts);
		assert_string_equal(doubts, known ? "max_pfn: vmlinux is of another kernel\n"
						    "types: vmlinux is of another kernel\n" :
						    "types: vmlinux is of another kernel\n");
		/* the fact that needs this one inherits a doubt, whether the doubt exists already
		 * or not */
		assert_non_null(outer.doubt);
		kernel_note_proof(kernel);
		assert_null(outer.doubt);
		assert_int_equal(kernel_fact(kernel, FACT_MAX_PFN, &value), known);
		assert_int_equal(outer.doubt != NULL, known);
		assert_ptr_equal(kernel->facts->asked, &outer);
		open_close(kernel);
	}
}

/* Symbols of another kernel are not its types. */
static void foreign_symbols(void **state)
{
	struct kernel *kernel = open_kernel(VMLINUX_MATCHES);
	struct sourced answer = { 0 };

	(void)state;
	kernel->facts->asked = &answer;
	kernel_note_foreign(kernel, RESTS_ON_SYMBOLS);
	assert_null(answer.doubt);
	kernel_note_foreign(kernel, RESTS_ON_TYPES);
	assert_non_null(answer.doubt);
	open_close(kernel);
}

/* The name of a source is the name of the file that it reads. A file that is not a System.map is a
 * vmlinux. */
static void names_of_sources(void **state)
{
	static const struct fact_source named[] = {
		{ FACT_MAX_PFN, SOURCE_CHEAP, OF_SYMBOL("max_pfn"), speak, "0" },
		{ 0 },
	};
	static const struct fact_source *const table[] = { named, NULL };

	(void)state;
	for (int given = 0; given < 2; given++) {
		struct linked linked = { .nr = 0 };
		struct kernel *kernel;
		uint64_t value;

		memory_start_64("6.1.0", "");
		linked_add(&linked, "_stext", LINKED_BASE, 0);
		kernel = memory_open(given ? linked_open(&linked) : NULL, NULL);
		facts_forget(kernel->facts);
		kernel->sources = table;
		says[0] = 1;
		assert_true(kernel_fact(kernel, FACT_MAX_PFN, &value));
		assert_string_equal(kernel->facts->fact[FACT_MAX_PFN].source,
				    "vmlinux symbol max_pfn");
		open_close(kernel);
	}
}

/* Two facts that need each other: a source that failed only for this reason is tried again. */
static void facts_that_need_each_other(void **state)
{
	struct kernel *kernel = open_kernel(VMLINUX_MATCHES);
	struct fact *fact = kernel->facts->fact;
	uint64_t value;

	(void)state;
	says[1] = UNKNOWN;
	assert_false(kernel_fact(kernel, FACT_MEM_MAP, &value));
	assert_int_equal(fact[FACT_MEM_MAP].status, FACT_NOT_KNOWN);
	assert_int_equal(fact[FACT_VMEMMAP].status, FACT_UNTRIED);
	assert_null(kernel->facts->asked);
	assert_false(kernel_fact(kernel, FACT_VMEMMAP, &value));
	assert_int_equal(fact[FACT_VMEMMAP].status, FACT_NOT_KNOWN);
	facts_forget(kernel->facts);
	says[1] = 5;
	assert_true(kernel_fact(kernel, FACT_MEM_MAP, &value));
	assert_int_equal(fact[FACT_VMEMMAP].status, FACT_UNTRIED);
	assert_true(kernel_fact(kernel, FACT_VMEMMAP, &value));
	assert_true(value == 5);
	facts_forget(kernel->facts);
	/* the first fact needs both */
	assert_true(kernel_fact(kernel, FACT_HIGH_MEMORY, &value));
	assert_true(value == 5);
	assert_int_equal(fact[FACT_MEM_MAP].status, FACT_KNOWN);
	open_close(kernel);
}

/* Three facts that need each other: a source that failed two levels below the first fact is tried
 * again, too. */
static void facts_in_a_ring(void **state)
{
	struct kernel *kernel = open_kernel(VMLINUX_MATCHES);
	struct fact *fact = kernel->facts->fact;
	uint64_t value;

	(void)state;
	says[1] = 5;
	assert_true(kernel_fact(kernel, FACT_VMALLOC_START, &value));
	assert_int_equal(fact[FACT_MEM_SECTION].status, FACT_UNTRIED);
	assert_int_equal(fact[FACT_VTD_ROOT].status, FACT_UNTRIED);
	assert_true(kernel_fact(kernel, FACT_MEM_SECTION, &value));
	assert_true(value == 5);
	assert_int_equal(fact[FACT_VTD_ROOT].status, FACT_KNOWN);
	open_close(kernel);
}

static void add_voice(void *arg, const struct fact_voice *voice)
{
	sprintf((char *)arg + strlen(arg), "%s %s", voice->source,
		fact_verdict_names[voice->verdict]);
	if (voice->verdict != VERDICT_SILENT)
		sprintf((char *)arg + strlen(arg), " %d", (int)voice->value);
	strcat(arg, "\n");
}

static bool refuse(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	(void)value;
	kernel_refuse(kernel);
	return false;
}

/* Has no value, but needs a fact whose source refuses a value. */
static bool by_refused(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	return kernel_fact(kernel, FACT_MEM_MAP, value);
}

/* A refused value contradicts its own fact, and no fact that needs it. */
static void refused_values(void **state)
{
	static const struct fact_source refusing[] = {
		{ FACT_MAX_PFN, SOURCE_CHEAP, OF_DUMP("first"), speak, "0" },
		{ FACT_MAX_PFN, SOURCE_COSTLY, OF_DUMP("second"), by_refused, NULL },
		{ FACT_MAX_PFN, SOURCE_COSTLY, OF_DUMP("third"), refuse, NULL },
		{ FACT_MEM_MAP, SOURCE_CHEAP, OF_DUMP("fourth"), refuse, NULL },
		{ 0 },
	};
	static const struct fact_source *const table[] = { refusing, NULL };
	struct kernel *kernel = open_kernel(VMLINUX_MATCHES);
	char voices[300] = "";

	(void)state;
	kernel->sources = table;
	says[0] = 1;
	kernel_fact_voices(kernel, FACT_MAX_PFN, true, add_voice, voices);
	assert_string_equal(voices, "first taken 1\nsecond silent\nthird differs 1\n");
	open_close(kernel);
}

static void voices_of_a_fact(void **state)
{
	static const struct {
		uint64_t says[6];
		bool weaker;
		const char *voices;
	} rows[] = {
		{ { 1, 2, UNKNOWN, 1, 3, 4 },
		  false,
		  "first taken 1\nsecond differs 2\nthird silent\n"
		  "fourth agrees 1\nfifth differs 3\n" },
		{ { 1, 2, UNKNOWN, 1, 3, 4 },
		  true,
		  "first taken 1\nsecond differs 2\nthird silent\n"
		  "fourth agrees 1\nfifth differs 3\nsixth weaker 4\n" },
		{ { 1, 2, UNKNOWN, 1, 3, 1 },
		  true,
		  "first taken 1\nsecond differs 2\nthird silent\n"
		  "fourth agrees 1\nfifth differs 3\nsixth agrees 1\n" },
		{ { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, 4 },
		  false,
		  "first silent\nsecond silent\nthird silent\n"
		  "fourth silent\nfifth silent\nsixth taken 4\n" },
		{ { UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN },
		  true,
		  "first silent\nsecond silent\nthird silent\n"
		  "fourth silent\nfifth silent\nsixth silent\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = open_kernel(VMLINUX_MATCHES);
		char voices[300] = "";

		memcpy(says, rows[i].says, sizeof(says));
		kernel_fact_voices(kernel, FACT_MAX_PFN, rows[i].weaker, add_voice, voices);
		assert_string_equal(voices, rows[i].voices);
		/* each source is asked once by the fact, and each source that was not accepted once
		 * more */
		if (!i)
			assert_int_equal(nr_asked[0], 1);
		open_close(kernel);
	}
	{
		struct kernel *kernel = open_kernel(VMLINUX_MATCHES);
		char voices[300] = "";

		for (unsigned int i = 0; i < 6; i++)
			says[i] = 1;
		kernel->facts->fact[FACT_MAX_PFN] = (struct fact){
			.status = FACT_KNOWN,
			.given = true,
			.value = 9,
		};
		kernel_fact_voices(kernel, FACT_MAX_PFN, false, add_voice, voices);
		assert_string_equal(voices, "option -o taken 9\nfirst differs 1\nsecond differs 1\n"
					    "third differs 1\nfourth differs 1\nfifth differs 1\n");
		open_close(kernel);
	}
}

/* A contradiction is reported when it is found, with its whole text. */
static void tell_warning(void *arg, const char *text)
{
	strcat(arg, text);
}

static void contradictions_are_told(void **state)
{
	struct kernel *kernel = open_kernel(VMLINUX_MATCHES);
	char told[600] = "";
	struct listener listener = { .warning = tell_warning, .arg = told };
	uint64_t value;

	(void)state;
	for (unsigned int i = 0; i < 6; i++)
		says[i] = i;
	kernel->listener = &listener;
	assert_true(kernel_fact(kernel, FACT_MAX_PFN, &value));
	kernel->listener = NULL;
	assert_non_null(strstr(told, "max_pfn: first says 0x0, but third says 0x2"));
	assert_non_null(strstr(told, "max_pfn: first says 0x0, but fourth says 0x3"));
	open_close(kernel);
}

/* --- the root --- */

static bool doubt_root(struct kernel *kernel, const char *arg, uint64_t *value)
{
	kernel_doubt_root(kernel, says[0] == UNKNOWN ? NULL : "entry %d is wrong", (int)says[0]);
	(void)arg;
	*value = 0x5000;
	return says[1] != UNKNOWN;
}

static bool by_the_root(struct kernel *kernel, const char *arg, uint64_t *value)
{
	(void)arg;
	*value = 1;
	return kernel_fact(kernel, FACT_ROOT, value);
}

/* A doubt about the root is stored with it, or is the reason why the root is unknown. Facts that
 * depend on the root mention the doubt, but an answer that depends on both mentions it once. */
static void doubts_of_the_root(void **state)
{
	static const struct fact_source about_root[] = {
		{ FACT_ROOT, SOURCE_CHEAP, OF_DUMP("its source"), doubt_root, NULL },
		{ FACT_MAX_PFN, SOURCE_CHEAP, OF_DUMP("by it"), by_the_root, NULL },
		{ 0 },
	};
	static const struct fact_source *const table[] = { about_root, NULL };
	static const struct {
		uint64_t doubt, root;
		const char *doubts, *alone, *why_not;
	} rows[] = {
		{ 7, 1, "root: entry 7 is wrong\n", "max_pfn: root is doubtful\n", NULL },
		{ 7, UNKNOWN, "", "", "root is not known: entry 7 is wrong; -o root= sets it" },
		{ UNKNOWN, 1, "", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kernel *kernel = open_kernel(VMLINUX_MATCHES);
		char doubts[300] = "", alone[300] = "";
		struct error err = { 0 };
		uint64_t value;

		facts_forget(kernel->facts);
		kernel->sources = table;
		says[0] = rows[i].doubt;
		says[1] = rows[i].root;
		kernel_fact(kernel, FACT_MAX_PFN, &value);
		assert_int_equal(kernel_require(kernel, FACT_ROOT, &value, &err), !rows[i].why_not);
		if (rows[i].why_not)
			assert_string_equal(err.message, rows[i].why_not);
		kernel_doubt_root(kernel, "not asked for");
		kernel_doubts(kernel, UINT32_MAX, tell, doubts);
		assert_string_equal(doubts, rows[i].doubts);
		kernel_doubts(kernel, 1u << FACT_MAX_PFN, tell, alone);
		assert_string_equal(alone, rows[i].alone);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_of_their_sources),
		cmocka_unit_test(facts_of_foreign_types),
		cmocka_unit_test(foreign_symbols),
		cmocka_unit_test(names_of_sources),
		cmocka_unit_test(facts_that_need_each_other),
		cmocka_unit_test(facts_in_a_ring),
		cmocka_unit_test(voices_of_a_fact),
		cmocka_unit_test(refused_values),
		cmocka_unit_test(contradictions_are_told),
		cmocka_unit_test(doubts_of_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
