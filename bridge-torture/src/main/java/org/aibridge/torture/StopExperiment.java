package org.aibridge.torture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Stops processes for a minute ({@code SIGSTOP}), as a container is paused or a machine is put to
 * sleep: two hosts with 4 lanes and two with 8, each under load, with batches and a poll under way.
 * The service is well; for a host that wakes up every time limit is over.
 */
public final class StopExperiment implements Experiment {
  private static final int STOP_SECONDS = 60;
  private static final int HOSTS = 4;
  private static final int BAD_EVERY = 97;
  private static final int WITHIN_MS = 2000;
  private static final int POLL_MS = 5000;

  private final int seconds;
  private final int hosts;
  private final int timeoutMs;
  private final int backMs;

  /** Creates an experiment that freezes four hosts for a minute, with default time limits. */
  public StopExperiment() {
    this(STOP_SECONDS, HOSTS, 30_000, Ordeal.BACK_MS);
  }

  /**
   * Creates the experiment in small.
   *
   * @param seconds the time for which the hosts stand still; longer than {@code timeoutMs}
   * @param hosts the number of hosts, with 8 and 4 lanes in turn
   * @param timeoutMs the longest time for an answer
   * @param backMs the time in which everything must go on
   */
  public StopExperiment(int seconds, int hosts, int timeoutMs, int backMs) {
    this.seconds = seconds;
    this.hosts = hosts;
    this.timeoutMs = timeoutMs;
    this.backMs = backMs;
  }

  @Override
  public String name() {
    return "stop";
  }

  @Override
  public String promise() {
    return "a process that stood still for a minute takes the time limits that are over for nobody's"
        + " failure: no outage, the breaker closed, nothing lost, nothing twice, back within 5 s";
  }

  @Override
  public int usualRounds() {
    return 20;
  }

  @Override
  public int usualEvents() {
    return 16_000;
  }

  @Override
  public void run(Round round) {
    List<Ordeal> ordeals = new ArrayList<>();
    try {
      for (int i = 0; i < hosts; i++) {
        ordeals.add(ordeal(round, i));
      }
      stopAll(round, ordeals);
      for (Ordeal ordeal : ordeals) {
        ordeal.lastLife();
        ordeal.judge();
      }
    } finally {
      ordeals.forEach(Ordeal::close);
    }
  }

  private Ordeal ordeal(Round round, int number) {
    Path folder = round.folder().resolve("host-" + number);
    String lanes = number % 2 == 0 ? "8" : "4";
    Ordeal ordeal =
        new Ordeal(
            round,
            folder,
            BAD_EVERY,
            conf ->
                conf.set("event_dispatcher", "lanes", lanes)
                    .set("event_dispatcher", "max_batch_size", "100")
                    .set("ai_service", "timeout_connect", "5000")
                    .set("ai_service", "timeout_read", Integer.toString(timeoutMs))
                    .set("circuit_breaker", "timeout", "60000")
                    .set("http_pool", "retry_delay", "1000"));
    // Answers are so slow that nearly all lanes wait for an answer at any moment.
    ordeal.dispatches().delay(200 + round.random().nextInt(200));
    ordeal.offers().holdEmptyPolls(Math.min(POLL_MS, timeoutMs / 2));
    return ordeal;
  }

  private void stopAll(Round round, List<Ordeal> ordeals) {
    List<FaultHost> all = new ArrayList<>();
    List<Samples> samples = new ArrayList<>();
    try {
      for (Ordeal ordeal : ordeals) {
        FaultHost host = FaultHost.start(ordeal.plan());
        all.add(host);
        samples.add(ordeal.begin(host));
        Pause.millis(round.random().nextInt(WITHIN_MS));
        samples.get(samples.size() - 1).look();
        host.freeze();
      }
      Pause.millis(seconds * 1000L);
      for (int i = 0; i < all.size(); i++) {
        all.get(i).thaw();
        samples.get(i).watch(500);
        ordeals.get(i).requireBack(samples.get(i), backMs);
        ordeals.get(i).requireNoOutage(samples.get(i));
        round.add("stops", 1);
        round.add("problems told", samples.get(i).problems().size());
      }
      for (int i = 0; i < all.size(); i++) {
        ordeals.get(i).end(all.get(i));
        round.requireNoCrash(all.get(i));
      }
    } finally {
      all.forEach(FaultHost::close);
    }
  }
}
