/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of all states of a kernel. */
#pragma once

#include <stdbool.h>

#include "kernel/state.h"

/* states: kernel->states, zeroed. False: out of memory; to be destroyed even so. */
bool states_create(void *states[NR_STATES]);
/* Releases and zeroes all states whose type does not say that they stay. */
void states_forget(void *states[NR_STATES]);
void states_destroy(void *states[NR_STATES]);
