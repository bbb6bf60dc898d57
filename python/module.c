/* SPDX-License-Identifier: LGPL-3.0-or-later OR GPL-2.0-or-later */
/* kwalk._kwalk: the functions of kwalk.h as methods. A struct becomes a tuple of its members, in
 * their order; kwalk/__init__.py gives names to the elements. A long call releases Python's lock
 * (the GIL). Only one thread at a time may use a kernel, so other threads wait until the call has
 * ended. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000 /* the first limited API that has buffers */
#include <Python.h>
#include <kwalk.h>
#include <string.h>
#include <time.h>

#include "lib/values.h"

typedef unsigned long long number;

static PyObject *error_class; /* kwalk.Error */

/* A handle of the library. It may outlive its Python object, because the end of an object must not
 * wait until the handle can be released. */
struct native {
	void *handle; /* a kwalk_kernel, kwalk_space and so on; NULL: opening it failed */
	void (*release)(void *handle);
	struct guard *guard;
	struct native *next; /* the next element of guard->dropped */
};

/* For a kernel and all handles opened from it: the thread that uses them. The members are protected
 * by Python's lock. */
struct guard {
	PyThread_type_lock lock;
	unsigned long owner;
	int depth; /* number of nested calls of the owner; 0: there is no owner */
	int nr_natives;
	/* Handles that the owner of the lock releases before it releases the lock. */
	struct native *dropped;
	/* Called with (kind, text); NULL: no listener, or its kernel was freed. */
	PyObject *listener;
};

/* A kernel, space, task or ranges. */
struct object {
	PyObject_HEAD struct native *native; /* NULL: no handle was opened */
};

static PyTypeObject *kernel_type, *space_type, *task_type;

static void *handle_of(PyObject *self)
{
	struct native *native = ((struct object *)self)->native;

	return native ? native->handle : NULL;
}

static struct guard *guard_of(PyObject *self)
{
	struct native *native = ((struct object *)self)->native;

	return native ? native->guard : NULL;
}

/* --- Python's lock --- */

/* A call releases Python's lock after it has held it for TURN. So short calls need not take the
 * lock again, for which they might have to wait. A call that may run for long without calling
 * stop() releases the lock at once. While a call does not hold the lock, stop() takes it every
 * ASKS_AFTER to check for Ctrl-C. */
enum { TURN = 5, ASKS_AFTER = 50 /* milliseconds */ };

static __thread struct {
	PyThreadState *released; /* NULL: this thread holds the lock */
	int64_t since; /* time when the lock was last taken or released */
} turn;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void let_go(void)
{
	turn.released = PyEval_SaveThread();
	turn.since = now();
}

/* Takes Python's lock if it was released. Each callback of the library must call this first. */
static void hold(void)
{
	if (!turn.released)
		return;
	PyEval_RestoreThread(turn.released);
	turn.released = NULL;
	turn.since = now();
}

static void begin(bool at_once)
{
	turn.since = now();
	if (at_once)
		let_go();
}

/* Calls a function of the library, and evaluates to its result. at_once: Python's lock is released
 * before the call. */
#define RUN_AS(at_once, call)                                                                      \
	__extension__({                                                                            \
		begin(at_once);                                                                    \
		__auto_type got_ = call;                                                           \
		hold();                                                                            \
		got_;                                                                              \
	})
#define RUN(call) RUN_AS(false, call)
#define RUN_LONG(call) RUN_AS(true, call)

/* --- one thread at a time --- */

static struct guard *guard_create(void)
{
	struct guard *guard = PyMem_Calloc(1, sizeof(*guard));

	if (guard)
		guard->lock = PyThread_allocate_lock();
	if (guard && guard->lock)
		return guard;
	PyMem_Free(guard);
	PyErr_NoMemory();
	return NULL;
}

/* The guard must have neither handles nor an owner. */
static void guard_destroy(struct guard *guard)
{
	PyThread_free_lock(guard->lock);
	PyMem_Free(guard);
}

static void take_over(struct guard *guard)
{
	guard->owner = PyThread_get_thread_ident();
	guard->depth = 1;
}

/* Makes this thread the owner. Waits while another thread is the owner; a callback or visitor of
 * this thread may enter again. Returns false after Ctrl-C. guard may be NULL, for an object without
 * a handle. */
static bool enter(struct guard *guard)
{
	enum { A_WHILE = 20000 /* microseconds */ };
	PyLockStatus got;

	if (!guard)
		return true;
	if (guard->depth && guard->owner == PyThread_get_thread_ident()) {
		guard->depth++;
		return true;
	}
	got = PyThread_acquire_lock(guard->lock, NOWAIT_LOCK) ? PY_LOCK_ACQUIRED : PY_LOCK_FAILURE;
	while (got != PY_LOCK_ACQUIRED) {
		if (PyErr_CheckSignals() < 0)
			return false;
		Py_BEGIN_ALLOW_THREADS got = PyThread_acquire_lock_timed(guard->lock, A_WHILE, 0);
		Py_END_ALLOW_THREADS
	}
	take_over(guard);
	return true;
}

/* Python's lock may be released meanwhile, so other threads may add to the list. */
static void release_dropped(struct guard *guard)
{
	while (guard->dropped) {
		struct native *native = guard->dropped;

		guard->dropped = native->next;
		begin(false);
		native->release(native->handle);
		hold();
		PyMem_Free(native);
		guard->nr_natives--;
	}
}

static void leave(struct guard *guard)
{
	if (!guard)
		return;
	if (guard->depth == 1)
		release_dropped(guard);
	if (--guard->depth)
		return;
	PyThread_release_lock(guard->lock);
	if (!guard->nr_natives) /* without handles no thread can be waiting */
		guard_destroy(guard);
}

/* Makes the native part of an object, which has no handle yet. Returns NULL and sets an exception
 * on failure. */
static struct native *native_create(PyObject *self, struct guard *guard,
				    void (*release)(void *handle))
{
	struct native *native = PyMem_Calloc(1, sizeof(*native));

	if (!native) {
		PyErr_NoMemory();
		return NULL;
	}
	native->release = release;
	native->guard = guard;
	guard->nr_natives++;
	((struct object *)self)->native = native;
	return native;
}

