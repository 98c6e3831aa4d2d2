package org.aibridge.core.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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
 * The folders of one bridge, and what others could do there: a start takes that from them, and
 * {@code ai-bridge check} tells it beforehand.
 *
 * <p>Only what has the name of a file of ours is touched: an operator may have named a folder that
 * holds other things as well. Blocks on the disk.
 */
public final class Premises {
  /** The names of our files and folders in a folder of ours, now and in earlier versions. */
  private static final Pattern OURS =
      Pattern.compile(
          "owner\\.lock|cursor|format|spare\\.room|removed\\.counts(\\.tmp)?"
              + "|(ring|memory)\\.place(\\.new)?|intake\\.ring(\\..*)?|actions-ledger\\.note"
              + "|actions-audit\\.jsonl(\\.[0-9])?|status\\.json(\\..*)?|.*\\.cq4(\\.new)?"
              + "|metadata\\.cq4t|.*\\.marks|commands|quarantine|beginning|mending");

  /** Those of them in which everything is ours. */
  private static final Pattern INNER = Pattern.compile("commands|quarantine|beginning|mending");

  /** Files that get another name when they are whole. */
  private static final Pattern UNFINISHED = Pattern.compile(".*\\.(new|tmp)");

  /** Where what another user has put keeps nobody from his work. */
  private static final Pattern HARMLESS = Pattern.compile("commands|quarantine|status\\.json.*");

  private static final String SOCKET = "socket";
  private static final int OTHERS = 077;
  private static final int OTHERS_BUT_A_GROUP = 027;
  private static final int WRITE_OF_OTHERS = 022;

  /**
   * A folder of ours.
   *
   * @param key what names it in the configuration
   * @param isOpenToGroup whether a group may read what is in it
   */
  public record Folder(String key, Path path, boolean isOpenToGroup) {
    /** Normalizes the path. */
    public Folder {
      path = path.toAbsolutePath().normalize();
    }
  }

  /**
   * Something that is not as it should be.
   *
   * @param isFatal whether no bridge can or may work so
   * @param mend what puts it right: a command, or what to set
   */
  public record Trouble(boolean isFatal, String sentence, String mend) {
    @Override
    public String toString() {
      return mend.isEmpty() ? sentence : sentence + ": " + mend;
    }
  }

  private final List<Folder> folders;

  public Premises(List<Folder> folders) {
    this.folders = List.copyOf(folders);
  }

  /** All that is not as it should be in {@code folder}; changes nothing. */
  public static List<Trouble> troubles(Folder folder) {
    Trouble closed = closedAbove(folder);
    if (closed != null) {
      return List.of(closed);
    }
    try {
      Look look = Look.at(folder);
      return look == null ? List.of() : look.troubles();
    } catch (IOException e) {
      return List.of(); // Whoever uses the folder says so.
    }
  }

