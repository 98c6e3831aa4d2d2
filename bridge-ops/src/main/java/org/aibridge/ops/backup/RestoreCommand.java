package org.aibridge.ops.backup;

import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.aibridge.core.JvmFlags;
import org.aibridge.core.action.OfflineLedger;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.journal.RingSeat;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SharedMemory;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.check.Owner;
import org.aibridge.ops.live.Server;
import org.aibridge.ops.text.TimeText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code ai-bridge restore}: copies a backup to folders that have no files yet. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Put a backup in place, in folders that are not there or are empty; no server runs"
          + " meanwhile.",
      "Nobody can know which actions were applied since the backup: after the start each one that"
          + " the AI service offers waits for your yes, until 'ai-bridge actions"
          + " resume-after-restore'. Events that went out since go out again, under their ids."
    },
    footer = {
      "",
      "The server that the backup is of must not run any more: two with one server_id would apply"
          + " the same actions."
    })
public final class RestoreCommand implements Callable<Integer> {
  private static final String UNFINISHED = ".restoring";

  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  @Parameters(paramLabel = "DIR", description = "The folder that 'ai-bridge backup' has written.")
  private Path source;

  public RestoreCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Server server = new Server(surroundings, conf);
    Path from = surroundings.folder().resolve(source).normalize();
    Manifest manifest = Manifest.read(from);
    String ours = server.config().bridge().serverId();
    if (!manifest.serverId().equals(ours)) {
      throw Trouble.failed(
          "the backup is of %s, and %s says server_id = %s"
              .formatted(manifest.serverId(), server.file(), ours));
    }
    if (!JvmFlags.sentence().isEmpty()) {
      throw Trouble.failed(JvmFlags.sentence());
    }
    List<Kept> folders = Kept.of(server);
    for (Kept kept : folders) {
      if (Disk.isFolder(kept.path()) && !Disk.list(kept.path()).isEmpty()) {
        throw Trouble.failed(
            "%s (%s) is not empty: stop the server, and move it away"
                .formatted(kept.path(), kept.key()));
      }
    }
    for (Kept kept : folders) {
      copy(manifest, from, kept);
    }
    OfflineLedger.restored(
        unfinished(folders.get(0)),
        unfinished(folders.get(1)),
        server.config(),
        manifest.takenMs(),
        World.ofJvm());
    // The journal moves first: a note in it holds actions back even if a later move fails.
    for (Kept kept : folders) {
      Disk.deleteIfExists(kept.path());
      Disk.move(unfinished(kept), kept.path());
    }
    surroundings
        .out()
        .println(
            "the backup of %s is in place. Start the server; actions wait for your yes then: 'ai-bridge actions pending', and 'ai-bridge actions resume-after-restore' ends that"
                .formatted(TimeText.of(manifest.takenMs())));
    try {
      tellLeftRings(server);
    } catch (IOException e) {
      surroundings.complain("whether a killed server left events cannot be read: " + Reason.of(e));
    }
    return ExitCodes.DONE;
  }

  /** Tells which events of a killed server are in no journal and not in the backup. */
  private void tellLeftRings(Server server) throws IOException {
    Path configured = server.config().journal().ringPath();
    if (configured != null) {
      for (Path ring : RingSeat.leftIn(server.resolve(configured))) {
        surroundings.complain(
            "events of a server that was killed are in %s: the start sends them, too"
                .formatted(ring));
      }
    }
    for (Path folder : SharedMemory.folders()) {
      for (Path ring : leftBehind(folder)) {
        surroundings.complain(
            "events of a server that was killed are in %s, and not in the backup: if it was this one, only a start with the folders that you have moved away sends them"
                .formatted(ring));
      }
    }
  }

  private static List<Path> leftBehind(Path folder) {
    try {
      boolean used = Owner.of(folder).isPresent() || Owner.isHeld(folder);
      return used ? List.of() : RingSeat.leftIn(folder);
    } catch (IOException gone) {
      return List.of(); // Another server has begun or ended meanwhile.
    }
  }

  /** Copies the files of a folder to a temporary place beside the final folder. */
  private static void copy(Manifest manifest, Path from, Kept kept) throws IOException {
    Path to = unfinished(kept);
    remove(to); // An earlier restore may have been interrupted.
    PrivateFiles.makeFolder(to);
    for (Map.Entry<String, Long> file : manifest.files().entrySet()) {
      String folder = kept.name() + "/";
      if (file.getKey().startsWith(folder)) {
        Path copy = to.resolve(file.getKey().substring(folder.length()));
        PrivateFiles.makeFolder(copy.getParent());
        PrivateFiles.copy(from.resolve(file.getKey()), copy);
        if (Manifest.sumOf(copy) != file.getValue()) {
          throw Trouble.failed(
              from.resolve(file.getKey()) + " is damaged: its checksum is another");
        }
      }
    }
  }

  private static void remove(Path path) throws IOException {
    if (Disk.isFolder(path, LinkOption.NOFOLLOW_LINKS)) {
      for (Path below : Disk.list(path)) {
        remove(below);
      }
    }
    Disk.deleteIfExists(path);
  }

  private static Path unfinished(Kept kept) {
    return kept.path().resolveSibling(kept.path().getFileName() + UNFINISHED);
  }
}