/* Never waits. Objects may end at any time, even while the thread uses another kernel, so that two
 * threads could wait for each other for ever. */
static void native_drop(struct native *native)
{
	struct guard *guard = native->guard;

	native->next = guard->dropped;
	guard->dropped = native;
	if (PyThread_acquire_lock(guard->lock, NOWAIT_LOCK)) {
		take_over(guard);
		leave(guard);
	}
}

/* Holds the guard during a whole method, because the data that the library returns is borrowed
 * until the next call. */
static PyObject *locked(PyCFunction method, PyObject *self, PyObject *argument)
{
	struct guard *guard = guard_of(self);
	PyObject *result;

	if (!enter(guard))
		return NULL;
	result = method(self, argument);
	leave(guard);
	return result;
}

#define LOCKED(name)                                                                               \
	static PyObject *name##_locked(PyObject *self, PyObject *argument)                         \
	{                                                                                          \
		return locked(name, self, argument);                                               \
	}

/* Sets the exception, unless a callback has set one. */
static PyObject *raise_error(const struct kwalk_error *error)
{
	PyObject *exception;

	if (PyErr_Occurred())
		return NULL;
	exception = PyObject_CallFunction(error_class, "Ns",
					  PyUnicode_DecodeUTF8(error->message,
							       (Py_ssize_t)strlen(error->message),
							       "backslashreplace"),
					  kwalk_code_name(error->code));
	if (exception) {
		PyErr_SetObject(error_class, exception);
		Py_DECREF(exception);
	}
	return NULL;
}

/* Was the call successful, and did no callback raise an exception? If not, sets an exception. */
static bool good(int code, const struct kwalk_error *error)
{
	if (code == KWALK_OK && !PyErr_Occurred())
		return true;
	raise_error(error);
	return false;
}

static struct kwalk_error no_error(void)
{
	return KWALK_INIT(struct kwalk_error);
}

/* Text from a dump may contain any bytes. NULL becomes None. */
static PyObject *text(const char *bytes)
{
	if (!bytes)
		Py_RETURN_NONE;
	return PyUnicode_DecodeUTF8(bytes, (Py_ssize_t)strlen(bytes), "backslashreplace");
}

/* Returns None if the number is not known. */
static PyObject *number_if(bool known, uint64_t value)
{
	if (!known)
		Py_RETURN_NONE;
	return PyLong_FromUnsignedLongLong(value);
}

static PyObject *integer_if(bool known, int64_t value)
{
	if (!known)
		Py_RETURN_NONE;
	return PyLong_FromLongLong(value);
}

static PyObject *truth(bool value)
{
	return PyBool_FromLong(value);
}

/* A converter for the format "O&": an address. */
static int take_number(PyObject *from, void *to)
{
	if (PyUnicode_Check(from)) {
		PyErr_SetString(PyExc_TypeError,
				"an address is an integer: symbol(NAME).address, or int(TEXT, 16)");
		return 0;
	}
	*(uint64_t *)to = PyLong_AsUnsignedLongLong(from);
	return !PyErr_Occurred();
}

static void object_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	if (((struct object *)self)->native)
		native_drop(((struct object *)self)->native);
	release(self);
	Py_DECREF(type);
}

/* --- callbacks --- */

static void tell(void *arg, const char *kind, const char *line)
{
	struct guard *guard = arg;
	PyObject *listener, *result;

	hold();
	listener = guard->listener;
	if (!listener || PyErr_Occurred())
		return;
	Py_INCREF(listener); /* the listener may drop its kernel */
	result = PyObject_CallFunction(listener, "sN", kind, text(line));
	Py_XDECREF(result);
	Py_DECREF(listener);
}

static void tell_warning(void *arg, const char *line)
{
	tell(arg, "warning", line);
}

static void tell_trouble(void *arg, const char *line)
{
	tell(arg, "trouble", line);
}

static void tell_progress(void *arg, const char *line)
{
	tell(arg, "progress", line);
}

/* Returns true after Ctrl-C, or after an exception in a callback. */
static bool stop(void *arg)
{
	bool had_lock = !turn.released;

	(void)arg;
	if (!had_lock && now() - turn.since < ASKS_AFTER)
		return false;
	hold();
	if (PyErr_Occurred() || PyErr_CheckSignals() < 0)
		return true;
	if (!had_lock || now() - turn.since >= TURN)
		let_go();
	return false;
}

/* --- kernels --- */

/* Converts a list of str or path to strings, which *keep owns. Returns NULL and sets an exception
 * on failure. */
static const char **take_strings(PyObject *list, PyObject **keep, size_t *nr)
{
	Py_ssize_t size = PySequence_Size(list);
	const char **strings;

	*keep = size < 0 ? NULL : PyList_New(0);
	strings = *keep ? PyMem_Malloc(((size_t)size + 1) * sizeof(*strings)) : NULL;
	for (Py_ssize_t i = 0; strings && i < size; i++) {
		PyObject *item = PySequence_GetItem(list, i), *bytes = NULL;

		if (!item || !PyUnicode_FSConverter(item, &bytes) ||
		    PyList_Append(*keep, bytes) < 0) {
			PyMem_Free(strings);
			strings = NULL;
		} else {
			strings[i] = PyBytes_AsString(bytes);
		}
		Py_XDECREF(bytes);
		Py_XDECREF(item);
	}
	*nr = (size_t)size;
	return strings;
}

