/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of crash 8.0's commands and built-in aliases. The same table is in
 * doc/kwalk-commands.7. */
#include "cli/commands/commands.h"

#include <stddef.h>

// clang-format off
/* Members of a row about the line's arguments: no arguments, at least one, or any number. KIND is
 * the kind of the first argument, and TEXT is what help shows. */
#define NONE "", WORD_NONE, false
#define SOME(KIND, TEXT) TEXT, WORD_##KIND, false
#define ANY(KIND, TEXT) "[" TEXT "]", WORD_##KIND, true
#define RUNS(NAME, OPTION, ARGUMENTS, COMMAND) \
	{ NAME, OPTION, ARGUMENTS, COMMAND, NULL }
#define USE(NAME, OPTION, INSTEAD) { NAME, OPTION, NONE, NULL, INSTEAD }

/* advice_name_words() replaces NAME and ADDR by words of the line. */
#define SHOWN_BY_GDB(KEYWORD) \
	"kwalk does not show data by type; use gdb: gdb -ex 'target remote | kwalk --gdb VMLINUX DUMP' VMLINUX, then p *(" KEYWORD " NAME *)ADDR or ptype " KEYWORD " NAME; or use drgn: python3 -ic 'import kwalk.drgn; prog = kwalk.drgn.program(\"DUMP\", \"VMLINUX\")'"

static const char structs[] = SHOWN_BY_GDB("struct"), unions[] = SHOWN_BY_GDB("union"),
		  members[] = "kwalk does not follow pointers by type; use drgn: python3 -ic 'import kwalk.drgn; prog = kwalk.drgn.program(\"DUMP\", \"VMLINUX\")'; or use crash: crash VMLINUX DUMP",
		  state[] = "kwalk does not show the state of this part of the kernel; use crash or drgn",
		  prompt[] = "this command is only for the prompt of crash";

