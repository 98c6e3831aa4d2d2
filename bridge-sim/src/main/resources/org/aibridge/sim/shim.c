/*
 * Fails system calls of the process it is preloaded into: counted calls, calls within a window, and
 * whatever goes beyond a budget of descriptors or blocks.
 *
 * Calls on files count only below the prefix in SIM_PREFIX. What is to fail stands in the control
 * page, a mapped file (SIM_CONTROL) that the process under test maps too: no JNI, no signal, and
 * the same calls fail again under the same orders. Anonymous memory is never refused.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum call {
  OPEN, OPENDIR, MMAP, WRITE, FTRUNCATE, FALLOCATE, FSYNC, MSYNC, RENAME, UNLINK, MKDIR, LOCK,
  THREAD, SOCKET, PIPE, CALLS
};

#define MAGIC 0x314d495347444941LL
#define RULES 8
#define ENTRIES 8192
#define TAIL 104
#define PAGE_BYTES (1 << 20)
#define DESCRIPTORS 65536

struct rule {
  int64_t call; /* one more than its number; 0 for none */
  int64_t skip;
  int64_t times;
  int64_t error;
  int64_t seen;
  int64_t hits;
  char part[80]; /* what the path must hold */
};

struct entry {
  int32_t call;
  int32_t error;
  char tail[TAIL];
};

struct control {
  int64_t magic;
  int64_t armed;
  int64_t descriptors; /* how many may be open; below 0 for any number */
  int64_t blocks;      /* how many bytes may still be written; below 0 for any number */
  int64_t open;
  int64_t logging;
  int64_t logged;
  int64_t unused;
  int64_t counts[32];
  int64_t failed[32];
  struct rule rules[RULES];
  struct entry entries[ENTRIES];
};

static struct control *control;
static char prefix[256];
static size_t prefix_length;
static char tails[DESCRIPTORS][TAIL];

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("SIM_CONTROL");
  const char *where = getenv("SIM_PREFIX");
  if (file == NULL || where == NULL || strlen(where) >= sizeof prefix) {
    return;
  }
  strcpy(prefix, where);
  prefix_length = strlen(prefix);
  int fd = syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0) {
    return;
  }
  void *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  if (page != MAP_FAILED) {
    control = page;
    control->magic = MAGIC;
  }
}

static int ours(const char *path) {
  return control != NULL && path != NULL && strncmp(path, prefix, prefix_length) == 0;
}

static const char *tail_of(int fd) {
  return control != NULL && fd >= 0 && fd < DESCRIPTORS && tails[fd][0] != 0 ? tails[fd] : NULL;
}

static void note(enum call call, int error, const char *tail) {
  if (error == 0) {
    __atomic_add_fetch(&control->counts[call], 1, __ATOMIC_RELAXED);
  } else {
    __atomic_add_fetch(&control->failed[call], 1, __ATOMIC_RELAXED);
  }
  if (control->logging && control->armed) {
    int64_t at = __atomic_fetch_add(&control->logged, 1, __ATOMIC_RELAXED);
    if (at < ENTRIES) {
      control->entries[at].call = call;
      control->entries[at].error = error;
      strncpy(control->entries[at].tail, tail, TAIL - 1);
    }
  }
}

/* Whether the error can come of this call; writes says whether it wants to change the file. */
static int possible(int64_t error, int writes, int makes) {
  switch (error) {
    case EROFS: return writes;
    case ENOSPC:
    case EDQUOT: return makes;
    default: return 1;
  }
}

/* The error the call is to fail with, or 0. */
static int fails(enum call call, const char *tail, int writes, int makes) {
  int error = 0;
  if (control->armed) {
    for (int i = 0; i < RULES && error == 0; i++) {
      struct rule *rule = &control->rules[i];
      if (rule->call != call + 1 || !possible(rule->error, writes, makes)
          || (rule->part[0] != 0 && strstr(tail, rule->part) == NULL)) {
        continue;
      }
      int64_t seen = rule->seen++;
      if (seen >= rule->skip && seen - rule->skip < rule->times) {
        rule->hits++;
        error = (int)rule->error;
      }
    }
    if (error == 0 && (call == OPEN || call == OPENDIR) && control->descriptors >= 0
        && control->open >= control->descriptors) {
      error = EMFILE;
    }
    if (error == 0 && makes && control->blocks == 0 && call != WRITE && call != FSYNC
        && call != MSYNC) {
      error = ENOSPC;
    }
  }
  note(call, error, tail);
  return error;
}

