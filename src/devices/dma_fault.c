/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "devices/dma_fault.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* The part of a line that was not parsed yet. */
struct dma_fault_rest {
	const char *at, *end;
};

/* --- words --- */

/* Skips the rest of the line up to the end of the next occurrence of the text. Returns false if the
 * text does not occur. */
static bool skip_to(struct dma_fault_rest *rest, const char *text)
{
	size_t size = strlen(text);
	const char *found = memmem(rest->at, (size_t)(rest->end - rest->at), text, size);

	if (found)
		rest->at = found + size;
	return found;
}

static bool dma_fault_skip(struct dma_fault_rest *rest, const char *text)
{
	size_t size = strlen(text);

	if ((size_t)(rest->end - rest->at) < size || memcmp(rest->at, text, size) != 0)
		return false;
	rest->at += size;
	return true;
}

/* Reads a hexadecimal number, which may begin with 0x. */
static bool dma_fault_read_hex(struct dma_fault_rest *rest, uint64_t *value)
{
	const char *start;

	dma_fault_skip(rest, "0x");
	start = rest->at;
	for (*value = 0; rest->at < rest->end && isxdigit((unsigned char)*rest->at); rest->at++)
		*value = *value << 4 | (uint64_t)hex_value(*rest->at);
	return rest->at > start && rest->at - start <= 16 &&
	       (rest->at == rest->end || !isalnum((unsigned char)*rest->at));
}

static bool read_below(struct dma_fault_rest *rest, uint64_t bound, uint64_t *value)
{
	return dma_fault_read_hex(rest, value) && *value < bound;
}

/* Reads a device such as "00:1f.2" or "0000:00:1f.2". 5.13 prints "0x00:0x1f.2". */
static bool read_device(struct dma_fault_rest *rest, struct dma_fault *fault)
{
	uint64_t first, second, slot, number;

	if (!read_below(rest, 1 << 16, &first) || !dma_fault_skip(rest, ":") ||
	    !read_below(rest, 1 << 8, &second))
		return false;
	slot = second;
	fault->has_segment = dma_fault_skip(rest, ":");
	if (fault->has_segment) {
		fault->segment = (uint16_t)first;
		first = second;
		if (!read_below(rest, 32, &slot))
			return false;
	}
	if (first >= 1 << 8 || slot >= 32 || !dma_fault_skip(rest, ".") ||
	    !read_below(rest, 8, &number))
		return false;
	fault->bus = (uint8_t)first;
	fault->devfn = (uint8_t)(slot << 3 | number);
	return true;
}

static void copy_event(struct dma_fault *fault, const char *start, const char *end)
{
	size_t size = (size_t)(end - start);

	if (size >= sizeof(fault->event))
		size = sizeof(fault->event) - 1;
	memcpy(fault->event, start, size);
	fault->event[size] = '\0';
}

/* --- Intel --- */

static bool is_access(struct dma_fault_rest *rest, struct dma_fault *fault)
{
	static const char *const names[] = { "[DMA Write", "[DMA Read", "[INTR-REMAP",
					     "INTR-REMAP:" };
	const struct dma_fault_rest start = *rest;

	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++) {
		*rest = start;
		if (!skip_to(rest, names[i]))
			continue;
		fault->at = (size_t)(rest->at - start.at) - strlen(names[i]);
		copy_event(fault, rest->at - strlen(names[i]) + (i < 3), rest->at - (i == 3));
		fault->has_access = i < 2;
		fault->is_write = i == 0;
		return true;
	}
	return false;
}

/* Reads the PASID. From 5.2 to 5.12 the line of a request without a PASID contains the PASID
 * "ffffffff", which is ignored, because PASIDs have 20 bits. */
static void read_pasid(struct dma_fault_rest rest, struct dma_fault *fault)
{
	fault->has_pasid = skip_to(&rest, " PASID ") && read_below(&rest, 1 << 20, &fault->pasid);
}

