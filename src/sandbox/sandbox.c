/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sandbox/sandbox.h"

#include "sandbox/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	bool entered;
	int landlock; /* the version of Landlock that the kernel has */
	int errors[NR_SANDBOX_PARTS]; /* for each part: an errno, or 0 if the part is in force */
} sandbox;

const char *sandbox_lacks(enum sandbox_part part)
{
	if (!sandbox.entered)
		return "--sandbox=no";
	return sandbox.errors[part] ? strerror(sandbox.errors[part]) : NULL;
}

const char *sandbox_part_name(enum sandbox_part part)
{
	static const char *const names[] = {
		[SANDBOX_FILES] = "landlock",	       [SANDBOX_CALLS] = "seccomp",
		[SANDBOX_PRIVILEGES] = "no_new_privs", [SANDBOX_CAPABILITIES] = "no_capabilities",
		[SANDBOX_CORE] = "no_core_dumps",
	};

	return names[part];
}

/* Records the result for a part: an errno, or 0 for success. An earlier error is not
 * overwritten. */
static void sandbox_note(enum sandbox_part part, int error)
{
	if (!sandbox.errors[part])
		sandbox.errors[part] = error;
}

static void sandbox_check(enum sandbox_part part, long result)
{
	sandbox_note(part, result < 0 ? errno : 0);
}

/* --- Landlock: include/uapi/linux/landlock.h of Linux 6.12; 5.13 has version 1 --- */

/* The numbers of Landlock's system calls. They are the same on all machines. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };

enum { VERSION_FLAG = 1, PATH_BENEATH = 1 };

enum { READ_FILE = 1 << 2, READ_DIR = 1 << 3, READ = READ_FILE | READ_DIR };

struct ruleset {
	uint64_t files;
	uint64_t network; /* rights for TCP, since version 4 */
	uint64_t scopes; /* abstract sockets and signals, since version 6 */
};

struct path_rule {
	uint64_t rights;
	int32_t folder;
} __attribute__((packed));

/* Returns the rights to forbid: all rights that this version knows, except reading files and
 * folders. */
static struct ruleset all_but_reading(long version)
{
	static const unsigned char nr_rights[] = { 0, 13, 14, 15, 15, 16 };
	size_t last = sizeof(nr_rights) - 1;
	size_t known = version < (long)last ? (size_t)version : last;

	return (struct ruleset){
		.files = ((UINT64_C(1) << nr_rights[known]) - 1) & ~(uint64_t)READ,
		.network = version >= 4 ? 3 : 0,
		.scopes = version >= 6 ? 3 : 0,
	};
}

int sandbox_landlock_version(void)
{
	return sandbox.errors[SANDBOX_FILES] ? 0 : sandbox.landlock;
}

const char *sandbox_landlock_lacks(size_t i)
{
	static const char *const since[] = {
		NULL, NULL, "links", "truncation", "network", "ioctl", "signals",
	};
	size_t have = (size_t)sandbox_landlock_version(), version = have + 1 + i;

	return have && version < sizeof(since) / sizeof(since[0]) ? since[version] : NULL;
}

static int create_ruleset(const struct ruleset *rules)
{
	return (int)syscall(CREATE_RULESET, rules, sizeof(*rules), 0);
}

static void apply(int ruleset)
{
	sandbox_check(SANDBOX_FILES, ruleset < 0 ? -1 : syscall(RESTRICT_SELF, ruleset, 0));
	if (ruleset >= 0)
		close(ruleset);
}

static void forbid_changes(void)
{
	long version = syscall(CREATE_RULESET, NULL, 0, VERSION_FLAG);
	struct ruleset rules;

	if (version < 0) {
		sandbox_check(SANDBOX_FILES, version);
		return;
	}
	sandbox.landlock = (int)version;
	rules = all_but_reading(version);
	apply(create_ruleset(&rules));
}

/* Permits these rights for the path and everything below it. If path is not a folder, the rights
 * that apply only to folders are left out. */
static void permit(int ruleset, const char *path, uint64_t rights)
{
	struct path_rule rule = {
		.rights = rights,
		.folder = path ? open(path, O_PATH | O_CLOEXEC) : -1,
	};
	struct stat st;

	if (rule.folder < 0)
		return;
	if (fstat(rule.folder, &st) < 0 || !S_ISDIR(st.st_mode))
		rule.rights &= ~(uint64_t)READ_DIR;
	sandbox_check(SANDBOX_FILES, syscall(ADD_RULE, ruleset, PATH_BENEATH, &rule, 0));
	close(rule.folder);
}

