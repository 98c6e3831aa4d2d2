package org.aibridge.core.status;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Arrays;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.files.Standing;
import org.aibridge.core.run.Reason;

/**
 * The status as a file that other processes read: JSON, with blanks behind it, whole at any moment.
 *
 * <p>It needs no room and no descriptor that it does not have already, so that it tells of a disk
 * that is full and of descriptors that are used up. Two files are kept open and at their full size;
 * the status is written into the one that nobody sees, and then the name that readers know becomes
 * a second name of that one. That is one atomic rename: who opens the name reads one status whole,
 * for the other file is written next, a second later; and who dies while writing leaves the status
 * before. What somebody deletes or replaces is made again by the next write that finds room.
 *
 * <p>Written when something has changed, and now and then all the same, so that its age tells
 * whether anybody still writes it. For one thread, which waits for the disk; never the game thread.
 * An interrupt does it no harm.
 */
public final class StatusFile implements AutoCloseable {
  /** The file's name. */
  public static final String NAME = "status.json";

  /** After so long it is written though nothing has changed, in milliseconds. */
  public static final long FRESH_MS = 5000;

  /** After so long nobody writes it any more, or nobody can, in milliseconds. */
  public static final long STALE_MS = 14_000;

  private static final int FOLDER_OF_GROUP = 0750;
  private static final int FILE_OF_GROUP = 0640;

  /** Twice what a status takes that has much to tell. */
  private static final int SIZE = 8192;

  private final String group;
  private final Path file;
  private final Path nextName;
  private final Slot one;
  private final Slot two;
  private String groupProblem = "";
  private String last = "";
  private long lastMs;

  /** The file in {@code folder}, which is made when it is first written, for its owner alone. */
  public StatusFile(Path folder) {
    this(folder, "");
  }

  /**
   * As above.
   *
   * @param group which may read it, of the system, by name or number; empty for none
   */
  public StatusFile(Path folder, String group) {
    this.group = group;
    this.file = folder.resolve(NAME);
    this.nextName = folder.resolve(NAME + ".next");
    this.one = new Slot(folder.resolve(NAME + ".1"));
    this.two = new Slot(folder.resolve(NAME + ".2"));
  }

  /**
   * The status folder of the bridge whose journal lies in {@code journal}: one of its own beside
   * it, which others may be let into without the journal.
   */
  public static Path folderOf(Path journal) {
    Path folder = journal.toAbsolutePath().normalize();
    return folder.resolveSibling(folder.getFileName() + "-status");
  }

  /** Whether a status written at {@code writtenMs} is too old at {@code nowMs} to be of now. */
  public static boolean isStale(long writtenMs, long nowMs) {
    return nowMs - writtenMs >= STALE_MS;
  }

  /**
   * Writes {@code json}, a JSON object, with the time beside it, unless the file says just that.
   *
   * @throws IOException if it cannot be written; the file is as it was
   */
  public void write(String json, long epochMs) throws IOException {
    if (json.equals(last) && Math.abs(epochMs - lastMs) < FRESH_MS && Disk.exists(file)) {
      return;
    }
    long pid = ProcessHandle.current().pid();
    String head = "{\"written_at_ms\":" + epochMs + ",\"pid\":" + pid + ",";
    byte[] text = (head + json.substring(1) + "\n").getBytes(StandardCharsets.UTF_8);
    one.ensureOpen();
    two.ensureOpen();
    Slot unseen = isSeen(one) ? two : one;
    unseen.write(text);
    Disk.deleteIfExists(nextName); // Of a process that died here.
    Disk.link(nextName, unseen.path);
    Disk.replace(nextName, file);
    last = json;
    lastMs = epochMs;
  }

  /**
   * Lets the group read. A group that cannot be had keeps nobody from the status who could read it
   * without.
   */
  private void letIn(Path path, int mode) {
    if (group.isEmpty()) {
      return;
    }
    try {
      Standing.openTo(path, group, mode);
      groupProblem = "";
    } catch (UserPrincipalNotFoundException e) {
      groupProblem = "[status] group: there is no group " + group;
    } catch (IOException e) {
      String reason = Reason.of(e);
      groupProblem = "[status] group: " + path + " cannot be given to " + group + ": " + reason;
    }
  }

  /** Why the group cannot read it, a sentence; empty if it can, or there is none. */
  public String groupProblem() {
    return groupProblem;
  }

  private boolean isSeen(Slot slot) throws IOException {
    return Disk.exists(file) && Disk.isSame(file, slot.path);
  }

  /** Gives the descriptors back; the last status stays. */
  @Override
  public void close() throws IOException {
    try {
      one.close();
    } finally {
      two.close();
    }
  }

  /** One of the two files. No interrupt of the thread that uses it closes it. */
  private final class Slot {
    private final Path path;
    private DiskFile open;
    private Object key;

    /** Never less than before: what is given back to a full disk is gone. */
    private int size = SIZE;

    Slot(Path path) {
      this.path = path;
    }

    /** Opens the file at its full size, unless it is open and the name still leads to it. */
    void ensureOpen() throws IOException {
      if (open != null && key.equals(key())) {
        return;
      }
      close();
      PrivateFiles.ownFolder(path.getParent());
      if (!Disk.isFile(path, LinkOption.NOFOLLOW_LINKS)) {
        Disk.deleteIfExists(path); // Never through a link of somebody else.
      }
      open = PrivateFiles.writer(path);
      key = key();
      letIn(path.getParent(), FOLDER_OF_GROUP);
      letIn(path, FILE_OF_GROUP);
      if (open.size() < size) {
        write(new byte[0]);
      }
      open.setSize(size);
    }

    void write(byte[] text) throws IOException {
      size = Math.max(size, (text.length / SIZE + 1) * SIZE);
      byte[] whole = Arrays.copyOf(text, size);
      Arrays.fill(whole, text.length, size - 1, (byte) ' ');
      whole[size - 1] = '\n';
      open.write(whole, 0);
    }

    void close() throws IOException {
      if (open != null) {
        open.close();
        open = null;
      }
    }

    /** Which file the name leads to now; null for none. */
    private Object key() throws IOException {
      try {
        Object key = Disk.attributes(path, LinkOption.NOFOLLOW_LINKS).fileKey();
        return key == null ? path : key;
      } catch (NoSuchFileException none) {
        return null;
      }
    }
  }
}
