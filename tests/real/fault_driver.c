// SPDX-License-Identifier: GPL-3.0-or-later
/* A driver with bugs. Writing the name of a bug to /proc/faults runs it. Before that, the driver logs
 * a line "@truth" with what is true about it: the function, the pointer that is bad, and the
 * address that the function will use, if there are such. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#ifdef CONFIG_KFENCE
#include <linux/kfence.h>
#endif

/* A function of its own, whose parameters are where the calling convention wants them. */
#define __fault noinline __attribute__((noipa))

struct fault_owner {
	char name[24];
	unsigned int quota;
};

struct fault_account {
	char name[24];
	struct list_head link;
	struct hlist_node node;
	struct fault_account *peer;
	struct fault_owner *owner;
	unsigned int balance;
	unsigned int limit;
	spinlock_t lock;
	refcount_t users;
	int (*show)(struct fault_account *account);
	struct list_head entries;
	char note[64];
};

struct fault_archive {
	char name[24];
	unsigned long year[16000];
};

struct fault_table {
	unsigned long magic[2];
	unsigned long cell[64];
};

static volatile unsigned long fault_index = 3, fault_size = 40, fault_zero, fault_shift = 70,
			      fault_depth = 1 << 20;
static unsigned long fault_sink;
static const unsigned long fault_constant[4] = { 1, 2, 3, 4 };
static unsigned long fault_data[4] = { 5, 6, 7, 8 };
static struct kmem_cache *fault_cache;

/* The kernel prints the bytes before an instruction only if they, too, are of the module. */
asm(".skip 64, 0x90");

/* --- functions that follow a pointer --- */

static __fault void fault_clear(void *base)
{
	struct fault_account *account = base;

	memset(account->note, 0, fault_size);
}

static __fault void fault_read(void *base)
{
	struct fault_account *account = base;

	fault_sink += READ_ONCE(account->balance);
}

static __fault void fault_write(void *base)
{
	struct fault_account *account = base;

	WRITE_ONCE(account->limit, 7);
}

static __fault void fault_read_far(void *base)
{
	struct fault_archive *archive = base;

	fault_sink += READ_ONCE(archive->year[15000]);
}

static __fault unsigned long fault_cell(struct fault_table *table, unsigned long index)
{
	return READ_ONCE(table->cell[index]);
}

static __fault void fault_read_cell(void *base)
{
	fault_sink += fault_cell(base, fault_index);
}

/* The list is not one: the pointer to its first element is NULL. */
static __fault void fault_read_entry(void *base)
{
	struct list_head *entry = base;

	fault_sink += READ_ONCE(list_entry(entry, struct fault_account, entries)->balance);
}

static __fault void fault_call_null(void *base)
{
	struct fault_account *account = base;

	fault_sink += account->show(account);
}

static __fault void fault_call(void *base)
{
	int (*function)(void) = base;

	fault_sink += function();
}

static __fault void fault_lock(void *base)
{
	struct fault_account *account = base;

	spin_lock(&account->lock);
	account->balance++;
	spin_unlock(&account->lock);
}

static __fault void fault_copy(void *base)
{
	struct fault_account *account = base;
	char note[64];

	memcpy(note, account->note, fault_size);
	fault_sink += note[fault_index];
}

static __fault void fault_measure(void *base)
{
	struct fault_account *account = base;

	fault_sink += strlen(account->name);
}

static __fault void fault_sum(void *base)
{
	unsigned long *word = base, i;

	for (i = 0; i < 8192; i++)
		fault_sink += READ_ONCE(word[i]);
}

static __fault void fault_count(void *base)
{
	struct fault_account *account = base;

	atomic_inc((atomic_t *)(account->note + 14));
}

/* --- functions that load a bad pointer from memory --- */

static __fault void fault_follow(void *from)
{
	struct fault_account *account = from;

	fault_sink += READ_ONCE(READ_ONCE(account->peer)->balance);
}

static __fault void fault_next(void *from)
{
	struct fault_account *account = from;

	fault_sink += (unsigned long)READ_ONCE(READ_ONCE(account->link.next)->prev);
}

