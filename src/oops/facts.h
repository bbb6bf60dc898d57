/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* What the numbers in a report mean, without any kernel: error codes, syndromes, taints, entries of
 * page tables, status words. Each function writes a text without a newline, cut to FACT_TEXT bytes;
 * each begins with a small letter and is no sentence. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/special.h"

enum { FACT_TEXT = 512 };

/* The bits of an x86 page fault's error code (Intel SDM vol. 3, 4.7; AMD APM vol. 2, 15.36.10). */
enum {
	PF_PRESENT = 1,
	PF_WRITE = 2,
	PF_USER = 4,
	PF_RESERVED = 8,
	PF_FETCH = 16,
	PF_KEY = 32,
	PF_SHADOW = 64,
	PF_SGX = 1 << 15,
};
#define PF_RMP (UINT32_C(1) << 31)

/* "read, kernel mode, page not present", "write, kernel mode, page is present: RMP check of
 * SEV-SNP: ..." */
void fact_page_fault_code(uint64_t code, char text[FACT_TEXT]);

/* What an ESR of arm64 says (Arm ARM, ESR_EL1). */
struct fact_syndrome {
	/* "data abort in the kernel: level 1 translation fault, read"; "": no meaning is known */
	char text[FACT_TEXT];
	bool is_abort; /* a data or instruction abort, so that FAR is the address, unless it is not valid */
	/* Valid if is_abort. An atomic access is a read if a read of the address would fail,
	 * too. */
	bool is_write, is_fetch;
	/* The kind of the fault, if is_abort. */
	bool is_translation, is_permission, is_alignment;
	/* Valid if is_translation or is_permission; -1: above level 0 (52 bits). */
	int level;
};
void fact_syndrome(uint64_t esr, struct fact_syndrome *syndrome);
/* What scause of riscv64 says: "load page fault" and so on; level and the kind of the fault are not in it, except for
 * faults of alignment. is_abort: badaddr (stval) is an address. */
void fact_cause(uint64_t cause, struct fact_syndrome *found);
/* "from kernel mode, interrupts were off, no access to user memory (SUM is clear)": sstatus of riscv64 */
void fact_status(uint64_t status, char text[FACT_TEXT]);

/* The name of an MSR of x86, or NULL. is_address: a value that is not canonical is refused. */
const char *fact_msr(uint64_t number, bool *is_address);

/* "out-of-tree module"; NULL if the letter is not known. 'G' is no taint and gives "". */
const char *fact_taint(char letter);
/* What a taint means for the reader of a report, such as "an oops came before: look for the report
 * with [#1]" for 'D'; NULL: nothing. */
const char *fact_taint_advice(char letter);
/* Writes a letter for each bit that is set in tainted_mask, from bit 0 up. Unknown bits become
 * '?'. */
enum { FACT_TAINTS = 65 };
void fact_taint_letters(uint64_t tainted, char letters[FACT_TAINTS]);

/* What an entry of a page table of x86 (machine EM_386, EM_X86_64), arm64 (EM_AARCH64) or riscv64 (EM_RISCV) says by
 * itself: flags, whether it points to a table or maps a page, the frame; for NX in a pgd of x86-64:
 * PTI. level: as in struct oops_entry. Frames have 4 KiB, as x86 has no other; the granule of arm64
 * is not known from an entry, so the physical address is shown, too. Never speaks of swap for an
 * entry of a kernel address (of_kernel). */
struct fact_entry {
	char text[FACT_TEXT]; /* "": no entry of this machine */
	bool present, is_leaf, writable, user;
	/* Not present, but keeps the bits of a mapped page: DEBUG_PAGEALLOC, KFENCE and the
	 * like. */
	bool keeps_bits;
	uint64_t physical; /* valid if present or keeps_bits */
};
void fact_entry(unsigned int machine, const char *level, uint64_t entry, bool of_kernel, bool pae,
		struct fact_entry *found);

/* The 64 bits of an IA32_MCi_STATUS: "valid, uncorrected, ...; memory controller: write, channel 1"
 * (Intel SDM vol. 3, 16.3.2.2 and 16.9). Writes only what is true of each vendor's CPUs. */
void fact_machine_check(uint64_t status, char text[FACT_TEXT]);

/* Returns the name of a system call ("openat"), which the caller frees. Returns NULL if the number
 * is not known or if memory runs out. machine: EM_*; compat: a 32-bit process of an x86-64 or arm64
 * kernel. Uses libseccomp, and therefore is in a file of its own (system_call.c), which libkwalk.so
 * does not need. */
char *fact_system_call(unsigned int machine, bool compat, uint64_t number);

/* Is the value one that the kernel writes to find errors: poison of lists, of slab objects, of pages
 * and stacks, red zones, or at most 4096 bytes from a poisoned pointer? On i386, poisoned pointers
 * are small numbers, such as 0x100: such a value may be only a number. */
bool fact_poison(unsigned int machine, uint64_t value, struct value_meaning *poison);

/* Finds the addresses whose shadow byte is at `shadow`: generic KASAN (8 bytes a byte), or arm64's
 * tag mode (16 bytes a byte). `offset` is KASAN's offset, which compilers keep in a register;
 * returns false if no kernel has this offset. 0: returns only what no other offset explains:
 * shadows of user addresses, such as NULL, and on x86-64 shadows of kernel addresses, too. In a
 * kernel without KASAN, an address in the kernel's half may be anything else, so it needs a second
 * witness: a register that contains an address from first to last. */
bool fact_shadow(unsigned int machine, uint64_t shadow, uint64_t offset, uint64_t *first,
		 uint64_t *last);

/* Words of struct page as dump_page() prints them after "raw: " (mm/debug.c): 8 words (nr may be
 * less) of 8 or 4 bytes, in order. Writes what they certainly say: head or tail, the page it
 * belongs to, mapcount, refcount, memcg; or "". */
void fact_raw_page(unsigned int word_size, const uint64_t word[8], unsigned int nr,
		   char text[FACT_TEXT]);
