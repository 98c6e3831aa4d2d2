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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.core.SimBridge;
import org.aibridge.core.config.ConfigException;

/**
 * The lives of one bridge. Each life opens what the last has left, runs the duties of the bridge's
 * threads one slice at a time, and ends in order or by a kill.
 *
 * <p>A kill copies all files at that moment: the old life is closed on its own files, out of sight
 * of the service, and the next life begins on the copy. The folders stay the same, since the marks
 * of begun actions depend on their paths.
 */
final class SimLife {
  private static final long SLICE_NANOS = 100_000;
  private static final long MIN_IDLE_NANOS = 100_000;
  private static final long TICK_NANOS = 50_000_000;
  private static final long AGAIN_NANOS = 1_000_000_000;

  /** More real time than a slice takes, even on a busy machine, unless a library of ours waits. */
  private static final long REAL_NANOS = 4 * AGAIN_NANOS;

  /** A slice that reads the clock more often than this hangs. */
  private static final int HANGS = 200_000;

  /** One of the bridge's threads, and when its next slice is due. */
  private final class Post {
    final SimBridge.Post post;
    long idleNanos = MIN_IDLE_NANOS;
    long dueNanos;
    long turn;

    Post(SimBridge.Post post) {
      this.post = post;
    }

    void due(long inNanos) {
      dueNanos = loop.clock.now() + Math.max(0, inNanos);
      long mine = ++turn;
      loop.at(
          dueNanos,
          () -> {
            if (mine == turn && posts.contains(this)) {
              slice();
            }
          });
    }

    void wake(long withinNanos) {
      if (dueNanos - loop.clock.now() > withinNanos) {
        due(mix.between(0, withinNanos));
      }
    }

    private void slice() {
      if (closing && !post.isRunning()) {
        return;
      }
      int work = 0;
      long rest = 0;
      long real = System.nanoTime();
      try {
        work = post.duty().runOnce();
        rest = work > 0 ? 0 : post.duty().mayRestNanos();
      } catch (Throwable e) {
        oracle.trace("thrown", post.name(), e.getClass().getSimpleName());
        thrown++;
      }
      if (bridge != null) {
        bridge.refresh();
      }
      if (loop.clock.asked() > HANGS) {
        oracle.violated("f a slice hangs", post.name());
      }
      if (System.nanoTime() - real > REAL_NANOS) {
        oracle.noted(SimOracle.REAL_TIME, post.name());
      }
      if (work > 0) {
        idleNanos = MIN_IDLE_NANOS;
        due(mix.between(1, SLICE_NANOS));
        wakeAll(1_000_000);
      } else {
        due(Math.min(idleNanos, Math.max(post.maxIdleNanos(), rest)));
        idleNanos =
            idleNanos < post.maxIdleNanos()
                ? Math.min(idleNanos * 2, post.maxIdleNanos())
                : post.restNanos();
      }
    }
  }

  private final SimLoop loop;
  private final SimOracle oracle;
  private final SimService service;
  private final SimFaults faults;
  private final Shim shim;
  private final Tape tape;
  private final Path folder;
  private final Mix mix;
  private final List<Post> posts = new ArrayList<>();
  private SimBridge bridge;
  private boolean closing;
  private boolean dead;
  private boolean wanted = true;
  private long upSince;
  private long number;
  private long thrown;
  private long starts;
  private java.util.function.Consumer<AiBridge> onStarted = b -> {};

  SimLife(
      SimLoop loop,
      SimOracle oracle,
      SimService service,
      SimFaults faults,
      Shim shim,
      Tape tape,
      Path folder) {
    this.loop = loop;
    this.oracle = oracle;
    this.service = service;
    this.faults = faults;
    this.shim = shim;
    this.tape = tape;
    this.folder = folder;
    this.mix = new Mix(Mix.of(tape.number("seed", 0), 5));
    service.onAnswered(() -> wakeAll(1_000_000));
  }

  /** Sets what the host does after each start of a bridge: it registers handlers. */
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

  /** The number of slices that threw something. */
  long thrown() {
    return thrown;
  }

