/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmocka, and the headers that it needs. Tests include this after all other headers, because
 * cmocka.h defines a macro fail(). */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
