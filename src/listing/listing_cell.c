/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What a column shows of a value. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "base/text.h"
#include "kernel/kernel.h"
#include "kernel/percpu.h"
#include "linux/task/task.h"
#include "linux/vma/vma.h"
#include "listing/listing_run.h"
#include "symbols/symbol_lookup.h"
#include "value/walk.h"

/* --- addresses --- */

/* Addresses of the network, as cells of listings. */

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

/* The name of a family, such as AF_INET; a number if it has no name here. */
static void net_family(uint64_t number, struct listing_cell *cell)
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

/* The name of a state of TCP, such as LISTEN; likewise. */
static void net_sock_state(uint64_t number, struct listing_cell *cell)
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
/* The IP addresses of a net_device, IPv4 first, separated by blanks. */
static bool net_addresses(const struct value_memory *memory, const struct value *device,
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

/* The address and port of a struct sock, or the path of a socket of the family AF_UNIX. */
static bool net_local(const struct value_memory *memory, const struct value *sock,
		      struct listing_cell *cell, struct error *err)
{
	return read_end(memory, sock, false, cell, err);
}

static bool net_remote(const struct value_memory *memory, const struct value *sock,
		       struct listing_cell *cell, struct error *err)
{
	return read_end(memory, sock, true, cell, err);
}

/* --- cells --- */

static void set_number(struct listing_cell *cell, enum cell_kind kind, uint64_t number)
{
	cell->kind = kind;
	cell->number = number;
}

/* The text of an array, or at a pointer. */
static bool read_text(const struct value_memory *memory, const struct value *value,
		      struct listing_cell *cell, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	uint64_t address;
	size_t length;

	cell->kind = CELL_TEXT;
	if (facts.kind == CTYPE_ARRAY) {
		if (!value_text(memory, value, &facts, cell->text, sizeof(cell->text) - 1, &length))
			return value_read(memory, value->address, cell->text, 1, err) &&
			       fail(err, ERROR_FORMAT, "no text is at %" PRIx64, value->address);
		cell->text[length] = '\0';
		return true;
	}
	if (!value_as_address(memory, value, &address, err))
		return false;
	if (!address)
		cell->kind = CELL_NONE;
	return !address ||
	       kernel_read_string(memory->kernel, address, cell->text, sizeof(cell->text), err);
}

/* As in /proc: "NAME+OFFSET", and the module. Without a symbol, the address. */
static void read_symbol(struct kernel *kernel, uint64_t address, struct listing_cell *cell)
{
	struct kernel_symbol symbol;

	if (!address || !symbol_lookup_at(kernel->symbols, address, &symbol, NULL)) {
		set_number(cell, address ? CELL_HEX : CELL_NONE, address);
		return;
	}
	cell->kind = CELL_TEXT;
	snprintf(cell->text, sizeof(cell->text), "%s", symbol.name);
	if (address > symbol.address)
		text_append(cell->text, sizeof(cell->text), "+0x%" PRIx64,
			    address - symbol.address);
	if (symbol.module)
		text_append(cell->text, sizeof(cell->text), " [%s]", symbol.module);
}

/* The path of a mount, a struct file or a dentry, or at a pointer to one. */
static bool read_path(const struct value_memory *memory, const struct value *value,
		      struct listing_cell *cell, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	const char *name;
	uint64_t address;

	if (!value_as_address(memory, value, &address, err))
		return false;
	if (facts.kind == CTYPE_POINTER)
		facts = ctype_describe(&facts.target);
	name = facts.name;
	cell->kind = address ? CELL_TEXT : CELL_NONE;
	if (!address)
		return true;
	if (!strcmp(name, "mount"))
		return vma_mount_path(memory->kernel, address, cell->text, err);
	if (!strcmp(name, "file"))
		return vma_file_path(memory->kernel, address, cell->text, err);
	if (!strcmp(name, "dentry"))
		return vma_dentry_path(memory->kernel, address, cell->text, err);
	return fail(err, ERROR_USAGE, "a %s has no path: a mount, file or dentry has one", name);
}

/* The CPUs of a struct cpumask, as printf() of the kernel has them ("%*pbl"). */
static bool read_cpus(const struct value_memory *memory, uint64_t address,
		      struct listing_cell *cell, struct error *err)
{
	struct cpu_set cpus, possible;
	uint64_t size;

	if (!kernel_possible_cpus(memory->kernel, &possible, err) ||
	    !kernel_type_size(memory->kernel, "cpumask", &size) ||
	    !kernel_read_cpus(memory->kernel, address, (size_t)size, &cpus, err))
		return false;
	/* A mask that was allocated has room for the possible CPUs only. */
	for (size_t i = 0; i < sizeof(cpus.mask) / sizeof(*cpus.mask); i++)
		cpus.mask[i] &= possible.mask[i];
	cell->kind = CELL_TEXT;
	cell->text[0] = '\0';
	for (unsigned int cpu = 0, last; cpu_set_next(&cpus, &cpu); cpu = last + 1) {
		for (last = cpu; cpu_set_has(&cpus, last + 1);)
			last++;
		text_append(cell->text, sizeof(cell->text), last > cpu ? "%s%u-%u" : "%s%u",
			    *cell->text ? "," : "", cpu, last);
	}
	return true;
}

/* --- tasks --- */

/* The task at an address. A process in poll() waits with a poll_wqueues, which points to it. */
static bool read_task(const struct value_memory *memory, enum column_kind kind, uint64_t address,
		      struct listing_cell *cell, struct error *err)
{
	const struct task_list *list = task_all(memory->kernel, err);
	const struct task *task = list ? task_of_address(list, address) : NULL;
	struct value value;
	struct ctype type;

	if (!list)
		return false;
	if (!task && value_type(memory->kernel, "struct poll_wqueues", &type, NULL)) {
		value = value_at(type, address);
		if (value_path(memory, &value, "polling_task", &value, NULL) &&
		    value_number(memory, &value, &address, NULL))
			task = task_of_address(list, address);
	}
	if (!task)
		return true;
	set_number(cell, kind == COLUMN_PID ? CELL_SIGNED : CELL_TEXT, (uint64_t)task->pid);
	snprintf(cell->text, sizeof(cell->text), "%s", task->comm);
	return true;
}

/* --- signals --- */

/* include/uapi/asm-generic/signal.h, which all architectures use that kwalk knows. */
static void name_signal(uint64_t number, struct listing_cell *cell)
{
	static const char names[][8] = {
		"HUP",	"INT",	  "QUIT", "ILL",   "TRAP", "ABRT", "BUS",  "FPE",
		"KILL", "USR1",	  "SEGV", "USR2",  "PIPE", "ALRM", "TERM", "STKFLT",
		"CHLD", "CONT",	  "STOP", "TSTP",  "TTIN", "TTOU", "URG",  "XCPU",
		"XFSZ", "VTALRM", "PROF", "WINCH", "IO",   "PWR",  "SYS",
	};

	cell->kind = CELL_TEXT;
	if (number && number <= sizeof(names) / sizeof(names[0]))
		snprintf(cell->text, sizeof(cell->text), "SIG%s", names[number - 1]);
	else if (number >= 32 && number <= 64)
		snprintf(cell->text, sizeof(cell->text), "SIGRTMIN+%u", (unsigned int)number - 32);
	else
		set_number(cell, CELL_UNSIGNED, number);
}

static void name_handler(uint64_t address, struct listing_cell *cell)
{
	set_number(cell, address > 1 ? CELL_HEX : CELL_TEXT, address);
	strcpy(cell->text, address ? "SIG_IGN" : "SIG_DFL");
}

/* --- all kinds --- */

static bool read_value(const struct value_memory *memory, const struct value *value,
		       struct listing_cell *cell, struct error *err)
{
	struct ctype_facts facts = ctype_describe(&value->type);
	const char *name = NULL;

	if (facts.kind == CTYPE_ARRAY)
		return read_text(memory, value, cell, err);
	if (!value_number(memory, value, &cell->number, err))
		return false;
	if (facts.kind == CTYPE_ENUM)
		/* As in crash: NR_LRU_BASE and similar names stand before the names of counters. */
		name = ctype_enumerator_of(&value->type, cell->number, true);
	cell->kind = name			 ? CELL_TEXT :
		     facts.kind == CTYPE_POINTER ? CELL_HEX :
		     facts.kind == CTYPE_BOOL	 ? CELL_BOOL :
		     facts.is_signed		 ? CELL_SIGNED :
						   CELL_UNSIGNED;
	if (name)
		snprintf(cell->text, sizeof(cell->text), "%s", name);
	return true;
}

/* Reads a number without its sign. */
static bool read_bits(const struct value_memory *memory, const struct value *value,
		      uint64_t *number, struct error *err)
{
	uint64_t size = ctype_describe(&value->type).size;

	if (!value_number(memory, value, number, err))
		return false;
	if (size < sizeof(*number))
		*number &= (UINT64_C(1) << 8 * size) - 1;
	return true;
}

static void name_number(enum column_kind kind, uint64_t number, struct listing_cell *cell)
{
	switch (kind) {
	case COLUMN_FAMILY: net_family(number, cell); break;
	case COLUMN_SOCK_STATE: net_sock_state(number, cell); break;
	case COLUMN_SIGNAL: name_signal(number, cell); break;
	case COLUMN_HANDLER: name_handler(number, cell); break;
	default:
		cell->kind = CELL_TEXT;
		snprintf(cell->text, sizeof(cell->text), "%" PRIo64, number);
	}
}

static bool read_kind(const struct value_memory *memory, enum column_kind kind,
		      const struct value *value, struct listing_cell *cell, struct error *err)
{
	uint64_t number;

	switch (kind) {
	case COLUMN_TEXT: return read_text(memory, value, cell, err);
	case COLUMN_PATH: return read_path(memory, value, cell, err);
	case COLUMN_ADDRESSES: return net_addresses(memory, value, cell, err);
	case COLUMN_LOCAL: return net_local(memory, value, cell, err);
	case COLUMN_REMOTE: return net_remote(memory, value, cell, err);
	case COLUMN_ADDRESS:
	case COLUMN_SYMBOL:
	case COLUMN_FUNCTION:
		if (!value_as_address(memory, value, &number, err))
			return false;
		if (kind == COLUMN_ADDRESS)
			set_number(cell, number ? CELL_HEX : CELL_NONE, number);
		else
			read_symbol(memory->kernel, number, cell);
		if (kind == COLUMN_FUNCTION)
			value_is_function(memory->kernel, number, &cell->why);
		return true;
	case COLUMN_HEX:
	case COLUMN_SECONDS:
		cell->kind = kind == COLUMN_HEX ? CELL_HEX : CELL_SECONDS;
		return read_bits(memory, value, &cell->number, err);
	case COLUMN_CPUS:
		return value_as_address(memory, value, &number, err) &&
		       read_cpus(memory, number, cell, err);
	case COLUMN_PID:
	case COLUMN_COMM:
		return value_as_address(memory, value, &number, err) &&
		       read_task(memory, kind, number, cell, err);
	case COLUMN_FAMILY:
	case COLUMN_SOCK_STATE:
	case COLUMN_OCTAL:
	case COLUMN_SIGNAL:
	case COLUMN_HANDLER:
		if (!read_bits(memory, value, &number, err))
			return false;
		name_number(kind, number, cell);
		return true;
	default: return read_value(memory, value, cell, err);
	}
}

/* Compares a number or text with the further expressions of its column. Those that this kernel does not have are no
 * witness. */
static void compare(const struct value_memory *memory, const struct listing_column *column,
		    struct listing_cell *cell)
{
	struct listing_cell other;
	struct value value;

	for (size_t i = 1; i < column->nr_texts && cell->kind != CELL_UNREADABLE; i++) {
		if (!value_expression(memory, column->text[i], &value, NULL))
			continue;
		if (column->kind == COLUMN_TEXT && read_text(memory, &value, &other, NULL) &&
		    other.kind == CELL_TEXT && strcmp(other.text, cell->text) != 0)
			fail(&cell->why, ERROR_FORMAT,
			     "%s is %.100s, but %s is %.100s: one of both is damaged",
			     column->text[0], cell->text, column->text[i], other.text);
		else if (column->kind != COLUMN_TEXT &&
			 value_number(memory, &value, &other.number, NULL) &&
			 other.number != cell->number)
			fail(&cell->why, ERROR_FORMAT,
			     "%s is %" PRId64 ", but %s is %" PRId64 ": one of both is damaged",
			     column->text[0], (int64_t)cell->number, column->text[i],
			     (int64_t)other.number);
	}
}

bool listing_cell_read(const struct value_memory *memory, const struct listing_column *column,
		       struct listing_cell *cell, struct error *err)
{
	struct value value;

	cell->kind = CELL_NONE;
	cell->text[0] = '\0';
	cell->why.code = ERROR_NONE;
	if (column->kind == COLUMN_NONE)
		return true;
	if (value_expression(memory, column->text[0], &value, err) &&
	    read_kind(memory, column->kind, &value, cell, err)) {
		compare(memory, column, cell);
		return true;
	}
	if (err->code == ERROR_UNKNOWN || err->code == ERROR_USAGE)
		return false;
	cell->kind = value_is_null(err) ? CELL_NONE : CELL_UNREADABLE;
	if (cell->kind == CELL_UNREADABLE)
		cell->why = *err;
	return true;
}
