package org.aibridge.core.intake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.text.ShellWord;

/**
 * Decides whether the bridge may touch a file in the ring's place: take it over, move or replace
 * it. Blocks on the disk.
 */
public final class RingClaim {
  private static final Pattern RING_NAME = Pattern.compile(".*\\.ring(\\.left[2-9]?)?");
  private static final Pattern LOCK_TEXT = Pattern.compile("[0-9]*( [0-9a-f]*)?\\s*");
  private static final int MAX_LOCK_BYTES = 64;

  private RingClaim() {}

  /**
   * Returns the target of an operator's link in the ring's place; without a link, {@code path}.
   *
   * @throws IOException if the link is somebody else's
   */
  public static Path target(Path path) throws IOException {
    FileOwnership now = FileOwnership.of(path);
    if (now == null || !now.isLink()) {
      return path;
    }
    if (!now.isTrusted()) {
      throw new IOException(path + " is a link of another user");
    }
    return Disk.exists(path)
        ? path.toRealPath()
        : path.resolveSibling(Disk.target(path)).normalize();
  }

  /** True if the file has the name of a ring, whatever its content is. */
  public static boolean isRingName(Path path) {
    return RING_NAME.matcher(path.getFileName().toString()).matches();
  }

  /**
   * Returns why an earlier process's ring at {@code path} is not taken over; empty if it is, or if
   * there is no file. A ring is taken over only if nobody but this user can have written it.
   */
  public static String objection(Path path) throws IOException {
    FileOwnership now = FileOwnership.of(path);
    return now == null ? "" : objection(path, now);
  }

  /**
   * Returns why this bridge may not use the ring's file, which is in state {@code now}; else empty.
   */
  static String objection(Path path, FileOwnership now) throws IOException {
    if (!now.isFile()) {
      return path + " is no file";
    }
    if (now.isForeign(path)) {
      return path + " belongs to another user: " + FileOwnership.handOver(path);
    }
    if (now.isOpenToWriters()) {
      return "others may write into " + path + ": chmod go-w " + ShellWord.of(path.toString());
    }
    return isLent(path, now)
        ? path + " has a second name, which somebody else may have given it"
        : "";
  }

  /** True if {@code path} may be a hard link to our file that other users made in their folder. */
  private static boolean isLent(Path path, FileOwnership now) throws IOException {
    FileOwnership folder = FileOwnership.of(path.toAbsolutePath().getParent().toRealPath());
    return now.links() > 1 && folder != null && folder.isOpenToWriters();
  }

  /**
   * Returns why a bridge must not put its ring at {@code path}, which an operator has named; empty
   * if it may. An existing file must be this user's, and either empty or a ring by its content or
   * name. The lock file and the unfinished file beside it must be ours too.
   */
  public static String refusal(Path path) throws IOException {
    FileOwnership now = FileOwnership.of(path);
    if (now != null && !now.isFile()) {
      return path + " is no file; name another one";
    }
    if (now != null && !now.isOurs()) {
      return path
          + " belongs to another user; name another file, or hand it over: "
          + FileOwnership.handOver(path);
    }
    if (isRingName(path)) {
      return "";
    }
    if (now != null && Disk.size(path) > 0 && !RingFile.hasMagic(path)) {
      return path + " is there already and is no ring of a bridge; name another file";
    }
    Path lock = path.resolveSibling(path.getFileName() + ".lock");
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    if (!isLock(lock)) {
      return lock + " is there already and is no lock of a bridge; name another file";
    }
    FileOwnership unfinished = FileOwnership.of(fresh);
    boolean begun =
        unfinished == null || unfinished.isFile() && unfinished.isOurs() && RingFile.isBegun(fresh);
    return begun ? "" : fresh + " is there already and is no ring of a bridge; name another file";
  }

  private static boolean isLock(Path lock) throws IOException {
    FileOwnership now = FileOwnership.of(lock);
    return now == null
        || now.isFile()
            && now.isOurs()
            && Disk.size(lock) <= MAX_LOCK_BYTES
            && LOCK_TEXT
                .matcher(
                    new String(
                        PrivateFiles.readAll(lock, MAX_LOCK_BYTES), StandardCharsets.ISO_8859_1))
                .matches();
  }

  /**
   * Returns a sentence about what somebody else, who may write in the ring's folder, could do or
   * has done to the ring or the files beside it; empty if nothing.
   */
  public static String squatter(Path path) throws IOException {
    Path folder = path.getParent();
    FileOwnership above = FileOwnership.of(folder.toRealPath());
    if (above == null || above.isTrusted() && !above.isOpenToWriters()) {
      return "";
    }
    if (!above.isTrusted() || above.isOpenToThieves()) {
      return "others may exchange what lies in " + folder;
    }
    for (String end : new String[] {"", ".lock", ".new"}) {
      FileOwnership now = FileOwnership.of(path.resolveSibling(path.getFileName() + end));
      if (now != null && !now.isOurs()) {
        return path + " is taken by another user, who may write there";
      }
    }
    return "";
  }

  /** True if others may add files to the ring's folder, or to the nearest parent that exists. */
  public static boolean isExposed(Path ring) throws IOException {
    for (Path at = ring.getParent(); at != null; at = at.getParent()) {
      FileOwnership now = FileOwnership.of(at);
      if (now != null && now.isLink() && now.isTrusted()) {
        now = FileOwnership.of(at.toRealPath());
      }
      if (now != null) {
        return !now.isTrusted() || now.isOpenToWriters();
      }
    }
    return false;
  }
}
