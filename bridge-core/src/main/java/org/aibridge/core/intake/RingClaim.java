package org.aibridge.core.intake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.files.Standing;
import org.aibridge.core.text.ShellWord;

/**
 * Whether what lies in a ring's place may be touched: taken over, moved or replaced. Blocks on the
 * disk.
 */
public final class RingClaim {
  private static final Pattern RING_NAME = Pattern.compile(".*\\.ring(\\.left[2-9]?)?");
  private static final Pattern LOCK_TEXT = Pattern.compile("[0-9]*( [0-9a-f]*)?\\s*");
  private static final int MAX_LOCK_BYTES = 64;

  private RingClaim() {}

  /**
   * Where a link leads that an operator has put into the ring's place; else {@code path}.
   *
   * @throws IOException if the link is somebody else's
   */
  public static Path target(Path path) throws IOException {
    Standing now = Standing.of(path);
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

  /** Whether a file of this name is a ring, whatever is in it. */
  public static boolean isRingName(Path path) {
    return RING_NAME.matcher(path.getFileName().toString()).matches();
  }

  /**
   * Why an earlier process's ring at {@code path} is not taken over; empty if it is, or if there is
   * nothing. Only what nobody but this user can have written is believed.
   */
  public static String objection(Path path) throws IOException {
    Standing now = Standing.of(path);
    return now == null ? "" : objection(path, now);
  }

  /** Why what was found at {@code path}, {@code now}, is not taken over; empty if it is. */
  static String objection(Path path, Standing now) throws IOException {
    if (!now.isFile()) {
      return path + " is no file";
    }
    if (now.isForeign(path)) {
      return path + " belongs to another user: " + Standing.handOver(path);
    }
    if (now.isOpenToWriters()) {
      return "others may write into " + path + ": chmod go-w " + ShellWord.of(path.toString());
    }
    return isLent(path, now)
        ? path + " has a second name, which somebody else may have given it"
        : "";
  }

  /** In a folder of others a name may be a second one of another file of ours. */
  private static boolean isLent(Path path, Standing now) throws IOException {
    Standing folder = Standing.of(path.toAbsolutePath().getParent().toRealPath());
    return now.links() > 1 && folder != null && folder.isOpenToWriters();
  }

  /**
   * Why a bridge must not put its ring at {@code path}, which an operator has named; empty if it
   * may. What is there already must be this user's, and a ring by its content or its name, or
   * empty; so must be what lies beside it and gets in the way.
   */
  public static String refusal(Path path) throws IOException {
    Standing now = Standing.of(path);
    if (now != null && !now.isFile()) {
      return path + " is no file; name another one";
    }
    if (now != null && !now.isOurs()) {
      return path
          + " belongs to another user; name another file, or hand it over: "
          + Standing.handOver(path);
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
    Standing unfinished = Standing.of(fresh);
    boolean begun =
        unfinished == null || unfinished.isFile() && unfinished.isOurs() && RingFile.isBegun(fresh);
    return begun ? "" : fresh + " is there already and is no ring of a bridge; name another file";
  }

  private static boolean isLock(Path lock) throws IOException {
    Standing now = Standing.of(lock);
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
   * What somebody else, who may write there, could do or has done where the ring or what it needs
   * is to be, a sentence; empty if nothing.
   */
  public static String squatter(Path path) throws IOException {
    Path folder = path.getParent();
    Standing above = Standing.of(folder.toRealPath());
    if (above == null || above.isTrusted() && !above.isOpenToWriters()) {
      return "";
    }
    if (!above.isTrusted() || above.isOpenToThieves()) {
      return "others may exchange what lies in " + folder;
    }
    for (String end : new String[] {"", ".lock", ".new"}) {
      Standing now = Standing.of(path.resolveSibling(path.getFileName() + end));
      if (now != null && !now.isOurs()) {
        return path + " is taken by another user, who may write there";
      }
    }
    return "";
  }

  /** Whether others may put something where the ring is to be, or its folder. */
  public static boolean isExposed(Path ring) throws IOException {
    for (Path at = ring.getParent(); at != null; at = at.getParent()) {
      Standing now = Standing.of(at);
      if (now != null && now.isLink() && now.isTrusted()) {
        now = Standing.of(at.toRealPath());
      }
      if (now != null) {
        return !now.isTrusted() || now.isOpenToWriters();
      }
    }
    return false;
  }
}
