package org.aibridge.core.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.ShellWord;

/**
 * The folders of one bridge, and what others could do in them: a start takes these permissions
 * away, and {@code ai-bridge check} reports them beforehand.
 *
 * <p>Only files with a name of ours are changed: an operator may have named a folder that contains
 * other things too. Blocks on the disk.
 */
public final class FolderPermissions {
  /** The names of the files and folders that this or an earlier bridge version uses. */
  private static final Pattern OURS =
      Pattern.compile(
          "owner\\.lock|cursor|format|spare\\.room|removed\\.counts(\\.tmp)?"
              + "|(ring|memory)\\.place(\\.new)?|intake\\.ring(\\..*)?|actions-ledger\\.note"
              + "|actions-audit\\.jsonl(\\.[0-9])?|status\\.json(\\..*)?|.*\\.cq4(\\.new)?"
              + "|metadata\\.cq4t|.*\\.marks|commands|quarantine|beginning|mending");

  /** The names of the folders in which all files are the bridge's. */
  private static final Pattern INNER = Pattern.compile("commands|quarantine|beginning|mending");

  /** The names of unfinished files; the bridge renames a file once it is finished. */
  private static final Pattern UNFINISHED = Pattern.compile(".*\\.(new|tmp)");

  /** The names of files that do not stop the bridge if another user owns them. */
  private static final Pattern HARMLESS = Pattern.compile("commands|status\\.json.*");

  private static final String SOCKET = "socket";
  private static final int OTHERS = 077;
  private static final int OTHERS_BUT_A_GROUP = 027;

  /**
   * A folder of ours.
   *
   * @param key the folder's key in the configuration
   * @param isOpenToGroup whether a group may read the folder's files
   * @param isVital whether the bridge cannot work without the folder
   */
  public record Folder(String key, Path path, boolean isOpenToGroup, boolean isVital) {
    /** Normalizes the path. */
    public Folder {
      path = path.toAbsolutePath().normalize();
    }
  }

  /**
   * A thing that is not as it should be.
   *
   * @param isFatal whether no bridge can or may work with the trouble
   * @param mend the cure: a command, or a setting
   */
  public record Trouble(boolean isFatal, String sentence, String mend) {
    @Override
    public String toString() {
      return mend.isEmpty() ? sentence : sentence + ": " + mend;
    }
  }

  private final List<Folder> folders;

  public FolderPermissions(List<Folder> folders) {
    this.folders = List.copyOf(folders);
  }

  /** Returns all problems with {@code folder}; changes nothing. */
  public static List<Trouble> troubles(Folder folder) {
    try {
      Trouble obstacle = obstacle(folder);
      if (obstacle != null) {
        return List.of(obstacle);
      }
      Look look = Look.at(folder);
      return look == null ? List.of() : look.troubles();
    } catch (IOException e) {
      return List.of(); // The code that uses the folder reports the error.
    }
  }

  /** Returns a problem for each pair of settings whose paths lead to the same folder. */
  public List<Trouble> shared() throws IOException {
    List<Trouble> found = new ArrayList<>();
    for (int i = 1; i < folders.size(); i++) {
      for (int k = 0; k < i; k++) {
        Folder one = folders.get(k);
        Folder other = folders.get(i);
        if (obstacle(one) != null || obstacle(other) != null) {
          // Skips this pair, because another user's link or folder is reported separately.
          continue;
        }
        if (isOne(one.path, other.path)) {
          found.add(
              fatal(
                  Sentence.of(
                      "%s is the folder of %s: %s and %s are one, through a link or a mount",
                      other.key, one.key, other.path, one.path),
                  "name a folder of its own"));
        } else if (isInner(one, other) || isInner(other, one)) {
          Folder inner = isInner(one, other) ? other : one;
          found.add(
              fatal(
                  inner.key + " is " + inner.path + ", which the bridge keeps for other things",
                  "name a folder of its own"));
        }
      }
    }
    return found;
  }

  /**
   * Takes away what others could do in folders that an earlier version made or that existed before.
   *
   * @return what was made private, for one line of the log; empty if nothing was
   * @throws IOException if something keeps the bridge from working, with a sentence that says how
   *     to put it right
   */
  public String tighten(List<String> warnings) throws IOException {
    for (Trouble trouble : shared()) {
      throw new IOException(trouble.toString());
    }
    List<String> tightened = new ArrayList<>();
    for (Folder folder : folders) {
      Trouble obstacle = obstacle(folder);
      Look look = obstacle == null ? Look.at(folder) : null;
      if (look != null) {
        String changed = look.tighten();
        if (!changed.isEmpty()) {
          tightened.add(changed);
        }
        // Looks again: others may have added files before the folder was closed to them.
        look = Look.at(folder);
      }
      List<Trouble> troubles = look == null ? List.of() : look.troubles();
      for (Trouble trouble : obstacle == null ? troubles : List.of(obstacle)) {
        if (trouble.isFatal) {
          throw new IOException(trouble.toString());
        }
        warnings.add(trouble.toString());
      }
    }
    return String.join(", ", tightened);
  }