/* Permits reading each folder in a list whose separator is ':'. */
static void permit_list(int ruleset, const char *list)
{
	char *copy = list ? strdup(list) : NULL, *rest = copy, *folder;

	while ((folder = strsep(&rest, ":")))
		permit(ruleset, folder, READ);
	free(copy);
}

struct libraries {
	int ruleset;
	char folder[PATH_MAX]; /* the folder of the previous library, to permit each folder once */
};

/* Permits reading the folder of a library. This is called for the libraries that the program was
 * started with. Libraries that are loaded later are in the same folders. */
static int permit_folder(struct dl_phdr_info *library, size_t size, void *arg)
{
	struct libraries *libraries = arg;
	const char *name = library->dlpi_name, *slash = strrchr(name, '/');
	size_t length = slash ? (size_t)(slash - name) : 0;

	(void)size;
	if (!length || length >= PATH_MAX ||
	    (!strncmp(libraries->folder, name, length) && !libraries->folder[length]))
		return 0;
	memcpy(libraries->folder, name, length);
	libraries->folder[length] = '\0';
	permit(libraries->ruleset, libraries->folder, READ);
	return 0;
}

static void permit_only(const struct sandbox_paths *paths, const char *folders, bool lists)
{
	/* Libraries are loaded from these folders when they are needed. The C library and the
	 * sanitizers read the other files. */
	static const char *const always[] = {
		"/lib",
		"/lib64",
		"/usr/lib",
		"/usr/lib64",
		"/usr/local/lib",
		"/nix/store",
		"/gnu/store",
		"/etc/ld.so.cache",
		"/proc/self",
		"/proc/meminfo",
		"/sys/devices/system/cpu",
		"/etc/localtime",
		"/usr/share/zoneinfo",
	};
	static const struct ruleset rules = { .files = READ };
	int ruleset = create_ruleset(&rules);
	struct libraries libraries = { .ruleset = ruleset };

	if (ruleset >= 0) {
		for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
			permit(ruleset, always[i], READ);
		permit_list(ruleset, getenv("LD_LIBRARY_PATH"));
		dl_iterate_phdr(permit_folder, &libraries);
		permit_list(ruleset, folders);
		if (lists)
			permit(ruleset, "/", READ_DIR);
		for (; paths->paths; paths++)
			for (size_t i = 0; i < paths->nr; i++)
				permit(ruleset, paths->paths[i], READ);
	}
	apply(ruleset);
}

/* --- capabilities --- */

/* Drops all capabilities of the process except the capabilities whose bits are in the set. */
static void keep_capabilities(uint32_t set)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct now[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &head, now) < 0) {
		sandbox_check(SANDBOX_CAPABILITIES, -1);
		return;
	}
	if (!(now[0].permitted & ~set) && !now[1].permitted)
		return;
	now[0].permitted &= set;
	now[0].effective &= set;
	now[0].inheritable = 0;
	now[1] = (struct __user_cap_data_struct){ 0 };
	sandbox_check(SANDBOX_CAPABILITIES, syscall(SYS_capset, &head, now));
}

/* With the first group of capabilities, root may read dumps of other users. With the second group,
 * root may read the memory of the running machine: open_kcore() of fs/proc/kcore.c, iomem_open() of
 * kernel/resource.c. */
enum {
	TO_OPEN = 1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH,
	TO_OPEN_LIVE = 1 << CAP_SYS_RAWIO | 1 << CAP_SYS_ADMIN,
};

static void forbid_core_dumps(void)
{
	static const struct rlimit nothing;

	sandbox_check(SANDBOX_CORE, setrlimit(RLIMIT_CORE, &nothing));
	/* If core_pattern names a program, the kernel ignores RLIMIT_CORE. So the process must also
	 * be made not dumpable. */
	sandbox_check(SANDBOX_CORE, prctl(PR_SET_DUMPABLE, 0));
}

void sandbox_enter(bool live)
{
	sandbox.entered = true;
	forbid_core_dumps();
	sandbox_check(SANDBOX_PRIVILEGES, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	keep_capabilities(TO_OPEN | (live ? TO_OPEN_LIVE : 0));
	forbid_changes();
	sandbox_note(SANDBOX_CALLS, calls_restrict());
}

void sandbox_narrow(const struct sandbox_paths *paths, const char *folders, bool lists)
{
	if (!sandbox.errors[SANDBOX_FILES])
		permit_only(paths, folders, lists);
	keep_capabilities(0);
}
