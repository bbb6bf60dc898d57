/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of a module, in two sections, for module.bats. With OTHER it is another build. */
struct thing {
	int count;
	const char *name;
};

extern int elsewhere(const void *what);
extern struct thing *current_thing;

struct thing first_thing = { 1, "first" };

static __attribute__((noinline)) int helper(struct thing *thing)
{
	thing->count++;
	elsewhere(&current_thing);
	return thing->count;
}

static inline __attribute__((always_inline)) int inlined(struct thing *thing)
{
	int count = elsewhere(thing);

	return helper(thing) + count;
}

int thing_work(struct thing *thing)
{
	int all = helper(thing);

#ifdef OTHER
	elsewhere(&all);
#endif
	all += inlined(thing);
	return all + elsewhere(&first_thing);
}

__attribute__((section(".text.unlikely"))) int thing_rare(struct thing *thing)
{
	elsewhere(thing);
	return helper(thing) + 2;
}

const enum thing_state { THING_IDLE, THING_BUSY } thing_state = THING_BUSY;
const short thing_limits[3] = { 3, -4, 5 };
const struct {
	short first, second;
} thing_pair = { 6, 7 };

__attribute__((section(".modinfo"), used)) static const char info[] = "license=GPL\0name=test_mod";
__attribute__((section(".gnu.linkonce.this_module"), used)) char this_module[64];