/* How much of a write there is room for, or -1 with errno. */
static ssize_t room(const char *tail, size_t length) {
  int error = fails(WRITE, tail, 1, 1);
  if (error == 0 && control->armed && control->blocks >= 0) {
    if (control->blocks == 0 && length > 0) {
      error = ENOSPC;
      note(WRITE, error, tail);
    } else if ((int64_t)length > control->blocks) {
      length = control->blocks;
    }
    control->blocks -= error == 0 ? (int64_t)length : 0;
  }
  if (error != 0) {
    errno = error;
    return -1;
  }
  return length;
}

static int opened(int fd, const char *tail) {
  if (fd >= 0 && fd < DESCRIPTORS) {
    strncpy(tails[fd], tail[0] == 0 ? "." : tail, TAIL - 1);
    __atomic_add_fetch(&control->open, 1, __ATOMIC_RELAXED);
  }
  return fd;
}

static int open_below(int at, const char *path, int flags, mode_t mode) {
  if (!ours(path)) {
    return syscall(SYS_openat, at, path, flags, mode);
  }
  const char *tail = path + prefix_length;
  int writes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
  int error = fails(OPEN, tail, writes, (flags & O_CREAT) != 0);
  if (error != 0) {
    errno = error;
    return -1;
  }
  return opened(syscall(SYS_openat, at, path, flags, mode), tail);
}

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) { \
    va_list list; \
    va_start(list, flags); \
    mode = va_arg(list, mode_t); \
    va_end(list); \
  }

