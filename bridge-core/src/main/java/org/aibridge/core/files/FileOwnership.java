package org.aibridge.core.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.core.text.ShellWord;

/**
 * The owner, the kind and the permissions of a file. A link counts itself, not its target.
 *
 * @param uid the owner
 * @param mode the kind and the permissions, as the system gives them
 * @param links the number of names
 */
public record FileOwnership(int uid, int mode, int links) {
  private static final String UNIX = "unix";

  private static final int KIND = 0170000;
  private static final int FILE = 0100000;
  private static final int FOLDER = 0040000;
  private static final int LINK = 0120000;
  private static final int STICKY = 01000;
  private static final int PERMISSIONS = 0777;
  private static final int HIGHEST = 0400;
  private static final int ALL_OF_OTHERS = 077;
  private static final int WRITE_OF_GROUP = 020;
  private static final int WRITE_OF_STRANGERS = 002;
  private static final int WRITE_OF_OTHERS = WRITE_OF_GROUP | WRITE_OF_STRANGERS;

  /** The id of the user who owns the files that this process makes. */
  private static final int OWN_UID =
      FileSystems.getDefault().supportedFileAttributeViews().contains(UNIX) ? findOwnUid() : 0;

  /**
   * True if the file system of {@code path} has owners and modes; files elsewhere count as private.
   */
  static boolean isKnown(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains(UNIX);
  }

  /**
   * Reads the state of {@code path}.
   *
   * @return null if nothing has that name, or a part of the path is no folder
   */
  public static FileOwnership of(Path path) throws IOException {
    try {
      if (!isKnown(path)) {
        return ofUnknown(path);
      }
      Map<String, Object> all =
          Files.readAttributes(path, "unix:uid,mode,nlink", LinkOption.NOFOLLOW_LINKS);
      return new FileOwnership((int) all.get("uid"), (int) all.get("mode"), (int) all.get("nlink"));
    } catch (NoSuchFileException e) {
      return null;
    } catch (FileSystemException e) {
      if (e instanceof AccessDeniedException || Files.isDirectory(path.getParent())) {
        throw e;
      }
      return null; // A part of the path is a file and no folder.
    }
  }

  private static FileOwnership ofUnknown(Path path) {
    if (Files.isSymbolicLink(path)) {
      return new FileOwnership(OWN_UID, LINK, 1);
    }
    boolean folder = Files.isDirectory(path);
    return folder || Files.exists(path)
        ? new FileOwnership(OWN_UID, folder ? FOLDER : Files.isRegularFile(path) ? FILE : 0, 1)
        : null;
  }

  public boolean isFile() {
    return (mode & KIND) == FILE;
  }

  public boolean isFolder() {
    return (mode & KIND) == FOLDER;
  }

  public boolean isLink() {
    return (mode & KIND) == LINK;
  }

  /** True if the owner is this process's user. */
  public boolean isOurs() {
    return uid == OWN_UID;
  }

  /**
   * True if {@code path}, whose state this is, belongs to another user than this process's. For
   * root, a file of its folder's owner is not foreign if nobody else may write there.
   */
  public boolean isForeign(Path path) throws IOException {
    if (isOurs() || !isRoot()) {
      return !isOurs();
    }
    FileOwnership folder = of(path.toAbsolutePath().getParent().toRealPath());
    return folder == null || folder.uid != uid || folder.isOpenToWriters();
  }

  /** True if the owner is this process's user or root. */
  public boolean isTrusted() {
    return isOurs() || uid == 0;
  }

  /**
   * Returns why {@code folder} is not safe for files that must be ours, with how to put it right;
   * empty if only this user and root can put files there.
   */
  static String objection(Path folder) throws IOException {
    FileOwnership now = of(folder);
    if (now != null && now.isLink()) {
      if (!now.isTrusted()) {
        return folder + " is a link of the user " + ownerOf(folder) + ": name a folder";
      }
      now = of(folder.toRealPath());
    }
    if (now == null || now.isTrusted() && (!now.isOpenToWriters() || now.isGivenToGroup())) {
      return "";
    }
    return now.isTrusted()
        ? "others may write into " + folder + ": chmod go-w " + ShellWord.of(folder.toString())
        : belongs(folder) + ": " + rightUser(folder);
  }

  /** Returns a sentence that names the owner of {@code path} and the user of this process. */
  static String belongs(Path path) {
    return path + " belongs to the user " + ownerOf(path) + ", and this is " + ownName();
  }