  /** The state of a folder, and of all the bridge's files and folders in it. */
  private static final class Look {
    private final Folder folder;
    private final FileOwnership standing;
    private final int mask;

    /** The bridge's files and folders in here that give other users permissions. */
    private final Map<Path, FileOwnership> loose = new TreeMap<>();

    private final Map<Path, FileOwnership> foreign = new TreeMap<>();
    private final List<Path> odd = new ArrayList<>();

    /** A file with a name that the bridge does not use; null if there is none. */
    private Path stranger;

    /** A folder that this process may not read; null if there is none. */
    private Path refused;

    private Look(Folder folder, FileOwnership standing) {
      this.folder = folder;
      this.standing = standing;
      this.mask = folder.isOpenToGroup ? OTHERS_BUT_A_GROUP : OTHERS;
    }

    /** Reads the state of {@code folder}; null if the folder does not exist. */
    static Look at(Folder folder) throws IOException {
      Path real = folder.path;
      if (!Disk.isFolder(real)) {
        return null;
      }
      real = real.toRealPath();
      FileOwnership standing = FileOwnership.of(real);
      if (standing == null) {
        return null;
      }
      Look look =
          new Look(new Folder(folder.key, real, folder.isOpenToGroup, folder.isVital), standing);
      look.into(real, false);
      return look;
    }

    private void into(Path at, boolean inner) throws IOException {
      try {
        for (Path entry : Disk.list(at)) {
          String name = entry.getFileName().toString();
          if (inner || OURS.matcher(name).matches()) {
            meet(entry, name, inner || INNER.matcher(name).matches());
          } else if (!name.equals("lost+found")) {
            stranger = entry;
          }
        }
      } catch (AccessDeniedException e) {
        if (at.equals(folder.path) || isRead(at)) {
          refused = at;
        }
      } catch (NoSuchFileException | NotDirectoryException e) {
        return; // A running bridge removed the folder just now.
      }
    }

    private void meet(Path entry, String name, boolean inner) throws IOException {
      FileOwnership now = FileOwnership.of(entry);
      if (now == null) {
        return;
      }
      if (!now.isOurs()) {
        foreign.put(entry, now);
      }
      if (now.isFolder() && inner) {
        into(entry, true);
      }
      boolean isFolderForFile = now.isFolder() && UNFINISHED.matcher(name).matches();
      if (isFolderForFile || !now.isFolder() && !now.isFile() && !name.equals(SOCKET)) {
        odd.add(entry);
      } else if ((now.mode() & mask) != 0 && !name.equals(SOCKET)) {
        loose.put(entry, now);
      }
    }

    private boolean isLoose() {
      return (standing.mode() & mask) != 0;
    }

    /** True if the folder seems to be used by the bridge only. */
    private boolean isTheBridges() {
      return stranger == null && !standing.isSticky();
    }

    /**
     * Removes others' permissions, of the folder first: else others could exchange files meanwhile.
     */
    String tighten() {
      if (!standing.isTrusted()) {
        return "";
      }
      int closed = 0;
      boolean itself =
          isLoose() && isTheBridges() && standing.isOurs() && close(folder.path, standing);
      for (Map.Entry<Path, FileOwnership> entry : loose.entrySet()) {
        if (entry.getValue().isOurs() && close(entry.getKey(), entry.getValue())) {
          closed++;
        }
      }
      if (!itself && closed == 0) {
        return "";
      }
      return folder.path + (closed == 0 ? "" : Sentence.of(" (%,d files in it)", closed));
    }

    private boolean close(Path path, FileOwnership now) {
      try {
        now.close(path, mask);
        FileOwnership after = FileOwnership.of(path);
        return after == null || (after.mode() & mask) == 0;
      } catch (IOException | UnsupportedOperationException e) {
        return false; // Some file systems have no modes; what stays open to others is reported.
      }
    }

    List<Trouble> troubles() {
      List<Trouble> found = new ArrayList<>();
      if (!standing.isTrusted() && refused == null) {
        return List.of(
            fatal(
                FileOwnership.belongs(folder.path),
                isTheBridges() ? FileOwnership.rightUser(folder.path) : ownFolder()));
      }
      if (refused != null) {
        found.add(
            fatal(
                refused
                    + belongs(refused)
                    + " and is closed to the user "
                    + FileOwnership.ownName(),
                FileOwnership.ownerOf(refused).equals(FileOwnership.ownName())
                    ? "chmod -R u+rwX " + ShellWord.of(folder.path.toString())
                    : FileOwnership.handOver(folder.path)));
      }
      if (!odd.isEmpty()) {
        found.add(
            new Trouble(
                folder.isVital && odd.stream().anyMatch(this::isRead),
                odd.get(0) + " is no file, and the bridge has one of that name" + more(odd.size()),
                "rm -r " + ShellWord.of(odd.get(0).toString())));
      }
      if (!foreign.isEmpty()) {
        Path first = foreign.keySet().iterator().next();
        found.add(
            new Trouble(
                folder.isVital && foreign.entrySet().stream().anyMatch(this::keepsFromWork),
                first
                    + belongs(first)
                    + more(foreign.size())
                    + ", as after a change of the server's user",
                FileOwnership.handOver(folder.path)));
      }
      looseness(found);
      return found;
    }