static __fault void fault_unhash(void *from)
{
	struct fault_account *account = from;

	hlist_del(&account->node);
}

/* --- other bugs --- */

static __fault void fault_list_del(void *from)
{
	struct fault_account *account = from;

	list_del(&account->link);
}

static __fault void fault_list_add(void *from)
{
	struct fault_account *account = from;

	list_add(&account->link, &account->entries);
}

static __fault unsigned long fault_recurse(unsigned long depth)
{
	volatile unsigned long local[24] = { depth };

	return depth > fault_depth ? 0 : fault_recurse(depth + 1) + local[fault_zero];
}

static __fault void fault_stack(void *unused)
{
	fault_sink += fault_recurse(0);
}

static __fault void fault_divide(void *unused)
{
	unsigned int divisor = fault_zero, dividend = fault_size;

	fault_sink += dividend / divisor;
}

static __fault void fault_bug(void *unused)
{
	BUG_ON(fault_index != 4);
}

static __fault void fault_warn(void *unused)
{
	WARN(fault_index == 3, "fault: the index is %lu\n", fault_index);
}

static __fault void fault_warn_on(void *unused)
{
	fault_sink += WARN_ON(fault_index == 3);
}

static __fault void fault_refcount(void *from)
{
	struct fault_account *account = from;

	refcount_inc(&account->users);
	fault_sink++; /* The last call of a function may leave no frame. */
}

static __fault void fault_refcount_put(void *from)
{
	struct fault_account *account = from;

	fault_sink += refcount_dec_and_test(&account->users);
}

static __fault void fault_shift_left(void *unused)
{
	int value = fault_index;

	fault_sink += value << fault_shift;
}

static __fault void fault_bounds(void *from)
{
	struct fault_account *account = from;

	account->note[fault_shift] = 1;
}

static __fault void fault_breakpoint(void *unused)
{
#ifdef CONFIG_ARM64
	asm volatile("brk #0x123");
#else
	asm volatile("int3");
#endif
}

static __fault void fault_undefined(void *unused)
{
#ifdef CONFIG_ARM64
	asm volatile(".inst 0x00000bad");
#else
	asm volatile(".byte 0x0f, 0xb9, 0xc0");
#endif
}

static __fault void fault_panic(void *unused)
{
	panic("fault: account %lu is lost", fault_index);
}

static __fault void fault_hang(void *unused)
{
	static DECLARE_COMPLETION(fault_never);

	wait_for_completion_timeout(&fault_never, 9 * HZ);
	fault_sink++;
}

static __fault void fault_spin(void *unused)
{
	unsigned long end = jiffies + 9 * HZ;

	preempt_disable();
	while (time_before(jiffies, end))
		cpu_relax();
	preempt_enable();
}

static void fault_nothing(struct rcu_head *head)
{
}

/* Somebody waits for the readers. */
static __fault void fault_reader(void *unused)
{
	static struct rcu_head head;
	unsigned long end = jiffies + 9 * HZ;

	call_rcu(&head, fault_nothing);
	rcu_read_lock();
	preempt_disable();
	while (time_before(jiffies, end))
		cpu_relax();
	preempt_enable();
	rcu_read_unlock();
}

static __fault void fault_sleep(void *unused)
{
	preempt_disable();
	schedule_timeout_uninterruptible(1);
	preempt_enable();
}

static __fault void fault_overflow(void *from)
{
	memset(from, 0x5a, fault_size + 4);
	kmem_cache_free(fault_cache, from);
	fault_sink++;
}

static __fault void fault_free_twice(void *from)
{
	kmem_cache_free(fault_cache, from);
	kmem_cache_free(fault_cache, from);
	fault_sink++;
}

static __fault void fault_write_freed(void *from)
{
	int i;

	kmem_cache_free(fault_cache, from);
	WRITE_ONCE(((struct fault_owner *)from)->quota, 9);
	for (i = 0; i < 64; i++)
		fault_sink += (unsigned long)kmem_cache_alloc(fault_cache, GFP_KERNEL);
}