  /** Returns how to correct a wrong owner; for root, also suggests running as the file's owner. */
  static String rightUser(Path path) {
    return (isRoot() ? "run this as " + ownerOf(path) + ", or " : "") + handOver(path);
  }

  /** True if the mode gives permissions to the owner alone. */
  public boolean isPrivate() {
    return (mode & ALL_OF_OTHERS) == 0;
  }

  /** True if the mode lets other users write. */
  public boolean isOpenToWriters() {
    return (mode & WRITE_OF_OTHERS) != 0;
  }

  /**
   * True if root has given the folder to a group, as for volumes of containers: then this user
   * cannot change the folder, and root has decided who may write there.
   */
  public boolean isGivenToGroup() {
    return uid == 0 && !isOurs() && (mode & WRITE_OF_STRANGERS) == 0;
  }

  /** True if the folder's sticky bit lets users rename and delete only their own files. */
  public boolean isSticky() {
    return (mode & STICKY) != 0;
  }

  /** True if any user may rename or delete other users' files in this folder. */
  public boolean isOpenToThieves() {
    return (mode & WRITE_OF_STRANGERS) != 0 && !isSticky();
  }

  /** Removes the permissions in {@code mask} from {@code path}; does not follow links. */
  public void close(Path path, int mask) throws IOException {
    setMode(path, mode & PERMISSIONS & ~mask);
  }

  /** Sets the permissions of {@code path}; does not follow links. */
  static void setMode(Path path, int permissions) throws IOException {
    if (!isKnown(path)) {
      return;
    }
    Set<PosixFilePermission> all = EnumSet.noneOf(PosixFilePermission.class);
    // The enum begins with the owner's r, w and x; the mode's bits have the same order.
    for (PosixFilePermission one : PosixFilePermission.values()) {
      if ((permissions & HIGHEST >> one.ordinal()) != 0) {
        all.add(one);
      }
    }
    Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setPermissions(all);
  }

  /**
   * Gives {@code path}, if it is no link, to a group, by its name or number, with these
   * permissions.
   *
   * @throws IOException if there is no such group, or this user may not do that
   */
  public static void openTo(Path path, String group, int permissions) throws IOException {
    if (isKnown(path)) {
      PosixFileAttributeView view =
          Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      GroupPrincipal wanted =
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
      if (!view.readAttributes().group().equals(wanted)) {
        view.setGroup(wanted);
      }
      setMode(path, permissions);
    }
  }

  /**
   * Returns the name of the owner of {@code path}, else the owner's number; "another" if
   * unreadable.
   */
  public static String ownerOf(Path path) {
    try {
      return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).getName();
    } catch (IOException | UnsupportedOperationException e) {
      return "another";
    }
  }

  /** True if the folder's mode lets members of {@code group} reach its files. */
  public static boolean lets(Path folder, String group) throws IOException {
    if (!isKnown(folder)) {
      return true;
    }
    PosixFileAttributes now = Files.readAttributes(folder, PosixFileAttributes.class);
    Set<PosixFilePermission> all = now.permissions();
    return all.contains(PosixFilePermission.OTHERS_EXECUTE)
        || all.contains(PosixFilePermission.GROUP_EXECUTE) && now.group().getName().equals(group);
  }

  /**
   * Returns the command that gives {@code path} and its content to this process's user, and says
   * when not to use it: the bridge would send and apply what a stranger has put there.
   */
  public static String handOver(Path path) {
    return "chown -R "
        + ownName()
        + ": "
        + ShellWord.of(path.toString())
        + " if the server ran as that user before, and not if somebody else has made it";
  }

  /** Returns the name of the user who owns the files that this process makes. */
  public static String ownName() {
    String name = System.getProperty("user.name", "?");
    return name.equals("?") ? Integer.toUnsignedString(OWN_UID) : name;
  }

  /** True if this process runs as root. */
  public static boolean isRoot() {
    return OWN_UID == 0;
  }

  /** Returns the numeric id of this process's user. */
  public static int ownUid() {
    return OWN_UID;
  }

  /** Reads the user id from Linux's /proc; on other systems, from a new file. */
  private static int findOwnUid() {
    try {
      String status = Files.readString(Path.of("/proc/self/status"));
      Matcher uids = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)").matcher(status);
      if (uids.find()) {
        return (int) Long.parseLong(uids.group(1));
      }
    } catch (IOException e) {
      return uidOfAFile();
    }
    return uidOfAFile();
  }

  private static int uidOfAFile() {
    try {
      Path file = Files.createTempFile("ai-bridge", null);
      try {
        return (int) Files.getAttribute(file, "unix:uid");
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      return -1;
    }
  }
}
