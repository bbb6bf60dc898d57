/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "devices/dma.h"
#include "cli/command.h"
#include "cli/commands/show_reach.h"

static void output_bars(struct output *output, const struct pci_function *function)
{
	if (!function->address)
		return;
	output_list_begin(output, "resources");
	for (unsigned int i = 0; i < function->nr_bars; i++) {
		const struct pci_bar *bar = &function->bar[i];

		output_object_begin(output, NULL);
		output_range(output, bar->start, bar->end);
		output_count(output, "bar", bar->nr);
		output_object_end(output);
	}
	output_list_end(output);
}

static void devices_show(struct session *session, const char *argument,
			 const struct pci_function *function)
{
	struct output *output = session->output;
	/* If the address is 0, only the function's place on the bus is known. */
	bool known = function->address;
	struct device_dma dma;

	device_dma_read(session->kernel, function, &dma);
	output_begin(output, "devices", argument, NULL);
	output_string(output, "device", function->name);
	output_hex_if(output, "vendor", known, function->vendor);
	output_hex_if(output, "id", known, function->id);
	output_hex_if(output, "class", known, function->class);
	output_string_if(output, "driver", function->driver);
	output_string_if(output, "iommu", dma.iommu);
	output_count_if(output, "group", dma.has_group, dma.group);
	output_hex_if(output, "domain", dma.domain, dma.domain);
	output_string_if(output, "type", dma.domain_type);
	output_string(output, "dma", device_dma_name(&dma));
	if (dma.entrance.reach == DMA_UNKNOWN)
		output_remark(output, "trouble", dma.entrance.trouble.message, STYLE_CAUTION);
	if (dma.entrance.trouble.code)
		output_string(output, "message", dma.entrance.trouble.message);
	show_why_direct(session, &dma);
	if (function->has_mask)
		output_hex(output, "dma_mask", function->dma_mask);
	output_hex_if(output, "table", dma.table, dma.table);
	if (dma.table)
		output_string(output, "table_source", dma.table_source);
	output_hex_if(output, "address", known, function->address);
	output_bars(output, function);
	output_end(output);
}

static bool devices_answer(struct session *session, const struct pci_list *list,
			   const char *argument, struct error *err)
{
	const struct pci_function *function = pci_find(list, argument, err);

	if (!function)
		return false;
	devices_show(session, argument, function);
	return true;
}

static bool devices_run(struct session *session, char **words, struct error *err)
{
	const struct pci_list *list = pci_functions(session->kernel, err);
	bool all = !*words;

	for (size_t i = 0; list && all && i < list->nr; i++) {
		if (session_interrupted(session))
			return true;
		devices_show(session, NULL, &list->function[i]);
	}
	for (; list && *words && !session_interrupted(session); words++)
		if (!devices_answer(session, list, *words, err))
			session_complain(session, *words, err);
	if (!list || !list->nr_damages || !all)
		return list;
	if (list->by_tables)
		return fail(err, ERROR_UNKNOWN, "the list of devices may be incomplete: %s",
			    list->damage.message);
	return fail(err, ERROR_FORMAT, "%zu PCI bus%s could not be read, the first: %s",
		    list->nr_damages, list->nr_damages == 1 ? " or function" : "es or functions",
		    list->damage.message);
}

static const struct record record = {
	.fields = FIELDS(HIDDEN("address"), HIDDEN("dma_mask"), HIDDEN("message"),
			 HIDDEN("resources"), HIDDEN("table"), HIDDEN("table_source"),
			 HIDDEN("dma_reason"), LINE("trouble", .heading = "dma"),
			 LINE("why_direct", .heading = "dma")),
};

const struct command command_devices = {
	.name = "devices",
	.group = GROUP_DEVICES,
	.arguments = ARGUMENTS({ "DEVICE", WORD_DEVICE, .most = MANY }),
	.record = &record,
	.summary = "PCI functions, and how they reach memory",
	.details =
		"Lists all PCI functions that the kernel knows, or the given ones (00:1f.2, or\n"
		"0000:00:1f.2): vendor, id, class, driver, IOMMU, group, domain and type of the\n"
		"domain, as in sysfs. The column DMA shows how the function reaches memory,\n"
		"according to the tables of the IOMMU:\n"
		"  direct         without an IOMMU: bus addresses are physical addresses; the\n"
		"                 reason is below the row if it is a reason of the device\n"
		"  pass-through   the IOMMU does not change addresses\n"
		"  bounced        direct or pass-through, but the kernel copies all data through\n"
		"                 bounce buffers (swiotlb=force)\n"
		"  translated     by page tables: see dma\n"
		"  blocked        the IOMMU blocks all accesses\n"
		"  unknown        not shown by the dump; the reason is below the row\n"
		"JSON also has the BARs. Needs type information: of a vmlinux, or in the dump.\n"
		"Without type information, only functions in the table of an IOMMU are listed.\n"
		"If types do not show where this table is, kwalk searches memory for the table,\n"
		"and uses it if the kernel's list of IOMMUs or the devices in the table prove\n"
		"it; -o vtd_root= or -o amd_device_table= sets its address.",
	.rests_on = RESTS_ON_WALKS,
	.run = devices_run,
};
