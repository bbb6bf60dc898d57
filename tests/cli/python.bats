#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The Python module: what python/kwalk promises, on described dumps.
load common

MODULE=$(dirname "$KWALK")/python
PYTHON=${PYTHON:-$(type -P python3)}
TOP=$(realpath "$BATS_TEST_DIRNAME/../..")

setup() {
	not_by_chance
	[ -e "$MODULE/kwalk/_kwalk.abi3.so" ] || skip "built without the Python module"
	cd "$BATS_TEST_TMPDIR" || return
}

# python: the script on standard input, with the module. A sanitizer must be there first.
python() {
	local preload=

	preload=$(readelf -d "$MODULE/kwalk/_kwalk.abi3.so" |
		sed -n 's/.*NEEDED.*\[\(libasan.*\)\]/\1/p')
	if [ -n "$preload" ]; then
		preload=$(${CC:-cc} -print-file-name="$preload")
	elif nm -D "$MODULE/kwalk/_kwalk.abi3.so" | grep -q ' U __asan_init'; then
		preload=$(${CC:-cc} -print-file-name="libclang_rt.asan-$(uname -m).so")
		[ -e "$preload" ] || skip "no sanitizer to load before Python"
	fi
	# What Python itself keeps until its end is no leak of the module.
	LD_PRELOAD=$preload ASAN_OPTIONS=detect_leaks=0 PYTHONPATH=$MODULE \
		PYTHONDONTWRITEBYTECODE=1 "$PYTHON" -
}

@test "the example of the guide" {
	"$DUMPS/mksample" "$MKDUMP" .
	mv blocked.core vmcore
	{
		sed -n '/^    from array import array$/,/^$/s/^    //p' "$TOP/doc/guide/library-and-python.md"
		echo 'print(hex(physical[0]))'
	} | python >got
	grep -qx '3 cat D 0xffff888000030300' got
	grep -qx 'swapper/0 0' got
	grep -qx '0xffff888000030000 1 init' got
	tail -n 1 got | grep -qx 0x1420800
}

@test "each answer has its names, types and values" {
	dump x86_64-tasks
	describe lost <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_daemon+32: u64 d+mm_shell+0x40000
	END
	vmlinux 64
	python <<-'END'
	import kwalk
	with kwalk.open("x86_64-tasks", "vmlinux", debug_path="") as kernel:
	    assert kernel.facts["arch"] == "x86_64" and kernel.facts["levels"] == 4
	    task = kernel.symbol("init_task")
	    assert task.address == 0xffffffff81420800 and kernel.symbol(task.address + 8).offset == 8
	    walk = kernel.vtop(task.address)
	    assert walk.status == "mapped" and walk.page_size == 2 << 20 and walk.levels[0].name == "pgd"
	    assert walk.physical == kernel.translate(task.address) == 0x1420800 and walk.writable and not walk.user
	    assert kernel.read(task.address, 16) == kernel.read_physical(0x1420800, 16)
	    assert [t.pid for t in kernel.tasks()] == [0, 0, 1, 5, 2, 3, 4]
	    assert kernel.task("init").pid == 1
	    assert next(kernel.task(1).vmas())[:3] == (0x1000, 0x2fff, "r-xp")
	    assert kernel.translate(0x2123, pid=1) == kernel.translate(0x2123, root=0x32000) == 0x1c02123
	    assert kernel.translate(0x2123) is None and kernel.vtop(0x2123).status == "not-mapped"
	    assert kernel.space(pid=1).info.pid == 1 and kernel.space(pid=1).info.root == 0x32000
	    assert kernel.region(task.address).name == "kernel-image"
	    regions = list(kernel.regions())
	    assert regions[0].first == 0 and regions[-1].last == 2**64 - 1
	    assert all(a.last + 1 == b.first for a, b in zip(regions, regions[1:]))
	    assert {m.kind for m in kernel.whatis(task.address)} == {"symbol"}
	    assert kernel.ptov(0x1c02123) == 0xffff888001c02123
	    extents = list(kernel.memory())
	    assert extents[0].first == 0 and extents[-1].last == 2**64 - 1
	    page = kernel.page(0x1c02)
	    assert kernel.page_to_pfn(page.page) == 0x1c02 and page.virtual == 0xffff888001c02000
	    assert kernel.frame_use(0x1c02).pfn == 0x1c02
	    ranges = list(kernel.ranges())
	    assert all(kernel.translate(r.first) == r.physical for r in ranges if r.status == "mapped")
	    assert [m.pid for m in kernel.ptov(0x1c02123, all=True)] == [None, 1, 1, 3]
	with kwalk.open("lost", "vmlinux", debug_path="") as kernel:
	    try:
	        kernel.ptov(0x1c02123, all=True)
	        assert False
	    except kwalk.Error as error:
	        assert error.code == "incomplete" and [m.pid for m in error.partial] == [None, 1, 1, 3]
	END
}

