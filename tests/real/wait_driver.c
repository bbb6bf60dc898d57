// SPDX-License-Identifier: GPL-3.0-or-later
/* A driver whose threads wait for ever: for bits of folios, for a bit in an object, for a variable,
 * in wait queues, for works, and on CPUs 2 and 3 for a spinlock that a thread on CPU 1 holds. If
 * there are six CPUs and `call` is set to 1, CPU 5 waits for CPU 4, which does not serve interrupts.
 * CPU 1 does not serve interrupts, either, and CPU 5 has sent a call to it without waiting for it.
 * The driver locks the page with index `page` of the file `path`. It prints the pid of each thread
 * and the object, and when the kernel panics the pid of each blocked task. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/panic_notifier.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

static char *path = "";
static unsigned long page;
module_param(path, charp, 0);
module_param(page, ulong, 0);
static int call;
module_param(call, int, 0600);

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

static bool is_ready, is_off, is_holder_off;

/* CPU 1, which later ignores interrupts. */
static int hold_lock(void *lock)
{
	spin_lock(lock);
	complete(&wait_held);
	while (!READ_ONCE(is_ready))
		cpu_relax();
	local_irq_disable();
	WRITE_ONCE(is_holder_off, true);
	wait_loop();
	return 0;
}

static int spin_for_lock(void *lock)
{
	spin_lock(lock);
	return 0;
}

/* --- wait queues and works --- */

static DECLARE_WAIT_QUEUE_HEAD(wait_queue);
static wait_queue_head_t *wait_on_stack;
static DECLARE_COMPLETION(wait_published);
static DECLARE_COMPLETION(wait_working);

static int wait_in_queue(void *queue)
{
	wait_event(*(wait_queue_head_t *)queue, READ_ONCE(wait_variable) == 99);
	return 0;
}

static int publish_queue(void *unused)
{
	DECLARE_WAIT_QUEUE_HEAD_ONSTACK(queue);

	wait_on_stack = &queue;
	complete(&wait_published);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule();
	}
	return 0;
}

static void work_for_ever(struct work_struct *work)
{
	pr_alert("@running %d %px\n", current->pid, work);
	complete(&wait_working);
	wait_in_queue(&wait_queue);
}

static void work_later(struct work_struct *work)
{
}

static DECLARE_WORK(wait_running, work_for_ever);
static DECLARE_WORK(wait_pending, work_later);

static int flush_it(void *work)
{
	flush_work(work);
	return 0;
}

/* --- a call of another CPU --- */

static int turn_off(void *unused)
{
	while (!READ_ONCE(is_ready))
		msleep_interruptible(10);
	local_irq_disable();
	WRITE_ONCE(is_off, true);
	wait_loop();
	return 0;
}

static void called_before(void *unused)
{
}

/* Runs on CPU 3, after CPU 5 has sent the call to both CPUs. */
static void called(void *unused)
{
	WRITE_ONCE(call, 2);
}

static int call_others(void *unused)
{
	static struct cpumask others, holder;

	cpumask_set_cpu(3, &others);
	cpumask_set_cpu(4, &others);
	cpumask_set_cpu(1, &holder);
	while (!READ_ONCE(call))
		msleep_interruptible(10);
	preempt_disable();
	WRITE_ONCE(is_ready, true);
	while (!READ_ONCE(is_off) || !READ_ONCE(is_holder_off))
		cpu_relax();
	smp_call_function_many(&holder, called_before, NULL, false);
	smp_call_function_many(&others, called, NULL, true);
	preempt_enable();
	return 0;
}

/* --- at the end --- */

/* No other CPU runs any more, so these tasks stay blocked. */
static int tell_blocked(struct notifier_block *block, unsigned long event, void *reason)
{
	struct task_struct *process, *task;

	for_each_process_thread (process, task)
		if ((task->__state & (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)) == TASK_UNINTERRUPTIBLE)
			pr_alert("@blocked %d\n", task->pid);
	return NOTIFY_DONE;
}

static struct notifier_block wait_panic = { .notifier_call = tell_blocked, .priority = INT_MAX };

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

static int start_works(void)
{
	struct workqueue_struct *queue = alloc_ordered_workqueue("wait", 0);

	if (!queue)
		return -ENOMEM;
	queue_work(queue, &wait_running);
	queue_work(queue, &wait_pending);
	wait_for_completion(&wait_working);
	start(flush_it, &wait_running, "flush-running", 0);
	start(flush_it, &wait_running, "flush-again", 0);
	start(flush_it, &wait_pending, "flush-pending", 0);
	start(publish_queue, NULL, "owner", 0);
	wait_for_completion(&wait_published);
	start(wait_in_queue, wait_on_stack, "queue-stack", 0);
	start(wait_in_queue, &wait_queue, "queue-1", 0);
	start(wait_in_queue, &wait_queue, "queue-2", 0);
	return 0;
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
	atomic_notifier_chain_register(&panic_notifier_list, &wait_panic);
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
	if (start_works())
		return -ENOMEM;
	if (num_online_cpus() < 2)
		return 0;
	start(hold_lock, &wait_lock, "hold", 1);
	wait_for_completion(&wait_held);
	for (int cpu = 2; cpu < 4 && cpu < num_online_cpus(); cpu++)
		start(spin_for_lock, &wait_lock, "spin", cpu);
	if (num_online_cpus() < 6)
		return 0;
	start(turn_off, NULL, "off", 4);
	start(call_others, called, "call", 5);
	return 0;
}
module_init(wait_driver_init);

static void __exit wait_driver_exit(void)
{
}
module_exit(wait_driver_exit);

MODULE_DESCRIPTION("Waits for ever");
MODULE_LICENSE("GPL");
