package org.aibridge.torture;

import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * Takes all free descriptors from a host for some seconds, while journal, ledger and dead letters
 * begin new files, the sender opens the next one, the status is written and a command comes; then
 * comes a second life in which every action is offered again.
 *
 * <p>Half of the rounds hold every descriptor from inside, the others lower the limit from outside,
 * with {@code prlimit}. One round in eight does so while the host starts.
 */
public final class DescriptorsExperiment implements Experiment {
  /** Matches a problem that mentions a past shortage and how long ago it was. */
  static final Pattern PAST = Pattern.compile("too many open files[^;]* \\(last \\d+ s ago\\)");

  private static final int DESCRIPTORS = 220;
  private static final int MIN_MS = 2000;
  private static final int MORE_MS = 4000;
  private static final int WITHIN_MS = 2500;
  private static final int ONE_IN_STARTS = 8;
  private static final Duration HOGGED = Duration.ofSeconds(30);

  private final int backMs;

  /** Creates the experiment; the bridge must recover within 5 s after the shortage. */
  public DescriptorsExperiment() {
    this(Ordeal.BACK_MS);
  }

  /** Creates the experiment; the bridge must recover within {@code backMs} after the shortage. */
  public DescriptorsExperiment(int backMs) {
    this.backMs = backMs;
  }

  @Override
  public String name() {
    return "descriptors";
  }

  @Override
  public String promise() {
    return "a host without a free descriptor for some seconds loses no accepted event, applies no"
        + " action twice, takes its own shortage for nobody's failure, says what is short, and goes"
        + " on within 5 s of its end";
  }

  @Override
  public int usualRounds() {
    return 50;
  }

  @Override
  public int usualEvents() {
    return 16_000;
  }

  @Override
  public void run(Round round) {
    SplittableRandom random = round.random();
    boolean atStart = random.nextInt(ONE_IN_STARTS) == 0;
    int badEvery = random.nextBoolean() ? 3 : 97;
    try (Ordeal ordeal = new Ordeal(round, round.folder(), badEvery, conf -> conf)) {
      ordeal.dispatches().delay(random.nextInt(4) * 100);
      if (atStart) {
        startShort(round, ordeal);
      } else {
        runShort(round, ordeal);
      }
      ordeal.lastLife();
      ordeal.judge();
    }
  }

  /** Starts a bridge while descriptors run out; a bridge that stays off must say why. */
  private void startShort(Round round, Ordeal ordeal) {
    int delay = round.random().nextInt(1200);
    int ms = 1000 + round.random().nextInt(2000);
    HostPlan plan =
        ordeal
            .plan()
            .withNumbers(0, round.events() / 2)
            .withDescriptors(DESCRIPTORS)
            .withMoreJvmArguments("-D" + HostFaults.AT_START + "=hog " + delay + " " + ms);
    try (FaultHost host = FaultHost.start(plan)) {
      FaultHost.Ready ready = host.awaitReady(Ordeal.LIMIT);
      round.add("short while it starts", 1);
      round.add("of those, off", ready.state().equals("OFF") ? 1 : 0);
      round.require(
          !ready.state().equals("OFF") || names(ready.problem()),
          "off, and does not say what is short: " + ready.problem());
      if (!ready.state().equals("OFF")) {
        ordeal.offers().freshPerPoll(25);
        host.go();
        Samples samples = new Samples(host);
        host.await("freed", HOGGED);
        ordeal.requireBack(samples, backMs, PAST);
        ordeal.requireNoOutage(samples);
      }
      ordeal.kill(host);
      round.requireNoCrash(host);
    }
  }

  private void runShort(Round round, Ordeal ordeal) {
    SplittableRandom random = round.random();
    int delay = 300 + random.nextInt(WITHIN_MS);
    int ms = MIN_MS + random.nextInt(MORE_MS);
    boolean outside = random.nextBoolean() && Tool.PRLIMIT.isThere();
    boolean killed = random.nextBoolean();
    boolean commands = random.nextInt(3) == 0;
    try (FaultHost host = FaultHost.start(ordeal.plan().withDescriptors(DESCRIPTORS))) {
      Samples samples = ordeal.begin(host);
      samples.watch(delay);
      begin(host, outside, ms);
      if (commands) {
        samples.watch(ms / 2);
        host.beginReload();
        status(round, ordeal, samples);
      } else {
        samples.watch(ms - 500);
      }
      long refused = samples.look().path("refused").asLong();
      end(host, outside, ms);
      round.figure("refused in the shortage", refused);
      tell(round, samples);
      ordeal.requireBack(samples, backMs, PAST);
      ordeal.requireNoOutage(samples);
      if (killed) {
        ordeal.kill(host);
      } else {
        ordeal.end(host);
      }
      round.requireNoCrash(host);
    }
  }

  private static void begin(FaultHost host, boolean outside, int ms) {
    if (outside) {
      Tool.PRLIMIT.run("--pid", "" + host.pid(), "--nofile=3:" + DESCRIPTORS);
    } else {
      host.tell("hog 0 " + ms);
      host.await("hogged", HOGGED);
    }
  }

  private static void end(FaultHost host, boolean outside, int ms) {
    if (outside) {
      Tool.PRLIMIT.run("--pid", "" + host.pid(), "--nofile=" + DESCRIPTORS + ":" + DESCRIPTORS);
    } else {
      host.await("freed", HOGGED.plusMillis(ms));
    }
  }

  /** Fails the round if the bridge made no progress and did not report the shortage. */
  private static void tell(Round round, Samples samples) {
    boolean told = samples.told("open files", "descriptor");
    round.add("stood still in the shortage", samples.stood() ? 1 : 0);
    round.add("told what is short", told ? 1 : 0);
    round.require(
        !samples.stood() || told,
        "stood still for 2.5 s and more and did not say what is short: " + samples.problems());
  }

  /** Runs {@code ai-bridge status} like a monitor would, if the command is installed. */
  private static void status(Round round, Ordeal ordeal, Samples samples) {
    if (!OperatorCall.isPossible()) {
      return;
    }
    Path out = round.folder().resolve("status.out");
    int exit = OperatorCall.make(ordeal.plan(), out, "status", "-o", "json").exit();
    boolean well = samples.look().path("state").asText().equals("RUNNING");
    round.add("asked for its status", 1);
    round.add("of those, status exits 0 though it is not well", exit == 0 && !well ? 1 : 0);
  }

  private static boolean names(String problem) {
    return problem.toLowerCase(java.util.Locale.ROOT).contains("open files");
  }
}
