/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static void take_place(void *arg, enum check check, const char *text)
{
	struct findings *findings = arg;
	struct finding_place place = { check, strdup(text) };

	if (place.text && array_add(&findings->place, &findings->nr_places, &findings->room_places,
				    &place, sizeof(place)))
		return;
	free(place.text);
	findings->cut = true;
}

static bool findings_has_trouble(const struct findings *findings, enum check check)
{
	for (size_t i = 0; i < findings->nr; i++)
		if (findings->finding[i].status != CHECK_OK && findings->finding[i].check == check)
			return true;
	return false;
}

/* Returns true if the check found more than one place. A single place is not listed, because the
 * message contains it. */
static bool has_places(const struct findings *findings, enum check check)
{
	size_t nr = 0;

	for (size_t i = 0; i < findings->nr_places; i++)
		nr += findings->place[i].check == check;
	return nr > 1;
}

static void take_finding(void *arg, enum check check, enum check_status status, const char *message)
{
	struct findings *findings = arg;
	struct finding finding = {
		.check = check,
		.status = status,
		.message = strdup(message),
		.has_places = status > CHECK_INAPPLICABLE &&
			      !findings_has_trouble(findings, check) && has_places(findings, check),
	};

	if (!finding.message || !array_add(&findings->finding, &findings->nr, &findings->room,
					   &finding, sizeof(finding))) {
		free(finding.message);
		findings->cut = true;
	}
}

void findings_make(struct findings *findings, struct kernel *kernel)
{
	struct checker checker = {
		.kernel = kernel,
		.tell = take_finding,
		.place = take_place,
		.arg = findings,
	};

	*findings = (struct findings){ 0 };
	check_kernel(&checker);
}

void findings_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->nr; i++)
		free(findings->finding[i].message);
	for (size_t i = 0; i < findings->nr_places; i++)
		free(findings->place[i].text);
	free(findings->finding);
	free(findings->place);
	*findings = (struct findings){ 0 };
}
