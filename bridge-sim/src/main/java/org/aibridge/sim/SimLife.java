package org.aibridge.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.core.SimBridge;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Once;
import org.aibridge.core.run.World;

/**
 * The lives of one bridge. Each life opens what the last has left, runs the duties of the bridge's
 * threads one slice at a time, and ends in order or by a kill.
 *
 * <p>A kill copies all files at that moment: the old life is closed on its own files, out of sight
 * of the service, and the next life begins on the copy. The folders stay the same, since the marks
 * of begun actions depend on their paths.
 */
final class SimLife {
  private static final long TICK_NANOS = 50_000_000;
  private static final long AGAIN_NANOS = 1_000_000_000;

  /** The maximum real time of a slice, in ns; a longer slice waits outside the simulated time. */
  private static final long REAL_NANOS = 4 * AGAIN_NANOS;

  /** A slice that reads the clock more often than this counts as hanging. */
  private static final int HANGS = 200_000;

  private static final FileAttribute<?> OWN =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final SimLoop loop;
  private final SimOracle oracle;
  private final SimService service;
  private final SimBroker broker;
  private final SimFaults faults;
  private final Shim shim;
  private final Tape tape;
  private final Path folder;
  private final Mix mix;
  private SimThreads threads;
  private World world;
  private SimBridge bridge;
  private boolean closing;
  private boolean dead;
  private boolean wanted = true;
  private boolean starting;
  private long upSince;
  private long number;
  private long thrown;
  private long starts;
  private java.util.function.Consumer<AiBridge> onStarted = b -> {};

  SimLife(
      SimLoop loop,
      SimOracle oracle,
      SimService service,
      SimBroker broker,
      SimFaults faults,
      Shim shim,
      Tape tape,
      Path folder) {
    this.loop = loop;
    this.oracle = oracle;
    this.service = service;
    this.broker = broker;
    this.faults = faults;
    this.shim = shim;
    this.tape = tape;
    this.folder = folder;
    this.mix = new Mix(Mix.of(tape.number("seed", 0), 5));
  }

  /** Sets what the host does after each start of a bridge, such as registering handlers. */
  void onStarted(java.util.function.Consumer<AiBridge> run) {
    this.onStarted = run;
  }

  Path file() {
    return folder.resolve("ai_bridge.conf");
  }

  Path journal() {
    return folder.resolve("journal");
  }

  Path letters() {
    return folder.resolve("letters");
  }

  Path actions() {
    return folder.resolve("actions");
  }

  boolean isUp() {
    return bridge != null && !closing;
  }

  boolean isClosing() {
    return closing;
  }

  AiBridge bridge() {
    return bridge.bridge();
  }

  long upSince() {
    return upSince;
  }

  /** The number of slices that ended with an exception. */
  long thrown() {
    return thrown;
  }

  /** Starts the bridge; retries each second until it runs, as an operator would. */
  void start() {
    wanted = true;
    if (starting) {
      return; // This is called within a start that waits for a lock.
    }
    String before = open();
    starting = true;
    try {
      starts++;
      bridge =
          SimBridge.open(
              file(),
              newWorld(),
              sent -> {
                if (!dead) {
                  service.onSent(sent);
                }
              },
              broker::open);
    } catch (Throwable e) {
      // Where it is no IOException or ConfigException, in production the start would return a
      // bridge that is off.
      refused(e, before);
      return;
    } finally {
      starting = false;
    }
    dead = false;
    upSince = loop.clock.now();
    oracle.trace("started");
    onStarted.accept(bridge.bridge());
    long mine = starts;
    loop.after(mix.between(0, TICK_NANOS), () -> tick(mine));
  }

  /** Creates the world of a new process. */
  private World newWorld() {
    threads = new SimThreads(loop, mix, this::slice);
    world =
        new World(
            loop.clock, loop.clock::epochMs, threads, mix::next, (point, log) -> {}, new Once());
    return world;
  }

  private int slice(String name, Duty duty) {
    int work = 0;
    long real = System.nanoTime();
    try {
      work = duty.runOnce();
    } catch (Throwable e) {
      oracle.trace("thrown", name, e.getClass().getSimpleName());
      thrown++;
    }
    if (loop.clock.asked() > HANGS) {
      oracle.violated("f a slice hangs", name);
    }
    if (!SimThreads.mayWait(name) && System.nanoTime() - real > REAL_NANOS) {
      oracle.noted(SimOracle.REAL_TIME, name);
    }
    return work;
  }

  private void refused(Throwable e, String before) {
    oracle.trace("no start", e.getClass().getSimpleName());
    if (!open().equals(before)) {
      oracle.noted("9 descriptors of a start that failed", "stay open after " + e);
    }
    if (loop.clock.now() - Math.max(faults.since(), stopped) > 5 * AGAIN_NANOS
        && !faults.isShort()) {
      oracle.violated("d no start without a shortage", "" + e);
    }
    loop.after(
        AGAIN_NANOS,
        () -> {
          if (wanted && bridge == null) {
            start();
          }
        });
  }

  private long stopped;

  private void tick(long mine) {
    if (mine != starts || bridge == null) {
      return;
    }
    bridge.bridge().tick();
    loop.after(TICK_NANOS, () -> tick(mine));
  }

