package org.aibridge.ops.check;

import java.util.Locale;

/** Which file systems the bridge's mapped files are not safe on. */
final class FileSystemKind {
  private FileSystemKind() {}

  /**
   * Why a file system of this type is a bad place; empty when it is not.
   *
   * @param volatileIsFine whether what lies there may go when the machine restarts
   */
  static String worry(String type, boolean volatileIsFine) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "nfs",
          "nfs3",
          "nfs4",
          "cifs",
          "smb",
          "smb2",
          "smb3",
          "smbfs",
          "afs",
          "ceph",
          "glusterfs",
          "lustre",
          "9p",
          "fuse.sshfs",
          "fuse.glusterfs",
          "fuse.s3fs",
          "fuse.rclone" ->
          "this file system is on a network, where mapped files and locks cannot be relied on";
      case "overlay", "overlayfs", "aufs", "fuse-overlayfs", "fuse.fuse-overlayfs" ->
          "this is a container's own layer, which is gone with the container; use a volume";
      case "tmpfs", "ramfs" ->
          volatileIsFine ? "" : "this is memory, what waits here is lost when the machine restarts";
      default -> "";
    };
  }
}
