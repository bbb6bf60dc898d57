/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A report as one HTML page, which needs nothing from elsewhere and no script to be read. */
#include "html/page_parts.h"

/* Of what stands between <script> and </script>, so that no other text is run: Content Security
 * Policy Level 3, 2.3.1. When it changes, tests/cli/report.bats shows the new one. */
#define SCRIPT_HASH "sha256-mzcd1CfJJyn4qC+Ih4Vu8ADVLJZ+S1N8Uu5iCcksM4g="

static void put_head(struct markup *markup, const struct report *report)
{
	const struct kernel *kernel = report->kernel;

	markup_put(
		markup,
		"<!DOCTYPE html>\n"
		"<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\"/>\n"
		"<meta name=\"viewport\" content=\"width=device-width\"/>\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src '" SCRIPT_HASH
		"'\"/>\n"
		"<meta name=\"referrer\" content=\"no-referrer\"/>\n"
		"<meta name=\"generator\" content=\"kwalk " PACKAGE_VERSION
		"\"/>\n");
	markup_format(markup, "<title>%s: report of a dump</title>\n<style>\n",
		      kernel->dump->file.path);
	markup_own(markup, picture_style);
	markup_own(markup, page_style);
	markup_put(markup, "</style>\n</head>\n<body>\n");
	markup_put(
		markup,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"none\" aria-hidden=\"true\">");
	picture_patterns(markup);
	markup_put(markup, "</svg>\n");
}

static void put_contents(struct markup *markup, const struct report *report)
{
	markup_put(
		markup,
		"<nav aria-label=\"Sections\"><ul>"
		"<li><a href=\"#end\">What ended it</a></li>"
		"<li><a href=\"#findings\">Findings</a></li>"
		"<li><a href=\"#space\">Address space</a></li>"
		"<li><a href=\"#memory\">Physical memory</a></li>"
		"<li><a href=\"#processes\">Processes</a></li>"
		"<li><a href=\"#kernel\">Kernel memory</a></li>"
		"<li><a href=\"#log\">Log</a></li>"
		"<li><a href=\"#facts\">Facts</a></li>"
		"<li><a href=\"#unknown\">Not known</a></li>");
	if (report->pair)
		markup_put(
			markup,
			"<li><a href=\"#changes\">What changed</a></li>");
	markup_put(markup, "</ul></nav>\n");
}

void page_write(struct markup *markup, const struct report *report)
{
	put_head(markup, report);
	markup_put(markup, "<header>\n");
	page_summary(markup, report);
	put_contents(markup, report);
	markup_put(markup, "</header>\n<main>\n");
	page_end(markup, report);
	page_findings(markup, report);
	page_space(markup, report);
	page_memory(markup, report);
	page_processes(markup, report);
	page_amounts(markup, report);
	page_log(markup, report);
	page_facts(markup, report);
	page_unknown(markup, report);
	page_changes(markup, report);
	markup_put(markup, "</main>\n<footer><p>Made by kwalk " PACKAGE_VERSION
			   ". Sizes are in units of 1024; ends of ranges are their last byte.</p></footer>\n"
			   "<script>\n");
	markup_own(markup, page_script);
	markup_put(markup, "</script>\n</body>\n</html>\n");
}
