package org.aibridge.ops.backup;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.journal.RingSeat;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.LogCopy;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Presence;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.check.Owner;
import org.aibridge.ops.live.Server;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code ai-bridge backup}: copies the bridge's files, even while the bridge runs. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Copy what the bridge keeps: the events that wait, dead letters, and the ledger of actions.",
      "The server may run meanwhile and is asked nothing. The configuration and its keys are not"
          + " copied; who can read DIR reads what players did."
    },
    footer = {"", "'ai-bridge restore DIR' puts it in place."})
public final class BackupCommand implements Callable<Integer> {
  private static final int TRIES = 20;
  private static final int MAX_SMALL_BYTES = 64 << 20;

  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  @Parameters(paramLabel = "DIR", description = "A folder that is not there yet, or is empty.")
  private Path target;

  public BackupCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Server server = new Server(surroundings, conf);
    List<Kept> folders = Kept.of(server);
    if (!Presence.of(server.journal())) {
      throw Trouble.failed(
          server.journal() + " is not there: no server has run with this configuration here");
    }
    Path to = surroundings.folder().resolve(target).normalize();
    PrivateFiles.ownFolder(to);
    if (!Disk.list(to).isEmpty()) {
      throw Trouble.usage(to + " is not empty: name a folder that is not there yet");
    }
    try {
      return copy(server, folders, to);
    } catch (FileSystemException e) {
      throw e; // This exception names its file.
    } catch (IOException e) {
      throw Trouble.failed(to + " is not a whole backup, remove it: " + Reason.sentence(e));
    }
  }

  private int copy(Server server, List<Kept> folders, Path to) throws IOException {
    long takenMs = 0;
    for (int left = TRIES; takenMs == 0; left--) {
      if (left == 0) {
        throw Trouble.failed("the journal's files went faster than they could be opened");
      }
      takenMs = copy(folders, to);
    }
    TreeMap<String, Long> files = new TreeMap<>();
    long bytes = 0;
    for (Kept kept : folders) {
      Path copy = to.resolve(kept.name());
      for (Path file : filesIn(copy)) {
        files.put(kept.name() + "/" + copy.relativize(file), Manifest.sumOf(file));
        bytes += Disk.size(file);
      }
    }
    new Manifest(server.config().bridge().serverId(), takenMs, files).write(to);
    surroundings
        .out()
        .println(
            "%d files, %,.1f MB, are in %s; the configuration and its keys are not"
                .formatted(files.size(), bytes / 1048576.0, to));
    return tellLeftBehind(server.journal());
  }

  /** Warns if the copy lacks the newest events of a killed server; returns the exit code. */
  private int tellLeftBehind(Path journal) throws IOException {
    if (Owner.of(journal).isPresent() || Owner.isHeld(journal)) {
      return ExitCodes.DONE;
    }
    List<Path> rings = RingSeat.leftBehind(journal);
    rings.forEach(
        ring ->
            surroundings.complain(
                "the newest events are not in the copy: the server was killed, and they are in %s until it starts; start it and stop it once, then back it up again"
                    .formatted(ring)));
    return rings.isEmpty() ? ExitCodes.DONE : ExitCodes.FOUND;
  }

  /**
   * Copies all, and returns when; 0 if a file went before it was held and nothing was copied.
   *
   * <p>What says how far things have come is read before the things: the cursor before the journal
   * and the dead letters, the ledger's note before the ledger, marks before letters. So a copy may
   * repeat an event, as any crash does, and lacks but those that are still in the ring.
   */
  private long copy(List<Kept> folders, Path to) throws IOException {
    Path journal = folders.get(0).path();
    Path actions = folders.get(1).path();
    Path letters = folders.get(2).path();
    try (LogCopy events = new LogCopy(journal);
        Branches branches = new Branches(journal);
        LogCopy ledger = new LogCopy(actions);
        LogCopy dead = new LogCopy(letters)) {
      events.hold();
      branches.hold();
      hold(ledger, actions);
      long takenMs = surroundings.clock().millis();
      byte[] cursor = small(journal.resolve("cursor"));
      byte[] note = small(journal.resolve("actions-ledger.note"));
      branches.read();
      if (!events.hold() || !branches.hold() || !hold(ledger, actions)) {
        return 0;
      }
      hold(dead, letters);
      Path journalCopy = PrivateFiles.makeFolder(to.resolve(Kept.JOURNAL));
      write(journalCopy.resolve("cursor"), cursor);
      write(journalCopy.resolve("actions-ledger.note"), note);
      copySmall(journal, journalCopy, "actions-audit\\.jsonl.*");
      if (Presence.of(letters)) {
        Path copy = PrivateFiles.makeFolder(to.resolve(Kept.LETTERS));
        copySmall(letters, copy, ".*\\.marks|format|removed\\.counts");
        dead.dropDeleted();
        dead.copyTo(copy);
      }
      events.copyTo(journalCopy);
      branches.copyTo(journalCopy);
      if (Presence.of(actions)) {
        ledger.copyTo(PrivateFiles.makeFolder(to.resolve(Kept.ACTIONS)));
      }
      return takenMs;
    }
  }

  private static List<Path> filesIn(Path copy) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path file : Disk.isFolder(copy) ? Disk.list(copy) : List.<Path>of()) {
      if (Disk.isFolder(file)) {
        files.addAll(filesIn(file));
      } else {
        files.add(file);
      }
    }
    return files;
  }

  /** The sinks' own journals, each in a folder below the main journal's folder. */
  private static final class Branches implements AutoCloseable {
    private static final List<String> SMALL = List.of("cursor", "routes");

    private final Map<Path, LogCopy> logs = new TreeMap<>();
    private final Map<Path, byte[]> read = new TreeMap<>();

    Branches(Path journal) throws IOException {
      for (Path below : Disk.isFolder(journal) ? Disk.list(journal) : List.<Path>of()) {
        if (Disk.exists(below.resolve("routes"))) {
          logs.put(below, new LogCopy(below));
        }
      }
    }

    boolean hold() throws IOException {
      boolean all = true;
      for (LogCopy log : logs.values()) {
        all &= log.hold();
      }
      return all;
    }

    /** Reads the cursor and the routes of each journal. */
    void read() throws IOException {
      for (Path folder : logs.keySet()) {
        for (String name : SMALL) {
          read.put(folder.resolve(name), small(folder.resolve(name)));
        }
      }
    }

    void copyTo(Path journal) throws IOException {
      for (Map.Entry<Path, LogCopy> log : logs.entrySet()) {
        Path copy = PrivateFiles.makeFolder(journal.resolve(log.getKey().getFileName()));
        for (String name : SMALL) {
          write(copy.resolve(name), read.get(log.getKey().resolve(name)));
        }
        log.getValue().copyTo(copy);
      }
    }

    @Override
    public void close() throws IOException {
      for (LogCopy log : logs.values()) {
        log.close();
      }
    }
  }

  private static boolean hold(LogCopy log, Path folder) throws IOException {
    return !Presence.of(folder) || log.hold();
  }

  /** Reads a small file repeatedly until two readings agree; null if the file does not exist. */
  private static byte[] small(Path file) throws IOException {
    try {
      byte[] before = PrivateFiles.readAll(file, MAX_SMALL_BYTES);
      while (true) {
        byte[] again = PrivateFiles.readAll(file, MAX_SMALL_BYTES);
        if (Arrays.equals(before, again)) {
          return again;
        }
        before = again;
      }
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static void copySmall(Path from, Path to, String names) throws IOException {
    for (Path file : Disk.list(from)) {
      String name = file.getFileName().toString();
      if (name.matches(names)) {
        try {
          PrivateFiles.copy(file, to.resolve(name));
        } catch (NoSuchFileException e) {
          continue; // The file was deleted together with its letters.
        }
      }
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    if (bytes != null) {
      PrivateFiles.write(file, bytes);
    }
  }
}