# items: vmlinux with the variables below, and a dump that holds their initial values.
items() {
	local at=0x3000

	cat >more.c <<-'END'
	#define HERE __attribute__((used, section(".data"))) volatile
	enum mode { MODE_OFF = -1, MODE_ON = 1 };
	struct many { unsigned char rows[70000]; } *v_many_type;
	struct long_text { char text[5000]; } *v_long_text_type;
	struct item {
		int id;
		char name[8], raw[4];
		unsigned int low : 3, : 2, high : 5;
		union { unsigned long long whole; struct { unsigned int left, right; }; };
		struct item *next;
		void (*call)(int);
		short grid[2][2];
		enum mode modes[3];
		_Bool yes;
		double real;
		struct { signed char deep; } inner;
		char tail[];
	};
	HERE struct item v_item = { -5, "kw\303\244lk", { 0, 1, -1 }, 5, 19, { 0x1122334455667788 }, (void *)0x1000,
		(void *)0xffffffff81000000, { { 1, -2 }, { 3, 4 } }, { MODE_ON, MODE_OFF, (enum mode)7 }, 1, 0.5, { -3 } };
	HERE unsigned long v_long = 123456;
	HERE unsigned __int128 v_wide = (unsigned __int128)5 << 64 | 2;
	HERE void *v_lost = (void *)0xffff8880ffff0000;
	END
	MORE=more.c vmlinux 64
	rm -f data
	objcopy -O binary -j .data vmlinux data
	describe items <<-END
	include $DUMPS/x86_64.txt
	$(od -An -v -tx8 -w8 -j $((at)) -N $((0x1000)) data | sed 's/^ */0x/' |
		awk -v at=$((at)) '{ printf "at text_phys+4M+%d: u64 %s\n", at + 8 * (NR - 1), $1 }')
	at 0x1900000: fill 5000 65
	END
}

@test "values are dicts, lists, numbers and texts" {
	items
	python <<-'END'
	import kwalk
	kernel = kwalk.open("items", "vmlinux", debug_path="")
	item = kernel.value("v_item")
	# What follows an array without a size is up to the compiler: zeros are a text.
	assert item["tail"] in ("", [])
	item["tail"] = ""
	assert item == {
	    "id": -5, "name": "kwälk", "raw": [0, 1, -1, 0], "low": 5, "high": 19, "whole": 0x1122334455667788,
	    "left": 0x55667788, "right": 0x11223344, "next": 0x1000, "call": 0xffffffff81000000,
	    "grid": [[1, -2], [3, 4]], "modes": ["MODE_ON", "MODE_OFF", 7], "yes": True, "real": 0.5,
	    "inner": {"deep": -3}, "tail": ""}, item
	assert list(item)[:4] == ["id", "name", "raw", "low"] and item["yes"] is True
	assert kernel.value("v_long + 1") == 123457 and kernel.value("v_item.grid[1]") == [3, 4]
	assert kernel.value("&v_item") == kernel.symbol("v_item").address and kernel.value("v_item.name") == "kwälk"
	def fails(kind, expression, says):
	    try:
	        kernel.value(expression)
	    except kwalk.Error as error:
	        assert type(error) is kind and says in str(error), (error, type(error))
	        return error
	    raise AssertionError(expression)
	# What has no page at all is the error; a part of a value is None.
	fails(kwalk.UnreadableError, "v_item.next->id", "1000 is not mapped")
	fails(kwalk.UnreadableError, "*(struct item *)v_lost", "ffff8880ffff0000")
	fails(kwalk.UnknownError, "v_item.nothing", 'no member "nothing"')
	fails(kwalk.UsageError, "v_long +", "is missing at the end")
	fails(kwalk.UsageError, "", "")
	end = next(r for r in kernel.ranges() if r.status == "mapped" and kernel.translate(r.last + 1) is None).last + 1
	cut = kernel.value(f"*(struct item *){end - 40:#x}")
	assert cut["next"] is not None and cut["modes"] is None and cut["real"] is None and list(cut) == list(item), cut
	# More elements than are shown.
	many = fails(kwalk.IncompleteError, "*(struct many *)v_lost", "70000 elements").partial
	assert many == {"rows": [None] * 65536}
	cut = fails(kwalk.IncompleteError, "*(struct long_text *)0xffff888001900000", "4096 bytes").partial
	assert cut == {"text": "A" * 4096}
	assert kernel.value("v_wide") == 5 << 64 | 2
	for wrong in 5, None, b"1", "1\0":
	    try:
	        kernel.value(wrong)
	        assert False, wrong
	    except (TypeError, ValueError):
	        pass
	END
}