static __fault void fault_free_page(void *unused)
{
	struct page *page = alloc_pages(GFP_KERNEL, 5);

	page->mapping = (void *)0x1000;
	__free_pages(page, 5);
	fault_sink++;
}

static __fault void fault_kfence_read(void *from)
{
	fault_sink += READ_ONCE(((unsigned char *)from)[fault_size]);
}

static __fault void fault_kfence_freed(void *from)
{
	fault_sink += READ_ONCE(((struct fault_owner *)from)->quota);
}

/* --- other contexts --- */

static struct timer_list fault_timer;

static void fault_expire(struct timer_list *timer)
{
	fault_read((void *)fault_zero);
}

static __fault void fault_arm(void *unused)
{
	timer_setup(&fault_timer, fault_expire, 0);
	mod_timer(&fault_timer, jiffies + 2);
	msleep(500);
}

static void fault_work(struct work_struct *work)
{
	fault_read((void *)fault_zero);
}
static DECLARE_WORK(fault_item, fault_work);

static __fault void fault_queue(void *unused)
{
	schedule_work(&fault_item);
	msleep(500);
}

/* --- pointers --- */

static struct fault_account *new_account(void)
{
	struct fault_account *account = kzalloc(sizeof(*account), GFP_KERNEL);

	strcpy(account->name, "savings");
	return account;
}

static void *at_null(void)
{
	return (void *)fault_zero;
}

static void *at_error(void)
{
	return (void *)(fault_zero - ENOMEM);
}

/* container_of() of NULL. */
static void *before_null(void)
{
	return (void *)(fault_zero - offsetof(struct fault_account, entries));
}

static void *at_user(void)
{
	return (void *)(fault_zero + 0x10000000);
}

static void *at_wild(void)
{
	return (void *)(fault_zero + 0x5eed0000);
}

/* Not canonical on x86-64. */
static void *at_nowhere(void)
{
#ifdef CONFIG_64BIT
	return (void *)(fault_zero + 0x00badc0de1234560ul);
#else
	return NULL;
#endif
}

static void *at_constant(void)
{
	return (char *)fault_constant - offsetof(struct fault_account, limit);
}

static void *at_text(void)
{
	return (char *)fault_read - offsetof(struct fault_account, limit);
}

static void *at_kernel_text(void)
{
	return (char *)schedule - offsetof(struct fault_account, limit);
}

static void *at_data(void)
{
	return fault_data;
}

static void *at_area(void)
{
	return vmalloc(2 * PAGE_SIZE);
}

static void *at_account(void)
{
	return new_account();
}

static void *at_freed(void)
{
	struct fault_account *account = new_account();

	kfree(account);
	return account;
}

static void *at_flipped(void)
{
	struct fault_account *account = new_account();

#ifdef CONFIG_64BIT
	account->peer = (void *)((unsigned long)account ^ 1ul << 42);
#endif
	return account;
}

static void *at_overwritten(void)
{
	struct fault_account *account = new_account();

	memcpy(&account->peer, "savings account.", sizeof(account->peer));
	return account;
}

static void *at_unlinked(void)
{
	static LIST_HEAD(accounts);
	struct fault_account *account = new_account();

	list_add(&account->link, &accounts);
	list_del(&account->link);
	return account;
}

static void *at_unhashed(void)
{
	static HLIST_HEAD(accounts);
	struct fault_account *account = new_account();

	hlist_add_head(&account->node, &accounts);
	hlist_del(&account->node);
	return account;
}

static void *at_damaged(void)
{
	struct fault_account *account = new_account(), *other = new_account();

	INIT_LIST_HEAD(&account->entries);
	INIT_LIST_HEAD(&other->entries);
	account->entries.next = &other->entries;
	return account;
}

static void *at_users(void)
{
	struct fault_account *account = new_account();

	refcount_set(&account->users, INT_MAX);
	return account;
}

/* Each time, of a new cache, because the last one may be damaged. */
static void *at_object(void)
{
	static int caches;

	fault_cache = kmem_cache_create(kasprintf(GFP_KERNEL, "fault_owners_%d", ++caches), 40, 8,
					0, NULL);
	return kmem_cache_alloc(fault_cache, GFP_KERNEL);
}

