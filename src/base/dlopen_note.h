/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Notes in the program about the libraries that it loads at run time, in the form of
 * https://systemd.io/ELF_DLOPEN_METADATA/. Tools that make packages read dependencies from these
 * notes. */
#pragma once

#include <stdint.h>

/* At file level: kwalk may load the library `soname` for the feature `feature` (one word), which
 * `description` describes in one sentence. All are literals without quotes. A package of kwalk
 * recommends the library's package. */
#define DLOPEN_NOTE(feature, soname, description)                                                  \
	DLOPEN_NOTE_TEXT("[{\"feature\":\"" feature "\",\"description\":\"" description            \
			 "\",\"priority\":\"recommended\",\"soname\":[\"" soname "\"]}]",          \
			 __COUNTER__)
#define DLOPEN_NOTE_TEXT(text, number) DLOPEN_NOTE_NAMED(text, number)
#define DLOPEN_NOTE_NAMED(text, number)                                                            \
	__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct {           \
		uint32_t name_size, text_size, type;                                               \
		char name[4];                                                                      \
		char content[(sizeof(text) + 3) / 4 * 4];                                          \
	} dlopen_note_##number = { 4, sizeof(text), UINT32_C(0x407c0c0a), "FDO", text }