static bool open_kernel(struct native *native, PyObject *files, PyObject *overrides,
			const char *debug_path, bool strict)
{
	struct kwalk_options options = KWALK_INIT(struct kwalk_options);
	struct kwalk_error error = no_error();
	PyObject *keep[2] = { NULL, NULL };
	const char **paths = NULL, **sets = NULL;

	paths = take_strings(files, &keep[0], &options.nr_paths);
	if (paths)
		sets = take_strings(overrides, &keep[1], &options.nr_overrides);
	if (sets) {
		options.paths = paths;
		options.overrides = sets;
		options.debug_path = debug_path;
		options.flags = strict ? KWALK_STRICT : 0;
		options.warning = tell_warning;
		options.trouble = tell_trouble;
		options.progress = tell_progress;
		options.stop = stop;
		options.arg = native->guard;
		native->handle = RUN_LONG(kwalk_open(&options, &error));
		if (!native->handle)
			raise_error(&error);
	}
	PyMem_Free((void *)paths);
	PyMem_Free((void *)sets);
	Py_XDECREF(keep[0]);
	Py_XDECREF(keep[1]);
	return native->handle && !PyErr_Occurred();
}

static void release_kernel(void *handle)
{
	kwalk_free(handle);
}

static PyObject *kernel_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
	static const char *const keywords[] = { "files",  "overrides", "debug_path",
						"strict", "listener",  NULL };
	allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	PyObject *files, *overrides, *listener;
	struct native *native;
	struct guard *guard;
	const char *debug_path;
	PyObject *self;
	int strict;

	if (!PyArg_ParseTupleAndKeywords(args, names, "OOzpO", (char **)keywords, &files,
					 &overrides, &debug_path, &strict, &listener))
		return NULL;
	guard = guard_create();
	self = guard ? allocate(type, 0) : NULL;
	native = self ? native_create(self, guard, release_kernel) : NULL;
	if (!native) {
		if (guard)
			guard_destroy(guard);
		Py_XDECREF(self);
		return NULL;
	}
	if (listener != Py_None) {
		Py_INCREF(listener);
		guard->listener = listener;
	}
	if (open_kernel(native, files, overrides, debug_path, strict))
		return self;
	Py_DECREF(self);
	return NULL;
}

static int kernel_clear(PyObject *object)
{
	if (guard_of(object))
		Py_CLEAR(guard_of(object)->listener);
	return 0;
}

static void kernel_dealloc(PyObject *object)
{
	PyObject_GC_UnTrack(object);
	kernel_clear(object);
	object_dealloc(object);
}

static int kernel_traverse(PyObject *object, visitproc visit, void *arg)
{
	if (guard_of(object))
		Py_VISIT(guard_of(object)->listener);
	Py_VISIT(Py_TYPE(object));
	return 0;
}

static PyObject *kernel_close(PyObject *self, PyObject *none)
{
	struct kwalk_error error = no_error();

	(void)none;
	if (!good(RUN(kwalk_close(handle_of(self), &error)), &error))
		return NULL;
	Py_RETURN_NONE;
}

/* Appends item to the list of a visit, and takes over the reference to item. */
static bool append(void *list, PyObject *item)
{
	bool done = item && PyList_Append(list, item) == 0;

	Py_XDECREF(item);
	return done;
}

/* Returns the list that a call has filled. If the call had to end early, raises an exception whose
 * attribute partial is the list so far. */
static PyObject *finish(PyObject *list, int code, const struct kwalk_error *error)
{
	PyObject *type, *value, *trace;

	if (good(code, error))
		return list;
	PyErr_Fetch(&type, &value, &trace);
	PyErr_NormalizeException(&type, &value, &trace);
	if ((code == KWALK_INCOMPLETE || code == KWALK_STOPPED) && value && list)
		PyObject_SetAttrString(value, "partial", list);
	PyErr_Restore(type, value, trace);
	Py_XDECREF(list);
	return NULL;
}

static bool add_fact(void *list, const struct kwalk_fact *fact)
{
	hold();

	PyObject *value = fact->is_number && fact->text && fact->text[0] == '-' ?
				  PyLong_FromLongLong((int64_t)fact->number) :
			  fact->is_number ? PyLong_FromUnsignedLongLong(fact->number) :
					    text(fact->text);

	return append(list, Py_BuildValue("(NNNNN)", text(fact->name), value, text(fact->text),
					  text(fact->source), truth(fact->doubtful)));
}

static PyObject *kernel_facts(PyObject *self, PyObject *none)
{
	struct kwalk_error error = no_error();
	PyObject *list = PyList_New(0);

	(void)none;
	return finish(list, RUN(kwalk_facts(handle_of(self), add_fact, list, &error)), &error);
}

static PyObject *kernel_was_written(PyObject *self, PyObject *none)
{
	(void)none;
	return truth(RUN(kwalk_was_written(handle_of(self))));
}

static PyObject *kernel_extent(PyObject *self, PyObject *from)
{
	struct kwalk_extent extent = KWALK_INIT(struct kwalk_extent);
	struct kwalk_error error = no_error();
	uint64_t paddr;

	if (!take_number(from, &paddr) ||
	    !good(RUN(kwalk_dump_extent(kwalk_get_dump(handle_of(self)), paddr, &extent, &error)),
		  &error))
		return NULL;
	return Py_BuildValue("(KKs)", (number)extent.first, (number)extent.last,
			     kwalk_state_name((int)extent.state));
}

/* Returns a new object that holds size bytes, or NULL if size is negative or memory runs out. */
static PyObject *new_bytes(Py_ssize_t size)
{
	if (size >= 0)
		return PyBytes_FromStringAndSize(NULL, size);
	PyErr_SetString(PyExc_ValueError, "a number of bytes is not negative");
	return NULL;
}

static PyObject *kernel_read_physical(PyObject *self, PyObject *args)
{
	struct kwalk_error error = no_error();
	PyObject *bytes;
	char *to;
	Py_ssize_t size;
	uint64_t paddr;

	if (!PyArg_ParseTuple(args, "O&n", take_number, &paddr, &size))
		return NULL;
	bytes = new_bytes(size);
	to = bytes ? PyBytes_AsString(bytes) : NULL;
	if (to && good(RUN_LONG(kwalk_dump_read(kwalk_get_dump(handle_of(self)), paddr, to,
						(size_t)size, &error)),
		       &error))
		return bytes;
	Py_XDECREF(bytes);
	return NULL;
}