@test "lists: addresses, members, and the elements before the damage" {
	dump x86_64-tasks
	describe loop <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_shell+16: u64 d+t_init+tasks
	END
	describe away <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_shell+16: u64 0xffff8880ffff0010
	END
	vmlinux 64
	python <<-'END'
	import kwalk
	kernel = kwalk.open("x86_64-tasks", "vmlinux", debug_path="")
	init = kernel.symbol("init_task").address
	tasks = [init] + [task.address for task in kernel.tasks() if task.pid == task.tgid != 0]
	def pids(*arguments, of=kernel, **named):
	    return [task["pid"] for task in of.list("task_struct.tasks", *arguments, ["pid"], element=True, **named)]
	assert list(kernel.list("task_struct.tasks", "init_task", element=True)) == tasks
	assert list(kernel.list("task_struct.tasks", "init_task.tasks")) == tasks[1:]
	assert list(kernel.list("task_struct.tasks", init + 16)) == tasks[1:]
	assert pids("init_task") == pids(init) == [0, 1, 2, 3, 4] and pids(init, backward=True) == [0, 4, 3, 2, 1]
	first, second, *_ = kernel.list("task_struct.tasks", init, ["comm", "mm->pgd", "tasks"], element=True)
	assert first == {"address": init, "comm": "swapper/0", "mm->pgd": None, "tasks": kernel.value("init_task.tasks")}
	assert list(second) == ["address", "comm", "mm->pgd", "tasks"] and second["mm->pgd"] == kernel.value(
	    f"((struct task_struct *){second['address']:#x})->mm->pgd") != None
	assert list(kernel.list("task_struct.real_parent", init)) == [init]  # a pointer
	def fails(kind, *arguments, of=kernel, **named):
	    try:
	        of.list(*arguments, **named)
	    except kwalk.Error as error:
	        assert type(error) is kind and str(error), (error, type(error))
	        return error
	    raise AssertionError(arguments)
	for name, says in ("loop", "it is a loop"), ("away", "ffff8880ffff"):
	    damaged = kwalk.open(name, "vmlinux", debug_path="")
	    error = fails(kwalk.IncompleteError, "task_struct.tasks", init, ["pid"], of=damaged, element=True)
	    assert [task["pid"] for task in error.partial][:4] == [0, 1, 2, 3] and says in str(error), (error.partial, error)
	    assert damaged.value("init_task.comm") == "swapper/0"
	fails(kwalk.UnknownError, "task_struct.nothing", init)
	fails(kwalk.UnknownError, "nothing.tasks", init)
	fails(kwalk.UnknownError, "task_struct.tasks", init, ["nothing"], element=True)
	fails(kwalk.UsageError, "task_struct", init)
	fails(kwalk.UsageError, "task_struct.tasks", "1 +")
	assert fails(kwalk.IncompleteError, "task_struct.tasks", 8).partial == []
	for wrong in None, 1.5, b"init_task":
	    try:
	        kernel.list("task_struct.tasks", wrong)
	        assert False, wrong
	    except (TypeError, ValueError):
	        pass
	END
}

@test "spaces: a task without memory has no user addresses, and the kernel's addresses" {
	# the first thread of process 1 has left its mm; 2 borrowed a table, 4 has none
	describe left <<-END
	include $DUMPS/x86_64-tasks.txt
	at t_init+32: u64 0 0
	END
	vmlinux 64
	describe isolated <<-END
	include $DUMPS/x86_64-tasks-isolated.txt
	END
	for dump in left isolated; do
		DUMP=$dump python <<-'END'
		import kwalk, os
		kernel = kwalk.open(os.environ["DUMP"], "vmlinux", debug_path="")
		user, linear = 0x200000, 0xffff888000030000
		def refused(call, *arguments):
		    try:
		        call(*arguments)
		    except kwalk.Error as error:
		        assert "has no user memory" in str(error), error
		        return
		    raise AssertionError(call)
		for task in kernel.tasks():
		    if not task.pid:
		        continue
		    for space in kernel.space(task), kernel.space(task.pid):
		        assert space.translate(linear) == 0x30000
		        assert len(space.read(linear, 8)) == 8 and space.walk(linear).status == "mapped"
		        assert next(iter(space.ranges(linear))).first <= linear
		        many = list(space.translate_many([user, linear, user + 1, linear + 1]))
		        assert many[1::2] == [0x30000, 0x30001]
		        if task.tgid == 1:
		            assert many[::2] == [0x1c00000, 0x1c00001] and space.walk(user).status == "mapped"
		        if task.tgid == 1 or task.mm:
		            continue
		        assert many[::2] == [kwalk.UNMAPPED] * 2 and space.translate(user) is None
		        refused(space.read, user, 8)
		        refused(space.walk, user)
		        refused(lambda: list(space.ranges()))
		END
	done
}

