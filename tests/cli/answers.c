/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answers EXPECTED ANSWERS: compares kwalk's JSON answers with expected answers.
 *
 * An expected line is the input of an answer ("*": any) and then fields, by name:
 *     1000 status=mapped physical=0x1c01000 page_size=4096 user=true page=- levels.#=4 levels.3.flags=PRESENT,RW
 * An expected 0x... must be a string, digits an integer, and true and false booleans. `-` is a field that must be
 * missing, `*` a field that must exist, and `~text` a field that must contain the text, in any case. Lists of names may
 * be in any order. `#` is the length of a list. Fields that a line does not name may have any value. There must be as
 * many answers as expected lines. '#' at the start of a line begins a comment. Words may be quoted as for a shell.
 *
 * A program, because tests compare thousands of answers, and an interpreter takes ten times as long to start. */
#include <err.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* jansson does not read integers that may need more than 63 bits: see quote_large(). */
enum { MOST_DIGITS = 18 };

/* Takes the next word off the line, in place. Returns NULL at the end of the line. */
static char *next_word(char **line)
{
	char *from = *line + strspn(*line, " \t\r\n"), *to = from, *word = from, quote = '\0';

	if (!*from)
		return NULL;
	for (; *from && (quote || !strchr(" \t\r\n", *from)); from++) {
		if (*from == quote)
			quote = '\0';
		else if (!quote && (*from == '"' || *from == '\''))
			quote = *from;
		else if (*from == '\\' && quote != '\'' && from[1] &&
			 (!quote || strchr("\"\\", from[1])))
			*to++ = *++from;
		else
			*to++ = *from;
	}
	*line = from + (*from != '\0');
	*to = '\0';
	return word;
}

/* Finds the field with this path, whose parts are joined by dots. Returns a new reference, or NULL. */
static json_t *find(const json_t *value, char *path)
{
	for (char *key; value && (key = strsep(&path, "."));) {
		if (json_is_array(value) && !strcmp(key, "#"))
			return path ? NULL : json_integer((json_int_t)json_array_size(value));
		if (json_is_array(value))
			value = strspn(key, "0123456789") == strlen(key) ?
					json_array_get(value, strtoul(key, NULL, 10)) :
					NULL;
		else
			value = json_object_get(value, key);
	}
	return json_incref((json_t *)value);
}

/* Returns a value as text: a string as it is, everything else as JSON. The caller frees the text. */
static char *text_of(const json_t *value)
{
	char *text = json_is_string(value) ? strdup(json_string_value(value)) :
					     json_dumps(value, JSON_ENCODE_ANY);

	if (!text)
		err(2, "memory");
	return text;
}