static PyObject *symbol_tuple(const struct kwalk_symbol *symbol)
{
	const char type[] = { symbol->type, '\0' };

	return Py_BuildValue("(NKKKNNN)", text(symbol->name), (number)symbol->address,
			     (number)symbol->length, (number)symbol->offset, text(symbol->module),
			     text(type), text(symbol->source));
}

static PyObject *kernel_symbol(PyObject *self, PyObject *from)
{
	struct kwalk_symbol symbol = KWALK_INIT(struct kwalk_symbol);
	struct kwalk_error error = no_error();
	PyObject *bytes = NULL;
	uint64_t vaddr;
	int code;

	if (PyUnicode_Check(from)) {
		bytes = PyUnicode_AsUTF8String(from);
		if (!bytes)
			return NULL;
		code = RUN(kwalk_symbol_find(handle_of(self), PyBytes_AsString(bytes), &symbol,
					     &error));
	} else {
		if (!take_number(from, &vaddr))
			return NULL;
		code = RUN(kwalk_symbol_at(handle_of(self), vaddr, &symbol, &error));
	}
	Py_XDECREF(bytes);
	return good(code, &error) ? symbol_tuple(&symbol) : NULL;
}

static PyObject *kernel_region(PyObject *self, PyObject *from)
{
	struct kwalk_region region = KWALK_INIT(struct kwalk_region);
	struct kwalk_error error = no_error();
	uint64_t vaddr;

	if (!take_number(from, &vaddr) ||
	    !good(RUN(kwalk_find_region(handle_of(self), vaddr, &region, &error)), &error))
		return NULL;
	return Py_BuildValue("(NKKNN)", text(region.name), (number)region.first,
			     (number)region.last, number_if(region.linear, region.paddr),
			     text(region.section));
}

static bool add_meaning(void *list, const struct kwalk_meaning *meaning)
{
	hold();

	return append(list, Py_BuildValue("(NNNKNNNNNN)", text(meaning->kind), text(meaning->as),
					  text(meaning->text), (number)meaning->value,
					  number_if(meaning->has_paddr, meaning->paddr),
					  number_if(meaning->has_page, meaning->pfn),
					  number_if(meaning->has_page, meaning->page),
					  text(meaning->symbol),
					  number_if(meaning->symbol, meaning->symbol_offset),
					  integer_if(meaning->has_pid, meaning->pid)));
}

/* whatis(value, space or None) */
static PyObject *kernel_whatis(PyObject *self, PyObject *args)
{
	struct kwalk_error error = no_error();
	PyObject *space, *list;
	uint64_t value;

	if (!PyArg_ParseTuple(args, "O&O", take_number, &value, &space))
		return NULL;
	if (space != Py_None && !PyObject_TypeCheck(space, space_type)) {
		PyErr_SetString(PyExc_TypeError, "not a kwalk.Space");
		return NULL;
	}
	list = PyList_New(0);
	return finish(list,
		      RUN(kwalk_whatis(handle_of(self), space == Py_None ? NULL : handle_of(space),
				       value, add_meaning, list, &error)),
		      &error);
}

static bool add_name(void *list, const char *name)
{
	hold();

	return append(list, text(name));
}

static PyObject *kernel_page(PyObject *self, PyObject *from)
{
	struct kwalk_page page = KWALK_INIT(struct kwalk_page);
	struct kwalk_error error = no_error();
	PyObject *names;
	uint64_t pfn;
	int code;

	if (!take_number(from, &pfn) ||
	    !good(RUN(kwalk_find_page(handle_of(self), pfn, &page, &error)), &error))
		return NULL;
	names = PyList_New(0);
	code = RUN(kwalk_page_flags(handle_of(self), pfn, add_name, names, &error));
	if (code == KWALK_UNKNOWN) {
		Py_XDECREF(names);
		Py_INCREF(Py_None);
		names = Py_None;
	} else if (!good(code, &error)) {
		Py_XDECREF(names);
		return NULL;
	}
	return Py_BuildValue("(KKNNNNNNNN)", (number)page.pfn, (number)page.page,
			     number_if(page.has_virtual, page.vaddr),
			     number_if(page.has_flags, page.flags), names,
			     integer_if(page.has_refcount, page.refcount),
			     integer_if(page.has_mapcount, page.mapcount),
			     number_if(page.has_mapping, page.mapping),
			     number_if(page.has_node, page.node), text(page.zone));
}

static PyObject *kernel_page_pfn(PyObject *self, PyObject *from)
{
	struct kwalk_error error = no_error();
	uint64_t page, pfn;

	if (!take_number(from, &page) ||
	    !good(RUN(kwalk_page_pfn(handle_of(self), page, &pfn, &error)), &error))
		return NULL;
	return PyLong_FromUnsignedLongLong(pfn);
}

static PyObject *kernel_phys_to_virt(PyObject *self, PyObject *from)
{
	struct kwalk_error error = no_error();
	uint64_t paddr, vaddr;

	if (!take_number(from, &paddr) ||
	    !good(RUN(kwalk_phys_to_virt(handle_of(self), paddr, &vaddr, &error)), &error))
		return NULL;
	return PyLong_FromUnsignedLongLong(vaddr);
}

static PyObject *kernel_frame_use(PyObject *self, PyObject *from)
{
	struct kwalk_use use = KWALK_INIT(struct kwalk_use);
	struct kwalk_error error = no_error();
	uint64_t pfn;

	if (!take_number(from, &pfn) ||
	    !good(RUN(kwalk_frame_use(handle_of(self), pfn, &use, &error)), &error))
		return NULL;
	return Py_BuildValue("(KNNKNNNKNN)", (number)use.pfn, text(use.kind), text(use.text),
			     (number)use.head_pfn, truth(use.compound),
			     number_if(use.has_order, use.order), text(use.file),
			     (number)use.nr_owners, integer_if(use.has_pid, use.pid),
			     number_if(use.has_owner, use.owner_vaddr));
}

