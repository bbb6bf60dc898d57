/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The part of the vmlinux without a kernel that knows the log, and how the kernel ended;
 * vmlinux.c tells of the rest. -DOLD has records (struct printk_log), with -DTAILS (3.x) as
 * struct log.
 */
typedef unsigned short u16;
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

typedef struct {
	long counter;
} atomic_long_t;

#if defined(OLD)
#ifdef TAILS
#define printk_log log
#endif
struct printk_log {
	u64 ts_nsec;
	u16 len, text_len, dict_len;
	u8 facility;
	u8 flags : 5, level : 3;
};
#else
struct prb_data_blk_lpos {
	unsigned long begin, next;
};

struct prb_desc {
	atomic_long_t state_var;
	struct prb_data_blk_lpos text_blk_lpos;
};

struct prb_data_ring {
	unsigned int size_bits;
	char *data;
	atomic_long_t head_lpos, tail_lpos;
};

struct printk_info {
	u64 seq, ts_nsec;
	u16 text_len;
	u8 facility;
	u8 flags : 5, level : 3;
	u32 caller_id;
	char dev_info[64];
};

struct prb_desc_ring {
	unsigned int count_bits;
	struct prb_desc *descs;
	struct printk_info *infos;
	atomic_long_t head_id, tail_id, last_finalized_seq;
};

struct printk_ringbuffer {
	struct prb_desc_ring desc_ring;
	struct prb_data_ring text_data_ring;
	atomic_long_t fail;
};
#endif

/* In the order of their letters, 8 bytes each. */
#define PLACED(letter) __attribute__((used, section(".data.20b00." letter), aligned(8)))

#ifdef NO_PANIC_CPU
PLACED("a") int not_panic_cpu;
#else
PLACED("a") int panic_cpu = -1;
#endif
PLACED("b") int crashing_cpu = -1;
PLACED("c") int oops_in_progress = 1;
PLACED("d") unsigned long tainted_mask = 1;
PLACED("e") unsigned long __cpu_present_mask = 1;
PLACED("f") void *crash_notes = (void *)1;
PLACED("g") char *saved_command_line = (void *)1;
PLACED("h") unsigned long __cpu_online_mask = 1;
PLACED("i") unsigned int cpu_khz = 1;

/* Debug information for the types that no variable has. */
#ifdef OLD
struct printk_log unused_log;
#else
struct printk_ringbuffer unused_ring;
#endif
