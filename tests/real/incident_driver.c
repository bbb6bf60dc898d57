// SPDX-License-Identifier: GPL-3.0-or-later
/* A driver with the bugs of real incidents. Its parameter `way` names the bug. "jump": calls a
 * function at `address`. "read": reads memory of a process at `address` without permission.
 * "list": removes an element from a list that is damaged. "text": follows a pointer that a text
 * has overwritten. "timer": leaves a timer armed, whose function is in the driver. "twice": adds
 * an element to a list twice, and searches the list in a soft interrupt. "locks": leaves threads
 * that wait for each other, a thread that loops on the last CPU with interrupts disabled, an
 * object that is written after it was freed, and a list of tasks that leads from the process svc-2
 * to itself. "fragment": allocates all memory, frees every other page, and panics because a block
 * of order 4 is not free. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static char *way = "";
static unsigned long address;
module_param(way, charp, 0);
module_param(address, ulong, 0);

/* --- what ends the kernel --- */

static noinline int incident_call(int (*function)(void))
{
	int got = READ_ONCE(function)();

	barrier(); /* a frame of this function stays on the stack */
	return got;
}

static noinline unsigned long incident_read(const unsigned long *from)
{
	return READ_ONCE(*from) + 1;
}

struct incident_device {
	struct list_head list;
	char name[16];
	struct incident_device *next;
};

static noinline void incident_unlink(struct incident_device *device)
{
	list_del(&device->list);
	device->next = NULL;
}

static noinline char incident_name(struct incident_device *device)
{
	return READ_ONCE(device->next->name[0]) + 1;
}

static void damage_list(struct incident_device *device)
{
	static LIST_HEAD(devices);

	list_add(&device->list, &devices);
	devices.prev = &device[1].list;
	incident_unlink(device);
}

static void overwrite(struct incident_device *device)
{
	memcpy((char *)device + offsetof(struct incident_device, name), "a device of 24 letters..",
	       24);
	incident_name(device);
}

struct incident_session {
	struct hlist_node node;
	int id;
};
static HLIST_HEAD(sessions);
static struct timer_list incident_timer;
static unsigned long ticks;

static void incident_tick(struct timer_list *timer)
{
	ticks++;
}

static void arm(void)
{
	timer_setup(&incident_timer, incident_tick, 0);
	mod_timer(&incident_timer, jiffies + HZ);
	pr_alert("@timer %px\n", &incident_timer);
}

static noinline struct incident_session *incident_find(int id)
{
	struct incident_session *session;

	hlist_for_each_entry(session, &sessions,
			     node) if (READ_ONCE(session->id) == id) return session;
	return NULL;
}

static void incident_expire(struct timer_list *timer)
{
	if (incident_find(-1))
		ticks++;
}

/* The list then leads from the first element to the second one, and back. */
static void add_twice(void)
{
	static struct incident_session session[3];

	for (int i = 0; i < ARRAY_SIZE(session); i++)
		hlist_add_head(&session[i].node, &sessions);
	hlist_add_head(&session[1].node, &sessions);
	timer_setup(&incident_timer, incident_expire, 0);
	mod_timer(&incident_timer, jiffies + HZ / 2);
}

/* --- fragmented memory --- */

static LIST_HEAD(incident_pages);

/* Prints the number of free blocks of each order, for each migrate type. */
static void print_free_lists(struct zone *zone)
{
	char text[256];
	int used;

	for (int type = 0; type < MIGRATE_TYPES; type++) {
		used = 0;
		for (int order = 0; order < ARRAY_SIZE(zone->free_area); order++)
			used += scnprintf(text + used, sizeof(text) - used, " %zu",
					  list_count_nodes(
						  &zone->free_area[order].free_list[type]));
		pr_alert("@free %s %d%s\n", zone->name, type, text);
	}
}

/* For allocations that may take all memory of a zone. */
#define RESERVES (__GFP_HIGH | __GFP_MEMALLOC)

static void take_all_blocks(gfp_t flags, int order)
{
	struct page *page;

	while ((page = alloc_pages(flags | __GFP_NOWARN, order)))
		list_add(&page->lru, &incident_pages);
}

/* Leaves no two adjacent pages free. */
static void take_every_other_page(void)
{
	struct page *page, *next;

	take_all_blocks(GFP_KERNEL | __GFP_NORETRY, 0);
	take_all_blocks(RESERVES, 0);
	list_for_each_entry_safe(page, next, &incident_pages, lru)
	{
		if (page_to_pfn(page) & 1)
			continue;
		list_del(&page->lru);
		__free_page(page);
	}
}

/* Interrupts are disabled, so that the lists do not change until the kernel ends. The kernel
 * itself prints the number of free blocks when the allocation fails. */
