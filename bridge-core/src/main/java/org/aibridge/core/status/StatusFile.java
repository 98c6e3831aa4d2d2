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
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Reason;

/**
 * The status as a file that other processes read: JSON with blanks behind it, whole at any moment.
 *
 * <p>A write needs no room and no descriptor that this object does not have already, so the file
 * can report a full disk and used-up descriptors. Two files stay open at their full size. The
 * status is written into the file that readers do not see, and then that file gets the readers'
 * name as a second name, by one atomic rename. So a reader who opens the name reads one whole
 * status, for the next write, a second later, goes to the other file; and a process that dies while
 * writing leaves the earlier status. If somebody deletes or replaces a file, the next write that
 * finds room makes it again.
 *
 * <p>The file is written when something has changed, and sometimes without a change, so that its
 * age tells whether its writer still runs. For one thread, which waits for the disk; never the game
 * thread. An interrupt does no harm.
 */
public final class StatusFile implements AutoCloseable {
  /** The file's name. */
  public static final String NAME = "status.json";

  /** The time after which the file is written even without a change, in ms. */
  public static final long FRESH_MS = 5000;

  /**
   * The age in ms from which the bridge that writes the file counts as gone, or as unable to write.
   */
  public static final long STALE_MS = 14_000;

  private static final int FOLDER_OF_GROUP = 0750;
  private static final int FILE_OF_GROUP = 0640;

  /** The size of each of the two files, in bytes: twice the size of a large status. */
  private static final int SIZE = 8192;

  private final String group;
  private final Path file;
  private final Path nextName;
  private final Slot one;
  private final Slot two;
  private String groupProblem = "";
  private String last = "";
  private long lastMs;

  /** Prepares the file in {@code folder}; the first write creates a missing, private folder. */
  public StatusFile(Path folder) {
    this(folder, "");
  }

  /**
   * Creates the file in {@code folder}, readable for a group.
   *
   * @param group the group of the system, by name or number; empty for none
   */
  public StatusFile(Path folder, String group) {
    this.group = group;
    this.file = folder.resolve(NAME);
    this.nextName = folder.resolve(NAME + ".next");
    this.one = new Slot(folder.resolve(NAME + ".1"));
    this.two = new Slot(folder.resolve(NAME + ".2"));
  }

  /**
   * Returns the status folder of the bridge with its journal in {@code journal}: a folder beside
   * the journal's, which others may be allowed to read without the journal.
   */
  public static Path folderOf(Path journal) {
    Path folder = journal.toAbsolutePath().normalize();
    return folder.resolveSibling(folder.getFileName() + "-status");
  }

  /**
   * True if a status written at {@code writtenMs} is too old at {@code nowMs}, or from so far ahead
   * that the clock was set back since: a bridge that runs would have written another.
   */
  public static boolean isStale(long writtenMs, long nowMs) {
    return Math.abs(nowMs - writtenMs) >= STALE_MS;
  }

  /**
   * Writes {@code json}, a JSON object, with the time, unless the file has the same JSON and is
   * fresh.
   *
   * @throws IOException if the file cannot be written; it is as before
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
    Disk.deleteIfExists(nextName); // A killed process may have left a link with this name.
    Disk.link(nextName, unseen.path);
    Disk.replace(nextName, file);
    last = json;
    lastMs = epochMs;
  }

  /**
   * Gives the group read access. If that fails, the status is still written, for all who can read
   * it anyway.
   */
  private void letIn(Path path, int mode) {
    if (group.isEmpty()) {
      return;
    }
    try {
      FileOwnership.openTo(path, group, mode);
      groupProblem = "";
    } catch (UserPrincipalNotFoundException e) {
      groupProblem = "[status] group: there is no group " + group;
    } catch (IOException e) {
      String reason = Reason.of(e);
      groupProblem = "[status] group: " + path + " cannot be given to " + group + ": " + reason;
    }
  }

  /**
   * Returns a sentence on why the group cannot read the file; empty if it can, or if no group is
   * set.
   */
  public String groupProblem() {
    return groupProblem;
  }

  private boolean isSeen(Slot slot) throws IOException {
    return Disk.exists(file) && Disk.isSame(file, slot.path);
  }

  /** Closes both files; the last status stays readable. */
  @Override
  public void close() throws IOException {
    try {
      one.close();
    } finally {
      two.close();
    }
  }

  /**
   * One of the two files that are written in turn. An interrupt of the writing thread closes
   * neither.
   */
  private final class Slot {
    private final Path path;
    private DiskFile open;
    private Object key;

    /**
     * The file's size in bytes; never reduced, since other programs could then use up the space.
     */
    private int size = SIZE;

    Slot(Path path) {
      this.path = path;
    }

    /** Opens the file at its full size, unless it is open and was neither moved nor deleted. */
    void ensureOpen() throws IOException {
      if (open != null && key.equals(key())) {
        return;
      }
      close();
      PrivateFiles.ownFolder(path.getParent());
      if (!Disk.isFile(path, LinkOption.NOFOLLOW_LINKS)) {
        // Deletes a link: another user may have made it, and the write would go to its target.
        Disk.deleteIfExists(path);
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

    /** Returns the identity of the file with this name; null if there is no file. */
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