static int compare_texts(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

/* Does the list contain the words of `want`, which are joined by commas, and no others? */
static bool list_matches(const json_t *list, char *want)
{
	size_t nr = json_array_size(list), nr_words = 0;
	char **texts = calloc(nr + 1, sizeof(*texts)),
	     **words = calloc(strlen(want) + 1, sizeof(*words));
	bool same;

	if (!texts || !words)
		err(2, "memory");
	for (size_t i = 0; i < nr; i++)
		texts[i] = text_of(json_array_get(list, i));
	while (want && (*want || nr_words))
		words[nr_words++] = strsep(&want, ",");
	qsort(texts, nr, sizeof(*texts), compare_texts);
	qsort(words, nr_words, sizeof(*words), compare_texts);
	same = nr == nr_words;
	for (size_t i = 0; i < nr; i++) {
		same = same && !strcmp(texts[i], words[i]);
		free(texts[i]);
	}
	free(texts);
	free(words);
	return same;
}

static bool matches(const json_t *got, char *want)
{
	char *text;
	bool same;

	if (!strcmp(want, "-") || !got)
		return !strcmp(want, "-") && !got;
	if (!strcmp(want, "*"))
		return true;
	if (json_is_array(got))
		return list_matches(got, want);
	text = text_of(got);
	if (json_is_boolean(got) || json_is_integer(got))
		same = !strcmp(text, want);
	else if (*want == '~')
		same = strcasestr(text, want + 1);
	else
		same = json_is_string(got) && !strcmp(text, want) &&
		       (!*want || strspn(want, "-0123456789") < strlen(want) ||
			strlen(want) > MOST_DIGITS);
	free(text);
	return same;
}

static bool field_is(const json_t *answer, size_t number, const char *input, char *name, char *want)
{
	char *path = strdup(name), *wanted = strdup(want), *text;
	json_t *got = path && wanted ? find(answer, path) : NULL;
	bool same = matches(got, wanted);

	if (!same) {
		text = got ? text_of(got) : strdup("nothing");
		printf("line %zu: %s: %s is %s, not %s\n", number, input, name, text, want);
		free(text);
	}
	json_decref(got);
	free(path);
	free(wanted);
	return same;
}

static bool compare(const json_t *answer, size_t number, char *line)
{
	char *input = next_word(&line), *word, *want;
	const char *got = json_string_value(json_object_get(answer, "input"));
	bool same = !strcmp(input, "*") || (got && !strcmp(got, input));

	if (!same)
		printf("line %zu: the input is %s, not %s%s\n", number, got ? got : "nothing",
		       input,
		       strchr(input, '=') ? " (a line begins with the input, or with *)" : "");
	while ((word = next_word(&line))) {
		want = strchr(word, '=');
		if (!want)
			errx(2, "line %zu: %s has no value", number, word);
		*want++ = '\0';
		same &= field_is(answer, number, input, word, want);
	}
	return same;
}

/* Returns the line with quotes around integers of more than MOST_DIGITS digits, which jansson does not
 * read. The caller frees it. */
static char *quote_large(const char *line)
{
	char *copy = malloc(2 * strlen(line) + 1), *to = copy;
	bool in_text = false;

	if (!copy)
		err(2, "memory");
	for (const char *at = line; *at;) {
		size_t sign = !in_text && *at == '-';
		size_t digits = in_text ? 0 : strspn(at + sign, "0123456789");
		size_t size = digits ? sign + digits : 1;
		bool large = digits > MOST_DIGITS && !strchr(".eE", at[size]);

		size += in_text && *at == '\\' && at[1];
		in_text ^= *at == '"';
		if (large)
			*to++ = '"';
		to = mempcpy(to, at, size);
		if (large)
			*to++ = '"';
		at += size;
	}
	*to = '\0';
	return copy;
}

/* Reads the next line that is neither empty nor a comment. Returns NULL at the end of the file. */
static char *next_line(FILE *file)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, file) >= 0)
		if (!strchr("#", line[strspn(line, " \t\r\n")]))
			return line;
	free(line);
	return NULL;
}

static FILE *open_file(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		err(2, "%s", path);
	return file;
}

int main(int argc, char **argv)
{
	FILE *expected, *answers;
	size_t number = 0, wanted = 0;
	bool same = true;
	char *line, *want;
	json_error_t why;
	int byte;

	if (argc != 3)
		errx(2, "usage: answers EXPECTED ANSWERS");
	expected = open_file(argv[1]);
	answers = open_file(argv[2]);
	while ((line = next_line(answers))) {
		char *readable = quote_large(line);
		json_t *answer = json_loads(readable, JSON_ALLOW_NUL, &why);

		number++;
		if (!answer)
			errx(1, "answer %zu is no JSON: %s: %s", number, why.text, line);
		want = next_line(expected);
		wanted += want != NULL;
		same &= want && compare(answer, number, want);
		json_decref(answer);
		free(want);
		free(readable);
		free(line);
	}
	for (; (want = next_line(expected)); wanted++)
		free(want);
	if (number != wanted)
		printf("%zu answers, not %zu\n", number, wanted);
	if (!same || number != wanted) {
		rewind(answers);
		while ((byte = getc(answers)) != EOF)
			putchar(byte);
	}
	fclose(expected);
	fclose(answers);
	return !same || number != wanted;
}
