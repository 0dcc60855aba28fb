package schema

/*
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The C++ runtime, by its names in the Itanium ABI: std::set_terminate and the type of the
// exception that nobody caught, whose mangled name follows the virtual table.
extern void (*_ZSt13set_terminatePFvvE(void (*handler)(void)))(void);
extern void *__cxa_current_exception_type(void);

static int fcpipe_exit_code;
static void (*fcpipe_default_terminate)(void);

static void fcpipe_terminate(void) {
	void *type = __cxa_current_exception_type();
	const char *name = type ? ((const char **)type)[1] : "";
	if (strstr(name, "IOException")) {
		static const char text[] = "fcpipe: the disk failed, and failed again while DuckDB undid what it had begun; the published file is as it was\n";
		ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
		(void)written;
		_exit(fcpipe_exit_code);
	}
	fcpipe_default_terminate();
	abort();
}

static void fcpipe_exit_on_failed_disk(int code) {
	fcpipe_exit_code = code;
	fcpipe_default_terminate = _ZSt13set_terminatePFvvE(fcpipe_terminate);
}
*/
import "C"

// ExitOnFailedDisk has the process end with a code, and one line on stderr, where DuckDB ends
// it on the spot: when it can neither write its log nor cut it off again, it throws where no
// exception may leave, and C++ terminates. Everything else that terminates does so as before.
// The program calls it once, first thing.
func ExitOnFailedDisk(code int) { C.fcpipe_exit_on_failed_disk(C.int(code)) }