static bool parse_intel(const char *line, size_t size, struct dma_fault *fault)
{
	struct dma_fault_rest rest = { line, line + size }, part;

	if (!is_access(&rest, fault))
		return false;
	part = rest;
	if (!skip_to(&rest, "Request device [") || !read_device(&rest, fault) ||
	    !dma_fault_skip(&rest, "]"))
		return false;
	fault->has_address = skip_to(&rest, "fault addr ");
	if (fault->has_address ? !dma_fault_read_hex(&rest, &fault->address) : fault->has_access)
		return false;
	part.end = rest.at;
	read_pasid(part, fault);
	fault->size = (size_t)(rest.at - line) - fault->at;
	return true;
}

/* --- AMD --- */

static bool dma_fault_number_behind(const struct dma_fault_rest *rest, const char *name,
				    uint64_t *value)
{
	struct dma_fault_rest part = *rest;

	return skip_to(&part, name) && dma_fault_read_hex(&part, value);
}

/* Reads the device from the start of the line, before `mark`. If the device has a driver, dev_err()
 * prints the names of the driver and the device there: "nvme 0000:01:00.0: AMD-Vi: Event logged
 * [IO_PAGE_FAULT domain=...". */
static bool read_prefix(const char *line, const char *mark, struct dma_fault *fault)
{
	const char *start = mark;
	struct dma_fault_rest rest;

	if (mark - line < 3 || memcmp(mark - 2, ": ", 2) != 0)
		return false;
	for (start -= 2; start > line && !isspace((unsigned char)start[-1]);)
		start--;
	rest = (struct dma_fault_rest){ start, mark - 2 };
	if (!read_device(&rest, fault) || rest.at != rest.end)
		return false;
	fault->at = (size_t)(start - line);
	return true;
}

/* Reads the flags (AMD's specification, 2.5.3). The flag WRITE is valid only if the page is present
 * and if the request is neither an interrupt nor a translation request. An interrupt has no bus
 * address. */
static void read_flags(const struct dma_fault_rest *rest, struct dma_fault *fault)
{
	enum { INTERRUPT = 1 << 3, PAGE = 1 << 4, WRITE = 1 << 5, ASKED = 1 << 8 };
	uint64_t flags;

	if (strcmp(fault->event, "IO_PAGE_FAULT") != 0 ||
	    !dma_fault_number_behind(rest, " flags=", &flags))
		return;
	if (flags & INTERRUPT)
		fault->has_address = false;
	fault->has_access = (flags & (INTERRUPT | PAGE | ASKED)) == PAGE;
	fault->is_write = fault->has_access && flags & WRITE;
}

static bool parse_amd(const char *line, size_t size, struct dma_fault *fault)
{
	struct dma_fault_rest rest = { line, line + size }, device;
	const char *mark, *start;

	if (!skip_to(&rest, "AMD-Vi: "))
		return false;
	mark = rest.at - strlen("AMD-Vi: ");
	fault->at = (size_t)(mark - line);
	if (!skip_to(&rest, "Event logged ["))
		return false;
	for (start = rest.at;
	     rest.at < rest.end && (isupper((unsigned char)*rest.at) || *rest.at == '_');)
		rest.at++;
	copy_event(fault, start, rest.at);
	device = rest;
	if (skip_to(&device, " device=") ? !read_device(&device, fault) :
					   !read_prefix(line, mark, fault))
		return false;
	if (!dma_fault_number_behind(&rest, " address=", &fault->address))
		return false;
	fault->has_address = true;
	fault->has_domain = dma_fault_number_behind(&rest, " domain=", &fault->domain);
	fault->has_pasid = dma_fault_number_behind(&rest, " pasid=", &fault->pasid);
	read_flags(&rest, fault);
	if (skip_to(&rest, "]"))
		fault->size = (size_t)(rest.at - line) - fault->at;
	else
		fault->size = size - fault->at;
	return true;
}

bool dma_fault_parse(const char *line, size_t size, struct dma_fault *fault)
{
	*fault = (struct dma_fault){ 0 };
	if (parse_intel(line, size, fault))
		return true;
	*fault = (struct dma_fault){ 0 };
	return parse_amd(line, size, fault);
}