  void wakeAll(long withinNanos) {
    posts.forEach(post -> post.wake(withinNanos));
  }

  /** Starts the bridge, and tries again each second until it runs, as an operator would. */
  void start() {
    wanted = true;
    String before = open();
    try {
      starts++;
      bridge =
          SimBridge.open(
              file(),
              loop.clock,
              sent -> {
                if (!dead) {
                  service.onSent(sent);
                }
              });
    } catch (IOException | ConfigException e) {
      refused(e, before);
      return;
    } catch (Throwable e) {
      // The product's start would return a bridge that is off.
      refused(e, before);
      return;
    }
    dead = false;
    upSince = loop.clock.now();
    oracle.trace("started");
    onStarted.accept(bridge.bridge());
    for (SimBridge.Post post : bridge.posts()) {
      Post mine = new Post(post);
      posts.add(mine);
      mine.due(mix.between(0, SLICE_NANOS));
    }
    long mine = starts;
    loop.after(mix.between(0, TICK_NANOS), () -> tick(mine));
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
    wakeAll(5_000_000);
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
    long step = Math.max(20, timeoutMs / 20) * 1_000_000;
    loop.clock.onAsked(() -> loop.runUntil(loop.clock.now() + step));
    try {
      bridge.close();
    } finally {
      loop.clock.onAsked(null);
      over();
    }
    oracle.trace("stopped");
    long took = (loop.clock.now() - begun) / 1_000_000;
    // A stop reads the clock at several places, and each reading may take a whole step.
    if (took > timeoutMs + 1000 + 10 * step / 1_000_000) {
      oracle.violated("e a stop takes too long", took + " ms of " + timeoutMs);
    }
    if (!open().isEmpty()) {
      oracle.noted("9 descriptors", "after a stop stay open" + open());
    }
    lookAtFiles();
  }

  /** The names of the open files below the folder, each after a comma. */
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
    posts.clear();
    service.nextLife();
    stopped = loop.clock.now();
  }

  /** Checks that no byte lies behind an end mark. */
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

  /** Ends the life as {@code kill -9} does. */
  void kill() {
    wanted = false;
    if (bridge == null) {
      return;
    }
    faults.without(
        () -> {
          try {
            Path marks = bridge.marks();
            boolean there = marks != null && Files.isRegularFile(marks);
            byte[] kept = there ? Files.readAllBytes(marks) : null;
            Path copy = folder.resolveSibling("copy");
            copy(folder, copy);
            end();
            replace(copy);
            if (kept != null) {
              Files.createDirectories(marks.getParent());
              Files.write(marks, kept);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    oracle.trace("killed");
  }

  /** Closes the killed life on files that are deleted afterwards, out of sight of everybody. */
  private void end() {
    dead = true;
    bridge.hurry();
    long[] ahead = {0};
    long now = loop.clock.now();
    loop.clock.onAsked(() -> loop.clock.set(now + (ahead[0] += 50_000_000)));
    try {
      bridge.close();
    } catch (Throwable e) {
      oracle.trace("the end of a killed life", e.getClass().getSimpleName());
    } finally {
      loop.clock.onAsked(null);
      loop.clock.set(now);
      over();
    }
  }

  /** Starts another bridge beside the running one, which must be refused and harm nothing. */
  void second() {
    if (!isUp() || faults.isShort()) {
      return;
    }
    String before = open();
    try {
      SimBridge.open(file(), loop.clock, sent -> {});
      oracle.violated("8 two owners", "a second start was not refused");
    } catch (IOException | ConfigException e) {
      oracle.trace("second start", e.getClass().getSimpleName());
    }
    if (!open().equals(before)) {
      oracle.noted("9 descriptors of a start that failed", "stay open after a second start");
    }
  }

  /** Sends a command as an operator's command line would; {@code json} is the inner object. */
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

  /** Sends the command through the socket, as a command line does; hangs up after five seconds. */
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

  /** Deletes every file and keeps the folders. */
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

  /** Copies a file with holes for zeros, since files get their size long before their content. */
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