static bool add_mapping(void *list, size_t index, const struct kwalk_mapping *mapping)
{
	hold();

	return append(list, Py_BuildValue("(nKKNNNNNN)", (Py_ssize_t)index, (number)mapping->vaddr,
					  (number)mapping->page_size, truth(mapping->writable),
					  truth(mapping->executable), truth(mapping->user),
					  truth(mapping->no_access), text(mapping->cache),
					  integer_if(mapping->has_pid, mapping->pid)));
}

/* mappings(buffer of addresses, whether processes are searched, too) */
static PyObject *kernel_mappings(PyObject *self, PyObject *args)
{
	struct kwalk_error error = no_error();
	PyObject *list;
	Py_buffer view;
	int processes;

	if (!PyArg_ParseTuple(args, "y*p", &view, &processes))
		return NULL;
	list = PyList_New(0);
	list = finish(list,
		      RUN_LONG(kwalk_mappings_many(handle_of(self), view.buf, (size_t)view.len / 8,
						   processes ? KWALK_OF_PROCESSES : 0, add_mapping,
						   list, &error)),
		      &error);
	PyBuffer_Release(&view);
	return list;
}

/* --- tasks --- */

static void release_task(void *handle)
{
	kwalk_task_free(handle);
}

struct task_visit {
	PyObject *list, *type;
	struct guard *guard;
};

static bool add_task(void *arg, kwalk_task *task)
{
	hold();

	struct task_visit *visit = arg;
	struct kwalk_error error = no_error();
	PyObject *object = PyObject_CallFunction(visit->type, NULL);
	struct native *native;

	if (!object)
		return false;
	if (!PyObject_TypeCheck(object, task_type)) {
		Py_DECREF(object);
		PyErr_SetString(PyExc_TypeError, "not a kind of kwalk.Task");
		return false;
	}
	native = native_create(object, visit->guard, release_task);
	if (native)
		native->handle = kwalk_task_copy(task, &error);
	if (native && native->handle)
		return append(visit->list, object);
	if (native)
		raise_error(&error);
	Py_DECREF(object);
	return false;
}

/* tasks(subclass of Task) */
static PyObject *kernel_tasks(PyObject *self, PyObject *type)
{
	struct kwalk_error error = no_error();
	struct task_visit visit = { PyList_New(0), type, guard_of(self) };

	return finish(visit.list, RUN(kwalk_tasks(handle_of(self), add_task, &visit, &error)),
		      &error);
}

/* --- CPUs --- */

struct cpu_visit {
	kwalk_kernel *kernel;
	PyObject *list;
};

/* Returns the registers by name, or {} if no note has registers. */
static PyObject *registers_dict(kwalk_kernel *kernel, const struct kwalk_cpu *cpu)
{
	PyObject *registers = PyDict_New();

	for (int i = 0; registers && i < KWALK_MAX_REGISTERS; i++) {
		const char *name = kwalk_register_name(kernel, i);
		PyObject *value;

		if (!name || !(cpu->known >> i & 1))
			continue;
		value = PyLong_FromUnsignedLongLong(cpu->value[i]);
		if (!value || PyDict_SetItemString(registers, name, value) < 0)
			Py_CLEAR(registers);
		Py_XDECREF(value);
	}
	return registers;
}

static bool add_cpu(void *arg, const struct kwalk_cpu *cpu)
{
	hold();

	struct cpu_visit *visit = arg;

	return append(visit->list, Py_BuildValue("(NNNNNN)", number_if(cpu->has_cpu, cpu->cpu),
						 integer_if(cpu->has_pid, cpu->pid),
						 text(cpu->comm), number_if(cpu->task, cpu->task),
						 number_if(cpu->has_base, cpu->base),
						 registers_dict(visit->kernel, cpu)));
}

static PyObject *kernel_cpus(PyObject *self, PyObject *none)
{
	struct cpu_visit visit = { handle_of(self), PyList_New(0) };
	struct kwalk_error error = no_error();

	(void)none;
	return finish(visit.list, RUN(kwalk_cpus(visit.kernel, add_cpu, &visit, &error)), &error);
}

static PyObject *kernel_vmcoreinfo(PyObject *self, PyObject *none)
{
	struct kwalk_error error = no_error();
	const char *note;
	size_t size;

	(void)none;
	if (!good(RUN(kwalk_vmcoreinfo(handle_of(self), &note, &size, &error)), &error))
		return NULL;
	return PyBytes_FromStringAndSize(note, (Py_ssize_t)size);
}

/* --- values --- */

struct building {
	PyObject *root;
	/* The structs and arrays around the next part; a list has two around its values. */
	PyObject *open[PARTS_NESTING + 2];
	unsigned int nr_open;
};

static PyObject *part_object(const struct value_part *part)
{
	switch (part->kind) {
	case PART_UNSIGNED:
	case PART_POINTER: return PyLong_FromUnsignedLongLong(part->number);
	case PART_SIGNED: return PyLong_FromLongLong((int64_t)part->number);
	case PART_BOOL: return truth(part->number);
	case PART_WIDE: return PyLong_FromString(part->text, NULL, 0);
	case PART_FLOAT: return PyFloat_FromDouble(part->real);
	case PART_STRUCT: return PyDict_New();
	case PART_ARRAY: return PyList_New(0);
	default: return text(part->text); /* None if it cannot be read */
	}
}

/* Adds a member to a dict. Takes over the reference to object. */
static bool add_member(PyObject *dict, const char *name, PyObject *object)
{
	PyObject *key = object ? text(name) : NULL;
	bool done = key && PyDict_SetItem(dict, key, object) == 0;

	Py_XDECREF(key);
	Py_XDECREF(object);
	return done;
}

static bool add_part(void *arg, const struct value_part *part)
{
	hold();

	struct building *building = arg;
	PyObject *object, *around;

	if (PyErr_Occurred())
		return false;
	if (part->kind == PART_END) {
		building->nr_open--;
		return true;
	}
	object = part_object(part);
	if (!building->nr_open)
		building->root = object;
	around = building->nr_open ? building->open[building->nr_open - 1] : NULL;
	if (object && (part->kind == PART_STRUCT || part->kind == PART_ARRAY))
		building->open[building->nr_open++] = object; /* borrowed from the one around */
	return !around	  ? object != NULL :
	       part->name ? add_member(around, part->name, object) :
			    append(around, object);
}