@test "CPUs, their registers, and the note" {
	describe noted <<-END
	include $DUMPS/x86_64-tasks-cpus.txt
	END
	vmlinux 64
	dump i386-qemu x86_64-raw
	python <<-'END'
	import kwalk
	with kwalk.open("noted", "vmlinux", debug_path="") as kernel:
	    first, second = kernel.cpus()
	    assert (first.number, second.number, second.pid, second.comm) == (0, 1, 0, "swapper/1")
	    assert second.task == 0xffff888000030500 and kernel.symbol(second.registers["rip"]).name == "schedule"
	    assert second.registers["rsp"] == 0x1234 and "cr3" not in second.registers
	    assert kernel.vmcoreinfo.startswith(b"OSRELEASE=6.1.0-18-amd64\n")
	with kwalk.open("i386-qemu", debug_path="") as kernel:
	    cpu, = kernel.cpus()
	    assert (cpu.number, cpu.pid, cpu.task) == (0, None, None) and cpu.registers["eip"] == 0xc1001000
	    assert "cr3" in cpu.registers and "r8" not in cpu.registers
	kernel = kwalk.open("x86_64-raw", debug_path="")
	for call in kernel.cpus, lambda: kwalk.open("i386-qemu", debug_path="").vmcoreinfo:
	    try:
	        call()
	        assert False
	    except kwalk.Error as error:
	        assert error.code == "unknown" and str(error)
	END
}

@test "buffers in, buffers out" {
	dump x86_64
	python <<-'END'
	import array, kwalk
	kernel = kwalk.open("x86_64", debug_path="")
	addresses = array.array("Q", [r.first + 5 for r in kernel.ranges() if r.status == "mapped"] + [1 << 47, 7])
	found = kernel.translate_many(addresses)
	assert isinstance(found, array.array) and found.typecode == "Q" and len(found) == len(addresses)
	one = [kernel.translate(a) for a in addresses]
	assert [None if f == kwalk.UNMAPPED else f for f in found] == one and one[-1] is None
	assert kernel.translate_many(addresses.tobytes()) == found == kernel.translate_many(list(addresses))
	assert kernel.space().translate_in_place(addresses) == len(one) - 2 and addresses == found
	assert len(kernel.translate_many(b"")) == 0
	for wrong in b"1234567", array.array("d", [1.0]), array.array("I", [1]):
	    try:
	        kernel.translate_many(wrong)
	        assert False, wrong
	    except ValueError:
	        pass
	try:
	    import numpy
	except ImportError:
	    raise SystemExit
	some = numpy.array([r.first for r in kernel.ranges() if r.status == "mapped"], dtype=numpy.uint64)
	kept = some.copy()
	result = kernel.translate_many(some[::2])
	assert result.dtype == numpy.uint64 and (some == kept).all()
	assert [int(r) for r in result] == [kernel.translate(int(a)) for a in some[::2]]
	END
}