const struct alias aliases[] = {
	RUNS("q", "", NONE, "quit"),
	RUNS("exit", "", NONE, "quit"),
	RUNS("?", "", ANY(COMMAND, "COMMAND..."), "help"),
	RUNS("man", "", ANY(COMMAND, "COMMAND..."), "help"),
	RUNS("dev", "-i", NONE, "ioports"),
	USE("dev", "", "iomem and ioports list the resources of devices"),
	RUNS("dmesg", "", NONE, "log"),
	RUNS("dmesg", "-T", NONE, "log -T"),
	RUNS("kmem", "", SOME(ADDRESS, "ADDR..."), "whatis -v"),
	RUNS("kmem", "-f", NONE, "zones"),
	RUNS("kmem", "-f", SOME(ADDRESS, "ADDR..."), "whatis -v"),
	RUNS("kmem", "-i", NONE, "mem"),
	RUNS("kmem", "-p", NONE, "frames -l"),
	RUNS("kmem", "-p", SOME(ADDRESS, "ADDR..."), "whatis -v"),
	RUNS("kmem", "-s", SOME(ADDRESS, "ADDR..."), "whatis -v"),
	RUNS("kmem", "-s", ANY(TEXT, "CACHE..."), "slabs"),
	RUNS("kmem", "-S", SOME(ADDRESS, "ADDR..."), "whatis -v"),
	USE("kmem", "-S", "slabs CACHE counts the objects and slabs of a cache; whatis ADDR shows the object of an address"),
	RUNS("kmem", "-v", ANY(ADDRESS, "ADDR..."), "areas"),
	RUNS("kmem", "-z", NONE, "zones"),
	RUNS("kmem", "-P", SOME(PHYSICAL, "PHYS..."), "phys_to_page"),
	USE("kmem", "-g", "page shows the names of a page's flags"),
	USE("kmem", "-o", "p __per_cpu_offset shows the offsets; p NAME:CPU shows the copy of a CPU"),
	RUNS("log", "-m", NONE, "log -x"),
	USE("log", "-t", "log | sed 's/^[^]]*] //' shows the log without times"),
	RUNS("lsmod", "", NONE, "areas -m"),
	RUNS("mach", "", NONE, "info"),
	RUNS("mach", "-m", NONE, "iomem"),
	RUNS("mod", "", NONE, "areas -m"),
	USE("mod", "-s", "sym and whatis find the symbols of modules in the dump"),
	USE("mod", "-S", "sym and whatis find the symbols of modules in the dump"),
	USE("p/x", "", "p VAR shows numbers only in decimal; use rd VAR to see the memory in hexadecimal"),
	RUNS("px", "", SOME(SYMBOL, "VAR..."), "p"),
	RUNS("ps", "", ANY(PROCESS, "PID|NAME|TASK..."), "tasks"),
	RUNS("ps", "-a", ANY(PROCESS, "PID|NAME|TASK..."), "tasks -a"),
	USE("ps", "-A", "tasks | grep '>' lists the tasks that the CPUs ran"),
	USE("ps", "-k", "the column MM of tasks is - for kernel threads"),
	USE("ps", "-p", "the column PPID of tasks is the pid of the parent"),
	USE("ps", "-u", "the column MM of tasks is an address for user processes"),
	RUNS("rd", "-x", SOME(SYMBOL, "SYMBOL|ADDR [COUNT]"), "rd"),
	USE("rd", "-d", "rd shows values in hexadecimal only; p VAR shows a variable in decimal"),
	USE("rd", "-e", "rd -8 ADDR COUNT shows COUNT bytes"),
	USE("rd", "-o", "rd ADDR+OFFSET reads memory at an offset from ADDR"),
	RUNS("search", "-h", SOME(VALUE, "VALUE..."), "search -16"),
	USE("set", "-a", "panic and tasks show the task that each CPU ran; set PID chooses a process"),
	USE("set", "-c", "panic and tasks show the task that each CPU ran; set PID chooses a process"),
	USE("set", "-p", "use panic to see the task that caused the panic, or set PID to choose a process"),
	RUNS("sym", "-m", SOME(MODULE, "MODULE"), "sym -l"),
	USE("sym", "-M", "mod lists the modules; sym -l MODULE lists the symbols of a module"),
	USE("sym", "-n", "sym -l | grep -A1 NAME also shows the next symbol"),
	USE("sym", "-p", "sym -l | grep -B1 NAME also shows the previous symbol"),
	RUNS("sys", "", NONE, "info"),
	USE("sys", "-c", "rd -s sys_call_table COUNT shows the functions of the system calls"),
	USE("sys", "-t", "p tainted_mask shows the taint flags as a number"),
	RUNS("vm", "", ANY(PROCESS, "PID|NAME|TASK"), "vmas"),
	RUNS("vm", "-p", ANY(PROCESS, "PID|NAME|TASK"), "pagemap -p"),
	RUNS("vtop", "-c", SOME(PROCESS, "PID ADDR..."), "vtop -p"),
	USE("*", "", structs),
	USE("alias", "", prompt),
	USE("ascii", "", "rd -a shows memory as text"),
	USE("bpf", "", state),
	USE("dis", "", "sym shows file and line; objdump -d disassembles vmlinux"),
	USE("eval", "", "whatis explains a number; !printf '%d' 0x1000 shows a number in decimal"),
	USE("extend", "", prompt),
	USE("foreach", "", "tasks and ptov -a -u show all processes; use crash or drgn for other data"),
	USE("fuser", "", "use the command page to see the file of a page; use crash or drgn to find users of a file"),
	USE("gdb", "", "gdb -ex 'target remote | kwalk --gdb VMLINUX DUMP' VMLINUX opens the dump in gdb"),
	USE("ipcs", "", state),
	USE("irq", "", state),
	USE("list", "", members),
	USE("mount", "", state),
	USE("net", "", state),
	USE("repeat", "", "!watch repeats a command of the shell"),
	USE("runq", "", "tasks shows > in STATE for each task that a CPU ran"),
	USE("sbitmapq", "", state),
	USE("sig", "", state),
	USE("struct", "", structs),
	USE("task", "", "tasks TASK shows the main members; use crash or drgn for the others"),
	USE("timer", "", state),
	USE("tree", "", members),
	USE("union", "", unions),
	USE("waitq", "", state),
	USE("wr", "", "kwalk only reads dumps, and never writes to them"),
	{ 0 },
};
// clang-format on