/* value(expression) */
static PyObject *kernel_value(PyObject *self, PyObject *args)
{
	struct building building = { .root = NULL };
	const struct value_visitor visitor = { add_part, &building, false };
	struct kwalk_error error = no_error();
	const char *expression;
	int code;

	if (!PyArg_ParseTuple(args, "s", &expression))
		return NULL;
	code = RUN_LONG(lib_value_visit(handle_of(self), expression, &visitor, &error));
	return finish(building.root, code, &error);
}

/* list(link, start as an expression, members, whether start is an element, backward) */
static PyObject *kernel_list(PyObject *self, PyObject *args)
{
	struct building building = { .root = NULL };
	const struct value_visitor visitor = { add_part, &building, false };
	struct kwalk_error error = no_error();
	struct lib_list list = { .link = NULL };
	PyObject *members, *keep, *result = NULL;
	int is_element, backward, code;

	if (!PyArg_ParseTuple(args, "ssOpp", &list.link, &list.start, &members, &is_element,
			      &backward))
		return NULL;
	list.members = take_strings(members, &keep, &list.nr_members);
	if (list.members) {
		list.is_element = is_element;
		list.backward = backward;
		code = RUN_LONG(lib_list_visit(handle_of(self), &list, &visitor, &error));
		result = finish(building.root, code, &error);
	}
	PyMem_Free((void *)list.members);
	Py_XDECREF(keep);
	return result;
}

/* --- a task --- */

static PyObject *task_info(PyObject *self, PyObject *none)
{
	struct kwalk_task_info info = KWALK_INIT(struct kwalk_task_info);
	struct kwalk_error error = no_error();
	char state[2] = "";

	(void)none;
	if (!good(RUN(kwalk_task_get(handle_of(self), &info, &error)), &error))
		return NULL;
	state[0] = info.state;
	return Py_BuildValue("(iiNKKNNNNNNN)", info.pid, info.tgid, text(info.comm),
			     (number)info.address, (number)info.mm,
			     number_if(info.has_root, info.root), text(state[0] ? state : NULL),
			     truth(info.running), number_if(info.has_cpu, info.cpu),
			     integer_if(info.has_parent, info.parent),
			     number_if(info.has_rss, info.rss), number_if(info.stack, info.stack));
}

static bool add_vma(void *list, const struct kwalk_vma *vma)
{
	hold();

	return append(list, Py_BuildValue("(KKsKKKN)", (number)vma->first, (number)vma->last,
					  vma->rights, (number)vma->flags, (number)vma->offset,
					  (number)vma->address, text(vma->name)));
}

static PyObject *task_vmas(PyObject *self, PyObject *none)
{
	struct kwalk_error error = no_error();
	PyObject *list = PyList_New(0);

	(void)none;
	return finish(list, RUN(kwalk_vmas(handle_of(self), add_vma, list, &error)), &error);
}

/* --- spaces --- */

static void release_space(void *handle)
{
	kwalk_space_free(handle);
}

/* Space(kernel, pid or None, root or None) */
static PyObject *space_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
	static const char *const keywords[] = { "kernel", "pid", "root", NULL };
	allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	PyObject *kernel, *pid = Py_None, *root = Py_None;
	struct kwalk_error error = no_error();
	struct native *native;
	PyObject *self;
	uint64_t table = 0;
	long id = 0;

	if (!PyArg_ParseTupleAndKeywords(args, names, "O!|OO", (char **)keywords, kernel_type,
					 &kernel, &pid, &root))
		return NULL;
	if (pid != Py_None && root != Py_None) {
		PyErr_SetString(PyExc_ValueError, "a pid and a root exclude each other");
		return NULL;
	}
	if (pid != Py_None)
		id = PyLong_AsLong(pid);
	if (PyErr_Occurred() || (root != Py_None && !take_number(root, &table)))
		return NULL;
	if (id != (int32_t)id) {
		PyErr_SetString(PyExc_OverflowError, "a pid has 32 bits");
		return NULL;
	}
	self = allocate(type, 0);
	native = self ? native_create(self, guard_of(kernel), release_space) : NULL;
	if (!native || !enter(native->guard)) {
		Py_XDECREF(self);
		return NULL;
	}
	native->handle =
		pid != Py_None	? RUN(kwalk_space_of_pid(handle_of(kernel), (int32_t)id, &error)) :
		root != Py_None ? RUN(kwalk_space_of_root(handle_of(kernel), table, &error)) :
				  RUN(kwalk_space_open(handle_of(kernel), &error));
	leave(native->guard);
	if (native->handle && !PyErr_Occurred())
		return self;
	Py_DECREF(self);
	return raise_error(&error);
}

static PyObject *space_info(PyObject *self, PyObject *none)
{
	struct kwalk_space_info info = KWALK_INIT(struct kwalk_space_info);
	struct kwalk_error error = no_error();

	(void)none;
	if (!good(RUN(kwalk_space_get(handle_of(self), &info, &error)), &error))
		return NULL;
	return Py_BuildValue("(KKKNIN)", (number)info.root, (number)info.user_root,
			     (number)info.user_last, text(info.mode), info.nr_levels,
			     integer_if(info.has_pid, info.pid));
}

static PyObject *space_translate(PyObject *self, PyObject *from)
{
	uint64_t vaddr, paddr;
	int code;

	if (!take_number(from, &vaddr))
		return NULL;
	code = RUN(kwalk_translate(handle_of(self), vaddr, &paddr, NULL));
	if (code == KWALK_OK)
		return PyLong_FromUnsignedLongLong(paddr);
	if (code != KWALK_NO_ANSWER) {
		struct kwalk_error error = no_error();

		if (!good(RUN(kwalk_translate(handle_of(self), vaddr, &paddr, &error)), &error))
			return NULL;
	}
	Py_RETURN_NONE;
}

