package org.aibridge.sim;

import java.util.List;

/** The system calls that the shim can fail, in the shim's order, with their errors on Linux. */
enum Call {
  OPEN(
      Errno.EMFILE,
      Errno.ENFILE,
      Errno.ENOMEM,
      Errno.EIO,
      Errno.EACCES,
      Errno.ENOSPC,
      Errno.EROFS,
      Errno.EINTR),
  OPENDIR(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EACCES),
  MMAP(Errno.ENOMEM, Errno.ENFILE, Errno.EAGAIN),
  WRITE(Errno.ENOSPC, Errno.EIO, Errno.EDQUOT, Errno.EROFS, Errno.EINTR),
  FTRUNCATE(Errno.EIO, Errno.EROFS, Errno.EINTR),
  FALLOCATE(Errno.ENOSPC, Errno.EIO, Errno.EINTR),
  FSYNC(Errno.EIO, Errno.ENOSPC, Errno.EDQUOT),
  MSYNC(Errno.EIO, Errno.ENOMEM),
  RENAME(Errno.ENOSPC, Errno.EIO, Errno.EROFS, Errno.EACCES, Errno.EDQUOT),
  UNLINK(Errno.EIO, Errno.EROFS, Errno.EACCES, Errno.ENOMEM),
  MKDIR(Errno.ENOSPC, Errno.EROFS, Errno.EACCES, Errno.EDQUOT),
  LOCK(Errno.ENOLCK, Errno.EAGAIN, Errno.EINTR),
  THREAD(Errno.EAGAIN),
  SOCKET(Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM),
  PIPE(Errno.EMFILE, Errno.ENFILE);

  /** An error and its number on Linux. */
  enum Errno {
    EINTR(4),
    EIO(5),
    EAGAIN(11),
    ENOMEM(12),
    EACCES(13),
    ENFILE(23),
    EMFILE(24),
    ENOSPC(28),
    EROFS(30),
    ENOLCK(37),
    EDQUOT(122);

    final int number;

    Errno(int number) {
      this.number = number;
    }
  }

  final List<Errno> errors;

  Call(Errno... errors) {
    this.errors = List.of(errors);
  }
}
