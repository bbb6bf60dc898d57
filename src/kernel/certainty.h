/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer to a yes-or-no question that the dump may not decide. */
#pragma once

enum certainty { UNSURE, NO, YES };
