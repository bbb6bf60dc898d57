/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a report that consist of lists. */
#pragma once

#include "report/users/amounts.h"
#include "report/findings.h"
#include "report/frame_map.h"
#include "report/log_page.h"
#include "report/users/process_map.h"
