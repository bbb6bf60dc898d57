/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* Opens virtual machines in a host's dump. */
#include "kvm/guest_dump.h"
#include "kvm/guests.h"
#include "open/open.h"
#include "open/opened.h"
#include "debuginfo/ko_file.h"
#include "debuginfo/vmlinux.h"

/* Opens the dump of the guest's memory, which takes over the host. On failure returns NULL, and
 * closes the host. */
static struct dump *open_in(struct kernel *host, const char *word, struct error *err)
{
	const struct guest_list *list = guest_machines(host, err);
	const struct guest *guest = list ? guest_find(list, word, err) : NULL;
	struct dump *dump = guest ? guest_dump_create(host, guest, open_close, err) : NULL;

	if (!dump)
		open_close(host);
	return dump;
}

/* Opens the host's kernel. The vmlinux and the other files that the user gave belong to the guest,
 * so the host's vmlinux must be searched for. */
static struct kernel *open_host(const struct opening *opening, struct dump *dump, struct error *err)
{
	const struct opening of_host = {
		.dump = dump,
		.no_vmlinux = "no vmlinux of the host was found",
		.debug_path = opening->debug_path,
		.listener = opening->listener,
		.fetch = opening->fetch,
		.arg = opening->arg,
		.most_unpacked = opening->most_unpacked,
	};

	return open_kernel_dump(&of_host, err);
}

struct kernel *open_guest(const struct opening *opening, const char *word, struct error *err)
{
	struct opening of_guest = *opening;
	struct vmlinux *vmlinux = opening->vmlinux;
	struct ko_file *modules = opening->modules;
	struct dump *dump = opening->dump;
	struct kernel *host;

	if (!dump && !inputs_open(opening, &dump, &vmlinux, &modules, err))
		return NULL;
	host = open_host(opening, dump, err);
	of_guest.dump = host ? open_in(host, word, err) : NULL;
	of_guest.vmlinux = vmlinux;
	of_guest.no_vmlinux = "no vmlinux of the guest was given";
	of_guest.modules = modules;
	if (of_guest.dump)
		return open_kernel_dump(&of_guest, err);
	vmlinux_close(vmlinux);
	ko_file_close(modules);
	return NULL;
}

bool open_each_guest(struct kernel *host,
		     bool (*visit)(void *arg, const struct guest *guest, struct dump *dump),
		     void *arg)
{
	const struct guest_list *list = guest_machines(host, NULL);
	bool more = true;

	for (size_t i = 0; list && more && i < list->nr; i++) {
		struct dump *dump = guest_dump_create(host, &list->guest[i], NULL, NULL);

		more = !dump || visit(arg, &list->guest[i], dump);
		dump_close(dump);
	}
	return more;
}
