// SPDX-License-Identifier: GPL-3.0-or-later
/* A driver with a defect, for QEMU's edu device. It maps a page for the device, and frees the page
 * without unmapping it. It does so once for each word that is written to its parameter "leave". The
 * word determines how the page is allocated, and so which uses the page can have next. The value of
 * the parameter is then the bus address and the frame of the page. The word "forget" unmaps the
 * page. The parameter "source" is the bus address of a page full of 0x5a, which the driver
 * keeps. */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

enum {
	EDU_BITS = 28, /* number of address bits of the device */
	BLOCK = 8, /* order of a block that is too large for the lists of CPUs */
	OBJECT = 512,
	MOST_OBJECTS = 1 << 16,
	ABOVE = 8, /* number of pages; less than the number that a CPU gives back at once */
};

static struct pci_dev *device;
static struct kmem_cache *cache;
static dma_addr_t source, left;
static unsigned long left_pfn;

static int map(struct page *page, dma_addr_t *bus)
{
	*bus = dma_map_page(&device->dev, page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL);
	return dma_mapping_error(&device->dev, *bus);
}

/* Returns the order of the slabs of the cache, or a negative error number. */
static int slab_order(void)
{
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	return object ? compound_order(virt_to_head_page(object)) : -ENOMEM;
}

/* Allocates objects until the frame that was left belongs to a slab of the cache. The objects are
 * never freed. */
static int grow(void)
{
	for (int i = 0; i < MOST_OBJECTS; i++) {
		void *object = kmem_cache_alloc(cache, GFP_KERNEL);

		if (!object)
			return -ENOMEM;
		if (page_to_pfn(virt_to_head_page(object)) == left_pfn)
			return 0;
	}
	return -EAGAIN;
}

/* Frees a page so that it stays free for a while. Pages that are freed later are allocated first,
 * so frees more pages after this page. */
static void free_deep(struct page *page)
{
	struct page *above[ABOVE];

	for (int i = 0; i < ABOVE; i++)
		above[i] = alloc_page(GFP_KERNEL);
	__free_page(page);
	for (int i = 0; i < ABOVE; i++)
		if (above[i])
			__free_page(above[i]);
}

static int leave(const char *what, const struct kernel_param *param)
{
	bool is_slab = sysfs_streq(what, "slab");
	gfp_t how = sysfs_streq(what, "user") ? GFP_HIGHUSER_MOVABLE : GFP_KERNEL;
	int order = is_slab ? slab_order() : sysfs_streq(what, "block") ? BLOCK : 0;
	struct page *page;
	int err;

	if (!device || order < 0)
		return device ? order : -ENODEV;
	if (sysfs_streq(what, "forget")) {
		dma_unmap_page(&device->dev, left, PAGE_SIZE, DMA_BIDIRECTIONAL);
		return 0;
	}
	page = alloc_pages(how, order);
	if (!page)
		return -ENOMEM;
	err = map(page, &left);
	left_pfn = page_to_pfn(page);
	if (sysfs_streq(what, "single"))
		free_deep(page);
	else
		__free_pages(page, order);
	return err || !is_slab ? err : grow();
}

static int tell(char *text, const struct kernel_param *param)
{
	return sysfs_emit(text, "%llx %lx\n", (unsigned long long)left, left_pfn);
}

static const struct kernel_param_ops leave_ops = { .set = leave, .get = tell };
module_param_cb(leave, &leave_ops, NULL, 0600);
module_param(source, ullong, 0400);

static int probe(struct pci_dev *pci, const struct pci_device_id *id)
{
	struct page *page = alloc_page(GFP_KERNEL);
	int err = dma_set_mask_and_coherent(&pci->dev, DMA_BIT_MASK(EDU_BITS));

	if (err || !page)
		return err ?: -ENOMEM;
	device = pci;
	memset(page_address(page), 0x5a, PAGE_SIZE);
	return map(page, &source);
}

static const struct pci_device_id ids[] = { { PCI_DEVICE(0x1234, 0x11e8) }, { 0 } };
static struct pci_driver stale_driver = {
	.name = "stale_driver",
	.id_table = ids,
	.probe = probe,
};

static void construct(void *object)
{
	memset(object, 0, OBJECT);
}

static int __init begin(void)
{
	/* The kernel does not merge a cache with a constructor with other caches. */
	cache = kmem_cache_create("stale_objects", OBJECT, 0, 0, construct);
	return cache ? pci_register_driver(&stale_driver) : -ENOMEM;
}

module_init(begin);
MODULE_DESCRIPTION("leaves mappings behind");
MODULE_LICENSE("GPL");