  /** Closes the bridge in order, and checks its files. */
  void stop() {
    wanted = false;
    if (bridge == null) {
      return;
    }
    closing = true;
    long begun = loop.clock.now();
    long timeoutMs = tape.number("bridge.shutdown_timeout", 5000);
    try {
      bridge.bridge().close();
    } finally {
      over();
    }
    oracle.trace("stopped");
    long took = (loop.clock.now() - begun) / 1_000_000;
    if (took > timeoutMs + 1000) {
      oracle.violated("e a stop takes too long", took + " ms of " + timeoutMs);
    }
    if (!open().isEmpty()) {
      oracle.noted("9 descriptors", "after a stop stay open" + open());
    }
    lookAtFiles();
  }

  /** Returns the names of the open files below the folder, separated by commas. */
  private String open() {
    StringBuilder names = new StringBuilder();
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : all.toList()) {
        Path file = Files.exists(descriptor, LinkOption.NOFOLLOW_LINKS) ? descriptor : folder;
        String name = Files.isSymbolicLink(file) ? Files.readSymbolicLink(file).toString() : "";
        if (name.startsWith(folder.toString())) {
          names.append(", ").append(name.substring(folder.toString().length() + 1));
        }
      }
    } catch (IOException e) {
      names.append(", ").append(e.getClass().getSimpleName());
    }
    return names.toString();
  }

  private void over() {
    bridge = null;
    closing = false;
    service.nextLife();
    stopped = loop.clock.now();
  }

  /** Checks that no byte follows an end mark. */
  void lookAtFiles() {
    faults.without(
        () -> {
          try {
            for (Path log : List.of(journal(), letters(), actions())) {
              Segments.Found found = Segments.look(log);
              if (!found.where().isEmpty()) {
                oracle.noted(
                    "7 bytes behind an end mark",
                    found.where() + ", " + found.recordsBehind() + " records");
              }
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Ends the life as {@code kill -9} would. */
  void kill() {
    wanted = false;
    if (bridge == null) {
      return;
    }
    faults.without(
        () -> {
          try {
            Path memory = bridge.memory();
            boolean there = memory != null && Files.isDirectory(memory);
            Path kept = folder.resolveSibling("memory");
            if (there) {
              copy(memory, kept);
            }
            Path copy = folder.resolveSibling("copy");
            copy(folder, copy);
            end();
            replace(copy);
            if (there) {
              Files.createDirectories(memory, OWN);
              copy(kept, memory);
              delete(kept);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    oracle.trace("killed");
  }

  /** Closes the killed bridge unseen by the service; the caller then deletes its files. */
  private void end() {
    dead = true;
    threads.kill();
    bridge.hurry();
    long now = loop.clock.now();
    try {
      bridge.bridge().close();
    } catch (Throwable e) {
      oracle.trace("the end of a killed life", e.getClass().getSimpleName());
    } finally {
      loop.clock.set(now);
      over();
    }
  }

  /** Starts a second bridge beside the running one; it must be refused and do no harm. */
  void second() {
    if (!isUp() || faults.isShort()) {
      return;
    }
    String before = open();
    try {
      SimBridge.open(file(), world, sent -> {}, broker::open);
      oracle.violated("8 two owners", "a second start was not refused");
    } catch (IOException | ConfigException e) {
      oracle.trace("second start", e.getClass().getSimpleName());
    }
    if (!open().equals(before)) {
      oracle.noted("9 descriptors of a start that failed", "stay open after a second start");
    }
  }

  /** Sends a command like the command line; {@code json} is the command without its envelope. */
  void command(String group, String json) {
    Path box = journal().resolve("commands");
    String whole =
        "{\"group\":\"%s\",\"expires\":%d,\"command\":%s}\n"
            .formatted(group, Long.MAX_VALUE / 2, json);
    faults.without(
        () -> {
          try {
            if (Files.exists(box.resolve("socket"))) {
              say(box.resolve("socket"), whole);
            } else {
              Files.createDirectories(box);
              Path draft = box.resolve("draft");
              Files.writeString(draft, whole);
              Files.move(draft, box.resolve("%016d.asked".formatted(++number)));
            }
          } catch (IOException e) {
            oracle.trace("nobody takes commands", e.getClass().getSimpleName());
          }
        });
  }

  /** Sends a command through the socket, and closes the connection after five seconds. */
  private void say(Path socket, String whole) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    channel.configureBlocking(false);
    channel.write(ByteBuffer.wrap(whole.getBytes(StandardCharsets.UTF_8)));
    loop.after(
        5 * AGAIN_NANOS,
        () -> {
          try {
            channel.close();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void replace(Path copy) throws IOException {
    clear(folder);
    try (Stream<Path> all = Files.walk(copy)) {
      for (Path from : all.sorted().toList()) {
        Path to = folder.resolve(copy.relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(to);
        } else {
          Files.move(from, to);
        }
      }
    }
    clear(copy);
  }

  /** Deletes all files but keeps the folders. */
  private static void clear(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.filter(path -> !Files.isDirectory(path)).toList()) {
        Files.delete(path);
      }
    }
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.sorted().toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else if (Files.isRegularFile(path)) {
          copyFile(path, target);
        }
      }
    }
  }

  /** Copies a file, with holes in place of zeros, since most files contain mainly zeros. */
  private static void copyFile(Path from, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(
                to,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      ByteBuffer page = ByteBuffer.allocate(64 << 10);
      long size = in.size();
      for (long at = 0; at < size; at += page.capacity()) {
        page.clear();
        in.read(page, at);
        page.flip();
        boolean last = at + page.capacity() >= size;
        if (last || page.mismatch(ZEROS.duplicate().limit(page.limit())) >= 0) {
          out.write(page, at);
        }
      }
    }
  }

  private static final ByteBuffer ZEROS = ByteBuffer.allocate(64 << 10);
}