@test "failures are exceptions with the library's text, and leave the kernel usable" {
	dump x86_64-tasks
	vmlinux 64
	python <<-'END'
	import kwalk
	def fails(code, call, *arguments, **named):
	    try:
	        call(*arguments, **named)
	    except kwalk.Error as error:
	        assert error.code == code and str(error), (error, error.code)
	        return str(error)
	    raise AssertionError((code, call, arguments))
	def refuses(kind, call, *arguments, **named):
	    try:
	        call(*arguments, **named)
	    except kind:
	        return
	    raise AssertionError((kind, call, arguments))
	fails("system", kwalk.open, "nowhere")
	fails("usage", kwalk.open, [])
	fails("usage", kwalk.open, "x86_64-tasks", overrides={"no_such": 1})
	refuses(TypeError, kwalk.open, 5)
	kernel = kwalk.open("x86_64-tasks", "vmlinux", debug_path="")
	assert "is not mapped" in fails("unreadable", kernel.read, 5, 8) or True
	fails("usage", kernel.read, 2**64 - 1, 8)
	fails("unknown", kernel.symbol, "no such symbol")
	fails("no-answer", kernel.space, pid=4711)
	fails("no-answer", kernel.task, 4711)
	fails("usage", lambda: list(kernel.ranges(5, 4)))
	refuses(OverflowError, kernel.translate, -1)
	refuses(OverflowError, kernel.translate, 2**64)
	refuses(OverflowError, kernel.space, pid=2**40)
	fails("unknown", kernel.translate, "x")
	refuses(TypeError, kernel.page, "x")
	refuses(TypeError, kernel.whatis, 5, kernel)
	refuses(ValueError, kernel.space, pid=1, root=0x1000)
	refuses(ValueError, kernel.read, 0xffffffff81000000, -1)
	refuses(ValueError, kernel.read_physical, 0x1000, -1)
	other = kwalk.open("x86_64-tasks", "vmlinux", debug_path="")
	fails("usage", kernel.whatis, 5, other.space(pid=1))
	space, task, ranges = kernel.space(pid=1), kernel.task(1), kernel.ranges()
	assert space.translate(0x2123) == 0x1c02123
	kernel.close()
	kernel.close()
	fails("closed", space.translate, 0x2123)
	fails("closed", lambda: task.comm)
	fails("closed", next, ranges)
	fails("closed", lambda: kernel.facts)
	fails("closed", kernel.cpus)
	fails("closed", lambda: kernel.vmcoreinfo)
	fails("closed", kernel.translate_many, b"12345678")
	assert other.translate(0x2123, pid=1) == 0x1c02123
	del kernel, other  # before what came from them
	fails("closed", space.translate, 0x2123)
	END
}

@test "every call with what is closed, wrong or not there is an exception, and hurts nothing" {
	dump x86_64-tasks
	vmlinux 64
	python <<-'END'
	import inspect, kwalk
	kernel = kwalk.open("x86_64-tasks", "vmlinux", debug_path="")
	space, task = kernel.space(pid=1), kernel.task(1)
	calls = {
	    "all_facts": kernel.all_facts, "facts": lambda: kernel.facts, "space": lambda: kernel.space(pid=1),
	    "vtop": lambda: kernel.vtop(5), "translate": lambda: kernel.translate(5),
	    "translate_many": lambda: kernel.translate_many(b"12345678"), "ranges": lambda: list(kernel.ranges()),
	    "read": lambda: kernel.read(5, 1), "read_physical": lambda: kernel.read_physical(5, 1),
	    "memory": lambda: list(kernel.memory()), "symbol": lambda: (kernel.symbol("init_task"), kernel.symbol(5)),
	    "region": lambda: kernel.region(5), "regions": lambda: list(kernel.regions()),
	    "whatis": lambda: kernel.whatis(5), "page": lambda: kernel.page(5),
	    "page_to_pfn": lambda: kernel.page_to_pfn(5), "frame_use": lambda: kernel.frame_use(5),
	    "phys_to_virt": lambda: kernel.phys_to_virt(5), "ptov": lambda: kernel.ptov(5, all=True),
	    "mappings": lambda: kernel.mappings([5]), "tasks": lambda: list(kernel.tasks()),
	    "value": lambda: kernel.value("init_task"),
	    "list": lambda: kernel.list("task_struct.tasks", "init_task"), "address": lambda: kernel.address("init_task"), "task": lambda: kernel.task(1), "cpus": kernel.cpus, "vmcoreinfo": lambda: kernel.vmcoreinfo,
	}
	public = {name for name, value in vars(kwalk.Kernel).items() if name[0] != "_" and
	          (inspect.isfunction(value) or isinstance(value, property))}
	assert public - set(calls) == {"was_written"}, public ^ set(calls)
	# each as often as it likes; what it finds or not, the next call is answered
	for _ in range(2):
	    for name, call in calls.items():
	        try:
	            call()
	        except kwalk.Error as error:
	            assert str(error) and error.code not in ("closed", "usage"), (name, error)
	        assert space.translate(0x2123) == 0x1c02123, name
	for wrong in "no number", None, 1.5, [5]:
	    for name in "vtop", "translate", "region", "whatis", "page", "page_to_pfn", "frame_use", "phys_to_virt":
	        try:
	            getattr(kernel, name)(wrong)
	            assert False, (name, wrong)
	        except (TypeError, kwalk.UnknownError) as error:
	            assert isinstance(error, TypeError) or wrong == "no number" and name in ("vtop", "translate", "region", "whatis")
	        assert space.translate(0x2123) == 0x1c02123, name
	for call in (lambda: kernel.space(pid=-5), lambda: kernel.space(pid=2**31 - 1), lambda: kernel.task(-1)):
	    try:
	        call()
	        assert False
	    except kwalk.Error as error:
	        assert str(error)
	for made in lambda: kwalk.Task().info, lambda: list(kwalk.Task().vmas()):  # of no kernel
	    try:
	        made()
	        assert False
	    except kwalk.Error as error:
	        assert error.code == "usage"
	kernel.close()
	calls.update(info=lambda: space.info, walk=lambda: space.walk(5), bytes=lambda: space.read(5, 1),
	             pid=lambda: task.pid, vmas=lambda: list(task.vmas()), of_task=lambda: list(space.ranges()))
	for name, call in calls.items():
	    try:
	        call()
	        assert False, name
	    except kwalk.Error as error:
	        assert error.code == "closed", (name, error)
	assert kernel.was_written is False
	END
}

