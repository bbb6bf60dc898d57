/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "devices/bounce.h"
#include "base/text.h"
#include "devices/dma.h"
#include "output/writer.h"
#include "cli/command.h"
#include "cli/commands/show_bounce.h"

/* An argument of the command, and the device of the option -d. */
struct bounce_question {
	struct session *session;
	const struct pci_function *function; /* the device of the option -d, or NULL */
	const char *argument; /* the argument as the user typed it */
	bool has_bus;
	uint64_t bus;
	bool found;
};

/* --- pools --- */

/* Adds the devices that use the pool. Text shows the driver after each device. */
static void state_users(struct session *session, const struct bounce_pool *pool,
			const struct pci_list *list)
{
	struct output *output = session->output;
	char text[128];

	output_list_begin(output, "devices");
	for (size_t i = 0; i < list->nr; i++)
		if (bounce_pool_serves(session->kernel, pool, &list->function[i]))
			output_string(output, NULL, list->function[i].name);
	output_list_end(output);
	for (size_t i = 0; i < list->nr; i++) {
		const struct pci_function *function = &list->function[i];

		if (!bounce_pool_serves(session->kernel, pool, function))
			continue;
		snprintf(text, sizeof(text), "%s (%s)", function->name, function->driver);
		output_remark(output, "users", text, STYLE_PLAIN);
	}
}

static void bounce_complain_of(struct session *session, const struct bounce_pool *pool,
			       const struct error *err)
{
	char start[HEX_DIGITS_MAX + 1] = "";

	start[format_hex(start, pool->first)] = '\0';
	session_complain(session, start, err);
}

static void show_pool(struct session *session, const struct bounce_pool *pool)
{
	struct output *output = session->output;
	const struct pci_list *list = pci_functions(session->kernel, NULL);
	struct error err;
	uint64_t used;
	bool counted = bounce_count(session->kernel, pool, &used, &err);

	output_begin(output, "bounce", NULL, NULL);
	output_range(output, pool->first, pool->last);
	output_count(output, "slots", pool->nr_slots);
	output_count_if(output, "used", counted, used);
	if (list)
		state_users(session, pool, list);
	output_end(output);
	if (!counted)
		bounce_complain_of(session, pool, &err);
}

static bool show_pools(struct session *session, const struct bounce_list *list, struct error *err)
{
	for (size_t i = 0; i < list->nr && !session_interrupted(session); i++)
		show_pool(session, &list->pool[i]);
	if (list->nr_damages)
		return fail(err, ERROR_FORMAT, "%zu pool%s could not be read, the first: %s",
			    list->nr_damages, plural_s(list->nr_damages), list->damage.message);
	return list->nr || fail(err, ERROR_NO_ANSWER, "the kernel has no bounce buffers");
}

/* --- addresses --- */

static void bounce_show(void *arg, const struct bounce_copy *copy)
{
	struct bounce_question *question = arg;
	struct output *output = question->session->output;
	const struct pci_function *function =
		question->function ? question->function : copy->pool->function;

	question->found = true;
	output_begin(output, "bounce", question->argument, NULL);
	if (question->has_bus)
		output_hex(output, "bus", question->bus);
	output_hex(output, "physical", copy->paddr);
	show_bounce(output, copy);
	output_count_if(output, "size", copy->has_size, copy->size);
	output_string_if(output, "device", function ? function->name : NULL);
	output_range(output, copy->pool->first, copy->pool->last);
	if (copy->is_unsure) {
		output_list_begin(output, "originals");
		output_hex(output, NULL, copy->either[0]);
		output_hex(output, NULL, copy->either[1]);
		output_list_end(output);
	}
	if (copy->trouble.code)
		output_string(output, "message", copy->trouble.message);
	output_end(output);
}

static void show_none(const struct bounce_question *question, uint64_t paddr)
{
	struct output *output = question->session->output;

	output_begin(output, "bounce", question->argument, "not-bounced");
	if (question->has_bus)
		output_hex(output, "bus", question->bus);
	output_hex(output, "physical", paddr);
	output_end(output);
}

/* Answers for an address in a pool. If the address is not in a pool, answers for the slot that
 * contains a copy of the data at this address. */