static noinline void incident_fragment(void)
{
	struct pglist_data *node;

	take_every_other_page();
	node = page_zone(list_first_entry(&incident_pages, struct page, lru))->zone_pgdat;
	local_irq_disable();
	/* memory that was freed in the meantime */
	for (int order = MAX_PAGE_ORDER; order > 2; order--)
		take_all_blocks(RESERVES, order);
	if (alloc_pages(__GFP_KSWAPD_RECLAIM, 4))
		pr_alert("a block was free\n");
	for (int i = 0; i < MAX_NR_ZONES; i++)
		if (populated_zone(&node->node_zones[i]))
			print_free_lists(&node->node_zones[i]);
	panic("incident: no block of order 4");
}

/* --- what does not --- */

static DEFINE_MUTEX(incident_mutex);
static DECLARE_RWSEM(incident_rwsem);
static DECLARE_RWSEM(incident_readers);
static DEFINE_SEMAPHORE(incident_semaphore, 1);
static DECLARE_COMPLETION(incident_ready);
static DECLARE_COMPLETION(incident_completion);
static DEFINE_SPINLOCK(incident_lock);
static void *incident_freed;

static int hold(void *unused)
{
	mutex_lock(&incident_mutex);
	down_write(&incident_rwsem);
	down_read(&incident_readers);
	down(&incident_semaphore);
	complete(&incident_ready);
	wait_for_completion(&incident_completion);
	return 0;
}

static int wait_for_mutex(void *unused)
{
	mutex_lock(&incident_mutex);
	return 0;
}

static int wait_for_rwsem(void *unused)
{
	down_read(&incident_rwsem);
	return 0;
}

static int wait_for_readers(void *unused)
{
	down_write(&incident_readers);
	return 0;
}

static int wait_for_semaphore(void *unused)
{
	down(&incident_semaphore);
	return 0;
}

static noinline void incident_loop(void)
{
	for (;;)
		cpu_relax();
}

/* Without interrupts, other CPUs would wait for this CPU until the module is loaded. */
static int loop(void *unused)
{
	msleep(1000);
	spin_lock_irq(&incident_lock);
	incident_loop();
	return 0;
}

#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE 0 /* before 6.5 */
#endif

static void write_freed(void)
{
	struct kmem_cache *cache =
		kmem_cache_create("incident_objects", 192, 0, SLAB_NO_MERGE, NULL);
	void *object[8];

	for (int i = 0; i < 8; i++)
		object[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	incident_freed = object[5];
	kmem_cache_free(cache, object[4]);
	kmem_cache_free(cache, incident_freed);
	memset(incident_freed, 0x5a, 192);
	pr_alert("@freed %px\n", incident_freed);
}

/* The list then leads from the task to itself. */
static void damage_tasks(void)
{
	struct task_struct *task;

	for_each_process(task) if (!strcmp(task->comm, "svc-2")) break;
	task->tasks.next = &task->tasks;
}

static void leave_trouble(void)
{
	static int (*const waits[])(void *) = { wait_for_mutex, wait_for_rwsem, wait_for_readers,
						wait_for_semaphore };
	struct task_struct *task = kthread_run(hold, NULL, "inc-holder");

	pr_alert("@thread %d hold\n", task->pid);
	wait_for_completion(&incident_ready);
	for (int i = 0; i < ARRAY_SIZE(waits); i++) {
		task = kthread_run(waits[i], NULL, "inc-waiter-%d", i);
		pr_alert("@thread %d %ps\n", task->pid, waits[i]);
	}
	write_freed();
	WARN(1, "incident: a warning\n");
	WARN(1, "incident: another warning\n");
	task = kthread_create(loop, NULL, "inc-loop");
	kthread_bind(task, num_online_cpus() - 1);
	wake_up_process(task);
	damage_tasks();
}

static int __init incident_driver_init(void)
{
	struct incident_device *device = kcalloc(2, sizeof(*device), GFP_KERNEL);

	if (!device)
		return -ENOMEM;
	if (!strcmp(way, "jump"))
		incident_call((void *)address);
	else if (!strcmp(way, "read"))
		incident_read((void *)address);
	else if (!strcmp(way, "list"))
		damage_list(device);
	else if (!strcmp(way, "text"))
		overwrite(device);
	else if (!strcmp(way, "timer"))
		arm();
	else if (!strcmp(way, "twice"))
		add_twice();
	else if (!strcmp(way, "fragment"))
		incident_fragment();
	else if (!strcmp(way, "locks"))
		leave_trouble();
	return 0;
}
module_init(incident_driver_init);

static void __exit incident_driver_exit(void)
{
}
module_exit(incident_driver_exit);

MODULE_DESCRIPTION("Has the bugs of real incidents");
MODULE_LICENSE("GPL");
