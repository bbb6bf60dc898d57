// SPDX-License-Identifier: GPL-3.0-or-later
/* A driver whose threads wait for ever: for bits of folios, for a bit in an object, for a variable,
 * and on the CPUs from 2 on for a spinlock that a thread on CPU 1 holds. The driver locks the page
 * with index `page` of the file `path`. It prints the pid of each thread and the object. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait_bit.h>

static char *path = "";
static unsigned long page;
module_param(path, charp, 0);
module_param(page, ulong, 0);

static struct page *wait_locked, *wait_written;
static unsigned long wait_word, *wait_object;
static int wait_variable;
static DEFINE_SPINLOCK(wait_lock);
static DECLARE_COMPLETION(wait_held);

static int wait_for_lock(void *unused)
{
	lock_page(wait_locked);
	return 0;
}

static int wait_for_writeback(void *unused)
{
	wait_on_page_writeback(wait_written);
	return 0;
}

static int wait_for_bit(void *word)
{
	wait_on_bit(word, 3, TASK_UNINTERRUPTIBLE);
	return 0;
}

static int wait_for_variable(void *unused)
{
	wait_var_event(&wait_variable, READ_ONCE(wait_variable));
	return 0;
}

static noinline void wait_loop(void)
{
	for (;;)
		cpu_relax();
}

static int hold_lock(void *lock)
{
	spin_lock(lock);
	complete(&wait_held);
	wait_loop();
	return 0;
}

static int spin_for_lock(void *lock)
{
	spin_lock(lock);
	return 0;
}

static void start(int (*function)(void *), void *arg, const char *name, int cpu)
{
	struct task_struct *task = kthread_create(function, arg, "wait-%s", name);

	if (IS_ERR(task))
		return;
	if (cpu)
		kthread_bind(task, cpu);
	pr_alert("@thread %d %s %px\n", task->pid, name, arg);
	wake_up_process(task);
}

static int __init wait_driver_init(void)
{
	struct file *file = filp_open(path, O_RDONLY, 0);

	if (IS_ERR(file))
		return PTR_ERR(file);
	wait_locked = find_lock_page(file->f_mapping, page);
	wait_written = alloc_page(GFP_KERNEL);
	wait_object = kzalloc(1024, GFP_KERNEL);
	if (!wait_locked || !wait_written || !wait_object)
		return -ENOENT;
	set_bit(PG_writeback, (unsigned long *)&wait_written->flags);
	set_bit(3, &wait_word);
	set_bit(3, &wait_object[5]);
	pr_alert("@locked %lx %px\n", page_to_pfn(wait_locked), wait_locked);
	pr_alert("@written %lx %px\n", page_to_pfn(wait_written), wait_written);
	start(wait_for_lock, wait_locked, "lock-1", 0);
	start(wait_for_lock, wait_locked, "lock-2", 0);
	start(wait_for_writeback, wait_written, "writeback", 0);
	start(wait_for_bit, &wait_word, "word", 0);
	start(wait_for_bit, &wait_object[5], "object", 0);
	start(wait_for_variable, &wait_variable, "variable", 0);
	if (num_online_cpus() < 2)
		return 0;
	start(hold_lock, &wait_lock, "hold", 1);
	wait_for_completion(&wait_held);
	for (int cpu = 2; cpu < num_online_cpus(); cpu++)
		start(spin_for_lock, &wait_lock, "spin", cpu);
	return 0;
}
module_init(wait_driver_init);

static void __exit wait_driver_exit(void)
{
}
module_exit(wait_driver_exit);

MODULE_DESCRIPTION("Waits for ever");
MODULE_LICENSE("GPL");