static bool answer_physical(struct bounce_question *question, uint64_t paddr, struct error *err)
{
	const struct bounce_search search = {
		.kernel = question->session->kernel,
		.function = question->function,
		.original = paddr,
		.visit = bounce_show,
		.arg = question,
	};
	struct bounce_copy copy;

	if (!bounce_find(search.kernel, paddr, search.function, &copy, err))
		return false;
	if (copy.pool)
		bounce_show(question, &copy);
	else if (!question->has_bus && !bounce_each_of(&search, err))
		return false;
	if (!question->found)
		show_none(question, paddr);
	return true;
}

/* Answers for one argument. If the device uses a table of an IOMMU, the argument is a bus address,
 * which is translated first. */
static bool bounce_answer(struct bounce_question *question, const struct device_dma *dma,
			  struct error *err)
{
	struct dma_translation translation;
	uint64_t address;

	if (!parse_physical(question->argument, &address, err))
		return false;
	if (!dma || dma->entrance.reach == DMA_DIRECT || dma->entrance.reach == DMA_PASS_THROUGH)
		return answer_physical(question, address, err);
	question->has_bus = true;
	question->bus = address;
	device_dma_translate(dma, question->session->kernel->dump, address, &translation);
	if (translation.status == DMA_STATUS_MAPPED)
		return answer_physical(question, translation.physical, err);
	if (translation.trouble.code)
		*err = translation.trouble;
	else
		fail(err, ERROR_NO_ANSWER, "the device has no mapping at this bus address");
	return false;
}

static const struct record pool_record = {
	.fields = FIELDS(HIDDEN("devices"), LINE("users", .heading = "devices")),
};

static const struct record record = {
	.fields = FIELDS(HIDDEN("start"), HIDDEN("end"), HIDDEN("originals"),
			 LINE("message", .heading = "original")),
};

static bool choose_device(struct session *session, const char *name, struct device_dma *dma,
			  struct error *err)
{
	const struct pci_list *list = pci_functions(session->kernel, err);
	const struct pci_function *function = list ? pci_find(list, name, err) : NULL;

	if (!function)
		return false;
	device_dma_read(session->kernel, function, dma);
	return true;
}

struct bounce_options {
	/* Device to which the bus addresses belong. NULL: the arguments are physical addresses. */
	const char *device;
};

static bool bounce_run(struct session *session, char **words, struct error *err)
{
	const struct bounce_options *given = session->given;
	const struct bounce_list *list = bounce_pools(session->kernel, err);
	bool by_device = given->device;
	struct device_dma dma;

	if (!list || (by_device && !choose_device(session, given->device, &dma, err)))
		return false;
	if (!*words) {
		output_declare(session->output, &pool_record);
		return show_pools(session, list, err);
	}
	for (; *words && !session_interrupted(session); words++) {
		struct bounce_question question = {
			.session = session,
			.function = by_device ? dma.function : NULL,
			.argument = *words,
		};

		if (!bounce_answer(&question, by_device ? &dma : NULL, err))
			session_complain(session, *words, err);
	}
	return true;
}

static const struct command_option options[] = {
	{ "d", WORD_DEVICE, AT(bounce_options, device),
	  .help = "take the arguments as bus addresses of this PCI function,\n"
		  "and translate them as dma does. Without -d, arguments are\n"
		  "physical addresses, and two original addresses may be shown,\n"
		  "because the kernel does not record which device uses a slot" },
	{ 0 }
};

const struct command command_bounce = {
	.name = "bounce",
	.group = GROUP_DEVICES,
	.options = options,
	.arguments = ARGUMENTS({ "ADDR", WORD_PHYSICAL, .most = MANY },
			       { "BUS", WORD_NUMBER, 1, .most = MANY, .with = "d" }),
	.given_size = GIVEN(bounce_options),
	.record = &record,
	.summary = "bounce buffers (swiotlb), and the memory that they replace",
	.details =
		"Devices use bounce buffers in place of the memory that their drivers mapped;\n"
		"the kernel copies the data between the two. Without ADDR: each pool of bounce\n"
		"buffers, the number of its slots of 2048 bytes, how many slots are in use, and\n"
		"the devices that may use the pool. For a physical address in a pool: its slot,\n"
		"whether the slot is in use, the original address, and the bytes of the whole\n"
		"allocation. For any other address: the places of its copies in the pools, or\n"
		"not-bounced if it has no copy.\n"
		"Needs type information: of a vmlinux, or in the dump; for kernels before 5.13,\n"
		"symbols are enough.",
	.rests_on = RESTS_ON_WALKS,
	.run = bounce_run,
};