int open(const char *path, int flags, ...) { MODE(flags) return open_below(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_below(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return open_below(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags) return open_below(at, path, flags, mode); }

static void closed(int fd) {
  if (tail_of(fd) != NULL) {
    tails[fd][0] = 0;
    __atomic_sub_fetch(&control->open, 1, __ATOMIC_RELAXED);
  }
}

int close(int fd) {
  closed(fd);
  return syscall(SYS_close, fd);
}

DIR *opendir(const char *path) {
  if (!ours(path)) {
    return REAL(opendir)(path);
  }
  int error = fails(OPENDIR, path + prefix_length, 0, 0);
  if (error != 0) {
    errno = error;
    return NULL;
  }
  DIR *folder = REAL(opendir)(path);
  if (folder != NULL) {
    opened(dirfd(folder), path + prefix_length);
  }
  return folder;
}

/* Closes the descriptor inside libc, also that of a folder which open has opened. */
int closedir(DIR *folder) {
  closed(dirfd(folder));
  return REAL(closedir)(folder);
}

static void *map(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
  const char *tail = (flags & MAP_ANONYMOUS) != 0 ? NULL : tail_of(fd);
  int error = tail == NULL ? 0 : fails(MMAP, tail, 0, 0);
  if (error != 0) {
    errno = error;
    return MAP_FAILED;
  }
  return (void *)syscall(SYS_mmap, at, length, protection, flags, fd, offset);
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) {
  return map(at, length, protection, flags, fd, offset);
}
void *mmap64(void *at, size_t length, int protection, int flags, int fd, off64_t offset) {
  return map(at, length, protection, flags, fd, offset);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  const char *tail = tail_of(fd);
  ssize_t most = tail == NULL ? (ssize_t)length : room(tail, length);
  return most < 0 ? -1 : syscall(SYS_write, fd, bytes, most);
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off_t offset) {
  const char *tail = tail_of(fd);
  ssize_t most = tail == NULL ? (ssize_t)length : room(tail, length);
  return most < 0 ? -1 : syscall(SYS_pwrite64, fd, bytes, most, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  return write_at(fd, bytes, length, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  return write_at(fd, bytes, length, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  const char *tail = tail_of(fd);
  if (tail != NULL && count > 0) {
    ssize_t most = room(tail, parts[0].iov_len);
    return most < 0 ? -1 : syscall(SYS_write, fd, parts[0].iov_base, most);
  }
  return syscall(SYS_writev, fd, parts, count);
}

/* The error a call on a descriptor is to fail with, set in errno too; 0 for none. */
static int fails_on(enum call call, int fd, int makes) {
  const char *tail = tail_of(fd);
  int error = tail == NULL ? 0 : fails(call, tail, 1, makes);
  if (error != 0) {
    errno = error;
  }
  return error;
}

static int cut(int fd, off_t length) {
  return fails_on(FTRUNCATE, fd, 0) != 0 ? -1 : syscall(SYS_ftruncate, fd, length);
}
int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

static int allocate(int fd, int mode, off_t offset, off_t length) {
  return fails_on(FALLOCATE, fd, 1) != 0 ? -1 : syscall(SYS_fallocate, fd, mode, offset, length);
}
int fallocate(int fd, int mode, off_t offset, off_t length) { return allocate(fd, mode, offset, length); }
int fallocate64(int fd, int mode, off64_t offset, off64_t length) { return allocate(fd, mode, offset, length); }
int posix_fallocate(int fd, off_t offset, off_t length) {
  return allocate(fd, 0, offset, length) == 0 ? 0 : errno;
}
int posix_fallocate64(int fd, off64_t offset, off64_t length) {
  return allocate(fd, 0, offset, length) == 0 ? 0 : errno;
}

int fsync(int fd) { return fails_on(FSYNC, fd, 1) != 0 ? -1 : syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return fails_on(FSYNC, fd, 1) != 0 ? -1 : syscall(SYS_fdatasync, fd); }

/* A call on a path, or on none; 0 when it is not to fail. */
static int fails_at(enum call call, const char *path, int makes) {
  int error = 0;
  if (control != NULL && (path == NULL || ours(path))) {
    error = fails(call, path == NULL ? "" : path + prefix_length, 1, makes);
  }
  if (error != 0) {
    errno = error;
  }
  return error;
}

int msync(void *at, size_t length, int flags) {
  return fails_at(MSYNC, NULL, 1) != 0 ? -1 : syscall(SYS_msync, at, length, flags);
}
int rename(const char *from, const char *to) {
  return fails_at(RENAME, to, 1) != 0 ? -1 : REAL(rename)(from, to);
}
int unlink(const char *path) { return fails_at(UNLINK, path, 0) != 0 ? -1 : REAL(unlink)(path); }
int unlinkat(int at, const char *path, int flags) {
  return fails_at(UNLINK, path, 0) != 0 ? -1 : syscall(SYS_unlinkat, at, path, flags);
}
int remove(const char *path) { return fails_at(UNLINK, path, 0) != 0 ? -1 : REAL(remove)(path); }
int mkdir(const char *path, mode_t mode) {
  return fails_at(MKDIR, path, 1) != 0 ? -1 : REAL(mkdir)(path, mode);
}

static int control_file(int fd, int command, void *argument) {
  int locks = command == F_SETLK || command == F_SETLKW;
  if (locks && ((struct flock *)argument)->l_type != F_UNLCK && fails_on(LOCK, fd, 0) != 0) {
    return -1;
  }
  return syscall(SYS_fcntl, fd, command, argument);
}

#define ARGUMENT(last) \
  va_list list; \
  va_start(list, last); \
  void *argument = va_arg(list, void *); \
  va_end(list);

int fcntl(int fd, int command, ...) { ARGUMENT(command) return control_file(fd, command, argument); }
int fcntl64(int fd, int command, ...) { ARGUMENT(command) return control_file(fd, command, argument); }

int pthread_create(
    pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *argument) {
  int error = fails_at(THREAD, NULL, 0);
  return error != 0 ? error : REAL(pthread_create)(thread, how, run, argument);
}
int socket(int domain, int type, int protocol) {
  return fails_at(SOCKET, NULL, 0) != 0 ? -1 : syscall(SYS_socket, domain, type, protocol);
}
int pipe(int ends[2]) { return fails_at(PIPE, NULL, 0) != 0 ? -1 : syscall(SYS_pipe2, ends, 0); }
int pipe2(int ends[2], int flags) {
  return fails_at(PIPE, NULL, 0) != 0 ? -1 : syscall(SYS_pipe2, ends, flags);
}
