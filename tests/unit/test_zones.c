/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The node and zone that the flags of a struct page name. */
#include "linux/module/modules.h"
#include "linux/region/region.h"
#include "linux/resource/resource.h"
#include "linux/module/slots.h"
#include "linux/page/page_info.h"
#include "kernel/arch.h"
#include "linux/area_members.h"
#include "kernel/percpu.h"
#include "open/archs.h"
#include "made_types.h"

#ifdef HAVE_LIBBPF

/* From the highest bit of the flags down: the node, the zone (include/linux/
 * page-flags-layout.h). ZONES_SHIFT is 0 to 3, for 1, 2, 4 and 8 zones. */
static void nodes_and_zones_of_pages(void **state)
{
	static const struct {
		unsigned int nodes;
		int zones;
		uint64_t flags, node;
		const char *zone;
	} rows[] = {
		{ 1024, 4, UINT64_C(0x2a5) << 54 | UINT64_C(2) << 52 | 1, 0x2a5, "Normal" },
		{ 1024, 4, UINT64_C(1) << 54 | UINT64_C(3) << 52, 1, "Movable" },
		{ 1024, 4, UINT64_C(1023) << 54, 1023, "DMA" },
		{ 64, 5, UINT64_C(63) << 58 | UINT64_C(4) << 55, 63, "Device" },
		{ 64, 5, UINT64_C(1) << 55 | UINT64_C(1) << 54, 0, "DMA32" },
		{ 1024, 2, UINT64_C(1) << 53, 0, "DMA32" },
		{ 1, 4, UINT64_C(2) << 62 | UINT64_C(1) << 61, 0, "Normal" },
		{ 1, 1, UINT64_MAX, 0, "DMA" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct page_info info;
		struct kernel *kernel;
		char lines[128];

		snprintf(lines, sizeof(lines),
			 "SIZE(page)=64\nOFFSET(page.flags)=0\n"
			 "SYMBOL(mem_map)=ffffffff80006000\nLENGTH(node_data)=%u\n",
			 rows[i].nodes);
		start_with("6.1.0", lines);
		put(0x5000, rows[i].flags, 8);
		btf__add_enum(btf, "zone_type", 4);
		btf__add_enum_value(btf, "ZONE_DMA", 0);
		btf__add_enum_value(btf, "ZONE_DMA32", 1);
		btf__add_enum_value(btf, "ZONE_NORMAL", 2);
		btf__add_enum_value(btf, "ZONE_MOVABLE", 3);
		btf__add_enum_value(btf, "ZONE_DEVICE", 4);
		btf__add_enum_value(btf, "__MAX_NR_ZONES", rows[i].zones);
		btf__add_enum(btf, "pageflags", 4);
		btf__add_enum_value(btf, "PG_locked", 0);
		btf__add_enum_value(btf, "__NR_PAGEFLAGS", 24);
		kernel = open_kernel(NULL);
		assert_true(page_info_read(kernel, IMAGE + 0x5000, &info, NULL));
		assert_true(info.has_node);
		if (info.node != rows[i].node || !info.zone || strcmp(info.zone, rows[i].zone))
			fail_msg("row %zu: node %llx, zone %s", i, (unsigned long long)info.node,
				 info.zone);
		open_close(kernel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_and_zones_of_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return skip_all();
}

#endif
