/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
#include "listing/listing_net.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "value/walk.h"

struct named {
	unsigned int number;
	const char *name;
};

static void put_name(const struct named *names, size_t nr, uint64_t number,
		     struct listing_cell *cell)
{
	cell->kind = CELL_UNSIGNED;
	cell->number = number;
	for (size_t i = 0; i < nr; i++)
		if (names[i].number == number) {
			cell->kind = CELL_TEXT;
			strcpy(cell->text, names[i].name);
		}
}

void net_family(uint64_t number, struct listing_cell *cell)
{
	/* include/linux/socket.h */
	static const struct named families[] = {
		{ 0, "AF_UNSPEC" },  { 1, "AF_UNIX" },	     { 2, "AF_INET" },
		{ 10, "AF_INET6" },  { 15, "AF_KEY" },	     { 16, "AF_NETLINK" },
		{ 17, "AF_PACKET" }, { 21, "AF_RDS" },	     { 29, "AF_CAN" },
		{ 30, "AF_TIPC" },   { 31, "AF_BLUETOOTH" }, { 38, "AF_ALG" },
		{ 40, "AF_VSOCK" },  { 41, "AF_KCM" },	     { 42, "AF_QIPCRTR" },
		{ 43, "AF_SMC" },    { 44, "AF_XDP" },	     { 45, "AF_MCTP" },
	};

	put_name(families, sizeof(families) / sizeof(families[0]), number, cell);
}

void net_sock_state(uint64_t number, struct listing_cell *cell)
{
	/* include/net/tcp_states.h. Sockets of UDP and AF_UNIX have some of them, too. */
	static const struct named states[] = {
		{ 1, "ESTABLISHED" }, { 2, "SYN_SENT" },  { 3, "SYN_RECV" }, { 4, "FIN_WAIT1" },
		{ 5, "FIN_WAIT2" },   { 6, "TIME_WAIT" }, { 7, "CLOSE" },    { 8, "CLOSE_WAIT" },
		{ 9, "LAST_ACK" },    { 10, "LISTEN" },	  { 11, "CLOSING" }, { 12, "NEW_SYN_RECV" },
	};

	put_name(states, sizeof(states) / sizeof(states[0]), number, cell);
}

/* Reads a member of `size` bytes, such as an address or a port in network order. */
static bool read_bytes(const struct value_memory *memory, const struct value *from,
		       const char *path, void *bytes, size_t size, struct error *err)
{
	struct value value;

	return value_path(memory, from, path, &value, err) &&
	       value_read(memory, value.address, bytes, size, err);
}

/* --- devices --- */

struct addresses {
	const struct value_memory *memory;
	struct listing_cell *cell;
	struct ctype type;
	const char *member;
	int family;
};

static bool add_address(void *arg, const struct walk_element *element)
{
	const struct addresses *to = arg;
	struct value value = value_at(to->type, element->address);
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	if (!read_bytes(to->memory, &value, to->member, bytes, to->family == AF_INET ? 4 : 16,
			NULL) ||
	    !inet_ntop(to->family, bytes, text, sizeof(text)))
		return true;
	text_append(to->cell->text, sizeof(to->cell->text), "%s%s", *to->cell->text ? " " : "",
		    text);
	return true;
}

/* Adds the addresses of a list that begins at a path. A pointer that is NULL means no address. */
static bool add_list(struct addresses *to, const struct value *device, const char *start,
		     const char *link, enum walk_start form, struct error *err)
{
	struct walk_list list = { .form = form };
	const struct walk_visitor visitor = { add_address, to };
	struct value value;
	char type[32];

	snprintf(type, sizeof(type), "%.*s", (int)strcspn(link, "."), link);
	if (!value_type(to->memory->kernel, type, &to->type, err) ||
	    !walk_place_find(to->memory->kernel, link, &list.place, err))
		return false;
	if (!value_path(to->memory, device, start, &value, err) ||
	    !value_as_address(to->memory, &value, &list.start, err))
		return value_is_null(err);
	return !list.start || walk_list(to->memory->kernel, &list, &visitor, err);
}