@test "names of symbols and processes, and lists, are taken for addresses and pids" {
	dump x86_64-tasks
	vmlinux 64
	python <<-'END'
	import array, kwalk
	kernel = kwalk.open("x86_64-tasks", "vmlinux", debug_path="")
	at = 0xffffffff81420800
	assert kernel.vtop("init_task") == kernel.vtop(at) and kernel.translate("init_task") == 0x1420800
	assert kernel.vtop("init_task+0x10") == kernel.vtop("init_task + 10") == kernel.vtop(at + 16)
	assert kernel.address("init_task-8") == at - 8 and kernel.address(5) == 5
	assert kernel.read("init_task", 16) == kernel.read(at, 16)
	assert kernel.region("init_task") == kernel.region(at) and kernel.whatis("init_task") == kernel.whatis(at)
	assert next(kernel.ranges("init_task")).first <= at
	assert kernel.task("init").pid == 1 and kernel.task("init-worker").pid == 5
	for process in "init", kernel.task(1):
	    assert kernel.translate(0x2123, pid=process) == kernel.translate(0x2123, pid=1) == 0x1c02123
	found = kernel.translate_many([at, 1])
	assert found == array.array("Q", [0x1420800, kwalk.UNMAPPED]) == kernel.translate_many(["init_task", 1])
	assert kernel.space().translate_many((at, 1)) == found and len(kernel.translate_many(range(1, 4))) == 3
	assert list(kernel.translate_many([])) == []
	def fails(kind, code, call, *arguments, **named):
	    try:
	        call(*arguments, **named)
	    except kwalk.Error as error:
	        assert type(error) is kind and error.code == code and str(error), (error, type(error))
	        return
	    raise AssertionError((kind, call, arguments))
	fails(kwalk.UnknownError, "unknown", kernel.vtop, "no_such_symbol")
	fails(kwalk.UsageError, "usage", kernel.vtop, "+1")
	fails(kwalk.NoAnswerError, "no-answer", kernel.task, "nobody")
	fails(kwalk.UsageError, "usage", kernel.task, "shell")  # two have it
	fails(kwalk.SystemCallError, "system", kwalk.open, "nowhere")
	fails(kwalk.UnreadableError, "unreadable", kernel.read, 5, 8)
	for kind in kwalk.Error.__subclasses__():
	    assert issubclass(kind, kwalk.Error) and kind.__doc__, kind
	for code in "usage system format unreadable unknown no-answer stopped incomplete closed changed memory".split():
	    assert type(kwalk.Error("text", code)) is not kwalk.Error, code
	assert type(kwalk.Error("text", "of a later library")) is kwalk.Error
	import pickle
	again = pickle.loads(pickle.dumps(kwalk.Error("text", "closed")))
	assert type(again) is kwalk.ClosedError and (str(again), again.code) == ("text", "closed")
	kernel.close()
	fails(kwalk.ClosedError, "closed", kernel.translate, 5)
	END
}

@test "addresses are hexadecimal where answers are printed, sizes and counts are not" {
	dump x86_64-tasks
	vmlinux 64
	python <<-'END'
	import kwalk
	kernel = kwalk.open("x86_64-tasks", "vmlinux", debug_path="")
	walk = kernel.vtop("init_task")
	assert repr(walk).startswith("Walk(status='mapped', virtual=0xffffffff81420800, physical=0x1420800, page_size=2097152, ")
	assert "Level(name='pgd', entry_address=0x1410ff8, entry=0x1411067, " in repr(walk)
	assert repr(kernel.symbol("init_task")).startswith("Symbol(name='init_task', address=0xffffffff81420800, size=168, offset=0x0, ")
	assert "pid=1, " in repr(kernel.task(1).info) and "root=0x32000" in repr(kernel.task(1).info)
	facts = {fact.name: repr(fact) for fact in kernel.all_facts()}
	assert "value=4," in facts["levels"] and "value=0x1410000," in facts["root"]
	END
}