  /** Which folders are one, by their names, through links, or through mounts. */
  public List<Trouble> shared() throws IOException {
    List<Trouble> found = new ArrayList<>();
    for (int i = 1; i < folders.size(); i++) {
      for (int k = 0; k < i; k++) {
        Folder one = folders.get(k);
        Folder other = folders.get(i);
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
   * Gives what root has made in a folder of another user to that user, who could not open it; does
   * nothing for anybody else.
   */
  public void handBack() throws IOException {
    if (!Standing.isRoot()) {
      return;
    }
    for (Folder folder : folders) {
      Look look = Look.at(folder);
      if (look != null) {
        for (Map.Entry<Path, Standing> entry : look.foreign.entrySet()) {
          if (entry.getValue().isOurs()) {
            look.standing.give(entry.getKey());
          }
        }
      }
    }
  }

  /**
   * Takes from others what they could do in folders that an earlier version made, or that were
   * there.
   *
   * @return what was made private, for one line of the log; empty when all was
   * @throws IOException if something keeps the bridge from its work, with a sentence that says how
   *     to put it right
   */
  public String tighten(List<String> warnings) throws IOException {
    for (Trouble trouble : shared()) {
      throw new IOException(trouble.toString());
    }
    List<String> tightened = new ArrayList<>();
    for (Folder folder : folders) {
      Trouble closed = closedAbove(folder);
      if (closed != null) {
        throw new IOException(closed.toString());
      }
      Look look = Look.at(folder);
      if (look != null) {
        String changed = look.tighten();
        if (!changed.isEmpty()) {
          tightened.add(changed);
        }
        look.foreign.values().removeIf(one -> Standing.isRoot() && one.isOurs());
        for (Trouble trouble : look.troubles()) {
          if (trouble.isFatal) {
            throw new IOException(trouble.toString());
          }
          warnings.add(trouble.toString());
        }
      }
    }
    return String.join(", ", tightened);
  }

  /** One look at a folder and at all in it that has a name of ours. */
  private static final class Look {
    private final Folder folder;
    private final Standing standing;
    private final int mask;

    /** What others could do something with; the folder itself comes last. */
    private final Map<Path, Standing> loose = new TreeMap<>();

    private final Map<Path, Standing> foreign = new TreeMap<>();
    private final List<Path> odd = new ArrayList<>();

    /** Something that is not the bridge's. */
    private Path stranger;

    /** A folder that cannot be looked into. */
    private Path refused;

    /** Whether the folder is as it was found. */
    private boolean looseFolder = true;

    private Look(Folder folder, Standing standing) {
      this.folder = folder;
      this.standing = standing;
      this.mask = folder.isOpenToGroup ? OTHERS_BUT_A_GROUP : OTHERS;
    }

    /** Null where there is no folder. */
    static Look at(Folder folder) throws IOException {
      Path real = folder.path;
      if (!Files.isDirectory(real)) {
        return null;
      }
      real = real.toRealPath();
      Standing standing = Standing.of(real);
      if (standing == null) {
        return null;
      }
      Look look = new Look(new Folder(folder.key, real, folder.isOpenToGroup), standing);
      look.into(real, false);
      return look;
    }

    private void into(Path at, boolean inner) throws IOException {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(at)) {
        for (Path entry : entries) {
          String name = entry.getFileName().toString();
          if (inner || OURS.matcher(name).matches()) {
            meet(entry, name, inner || INNER.matcher(name).matches());
          } else if (!name.equals("lost+found")) {
            stranger = entry;
          }
        }
      } catch (AccessDeniedException e) {
        refused = at;
      } catch (NoSuchFileException | NotDirectoryException e) {
        return; // A bridge that runs has just removed it.
      } catch (java.nio.file.DirectoryIteratorException e) {
        throw e.getCause();
      }
    }

    private void meet(Path entry, String name, boolean inner) throws IOException {
      Standing now = Standing.of(entry);
      if (now == null) {
        return;
      }
      if (isForeign(now)) {
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

    /** Root may do anything with what is another's, who is the owner of the whole. */
    private boolean isForeign(Standing now) {
      return Standing.isRoot() ? now.uid() != standing.uid() : !now.isOurs();
    }

    private boolean isLoose() {
      return (standing.mode() & mask) != 0;
    }

    /** Nothing in it is somebody else's. */
    private boolean isWhollyOurs() {
      return stranger == null;
    }

    String tighten() throws IOException {
      int closed = 0;
      boolean itself = false;
      if (isLoose() && isWhollyOurs() && mayChange(standing)) {
        itself = close(folder.path, standing);
      }
      for (Map.Entry<Path, Standing> entry : Map.copyOf(loose).entrySet()) {
        if (mayChange(entry.getValue()) && close(entry.getKey(), entry.getValue())) {
          loose.remove(entry.getKey());
          closed++;
        }
      }
      looseFolder = isLoose() && !itself;
      if (!itself && closed == 0) {
        return "";
      }
      return folder.path + (closed == 0 ? "" : Sentence.of(" (%,d files in it)", closed));
    }

    private boolean close(Path path, Standing now) {
      try {
        now.close(path, mask);
        Standing after = Standing.of(path);
        return after == null || (after.mode() & mask) == 0;
      } catch (IOException | UnsupportedOperationException e) {
        return false; // Some file systems have no modes; what is left so is told.
      }
    }

    private static boolean mayChange(Standing now) {
      return now.isOurs() || Standing.isRoot();
    }

    List<Trouble> troubles() {
      List<Trouble> found = new ArrayList<>();
      String user = expectedUser();
      if (refused != null) {
        found.add(
            fatal(
                refused + belongs(refused) + " and is closed to the user " + Standing.ownName(),
                Standing.ownerOf(refused).equals(Standing.ownName())
                    ? "chmod -R u+rwX " + ShellWord.of(folder.path.toString())
                    : chown(user)));
      } else if (!standing.isTrusted() && !Standing.isRoot()) {
        boolean usable = Files.isWritable(folder.path);
        found.add(
            new Trouble(
                !usable,
                Sentence.of(
                    "%s%s, and this is %s", folder.path, belongs(folder.path), Standing.ownName()),
                chown(user)));
      }
      if (!odd.isEmpty()) {
        found.add(
            fatal(
                odd.get(0) + " is no file, and the bridge has one of that name" + more(odd.size()),
                "rm -r " + ShellWord.of(odd.get(0).toString())));
      }
      if (!foreign.isEmpty()) {
        Path first = foreign.keySet().iterator().next();
        found.add(
            new Trouble(
                foreign.entrySet().stream().anyMatch(this::keepsFromWork),
                first
                    + belongs(first)
                    + more(foreign.size())
                    + ", as after a change of the server's user",
                chown(user)));
      }
      looseness(found);
      return found;
    }

    private void looseness(List<Trouble> found) {
      String path = ShellWord.of(folder.path.toString());
      if (isLoose() && looseFolder && !isWhollyOurs()) {
        boolean writers = (standing.mode() & WRITE_OF_OTHERS) != 0;
        found.add(
            new Trouble(
                false,
                Sentence.of(
                    "others may %s %s, which is not made private since it holds what is not the"
                        + " bridge's, such as %s",
                    writers ? "write into" : "look into", folder.path, stranger.getFileName()),
                "set " + folder.key + " to a folder of its own"));
      } else if (isLoose() && looseFolder || !loose.isEmpty()) {
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

    /** The nearest folder above in which somebody may put another in the place of ours. */
    private Trouble above() {
      for (Path at = folder.path.getParent(); at != null; at = at.getParent()) {
        try {
          Standing now = Standing.of(at);
          boolean another = now != null && !now.isTrusted() && now.uid() != standing.uid();
          if (another || now != null && now.isOpenToThieves()) {
            String who = another ? "the user " + Standing.ownerOf(at) : "anybody";
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

    /** What another user has put there is not believed, and what root has left must be usable. */
    private boolean keepsFromWork(Map.Entry<Path, Standing> entry) {
      Path path = entry.getKey();
      Standing now = entry.getValue();
      boolean isRead =
          path.getParent().equals(folder.path)
              && !HARMLESS.matcher(path.getFileName().toString()).matches();
      boolean usable = Files.isReadable(path) && Files.isWritable(path);
      return isRead && !(now.isTrusted() && usable);
    }

    private String expectedUser() {
      return Standing.isRoot() ? Standing.ownerOf(folder.path) : Standing.ownName();
    }

    private String chown(String user) {
      return "chown -R " + user + ": " + ShellWord.of(folder.path.toString());
    }

    private static String belongs(Path path) {
      return " belongs to the user " + Standing.ownerOf(path);
    }

    private static String more(int count) {
      return count == 1 ? "" : Sentence.of(" and %,d more", count - 1);
    }
  }

  /** What another user's folder on the way does not let us through, or null. */
  private static Trouble closedAbove(Folder folder) {
    Path there = folder.path;
    while (there != null && !Files.isDirectory(there)) {
      there = there.getParent();
    }
    if (there == null || there.equals(folder.path) || Files.isExecutable(there)) {
      return null;
    }
    return fatal(
        there
            + " belongs to the user "
            + Standing.ownerOf(there)
            + " and is closed to the user "
            + Standing.ownName(),
        Standing.ownerOf(there).equals("root")
            ? "set " + folder.key + " to a folder that this user may enter"
            : "if all in it is the bridge's, " + Standing.handOver(there));
  }

  private static Trouble fatal(String sentence, String mend) {
    return new Trouble(true, sentence, mend);
  }

  /** Whether two paths lead, or will lead, to one folder. */
  private static boolean isOne(Path one, Path other) throws IOException {
    if (Files.exists(one) && Files.exists(other)) {
      return Files.isSameFile(one, other);
    }
    return real(one).equals(real(other));
  }

  /** Whether {@code inner} lies where {@code outer} keeps things of its own. */
  private static boolean isInner(Folder outer, Folder inner) throws IOException {
    Path path = real(inner.path);
    return path.getParent() != null
        && path.getParent().equals(real(outer.path))
        && INNER.matcher(path.getFileName().toString()).matches();
  }

  /** The path without links, as far as it is there. */
  private static Path real(Path path) throws IOException {
    Path there = path;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there.toRealPath().resolve(there.relativize(path)).normalize();
  }
}