/* KFENCE takes one object now and then. */
static void *fault_guarded(void)
{
#ifdef CONFIG_KFENCE
	kmem_cache_free(fault_cache, at_object());
	for (int i = 0; i < 3000; i++) {
		void *object = kmem_cache_alloc(fault_cache, GFP_KERNEL);

		/* The end of a page: what is behind is guarded, too. */
		if (is_kfence_address(object) && !offset_in_page(object + 40))
			return object;
		kmem_cache_free(fault_cache, object);
		usleep_range(1000, 2000);
	}
#endif
	return NULL;
}

static void *at_guarded_freed(void)
{
	void *object = fault_guarded();

	if (object)
		kmem_cache_free(fault_cache, object);
	return object;
}

/* --- the table --- */

#define ACCOUNT(member) offsetof(struct fault_account, member)

/* What the pointer that pointer() returns is. */
enum fault_pointer { IS_BAD, HAS_PEER, HAS_NEXT, HAS_PPREV, HAS_SHOW, IS_GOOD };

// clang-format off
static const struct fault {
	const char *name;
	void (*run)(void *from);
	void *(*pointer)(void);
	enum fault_pointer is;
	long offset; /* of the access, from the bad pointer */
} faults[] = {
	{ "null-read", fault_read, at_null, IS_BAD, ACCOUNT(balance) },
	{ "null-write", fault_write, at_null, IS_BAD, ACCOUNT(limit) },
	{ "null-far", fault_read_far, at_null, IS_BAD, offsetof(struct fault_archive, year[15000]) },
	{ "null-index", fault_read_cell, at_null, IS_BAD, offsetof(struct fault_table, cell[3]) },
	{ "null-entry", fault_read_entry, at_null, IS_BAD,
	  (long)ACCOUNT(balance) - (long)ACCOUNT(entries) },
	{ "null-container", fault_read, before_null, IS_BAD, ACCOUNT(balance) },
	{ "null-container-note", fault_measure, before_null, IS_BAD, ACCOUNT(name) },
	{ "null-lock", fault_lock, at_null, IS_BAD, ACCOUNT(lock) },
	{ "null-copy", fault_copy, at_null, IS_BAD, ACCOUNT(note) },
	{ "null-clear", fault_clear, at_null, IS_BAD, ACCOUNT(note) },
	{ "null-string", fault_measure, at_null, IS_BAD, ACCOUNT(name) },
	{ "null-call", fault_call_null, at_account, HAS_SHOW, 0 },
	{ "error-read", fault_read, at_error, IS_BAD, ACCOUNT(balance) },
	{ "error-write", fault_write, at_error, IS_BAD, ACCOUNT(limit) },
	{ "user-read", fault_read, at_user, IS_BAD, ACCOUNT(balance) },
	{ "user-write", fault_write, at_user, IS_BAD, ACCOUNT(limit) },
	{ "user-call", fault_call, at_user, IS_BAD, 0 },
	{ "wild-read", fault_read, at_wild, IS_BAD, ACCOUNT(balance) },
	{ "wild-call", fault_call, at_wild, IS_BAD, 0 },
	{ "data-call", fault_call, at_data, IS_BAD, 0 },
	{ "nowhere-read", fault_read, at_nowhere, IS_BAD, ACCOUNT(balance) },
	{ "nowhere-call", fault_call, at_nowhere, IS_BAD, 0 },
	{ "constant-write", fault_write, at_constant, IS_BAD, ACCOUNT(limit) },
	{ "text-write", fault_write, at_text, IS_BAD, ACCOUNT(limit) },
	{ "kernel-text-write", fault_write, at_kernel_text, IS_BAD, ACCOUNT(limit) },
	{ "area-end", fault_sum, at_area, IS_GOOD, 2 * PAGE_SIZE },
	{ "freed-read", fault_follow, at_freed, HAS_PEER, ACCOUNT(balance) },
	{ "flipped-read", fault_follow, at_flipped, HAS_PEER, ACCOUNT(balance) },
	{ "overwritten-read", fault_follow, at_overwritten, HAS_PEER, ACCOUNT(balance) },
	{ "poison-read", fault_next, at_unlinked, HAS_NEXT, offsetof(struct list_head, prev) },
	{ "poison-write", fault_unhash, at_unhashed, HAS_PPREV, 0 },
	{ "list-twice", fault_list_del, at_unlinked, IS_GOOD, 0 },
	{ "list-damaged", fault_list_add, at_damaged, IS_GOOD, 0 },
	{ "stack", fault_stack },
	{ "divide", fault_divide },
	{ "bug", fault_bug },
	{ "warn", fault_warn },
	{ "warn-on", fault_warn_on },
	{ "refcount-zero", fault_refcount, at_account, IS_GOOD, 0 },
	{ "refcount-overflow", fault_refcount, at_users, IS_GOOD, 0 },
	{ "refcount-underflow", fault_refcount_put, at_account, IS_GOOD, 0 },
	{ "shift", fault_shift_left },
	{ "bounds", fault_bounds, at_account, IS_GOOD, 0 },
	{ "breakpoint", fault_breakpoint },
	{ "undefined", fault_undefined },
	{ "unaligned", fault_count, at_account, IS_GOOD, ACCOUNT(note[14]) },
	{ "panic", fault_panic },
	{ "hang", fault_hang },
	{ "spin", fault_spin },
	{ "reader", fault_reader },
	{ "sleep", fault_sleep },
	{ "slab-overflow", fault_overflow, at_object, IS_GOOD, 0 },
	{ "slab-free-twice", fault_free_twice, at_object, IS_GOOD, 0 },
	{ "slab-write-freed", fault_write_freed, at_object, IS_GOOD, 0 },
	{ "page", fault_free_page },
	{ "guarded-read", fault_kfence_read, fault_guarded, IS_GOOD, 40 },
	{ "guarded-freed", fault_kfence_freed, at_guarded_freed, IS_GOOD,
	  offsetof(struct fault_owner, quota) },
	{ "timer", fault_arm, at_null, IS_BAD, ACCOUNT(balance) },
	{ "work", fault_queue, at_null, IS_BAD, ACCOUNT(balance) },
};
// clang-format on

