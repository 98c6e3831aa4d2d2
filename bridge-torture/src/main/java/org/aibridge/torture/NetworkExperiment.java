package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Breaks the network in every way but a clean one. One way a round.
 *
 * <p>Events come throughout, 200 a second; the network is good for the first {@link Round#events}
 * of them. Times are those of a server, scaled down: a call may take 1 s (instead of 35 s), the
 * breaker is open for 0.5 s (instead of 60 s), and a byte comes every 150 ms within a limit of 700
 * ms (instead of every 5 s within 30 s).
 */
public final class NetworkExperiment implements Experiment {
  /** The number of ways in which the network fails; this many rounds try each way once. */
  public static final int WAYS = 6;

  private static final int TIMES_EACH = 2;
  private static final int CONNECT_MS = 300;
  private static final int READ_MS = 700;
  private static final int CALL_MS = CONNECT_MS + READ_MS;
  private static final int OPEN_MS = 500;
  private static final int BYTE_EVERY_MS = 150;
  private static final int RECOVERY_MS = 5000;

  private static final int MAX_CONNECTIONS = 10;

  /** The number of additional connections or threads that do not count as a leak. */
  private static final int FLAT = 8;

  private static final int PER_SECOND = 200;

  /** The number of planned events, which is more than a round can send. */
  private static final int NUMBERS = 1_000_000;

  private static final String HOST = "ai.service.test";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofSeconds(300);

  /**
   * How large it is.
   *
   * @param outageMs how long a network stays away
   * @param flaps how many connections break
   * @param cycles how often the breaker opens and closes
   * @param settleMs how long what is idle has to go
   * @param slackMs how late the machine may be with anything
   */
  public record Size(int outageMs, int flaps, int cycles, int settleMs, int slackMs) {
    /** The full size, which tests the experiment's promise. */
    public static final Size FULL = new Size(12_000, 1000, 100, 7000, 500);

    /** A small size, which tests the experiment itself on busy machines. */
    public static final Size SMALL = new Size(2500, 60, 6, 0, 15_000);
  }

  private final Size size;

  /** Creates the experiment with its full size. */
  public NetworkExperiment() {
    this(Size.FULL);
  }

  /** Creates the experiment with another size. */
  public NetworkExperiment(Size size) {
    this.size = size;
  }

  @Override
  public String name() {
    return "network";
  }

  @Override
  public String promise() {
    return "the call timeout fires every time, threads and sockets stay flat, the bridge recovers"
        + " within the breaker's time + 5 s, and the breaker never sticks half-open";
  }

  @Override
  public int usualRounds() {
    return WAYS * TIMES_EACH;
  }

  @Override
  public int usualEvents() {
    return 500;
  }

  @Override
  public void run(Round round) {
    switch ((round.number() - 1) % WAYS) {
      case 0 -> direct(round, "hung", new Hung());
      case 1 -> direct(round, "trickle", new Trickle());
      case 2 -> halfOpen(round);
      case 3 -> flaps(round);
      case 4 -> names(round);
      default -> cycles(round);
    }
  }

  /**
   * Has the service accept requests and not answer them to the end: dispatches alone, whose breaker
   * is to open although polls are answered, or every other time polls too.
   */
  private void direct(Round round, String way, Calls calls) {
    try (ScriptedService service = round.service()) {
      HostPlan plan = plan(round, config(round, service.baseUrl()));
      try (FaultHost host = begin(round, plan, service);
          Footprint footprint = warm(round, host, service)) {
        Footprint.Count before = footprint.now();
        boolean pollsToo = (round.number() - 1) / WAYS % 2 == 1;
        service.script(Script.always(calls));
        service.scriptOthers(pollsToo ? Script.always(calls) : null);
        Pause.millis(size.outageMs);
        String state = breaker(host);
        for (int left = size.slackMs; state.equals("closed") && left > 0; left -= 20) {
          Pause.millis(20);
          state = breaker(host);
        }
        round.require(!state.equals("closed"), "the breaker is closed");
        service.scriptOthers(null);
        recover(round, way, service);
        finish(round, way, host, footprint, before);
        require(round, way, calls);
      }
      judge(round, plan, service);
    }
  }

  private static String breaker(FaultHost host) {
    return host.status().path("breaker").asText();
  }

  private void require(Round round, String way, Calls calls) {
    List<Long> heldMs = calls.heldMs();
    round.figure(way + ": calls without an answer", heldMs.size());
    for (long ms : heldMs) {
      round.figure(way + ": longest call, ms", ms);
      round.require(ms <= CALL_MS + size.slackMs, "a call was given up after " + ms + " ms");
    }
    round.require(!heldMs.isEmpty(), "no call was without an answer");
    round.require(calls.open() == 0, calls.open() + " calls were never given up");
  }

  /** Lets the service vanish behind a proxy while connections on this side stay open. */
  private void halfOpen(Round round) {
    try (ScriptedService service = round.service();
        RelayProxy proxy = new RelayProxy("127.0.0.1", 0, port(service))) {
      HostPlan plan = plan(round, config(round, "http://127.0.0.1:" + proxy.port()));
      try (FaultHost host = begin(round, plan, service);
          Footprint footprint = warm(round, host, service)) {
        Footprint.Count before = footprint.now();
        proxy.vanish();
        Pause.millis(size.outageMs);
        round.figure("half-open: connections held at the end", proxy.silent());
        proxy.relay();
        recover(round, "half-open", service);
        finish(round, "half-open", host, footprint, before);
        round.require(
            size.settleMs == 0 || proxy.silent() == 0,
            proxy.silent() + " connections to nobody are still open");
      }
      judge(round, plan, service);
    }
  }

  private void flaps(Round round) {
    try (ScriptedService service = round.service();
        RelayProxy proxy = new RelayProxy("127.0.0.1", 0, port(service))) {
      HostConfig config =
          config(round, "http://127.0.0.1:" + proxy.port())
              .set("circuit_breaker", "timeout", "20")
              .set("http_pool", "retry_delay", "2");
      HostPlan plan = plan(round, config);
      try (FaultHost host = begin(round, plan, service);
          Footprint footprint = warm(round, host, service)) {
        Footprint.Count before = footprint.now();
        proxy.flap(size.flaps);
        long deadline = System.nanoTime() + LONG.toNanos();
        while (proxy.flaps() < size.flaps && System.nanoTime() - deadline < 0) {
          Pause.millis(5);
        }
        round.figure("flaps", proxy.flaps());
        round.require(proxy.flaps() == size.flaps, "only " + proxy.flaps() + " flaps");
        recover(round, "flaps", service);
        finish(round, "flaps", host, footprint, before);
      }
      judge(round, plan, service);
    }
  }

  /**
   * Makes the service's host name unknown, then known, then unknown, then known at another address.
   */
  private void names(Round round) {
    Path hosts = round.folder().resolve("hosts");
    try (ScriptedService service = round.service();
        RelayProxy second = new RelayProxy("127.0.0.2", 0, port(service));
        RelayProxy first = new RelayProxy("127.0.0.1", second.port(), port(service))) {
      HostPlan plain = plan(round, config(round, "http://" + HOST + ":" + second.port()));
      List<String> arguments = new ArrayList<>(plain.jvmArguments());
      arguments.add("-Djdk.net.hosts.file=" + hosts);
      // The JVM's defaults are too long: it caches names for 30 s and failed look-ups for 10 s.
      Path security = round.folder().resolve("security.properties");
      write(security, "networkaddress.cache.ttl=1\nnetworkaddress.cache.negative.ttl=1");
      arguments.add("-Djava.security.properties=" + security);
      HostPlan plan = plain.withJvmArguments(arguments);
      write(hosts, "127.0.0.9 another.name");
      try (FaultHost host = FaultHost.start(plan)) {
        round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
        host.go();
        Pause.millis(size.outageMs / 2);
        round.require(service.requests() == 0, "requests before the name was known");
        write(hosts, "127.0.0.1 " + HOST);
        recover(round, "names, at first", service);
        try (Footprint footprint = warm(round, host, service)) {
          Footprint.Count before = footprint.now();
          write(hosts, "127.0.0.9 another.name");
          first.vanish();
          Pause.millis(size.outageMs);
          write(hosts, "127.0.0.2 " + HOST);
          recover(round, "names, after the change", service);
          finish(round, "names", host, footprint, before);
        }
      }
      judge(round, plan, service);
    }
  }

  /** Opens the breaker, makes its probes hang or fail, then lets the service answer again. */
  private void cycles(Round round) {
    try (ScriptedService service = round.service()) {
      HostConfig config =
          config(round, service.baseUrl())
              .set("ai_service", "timeout_connect", "100")
              .set("ai_service", "timeout_read", "200")
              .set("circuit_breaker", "timeout", "200");
      HostPlan plan = plan(round, config);
      try (FaultHost host = begin(round, plan, service);
          Footprint footprint = warm(round, host, service)) {
        Footprint.Count before = footprint.now();
        List<Behaviour> probes =
            List.of(
                Behaviours.neverAnswer(),
                Behaviours.reset(false),
                Behaviours.garbage(false),
                Behaviours.halfAnswer(false));
        Breaker breaker = new Breaker(host, round);
        for (int i = 0; i < size.cycles; i++) {
          all(service, Behaviours.reset(false));
          breaker.await("open");
          int seen = service.requests();
          all(service, probes.get(i % probes.size()));
          while (service.requests() == seen) {
            breaker.look();
          }
          Pause.millis(round.random().nextInt(300));
          all(service, null);
          long mended = System.nanoTime();
          breaker.await("closed");
          long ms = (System.nanoTime() - mended) / 1_000_000;
          round.figure("cycles: longest until closed, ms", ms);
          round.require(ms <= 200 + RECOVERY_MS, "closed " + ms + " ms after the end of an outage");
          round.add("cycles", 1);
        }
        round.figure("cycles: longest half-open, ms", breaker.longestHalfOpenMs);
        round.require(
            breaker.longestHalfOpenMs <= 200 + 300 + size.slackMs,
            "half-open for %d ms".formatted(breaker.longestHalfOpenMs));
        service.releaseHeld();
        recover(round, "cycles", service);
        finish(round, "cycles", host, footprint, before);
      }
      judge(round, plan, service);
    }
  }

  /** Sets {@code behaviour} for all requests; null restores the usual answers. */
  private static void all(ScriptedService service, Behaviour behaviour) {
    service.scriptOthers(behaviour == null ? null : Script.always(behaviour));
    service.script(Script.always(behaviour == null ? Behaviours.acknowledge() : behaviour));
  }

  private static HostConfig config(Round round, String url) {
    return new HostConfig(round.folder(), url)
        .set("ai_service", "timeout_connect", Integer.toString(CONNECT_MS))
        .set("ai_service", "timeout_read", Integer.toString(READ_MS))
        .set("http_pool", "max_connections", Integer.toString(MAX_CONNECTIONS))
        .set("http_pool", "keep_alive_time", "2000")
        .set("circuit_breaker", "timeout", Integer.toString(OPEN_MS));
  }

  private static HostPlan plan(Round round, HostConfig config) {
    return HostPlan.in(round.folder(), config.write(), round.seed())
        .withNumbers(0, NUMBERS)
        .withRate(PER_SECOND);
  }

  private static FaultHost begin(Round round, HostPlan plan, ScriptedService service) {
    FaultHost host = FaultHost.start(plan);
    round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
    host.go();
    return host;
  }

  /**
   * Waits until connections and threads are as usual, and returns their numbers to compare later.
   */
  private static Footprint warm(Round round, FaultHost host, ScriptedService service) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (host.status().path("delivered").asLong() < round.events()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("not warm: " + host.status());
      }
      Pause.millis(20);
    }
    return new Footprint(host.pid());
  }

  /** Measures the time from now, when the fault ends, to the next acknowledged batch. */
  private void recover(Round round, String way, ScriptedService service) {
    AtomicLong first = new AtomicLong();
    long mended = System.nanoTime();
    service.script(
        Script.always(
            exchange -> {
              exchange.commit();
              exchange.answer(200, "{}");
              first.compareAndSet(0, System.nanoTime());
            }));
    while (first.get() == 0 && System.nanoTime() - mended < LIMIT.toNanos()) {
      Pause.millis(5);
    }
    long end = first.get() == 0 ? System.nanoTime() : first.get();
    long ms = (end - mended) / 1_000_000;
    round.figure(way + ": recovered after, ms", ms);
    round.require(ms <= OPEN_MS + RECOVERY_MS, "recovered only after " + ms + " ms");
  }

  private void finish(
      Round round, String way, FaultHost host, Footprint footprint, Footprint.Count before) {
    host.pause();
    Pause.millis(200);
    JsonNode status = host.awaitDrained(LONG);
    round.require(status.path("deadLettered").asLong() == 0, "dead letters: " + status);
    Pause.millis(size.settleMs);
    Footprint.Count after = footprint.now();
    Footprint.Count most = footprint.most();
    note(round, way + ": threads", before.threads(), most.threads(), after.threads());
    note(round, way + ": sockets", before.sockets(), most.sockets(), after.sockets());
    round.require(
        after.threads() <= before.threads() + FLAT
            && after.sockets() <= before.sockets() + FLAT
            && most.threads() <= before.threads() + 2 * MAX_CONNECTIONS + FLAT
            && most.sockets() <= before.sockets() + 2 * MAX_CONNECTIONS,
        "before %s, at most %s, after %s".formatted(before, most, after));
    host.stop(LIMIT);
    round.requireNoCrash(host);
  }

  private static void note(Round round, String what, int before, int most, int after) {
    round.figure(what + " before", before);
    round.figure(what + " at most", most);
    round.figure(what + " after", after);
  }

  private static void judge(Round round, HostPlan plan, ScriptedService service) {
    round.require(new Oracle(plan.ledger().accepted(), service.commits()).judge());
  }

  private static int port(ScriptedService service) {
    return java.net.URI.create(service.baseUrl()).getPort();
  }

  /** Replaces the text atomically: a reader sees either the old or the new one. */
  private static void write(Path file, String line) {
    try {
      Path next = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(next, line + "\n");
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves requests unanswered, and measures how long the bridge waits for each. */
  private abstract static class Calls implements Behaviour {
    private final Queue<Long> held = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();

    @Override
    public void handle(Exchange exchange) throws IOException {
      long start = exchange.request().nanos();
      open.incrementAndGet();
      if (hold(exchange)) {
        held.add((System.nanoTime() - start) / 1_000_000);
        open.decrementAndGet();
      }
      exchange.hangUp();
    }

    /** Leaves a request unanswered; true if the bridge closed the connection. */
    abstract boolean hold(Exchange exchange) throws IOException;

    List<Long> heldMs() {
      return List.copyOf(held);
    }

    int open() {
      return open.get();
    }
  }

  private static final class Hung extends Calls {
    @Override
    boolean hold(Exchange exchange) throws IOException {
      exchange.body();
      return exchange.awaitHangUp(10 * CALL_MS);
    }
  }

  private static final class Trickle extends Calls {
    @Override
    boolean hold(Exchange exchange) throws IOException {
      if (exchange.request().isDispatch()) {
        exchange.commit();
      }
      String answer = Exchange.answerText(200, "{}", "X-Padding: " + "x".repeat(200));
      for (char c : answer.toCharArray()) {
        exchange.raw(String.valueOf(c));
        if (exchange.awaitHangUp(BYTE_EVERY_MS)) {
          return true;
        }
      }
      return false;
    }
  }

  /** Watches the breaker, and measures how long it stays half-open at a time. */
  private static final class Breaker {
    private final FaultHost host;
    private final Round round;
    private long halfOpenSince;
    private long longestHalfOpenMs;

    Breaker(FaultHost host, Round round) {
      this.host = host;
      this.round = round;
    }

    String look() {
      String state = host.status().path("breaker").asText();
      long now = System.nanoTime();
      if (!state.equals("half_open")) {
        halfOpenSince = 0;
      } else if (halfOpenSince == 0) {
        halfOpenSince = now;
      } else {
        longestHalfOpenMs = Math.max(longestHalfOpenMs, (now - halfOpenSince) / 1_000_000);
      }
      Pause.millis(3);
      return state;
    }

    void await(String wanted) {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      String state = look();
      while (!state.equals(wanted)) {
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              "the breaker is %s, not %s, in round %d".formatted(state, wanted, round.number()));
        }
        state = look();
      }
    }
  }
}
