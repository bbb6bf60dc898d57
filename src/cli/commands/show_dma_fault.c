/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/commands/show_dma_fault.h"

#include "output/output.h"
#include "devices/dma_fault.h"
#include "cli/commands/show_bounce.h"

static void show_range(struct output *output, const char *name, const struct dma_range *range)
{
	if (!range->known)
		return;
	output_object_begin(output, name);
	output_range(output, range->first, range->last);
	output_object_end(output);
}

static void show_translation(struct output *output, const struct dma_fault_view *view)
{
	const struct dma_translation *translation = &view->translation;

	output_string(output, "bus_status", dma_status_names[translation->status]);
	if (translation->status == DMA_STATUS_MAPPED) {
		output_hex(output, "physical", translation->physical);
		output_boolean(output, "readable", translation->readable);
		output_boolean(output, "writable", translation->writable);
	}
	if (view->is_bounced)
		show_bounce(output, &view->bounce);
	show_range(output, "below", &view->near.below);
	show_range(output, "above", &view->near.above);
}

void show_dma_fault(struct output *output, const struct dma_fault_view *view)
{
	const struct dma_fault *fault = &view->fault;

	output_string_if(output, "event", fault->event);
	if (fault->has_access)
		output_string(output, "access", fault->is_write ? "write" : "read");
	if (fault->has_address)
		output_hex(output, "bus", fault->address);
	if (!view->function) {
		output_string(output, "message", view->trouble.message);
		return;
	}
	output_string(output, "device", view->function->name);
	output_string_if(output, "driver", view->function->driver);
	output_string_if(output, "iommu", view->dma.iommu);
	if (view->dma.domain)
		output_hex(output, "domain", view->dma.domain);
	if (view->has_translation)
		show_translation(output, view);
}
