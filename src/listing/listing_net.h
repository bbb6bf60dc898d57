/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Addresses of the network, as cells of listings. */
#pragma once

#include "listing/listing_run.h"

/* The IP addresses of a net_device, IPv4 first, separated by blanks. */
bool net_addresses(const struct value_memory *memory, const struct value *device,
		   struct listing_cell *cell, struct error *err);
/* The address and port of a struct sock, or the path of a socket of the family AF_UNIX. */
bool net_local(const struct value_memory *memory, const struct value *sock,
	       struct listing_cell *cell, struct error *err);
bool net_remote(const struct value_memory *memory, const struct value *sock,
		struct listing_cell *cell, struct error *err);
/* The name of a family, such as AF_INET; a number if it has no name here. */
void net_family(uint64_t number, struct listing_cell *cell);
/* The name of a state of TCP, such as LISTEN; likewise. */
void net_sock_state(uint64_t number, struct listing_cell *cell);