/* translate_in_place(buffer of addresses): returns how many addresses are mapped */
static PyObject *space_translate_in_place(PyObject *self, PyObject *from)
{
	struct kwalk_error error = no_error();
	size_t mapped = 0;
	Py_buffer view;
	bool done;

	if (PyObject_GetBuffer(from, &view, PyBUF_WRITABLE) < 0)
		return NULL;
	if (view.len % 8 || (view.len && (uintptr_t)view.buf % 8)) {
		PyErr_SetString(PyExc_ValueError, "the buffer does not hold numbers of 64 bits");
		done = false;
	} else {
		done = good(RUN_LONG(kwalk_translate_many(handle_of(self), view.buf, view.buf,
							  (size_t)view.len / 8, &mapped, &error)),
			    &error);
	}
	PyBuffer_Release(&view);
	return done ? PyLong_FromSize_t(mapped) : NULL;
}

static PyObject *level_tuple(kwalk_space *space, const struct kwalk_walk *walk, unsigned int level)
{
	const char *names[32];
	PyObject *flags = PyList_New(0);
	size_t nr = 0;

	RUN(kwalk_entry_flags(space, level, walk->entry[level], names, 32, &nr, NULL));
	for (size_t i = 0; flags && i < nr; i++)
		append(flags, text(names[i]));
	return Py_BuildValue("(NKKN)", text(walk->level_name[level]),
			     (number)walk->entry_paddr[level], (number)walk->entry[level], flags);
}

static PyObject *walk_tuple(kwalk_space *space, const struct kwalk_walk *walk)
{
	bool mapped = walk->status == KWALK_MAPPED;
	PyObject *levels = PyList_New(0);
	/* Copied now, because it is valid only until the next call. */
	PyObject *message = text(walk->message);

	for (unsigned int i = 0; levels && i < walk->nr_entries; i++)
		append(levels, level_tuple(space, walk, i));
	return Py_BuildValue("(sKNNKKNNNNNNNNNsN)", kwalk_status_name((int)walk->status),
			     (number)walk->vaddr, number_if(walk->has_paddr, walk->paddr),
			     number_if(walk->page_size, walk->page_size), (number)walk->first,
			     (number)walk->last, levels,
			     mapped ? truth(walk->writable) : text(NULL),
			     mapped ? truth(walk->executable) : text(NULL),
			     mapped ? truth(walk->user) : text(NULL), text(walk->cache),
			     text(walk->has_paddr ? kwalk_state_name((int)walk->page_state) : NULL),
			     number_if(walk->has_swap, walk->swap_type),
			     number_if(walk->has_swap, walk->swap_offset),
			     text(walk->status == KWALK_TABLE_UNREADABLE ?
					  kwalk_state_name((int)walk->reason) :
					  NULL),
			     walk->level_name[walk->last_level] ?
				     walk->level_name[walk->last_level] :
				     "",
			     message);
}

static PyObject *space_walk(PyObject *self, PyObject *from)
{
	struct kwalk_walk walk = KWALK_INIT(struct kwalk_walk);
	struct kwalk_error error = no_error();
	uint64_t vaddr;

	if (!take_number(from, &vaddr) ||
	    !good(RUN(kwalk_walk(handle_of(self), vaddr, &walk, &error)), &error))
		return NULL;
	return walk_tuple(handle_of(self), &walk);
}

static PyObject *space_read(PyObject *self, PyObject *args)
{
	struct kwalk_error error = no_error();
	PyObject *bytes;
	char *to;
	Py_ssize_t size;
	uint64_t vaddr;

	if (!PyArg_ParseTuple(args, "O&n", take_number, &vaddr, &size))
		return NULL;
	bytes = new_bytes(size);
	to = bytes ? PyBytes_AsString(bytes) : NULL;
	if (to &&
	    good(RUN_LONG(kwalk_read(handle_of(self), vaddr, to, (size_t)size, &error)), &error))
		return bytes;
	Py_XDECREF(bytes);
	return NULL;
}

/* --- ranges --- */

static void release_ranges(void *handle)
{
	kwalk_ranges_free(handle);
}

/* Ranges(space, first, last) */
static PyObject *ranges_new(PyTypeObject *type, PyObject *args, PyObject *names)
{
	static const char *const keywords[] = { "space", "first", "last", NULL };
	allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	struct kwalk_error error = no_error();
	PyObject *space, *self;
	struct native *native;
	uint64_t first, last;

	if (!PyArg_ParseTupleAndKeywords(args, names, "O!O&O&", (char **)keywords, space_type,
					 &space, take_number, &first, take_number, &last))
		return NULL;
	self = allocate(type, 0);
	native = self ? native_create(self, guard_of(space), release_ranges) : NULL;
	if (!native || !enter(native->guard)) {
		Py_XDECREF(self);
		return NULL;
	}
	native->handle = RUN(kwalk_ranges_open(handle_of(space), first, last, &error));
	leave(native->guard);
	if (native->handle)
		return self;
	Py_DECREF(self);
	return raise_error(&error);
}

static PyObject *ranges_next(PyObject *self, PyObject *none)
{
	struct kwalk_range range = KWALK_INIT(struct kwalk_range);
	struct kwalk_error error = no_error();
	int code = RUN(kwalk_ranges_next(handle_of(self), &range, &error));

	(void)none;
	if (code == KWALK_NO_ANSWER && !PyErr_Occurred())
		return NULL; /* the end */
	if (!good(code, &error))
		return NULL;
	return Py_BuildValue("(KKKNsNNNNNNs)", (number)range.first, (number)range.last,
			     (number)range.page_size,
			     number_if(range.status == KWALK_MAPPED, range.paddr),
			     kwalk_status_name((int)range.status), truth(range.writable),
			     truth(range.executable), truth(range.user), truth(range.global),
			     text(range.cache),
			     text(range.status == KWALK_TABLE_UNREADABLE ?
					  kwalk_state_name((int)range.reason) :
					  NULL),
			     range.level ? range.level : "");
}

/* --- the module --- */