    private void looseness(List<Trouble> found) {
      String path = ShellWord.of(folder.path.toString());
      boolean writers = standing.isOpenToWriters();
      if (isLoose() && !(isTheBridges() && standing.isOurs())) {
        String why =
            stranger == null
                ? "is not the bridge's own"
                : "holds what is not the bridge's, such as " + stranger.getFileName();
        found.add(
            new Trouble(
                folder.isVital && writers && !standing.isGivenToGroup(),
                Sentence.of(
                    "others may %s %s, which is not made private since it %s",
                    writers ? "write into" : "look into", folder.path, why),
                ownFolder()));
      } else if (isLoose() || !loose.isEmpty()) {
        found.add(
            new Trouble(
                false,
                "others may look into " + folder.path + " or files in it",
                "chmod -R " + (folder.isOpenToGroup ? "g-w,o=" : "go=") + " " + path));
      }
      Trouble above = above();
      if (above != null) {
        found.add(above);
      }
    }

    /** Returns a problem if others could replace our folder through a parent folder; else null. */
    private Trouble above() {
      for (Path at = folder.path.getParent(); at != null; at = at.getParent()) {
        try {
          FileOwnership now = FileOwnership.of(at);
          boolean another = now != null && !now.isTrusted();
          if (another || now != null && now.isOpenToThieves()) {
            String who = another ? "the user " + FileOwnership.ownerOf(at) : "anybody";
            String mend = another ? "chown root: " : "chmod o-w ";
            return new Trouble(
                false,
                who + " may rename what lies in " + at + ", " + folder.path + " included",
                mend + ShellWord.of(at.toString()));
          }
        } catch (IOException e) {
          return null;
        }
      }
      return null;
    }

    /** True if another user's file stops the bridge; a usable file of root does not. */
    private boolean keepsFromWork(Map.Entry<Path, FileOwnership> entry) {
      Path path = entry.getKey();
      boolean usable = Disk.canRead(path) && Disk.canWrite(path);
      return isRead(path) && !(entry.getValue().isTrusted() && usable);
    }

    private boolean isRead(Path path) {
      return path.getParent().equals(folder.path)
          && !HARMLESS.matcher(path.getFileName().toString()).matches();
    }

    private Trouble fatal(String sentence, String mend) {
      return new Trouble(folder.isVital, sentence, mend);
    }

    private String ownFolder() {
      return "set "
          + folder.key
          + " to a folder of its own, and move there what is the bridge's while no server runs";
    }

    private static String belongs(Path path) {
      return " belongs to the user " + FileOwnership.ownerOf(path);
    }

    private static String more(int count) {
      return count == 1 ? "" : Sentence.of(" and %,d more", count - 1);
    }
  }

  /** Returns what keeps this user out of the folder, such as another user's link; else null. */
  private static Trouble obstacle(Folder folder) throws IOException {
    Path there = folder.path;
    while (there != null && !Disk.isFolder(there)) {
      there = there.getParent();
    }
    if (there != null && !there.equals(folder.path) && !Disk.canEnter(there)) {
      String sentence =
          there
              + " belongs to the user "
              + FileOwnership.ownerOf(there)
              + " and is closed to the user "
              + FileOwnership.ownName();
      String mend =
          FileOwnership.ownerOf(there).equals("root")
              ? "set " + folder.key + " to a folder that this user may enter"
              : "if all in it is the bridge's, " + FileOwnership.handOver(there);
      return new Trouble(folder.isVital, sentence, mend);
    }
    for (Path at = folder.path; at != null; at = at.getParent()) {
      FileOwnership now = FileOwnership.of(at);
      if (now != null && now.isLink() && !now.isTrusted()) {
        return new Trouble(
            folder.isVital,
            at + " is a link of the user " + FileOwnership.ownerOf(at),
            "rm " + ShellWord.of(at.toString()));
      }
    }
    return null;
  }

  private static Trouble fatal(String sentence, String mend) {
    return new Trouble(true, sentence, mend);
  }

  /** True if two paths lead to the same folder, now or once it exists. */
  private static boolean isOne(Path one, Path other) throws IOException {
    if (Disk.exists(one) && Disk.exists(other)) {
      return Disk.isSame(one, other);
    }
    return real(one).equals(real(other));
  }

  /** True if {@code inner} is a subfolder that {@code outer} needs for its own files. */
  private static boolean isInner(Folder outer, Folder inner) throws IOException {
    Path path = real(inner.path);
    return path.getParent() != null
        && path.getParent().equals(real(outer.path))
        && INNER.matcher(path.getFileName().toString()).matches();
  }

  /** Returns the path after resolving the links in its existing part. */
  private static Path real(Path path) throws IOException {
    Path there = path;
    while (!Disk.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there.toRealPath().resolve(there.relativize(path)).normalize();
  }
}
