package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * What a {@link FaultHost} is to do. Made with {@link #in} and the {@code with} methods.
 *
 * @param folder where its files go: ledgers, logs, crash reports
 * @param configuration the {@code ai_bridge.conf} it starts with
 * @param events the events it publishes
 * @param first the first number it publishes
 * @param total the number it ends before
 * @param perSecond how many events it publishes in a second, spread over 20 ticks
 * @param actions how many numbered actions its ledger has room for
 * @param jvmOptions the file with the flags the bridge needs, {@code conf/jvm.options}
 * @param jvmArguments more arguments for its JVM, such as {@code -Xmx128m}
 * @param descriptors how many files and sockets it may have open at a time; 0 for as many as this
 *     process
 */
public record HostPlan(
    Path folder,
    Path configuration,
    NumberedEvents events,
    int first,
    int total,
    int perSecond,
    int actions,
    Path jvmOptions,
    List<String> jvmArguments,
    int descriptors) {

  /** The system property of a file of arguments that hosts get in place of this class path. */
  public static final String CLASSES = "aibridge.torture.classes";

  /** Copies {@code jvmArguments}. */
  public HostPlan {
    jvmArguments = List.copyOf(jvmArguments);
  }

  /** Returns a plan: two threads publish 10,000 events at 10,000 a second, with 256 MB of heap. */
  public static HostPlan in(Path folder, Path configuration, long seed) {
    return new HostPlan(
        folder.toAbsolutePath(),
        configuration.toAbsolutePath(),
        new NumberedEvents(seed, 2, 500, 4096),
        0,
        10_000,
        10_000,
        10_000,
        findJvmOptions(),
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        0);
  }

  /** Returns this plan with other events. */
  public HostPlan withEvents(NumberedEvents other) {
    return new HostPlan(
        folder,
        configuration,
        other,
        first,
        total,
        perSecond,
        actions,
        jvmOptions,
        jvmArguments,
        descriptors);
  }

  /** Returns this plan with the numbers {@code newFirst} to {@code newTotal} (exclusive). */
  public HostPlan withNumbers(int newFirst, int newTotal) {
    return new HostPlan(
        folder,
        configuration,
        events,
        newFirst,
        newTotal,
        perSecond,
        actions,
        jvmOptions,
        jvmArguments,
        descriptors);
  }

  /** Returns this plan with another rate. */
  public HostPlan withRate(int newPerSecond) {
    return new HostPlan(
        folder,
        configuration,
        events,
        first,
        total,
        newPerSecond,
        actions,
        jvmOptions,
        jvmArguments,
        descriptors);
  }

  /** Returns this plan with room for {@code newActions} numbered actions. */
  public HostPlan withActions(int newActions) {
    return new HostPlan(
        folder,
        configuration,
        events,
        first,
        total,
        perSecond,
        newActions,
        jvmOptions,
        jvmArguments,
        descriptors);
  }

  /** Returns this plan with other JVM arguments; heap and compiler flags stay. */
  public HostPlan withJvmArguments(List<String> other) {
    return new HostPlan(
        folder,
        configuration,
        events,
        first,
        total,
        perSecond,
        actions,
        jvmOptions,
        other,
        descriptors);
  }

  /** Returns this plan with additional JVM arguments. */
  public HostPlan withMoreJvmArguments(String... more) {
    List<String> all = new ArrayList<>(jvmArguments);
    all.addAll(List.of(more));
    return withJvmArguments(all);
  }

  /** Returns this plan with at most {@code most} files and sockets open at a time. */
  public HostPlan withDescriptors(int most) {
    return new HostPlan(
        folder,
        configuration,
        events,
        first,
        total,
        perSecond,
        actions,
        jvmOptions,
        jvmArguments,
        most);
  }

  /** Returns the ledger of accepted events; all hosts in this folder share it. */
  public AcceptedLedger ledger() {
    return AcceptedLedger.open(folder.resolve("accepted"), total);
  }

  /** Returns the ledger of applied actions; all hosts in this folder share it. */
  public AppliedLedger applied() {
    return AppliedLedger.open(folder.resolve("applied"), actions);
  }

  /**
   * Returns this plan from the first number that no host of this folder can have published: a
   * killed process may have had one accepted event a thread that it had not noted.
   */
  public HostPlan resumed() {
    int threads = events.threads();
    int end = ledger().end();
    int next = end == 0 ? first : (end / threads + 2) * threads;
    return withNumbers(Math.min(next, total), total);
  }

  List<String> command(String java, Path planFile) {
    List<String> command = new ArrayList<>();
    if (descriptors > 0) {
      // Sets both limits, since a JVM raises the soft limit to the hard limit.
      command.addAll(List.of("sh", "-c", "ulimit -n \"$0\" && exec \"$@\"", "" + descriptors));
    }
    command.addAll(List.of(java, "@" + jvmOptions));
    command.addAll(jvmArguments);
    command.add("-XX:ErrorFile=" + folder.resolve("hs_err_pid%p.log"));
    command.add("-XX:-CreateCoredumpOnCrash");
    String classes = System.getProperty(CLASSES);
    // From a folder each class takes a descriptor, which one of few is to have to spare.
    command.addAll(
        classes == null || descriptors > 0
            ? List.of("-cp", System.getProperty("java.class.path"))
            : List.of("@" + classes));
    command.addAll(List.of(FaultHostMain.class.getName(), planFile.toString()));
    return command;
  }

  void write(Path file) throws IOException {
    Properties p = new Properties();
    p.setProperty("folder", folder.toString());
    p.setProperty("configuration", configuration.toString());
    p.setProperty("seed", Long.toString(events.seed()));
    p.setProperty("threads", Integer.toString(events.threads()));
    p.setProperty("players", Integer.toString(events.players()));
    p.setProperty("maxPayloadBytes", Integer.toString(events.maxPayloadBytes()));
    p.setProperty("first", Integer.toString(first));
    p.setProperty("total", Integer.toString(total));
    p.setProperty("perSecond", Integer.toString(perSecond));
    p.setProperty("actions", Integer.toString(actions));
    try (var out = Files.newBufferedWriter(file)) {
      p.store(out, null);
    }
  }

  static HostPlan read(Path file) throws IOException {
    Properties p = new Properties();
    try (var in = Files.newBufferedReader(file)) {
      p.load(in);
    }
    return new HostPlan(
        Path.of(p.getProperty("folder")),
        Path.of(p.getProperty("configuration")),
        new NumberedEvents(
            Long.parseLong(p.getProperty("seed")),
            number(p, "threads"),
            number(p, "players"),
            number(p, "maxPayloadBytes")),
        number(p, "first"),
        number(p, "total"),
        number(p, "perSecond"),
        number(p, "actions"),
        Path.of(""),
        List.of(),
        0);
  }

  /**
   * Returns the project's {@code conf/jvm.options}, from the launcher's home or a folder above this
   * one.
   */
  static Path findJvmOptions() {
    String home = System.getProperty("aibridge.home", "");
    Path start = Path.of(home).toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      Path options = at.resolve("conf").resolve("jvm.options");
      if (Files.isRegularFile(options)) {
        return options;
      }
    }
    throw new UncheckedIOException(
        new IOException("no conf/jvm.options in " + start + " or above; set -Daibridge.home"));
  }

  private static int number(Properties p, String key) {
    return Integer.parseInt(p.getProperty(key));
  }
}