static unsigned long bad_pointer(const struct fault *fault, const void *from)
{
	const struct fault_account *account = from;

	switch (fault->is) {
	case HAS_PEER: return (unsigned long)account->peer;
	case HAS_NEXT: return (unsigned long)account->link.next;
	case HAS_PPREV: return (unsigned long)account->node.pprev;
	case HAS_SHOW: return (unsigned long)account->show;
	default: return (unsigned long)from;
	}
}

static void run(const struct fault *fault)
{
	void *from = fault->pointer ? fault->pointer() : NULL;
	unsigned long pointer;

	if (!fault->pointer) {
		pr_alert("@truth %s %ps\n", fault->name, fault->run);
	} else if (fault->is == IS_GOOD && !from) {
		pr_alert("@absent %s\n", fault->name);
		return;
	} else {
		pointer = bad_pointer(fault, from);
		pr_alert("@truth %s %ps %s %px %px\n", fault->name, fault->run,
			 fault->is == IS_GOOD ? "good" : "bad", (void *)pointer,
			 (void *)(pointer + fault->offset));
	}
	fault->run(from);
}

static ssize_t write_name(struct file *file, const char __user *text, size_t size, loff_t *place)
{
	char name[32] = "";
	int i;

	if (size >= sizeof(name) || copy_from_user(name, text, size))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!strcmp(faults[i].name, name)) {
			run(&faults[i]);
			return size;
		}
	}
	return -ENOENT;
}

static const struct proc_ops fault_ops = { .proc_write = write_name };

static int __init fault_driver_init(void)
{
	return proc_create("faults", 0200, NULL, &fault_ops) ? 0 : -ENOMEM;
}
module_init(fault_driver_init);

MODULE_DESCRIPTION("Has bugs of many kinds");
MODULE_LICENSE("GPL");