@test "pydoc shows what a person calls, and the fields of answers" {
	python >shown <<-'END'
	import kwalk, pydoc
	print(pydoc.plain(pydoc.render_doc(kwalk)))
	END
	[ "$(wc -l <shown)" -lt 1200 ]
	grep -q 'Walk: status, virtual, physical, page_size, first, last' shown
	# Python 3.13 puts each parameter in a line of its own, and 3.14 shows types without quotes.
	tr -s ' |\n' ' ' <shown | tr -d "'" | grep -q 'vtop( \?self, vaddr: Address'
	not grep -q '_replace\|Alias for field' shown
}

@test "a listener is called, and its exception ends the call" {
	dump x86_64-cut
	python <<-'END'
	import kwalk
	told = []
	kwalk.open("x86_64-cut", debug_path="", listener=lambda kind, text: told.append((kind, text)))
	assert any(kind == "warning" and "cut short" in text for kind, text in told), told
	assert "cut short" in kwalk.open("x86_64-cut", debug_path="").warnings[0]
	def complain(kind, text):
	    raise KeyError(kind)
	try:
	    kwalk.open("x86_64-cut", debug_path="", listener=complain)
	    assert False
	except KeyError:
	    pass
	END
}

@test "other threads run during a long call" {
	dump x86_64-tasks
	python <<-'END'
	import array, threading, time, kwalk
	turns, ended = 0, threading.Event()
	def count():
	    global turns
	    while not ended.is_set():
	        turns += 1
	        time.sleep(0.001)
	kernel = kwalk.open("x86_64-tasks", debug_path="")
	space = kernel.space()
	thread = threading.Thread(target=count, daemon=True)
	thread.start()
	# Of a call that lets nobody run, one turn is before it and one behind; so long that there were many.
	for size in range(16, 26):
	    buffer = array.array("Q", [0xffff888000000000]) * (1 << size)
	    before = turns
	    mapped = space.translate_in_place(buffer)
	    if turns - before > 20:
	        break
	else:
	    assert False, (turns - before, "turns")
	ended.set()
	thread.join()
	assert mapped == len(buffer) and buffer[-1] == 0
	END
}

@test "threads that share a kernel wait for each other" {
	dump x86_64-tasks
	vmlinux 64
	python <<-'END'
	import array, threading, kwalk
	kernel = kwalk.open("x86_64-tasks", "vmlinux", debug_path="")
	def answers():
	    space = kernel.space()
	    buffer = array.array("Q", range(0xffff888000000000, 0xffff888000000000 + (1 << 16), 8))
	    space.translate_in_place(buffer)
	    return [list(buffer[:100]), [(task.pid, task.comm) for task in kernel.tasks()],
	            [str(kernel.facts[name]) for name in kernel.facts],
	            str(kernel.symbol("schedule")), str(space.walk(0xffff888000001000)), kernel.read(0xffff888000000000, 4096),
	            [str(one) for one in kernel.ranges(0xffff888000000000, 0xffff888000ffffff)]]
	want, wrong = answers(), []
	def ask():
	    try:
	        for _ in range(20):
	            if answers() != want:
	                wrong.append("other answers")
	    except BaseException as error:
	        wrong.append(error)
	threads = [threading.Thread(target=ask, daemon=True) for _ in range(6)]
	for thread in threads:
	    thread.start()
	for thread in threads:
	    thread.join()
	assert not wrong, wrong[:3]
	# One that closes it waits as well; then calls are exceptions in all.
	def use():
	    try:
	        while True:
	            kernel.read(0xffff888000000000, 4096)
	    except kwalk.Error as error:
	        wrong.append(error.code)
	threads = [threading.Thread(target=use, daemon=True) for _ in range(4)]
	for thread in threads:
	    thread.start()
	kernel.close()
	for thread in threads:
	    thread.join()
	assert wrong == ["closed"] * 4, wrong
	END
}

# Each thread is in a call of its kernel when both go on.
@test "two threads within calls drop what is of each other's kernel" {
	dump x86_64-tasks
	vmlinux 64
	python <<-'END'
	import faulthandler, os, threading, kwalk
	faulthandler.dump_traceback_later(int(os.environ["PATIENCE"]), exit=True)
	kernels = [kwalk.open("x86_64-tasks", "vmlinux", debug_path="") for _ in range(2)]
	kept = [[kwalk.Space(k), k.task(1), k.ranges()] for k in kernels]
	both, seen = threading.Barrier(2), [0, 0]
	def ask(own):
	    class Task(kwalk.Task):
	        def __init__(self):
	            both.wait()
	            if kept[1 - own]:
	                kept[1 - own].pop()
	            seen[own] += 1
	    kernels[own]._tasks(Task)
	threads = [threading.Thread(target=ask, args=(own,)) for own in range(2)]
	for thread in threads:
	    thread.start()
	for thread in threads:
	    thread.join()
	assert kept == [[], []] and seen == [7, 7], (kept, seen)
	for kernel in kernels:
	    assert kernel.translate(0x2123, pid=1) == 0x1c02123
	END
}