LOCKED(kernel_close)
LOCKED(kernel_facts)
LOCKED(kernel_was_written)
LOCKED(kernel_extent)
LOCKED(kernel_read_physical)
LOCKED(kernel_symbol)
LOCKED(kernel_region)
LOCKED(kernel_whatis)
LOCKED(kernel_page)
LOCKED(kernel_page_pfn)
LOCKED(kernel_phys_to_virt)
LOCKED(kernel_frame_use)
LOCKED(kernel_mappings)
LOCKED(kernel_tasks)
LOCKED(kernel_cpus)
LOCKED(kernel_vmcoreinfo)
LOCKED(kernel_value)
LOCKED(kernel_list)
LOCKED(space_info)
LOCKED(space_translate)
LOCKED(space_translate_in_place)
LOCKED(space_walk)
LOCKED(space_read)
LOCKED(task_info)
LOCKED(task_vmas)

static PyObject *ranges_step(PyObject *self)
{
	return locked(ranges_next, self, NULL);
}

static PyMethodDef kernel_methods[] = {
	{ "close", kernel_close_locked, METH_NOARGS,
	  "close(): releases the dump; later calls are a ClosedError." },
	{ "_facts", kernel_facts_locked, METH_NOARGS, NULL },
	{ "_was_written", kernel_was_written_locked, METH_NOARGS, NULL },
	{ "_extent", kernel_extent_locked, METH_O, NULL },
	{ "_read_physical", kernel_read_physical_locked, METH_VARARGS, NULL },
	{ "_symbol", kernel_symbol_locked, METH_O, NULL },
	{ "_region", kernel_region_locked, METH_O, NULL },
	{ "_whatis", kernel_whatis_locked, METH_VARARGS, NULL },
	{ "_page", kernel_page_locked, METH_O, NULL },
	{ "_page_pfn", kernel_page_pfn_locked, METH_O, NULL },
	{ "_phys_to_virt", kernel_phys_to_virt_locked, METH_O, NULL },
	{ "_frame_use", kernel_frame_use_locked, METH_O, NULL },
	{ "_mappings", kernel_mappings_locked, METH_VARARGS, NULL },
	{ "_tasks", kernel_tasks_locked, METH_O, NULL },
	{ "_cpus", kernel_cpus_locked, METH_NOARGS, NULL },
	{ "_vmcoreinfo", kernel_vmcoreinfo_locked, METH_NOARGS, NULL },
	{ "_value", kernel_value_locked, METH_VARARGS, NULL },
	{ "_list", kernel_list_locked, METH_VARARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

static PyMethodDef space_methods[] = {
	{ "_info", space_info_locked, METH_NOARGS, NULL },
	{ "translate", space_translate_locked, METH_O,
	  "translate(vaddr): the physical address, or None where a CPU would fault." },
	{ "translate_in_place", space_translate_in_place_locked, METH_O,
	  "translate_in_place(buffer): replaces each 64-bit address by its physical one, or by\n"
	  "UNMAPPED. Returns how many are mapped." },
	{ "_walk", space_walk_locked, METH_O, NULL },
	{ "_read", space_read_locked, METH_VARARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

static PyMethodDef task_methods[] = {
	{ "_info", task_info_locked, METH_NOARGS, NULL },
	{ "_vmas", task_vmas_locked, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

static PyType_Slot kernel_slots[] = {
	{ Py_tp_new, kernel_new },	     { Py_tp_dealloc, kernel_dealloc },
	{ Py_tp_traverse, kernel_traverse }, { Py_tp_clear, kernel_clear },
	{ Py_tp_methods, kernel_methods },   { 0, NULL },
};
static PyType_Slot space_slots[] = {
	{ Py_tp_new, space_new },
	{ Py_tp_dealloc, object_dealloc },
	{ Py_tp_methods, space_methods },
	{ 0, NULL },
};
static PyType_Slot task_slots[] = {
	{ Py_tp_dealloc, object_dealloc },
	{ Py_tp_methods, task_methods },
	{ 0, NULL },
};
static PyType_Slot ranges_slots[] = {
	{ Py_tp_new, ranges_new },
	{ Py_tp_dealloc, object_dealloc },
	{ Py_tp_iter, PyObject_SelfIter },
	{ Py_tp_iternext, ranges_step },
	{ 0, NULL },
};

enum { FLAGS = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE };
static PyType_Spec specs[] = {
	{ "kwalk._kwalk.Kernel", sizeof(struct object), 0, FLAGS | Py_TPFLAGS_HAVE_GC,
	  kernel_slots },
	{ "kwalk._kwalk.Space", sizeof(struct object), 0, FLAGS, space_slots },
	{ "kwalk._kwalk.Task", sizeof(struct object), 0, FLAGS, task_slots },
	{ "kwalk._kwalk.Ranges", sizeof(struct object), 0, FLAGS, ranges_slots },
};
static const char *const names[] = { "Kernel", "Space", "Task", "Ranges" };

static PyObject *set_error(PyObject *module, PyObject *class)
{
	(void)module;
	Py_INCREF(class);
	Py_XDECREF(error_class);
	error_class = class;
	Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
	{ "set_error", set_error, METH_O, NULL },
	{ NULL, NULL, 0, NULL },
};

static struct PyModuleDef definition = {
	PyModuleDef_HEAD_INIT,
	.m_name = "_kwalk",
	.m_size = -1,
	.m_methods = functions,
};

PyMODINIT_FUNC PyInit__kwalk(void);

PyMODINIT_FUNC PyInit__kwalk(void)
{
	static PyTypeObject *ranges_type;
	PyTypeObject **kept[] = { &kernel_type, &space_type, &task_type, &ranges_type };
	PyObject *module = PyModule_Create(&definition);

	for (size_t i = 0; module && i < 4; i++) {
		PyObject *type = PyType_FromSpec(&specs[i]);

		if (!type || PyModule_AddObject(module, names[i], type) < 0) {
			Py_XDECREF(type);
			Py_CLEAR(module);
			break;
		}
		*kept[i] = (PyTypeObject *)type;
	}
	if (module)
		PyModule_AddStringConstant(module, "version", kwalk_version());
	return module;
}
