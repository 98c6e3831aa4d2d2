/*
 * Each call of ai_bridge_open to the system fails, one after the other, in a new ring and in one that is taken
 * over: a sentence, or a bridge that works, and nothing in the way of the next one. Linked with --wrap for each
 * name. `shortage DIR`. After open nothing calls the system: calls.c.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "ai_bridge.h"
#include "check.h"

enum { ATFORK, MKDIR, OPEN, OPENAT, FSTAT, FALLOCATE, MMAP, FCNTL, RANDOM, RENAME, FOLDER, SPAWN, CALLOC, CALLS };

static const char *const NAMES[CALLS] = {"pthread_atfork", "mkdir", "open", "openat", "fstat", "posix_fallocate",
	"mmap", "fcntl", "getrandom", "renameat", "fdopendir", "posix_spawnp", "calloc"};
static const int ERRORS[CALLS] = {
	ENOMEM, ENOSPC, EMFILE, ENFILE, EIO, ENOSPC, ENOMEM, ENOLCK, ENOSYS, EROFS, ENOMEM, EAGAIN, ENOMEM};

static int failing = -1;
static int left;
static int failed;
static off_t room = INT32_MAX; /* what posix_fallocate finds */
static char last_log[512];

static int fails(int call) {
	if (call != failing || left-- != 0) {
		return 0;
	}
	failed = 1;
	errno = ERRORS[call];
	return 1;
}

int __real_pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void));
int __wrap_pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void)) {
	return fails(ATFORK) ? ENOMEM : __real_pthread_atfork(before, parent, child);
}

int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode) {
	return fails(MKDIR) ? -1 : __real_mkdir(path, mode);
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...) {
	return fails(OPEN) ? -1 : __real_open(path, flags, 0600);
}

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...) {
	return fails(OPENAT) ? -1 : __real_openat(folder, path, flags, 0600);
}

int __real_fstat(int file, struct stat *now);
int __wrap_fstat(int file, struct stat *now) {
	return fails(FSTAT) ? -1 : __real_fstat(file, now);
}

int __real_posix_fallocate(int file, off_t at, off_t length);
int __wrap_posix_fallocate(int file, off_t at, off_t length) {
	return length > room || fails(FALLOCATE) ? ENOSPC : __real_posix_fallocate(file, at, length);
}

void *__real_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset);
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int file, off_t offset) {
	return fails(MMAP) ? MAP_FAILED : __real_mmap(at, size, protection, flags, file, offset);
}

int __real_fcntl(int file, int command, ...);
int __wrap_fcntl(int file, int command, ...) {
	va_list arguments;
	void *argument;
	va_start(arguments, command);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	return fails(FCNTL) ? -1 : __real_fcntl(file, command, argument);
}

ssize_t __real_getrandom(void *to, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *to, size_t size, unsigned flags) {
	return fails(RANDOM) ? -1 : __real_getrandom(to, size, flags);
}

int __real_renameat(int from, const char *name, int to, const char *other);
int __wrap_renameat(int from, const char *name, int to, const char *other) {
	return fails(RENAME) ? -1 : __real_renameat(from, name, to, other);
}

DIR *__real_fdopendir(int file);
DIR *__wrap_fdopendir(int file) {
	return fails(FOLDER) ? NULL : __real_fdopendir(file);
}

int __real_posix_spawnp(pid_t *process, const char *program, const posix_spawn_file_actions_t *files,
	const posix_spawnattr_t *attributes, char *const *arguments, char *const *environment);
int __wrap_posix_spawnp(pid_t *process, const char *program, const posix_spawn_file_actions_t *files,
	const posix_spawnattr_t *attributes, char *const *arguments, char *const *environment) {
	return fails(SPAWN) ? EAGAIN
						: __real_posix_spawnp(process, program, files, attributes, arguments, environment);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size) {
	return fails(CALLOC) ? NULL : __real_calloc(count, size);
}

static int sentences;
static int told;

static void on_log(void *context, int level, const char *sentence) {
	(void)context;
	snprintf(last_log, sizeof last_log, "%s", sentence);
	if (failing >= 0 && level != AI_BRIDGE_INFO) {
		printf("%s: %s\n", NAMES[failing], sentence);
		told = 1;
	}
}

/* Docker's /dev/shm: a smaller ring, and a line; without any room a sentence. */
static void a_small_place_has_a_smaller_ring(const char *folder) {
	ai_bridge_options o = {sizeof o, "shortage", NULL, NULL, 0, 4, NULL, on_log, NULL};
	char path[512], why[256];
	ai_bridge *b;
	snprintf(path, sizeof path, "%s/small", folder);
	o.folder = path;
	room = 9 << 20;
	b = ai_bridge_open(&o, why, sizeof why);
	CHECK(b != NULL && ai_bridge_player_login(b, 1, "prontera") == AI_BRIDGE_TAKEN);
	CHECK(strstr(last_log, "the ring has 8192 KiB instead of 65536") != NULL);
	ai_bridge_close(b);
	room = 4096;
	snprintf(path, sizeof path, "%s/none", folder);
	CHECK(ai_bridge_open(&o, why, sizeof why) == NULL);
	CHECK(strcmp(why, "no ring can be made: No space left on device") == 0);
	o.folder = "/proc/no/such/place";
	CHECK(ai_bridge_open(&o, why, sizeof why) == NULL);
	CHECK(strstr(why, "/proc/no/such/place cannot be made: ") != NULL);
	room = INT32_MAX;
}

static ai_bridge *open_in(const char *folder, char *why, size_t size) {
	static const char *const COMPANION[] = {"true", NULL};
	ai_bridge_options o = {sizeof o, "shortage", NULL, NULL, 65536, 4, COMPANION, on_log, NULL};
	o.folder = folder;
	return ai_bridge_open(&o, why, size);
}

/* Opens a bridge with the nth call of a kind failing; 0 if there is no nth one. */
static int opens(const char *folder, int call, int nth) {
	char why[256];
	ai_bridge *b;
	failing = call;
	left = nth;
	failed = 0;
	told = 0;
	b = open_in(folder, why, sizeof why);
	CHECK((b == NULL) == (why[0] != 0));
	if (b == NULL) {
		CHECK(failed);
		printf("%s: %s\n", NAMES[call], why);
		failing = -1;
		b = open_in(folder, why, sizeof why);
		told = 1;
	}
	failing = -1;
	sentences += told;
	CHECK(b != NULL && ai_bridge_player_login(b, 1, "prontera") == AI_BRIDGE_TAKEN);
	ai_bridge_close(b);
	return failed;
}

int main(int argc, char **argv) {
	char path[512];
	int call, nth, in_vain = 0;
	CHECK(argc == 2);
	for (call = 0; call < CALLS; call++) {
		int before = sentences;
		int all = 0;
		for (nth = 0; all < 2; nth++) {
			snprintf(path, sizeof path, "%s/%s-%d", argv[1], NAMES[call], nth);
			all = 2;
			all -= opens(path, call, nth); /* makes a ring */
			all -= opens(path, call, nth); /* takes it over */
			CHECK(nth > 0 || all < 2);
		}
		in_vain += sentences == before;
	}
	CHECK(in_vain == 2); /* The lock is tried again, and an old door is deleted the next time. */
	a_small_place_has_a_smaller_ring(argv[1]);
	return 0;
}