@test "opening and dropping a thousand times leaves nothing" {
	! sanitized || skip "the sanitizer's allocator does not count"
	dump x86_64-tasks
	vmlinux 64
	python <<-'END'
	import gc, os, kwalk
	spaces = []
	class Task(kwalk.Task):
	    def __init__(self):  # in a call: what it drops is released when that ends
	        spaces.pop()
	def once():
	    kernel = kwalk.open("x86_64-tasks", "vmlinux", debug_path="")
	    spaces[:] = [kwalk.Space(kernel) for _ in range(7)]
	    kernel._tasks(Task)
	    assert not spaces
	    kernel.space()
	    list(kernel.ranges())
	    kernel.facts
	def used():
	    gc.collect()
	    with open("/proc/self/statm") as file:
	        return int(file.read().split()[1]), len(os.listdir("/proc/self/fd"))
	for _ in range(100):
	    once()
	before = used()
	for _ in range(1000):
	    once()
	after = used()
	assert after[0] <= before[0] + 64 and after[1] == before[1], (before, after)
	END
}

@test "its types are those that mypy finds" {
	needs mypy
	cd "$TOP/python"
	mypy --strict --config-file=../pyproject.toml --cache-dir="$BATS_TEST_TMPDIR" kwalk
	cat >"$BATS_TEST_TMPDIR/use.py" <<-'END'
	import kwalk
	kernel = kwalk.open("dump", overrides={"levels": 4})
	number: int = kernel.vtop(5).last
	unknown: int = kernel.vtop(5).physical
	END
	run env MYPYPATH="$TOP/python" mypy --strict --cache-dir="$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/use.py"
	[ "$status" = 1 ]
	[[ "$output" == *'use.py:4: error'* ]]
	[[ "$output" == *'Found 1 error '* ]]
}

@test "every name of the package has its text" {
	python <<-'END'
	import inspect, kwalk
	for name, kind in vars(kwalk).items():
	    if inspect.isclass(kind) and kind.__module__ in ("kwalk", "kwalk.results") and name[0] != "_":
	        assert kind.__doc__, name
	        for member, value in vars(kind).items():
	            if member[0] != "_" and (inspect.isfunction(value) or isinstance(value, property)):
	                assert value.__doc__, (name, member)
	END
}

@test "the metadata of wheels is what pyproject.toml and README.md have" {
	PYTHONPATH=$TOP/python PYTHONDONTWRITEBYTECODE=1 "$PYTHON" - <<-'END'
	import backend, email, os, tempfile
	with tempfile.TemporaryDirectory() as folder:
	    info = backend.prepare_metadata_for_build_wheel(folder)
	    assert sorted(os.listdir(os.path.join(folder, info))) == ["METADATA", "WHEEL"]
	    with open(os.path.join(folder, info, "METADATA"), encoding="utf-8") as file:
	        fields = email.message_from_file(file)
	assert fields["Name"] == "kwalk" and fields["Version"] == backend.version() and fields["License"] == "LGPL-3.0-or-later OR GPL-2.0-or-later"
	assert fields["Requires-Python"] == ">=3.11" and "Typing :: Typed" in fields.get_all("Classifier")
	assert fields["Description-Content-Type"] == "text/markdown" and "kwalk" in fields.get_payload()[:200]
	assert all("\n" not in value for value in fields.values())
	try:
	    from packaging.metadata import Metadata
	except ImportError:
	    raise SystemExit
	Metadata.from_email(backend.metadata())
	END
}

@test "pip installs it from the source folder, without a network" {
	[ -n "$CI$KWALK_SLOW" ] || skip "set KWALK_SLOW: it builds all anew"
	"$PYTHON" -m venv --without-pip there || skip "no venv"
	if git -C "$TOP" ls-files --error-unmatch configure.ac >/dev/null 2>&1; then
		git -C "$TOP" archive HEAD
	else # an archive's folder, in which distcheck builds
		tar -c -C "$TOP" --exclude=./_build --exclude=./_inst --mode=u+w .
	fi | tar -x --one-top-level=source
	(cd source && env -u PYTHONPATH PIP_NO_INDEX=1 "$PYTHON" -m pip --python "$PWD/../there/bin/python" install -q .)
	dump x86_64
	there/bin/python -c 'import kwalk; assert kwalk.open("x86_64").facts["levels"] == 4'
}