/* in_device and inet6_dev of a net_device. The list of IPv6 addresses is since 2.6.35 a list_head. */
bool net_addresses(const struct value_memory *memory, const struct value *device,
		   struct listing_cell *cell, struct error *err)
{
	struct addresses to = {
		.memory = memory, .cell = cell, .member = "ifa_address", .family = AF_INET
	};

	*cell->text = '\0';
	if (!add_list(&to, device, "ip_ptr->ifa_list", "in_ifaddr.ifa_next", WALK_FIRST, err))
		return false;
	to.member = "addr";
	to.family = AF_INET6;
	/* A kernel may have no IPv6. */
	if (!add_list(&to, device, "ip6_ptr->addr_list", "inet6_ifaddr.if_list", WALK_HEAD, err) &&
	    err->code != ERROR_UNKNOWN)
		return false;
	cell->kind = *cell->text ? CELL_TEXT : CELL_NONE;
	return true;
}

/* --- sockets --- */

static bool inet_end(const struct value_memory *memory, const struct value *sock, int family,
		     bool remote, struct listing_cell *cell, struct error *err)
{
	const char *address = family == AF_INET6 ? remote ? "__sk_common.skc_v6_daddr" :
							    "__sk_common.skc_v6_rcv_saddr" :
			      remote		 ? "__sk_common.skc_daddr" :
						   "__sk_common.skc_rcv_saddr";
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16], port[2];

	/* skc_num is in the order of the machine, and skc_dport in network order. */
	if (!read_bytes(memory, sock, address, bytes, family == AF_INET ? 4 : 16, err) ||
	    !read_bytes(memory, sock, remote ? "__sk_common.skc_dport" : "__sk_common.skc_num",
			port, sizeof(port), err))
		return false;
	inet_ntop(family, bytes, text, sizeof(text));
	snprintf(cell->text, sizeof(cell->text), family == AF_INET6 ? "[%s]:%u" : "%s:%u", text,
		 remote ? port[0] << 8 | port[1] : port[1] << 8 | port[0]);
	cell->kind = CELL_TEXT;
	return true;
}

/* The path of a struct unix_sock, which begins with the struct sock. An abstract name begins with a NUL, which
 * is shown as '@', as in /proc/net/unix. */
static bool unix_end(const struct value_memory *memory, const struct value *sock,
		     struct listing_cell *cell, struct error *err)
{
	struct value value = *sock, name;
	uint64_t pointer, length;
	size_t size;

	if (!value_type(memory->kernel, "struct unix_sock", &value.type, err) ||
	    !value_member(memory, &value, "addr", 4, &name, err) ||
	    !value_number(memory, &name, &pointer, err))
		return false;
	if (!pointer)
		return true;
	if (!value_path(memory, &name, "len", &value, err) ||
	    !value_number(memory, &value, &length, err) ||
	    !value_path(memory, &name, "name", &value, err))
		return false;
	/* struct sockaddr_un: the family, and the path */
	size = length > 2 && length <= 2 + 108 ? (size_t)length - 2 : 0;
	if (!value_read(memory, value.address + 2, cell->text, size, err))
		return false;
	cell->text[size] = '\0';
	if (size && !*cell->text)
		*cell->text = '@';
	cell->kind = *cell->text ? CELL_TEXT : CELL_NONE;
	return true;
}

static bool read_end(const struct value_memory *memory, const struct value *pointer, bool remote,
		     struct listing_cell *cell, struct error *err)
{
	struct value sock = *pointer;
	uint8_t family[2];

	if (ctype_describe(&sock.type).kind == CTYPE_POINTER &&
	    !value_dereference(memory, pointer, &sock, err))
		return false;
	if (!read_bytes(memory, &sock, "__sk_common.skc_family", family, sizeof(family), err))
		return false;
	switch (load_le(family, 2)) {
	case AF_INET:
	case AF_INET6: return inet_end(memory, &sock, (int)load_le(family, 2), remote, cell, err);
	case AF_UNIX:
		if (!remote)
			return unix_end(memory, &sock, cell, err);
	}
	return true;
}

bool net_local(const struct value_memory *memory, const struct value *sock,
	       struct listing_cell *cell, struct error *err)
{
	return read_end(memory, sock, false, cell, err);
}

bool net_remote(const struct value_memory *memory, const struct value *sock,
		struct listing_cell *cell, struct error *err)
{
	return read_end(memory, sock, true, cell, err);
}
