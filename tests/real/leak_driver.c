// SPDX-License-Identifier: GPL-3.0-or-later
/* A driver that leaks memory. It leaks a list of objects of 512 bytes. Each object contains a
 * pointer to a function of the driver. The driver also leaks blocks of four pages that are not
 * compound pages. The addresses of these blocks are in an array in vmalloc. */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

enum { NR_OBJECTS = 8000, NR_BLOCKS = 1000, ORDER = 2 };

struct request {
	struct list_head list;
	void (*done)(struct request *request);
	char rest[400];
};

static LIST_HEAD(requests);
static unsigned long *blocks;

static noinline void request_done(struct request *request)
{
	list_del(&request->list);
}

static int __init leak_driver_init(void)
{
	for (int i = 0; i < NR_OBJECTS; i++) {
		struct request *request = kzalloc(sizeof(*request), GFP_KERNEL);

		if (!request)
			return -ENOMEM;
		request->done = request_done;
		list_add_tail(&request->list, &requests);
	}
	blocks = vzalloc(NR_BLOCKS * sizeof(*blocks));
	for (int i = 0; blocks && i < NR_BLOCKS; i++)
		blocks[i] = __get_free_pages(GFP_KERNEL | __GFP_ZERO, ORDER);
	return blocks ? 0 : -ENOMEM;
}
module_init(leak_driver_init);

MODULE_DESCRIPTION("Forgets memory");
MODULE_LICENSE("GPL");
