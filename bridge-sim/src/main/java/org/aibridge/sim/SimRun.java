package org.aibridge.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.deadletter.LetterScan;

/** A run of one tape, from an empty folder to the final check of the files. */
final class SimRun {
  /** The result of a run; {@code violations}, worst first, is empty if all is well. */
  record Result(
      List<SimOracle.Violation> violations,
      long hash,
      int accepted,
      int applied,
      long failedCalls,
      long simulatedMs,
      List<String> lines,
      List<Shim.Entry> calls) {
    boolean isGood() {
      return violations.isEmpty();
    }
  }

  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  /** The longest time without progress after the last trouble, in seconds. */
  private static final int AFTER_SECONDS = 900;

  private static final String MAP = "prontera";

  private static long RUNS;

  private final Tape tape;
  private final Shim shim;
  private final Path folder;
  private final SimLoop loop;
  private final SimOracle oracle;
  private final SimService service;
  private final SimFaults faults;
  private final SimLife life;
  private final Map<String, Integer> replies = new TreeMap<>();
  private BridgeStatus.Events last;
  private long events;
  private long actions;

  private SimRun(Tape tape, Shim shim, Path root) {
    this.tape = tape;
    this.shim = shim;
    // Each run has a new folder, so that state of an earlier run in this JVM cannot affect it.
    this.folder = root.resolve("r" + ++RUNS).resolve("life");
    long seed = tape.number("seed", 0);
    this.loop = new SimLoop(new SimClock(), seed);
    this.oracle = new SimOracle(loop, tape);
    this.service = new SimService(loop, oracle, seed, tape.number("latency", 5));
    this.faults = new SimFaults(loop, shim, oracle);
    SimBroker broker = new SimBroker(loop, oracle, service, seed, tape.number("latency", 5));
    this.life = new SimLife(loop, oracle, service, broker, faults, shim, tape, folder);
  }

  /** Runs {@code tape}, with its files in {@code root}, which nobody else may use. */
  static Result run(Tape tape, Shim shim, Path root) throws IOException {
    return new SimRun(tape, shim, root).run(false);
  }

  /** Runs {@code tape}, and records all calls that reached the shim before the end. */
  static Result record(Tape tape, Shim shim, Path root) throws IOException {
    return new SimRun(tape, shim, root).run(true);
  }

  private Result run(boolean logged) throws IOException {
    shim.reset();
    Files.createDirectories(folder);
    writeConfiguration(configuration());
    shim.log(logged);
    List<Shim.Entry> calls = List.of();
    try {
      live();
      calls = logged ? shim.logged() : calls;
    } catch (Throwable e) {
      oracle.violated("0 the simulation failed", trace(e));
    }
    shim.arm(false);
    SimLife.delete(folder.getParent());
    return new Result(
        oracle.verdict(),
        oracle.hash(),
        oracle.acceptedCount(),
        oracle.appliedCount(),
        shim.failed(),
        loop.clock.nowMs(),
        List.copyOf(oracle.lines()),
        calls);
  }

  private static String trace(Throwable e) {
    StringBuilder text = new StringBuilder(e.toString());
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      text.append(" <- ").append(cause);
      for (int i = 0; i < Math.min(12, cause.getStackTrace().length); i++) {
        text.append("\n    ").append(cause.getStackTrace()[i]);
      }
    }
    return text.toString();
  }

  private void live() {
    long begin = loop.clock.now();
    life.onStarted(this::register);
    faults.onEnded(() -> loop.after(5 * SECOND, this::lookAfterShortage));
    for (Tape.Op op : tape.ops()) {
      loop.at(begin + op.atMs() * MS, () -> run(op));
    }
    loop.at(begin, life::start);
    loop.after(SECOND, this::look);
    until(begin + tape.number("ms", 1000) * MS);
    heal();
    goOn(AFTER_SECONDS);
    if (oracle.violation() != null && life.isUp()) {
      BridgeStatus status = life.bridge().status();
      oracle.trace("STATUS", status.state(), status.problem(), status.events());
    }
    life.stop();
    oracle.setAside();
    if (oracle.violation() == null) {
      nextStart();
    }
    account();
  }

  private void heal() {
    faults.heal();
    service.heal();
    oracle.trace("healed");
  }

  private void until(long nanos) {
    while (oracle.violation() == null && loop.clock.now() < nanos) {
      loop.runUntil(Math.min(nanos, loop.clock.now() + SECOND));
    }
  }

  /**
   * Goes on until everything has ended, or nothing has for {@code seconds} seconds; at least until
   * every shortage can be over.
   */
  private void goOn(int seconds) {
    long least = loop.clock.now() + 6 * SECOND;
    long most = loop.clock.now() + seconds * SECOND;
    int left = Integer.MAX_VALUE;
    while (oracle.violation() == null && (loop.clock.now() < least || !isDone())) {
      if (loop.clock.now() >= most) {
        int now = oracle.missing(service).size() + service.unreported();
        if (now >= left) {
          break;
        }
        left = now; // A slow service takes one event a second while thousands wait.
        most = loop.clock.now() + seconds * SECOND;
      }
      until(loop.clock.now() + SECOND);
    }
    boolean paused = last != null && last.paused(); // Until an operator resumes sending.
    if (oracle.violation() == null && !isDone() && !service.hasPoison(500) && !paused) {
      oracle.violated(
          "b not all ends",
          oracle.missing(service).size()
              + " events, "
              + service.unreported()
              + " actions without an end");
    }
  }

  private boolean isDone() {
    boolean told =
        service.unreported() == 0
            || !service.isWell(SimService.Endpoint.POLLS)
            || !service.isWell(SimService.Endpoint.RESULTS);
    return life.isUp() && oracle.isDone(service) && told;
  }

  /** Starts the bridge again; the service offers all actions again, as if it had crashed, too. */
  private void nextStart() {
    service.reoffer();
    life.start();
    goOn(AFTER_SECONDS);
    life.stop();
  }

  /** Checks that each published event without an end is waiting or is a dead letter. */
  private void account() {
    boolean stands = oracle.violation() != null;
    if (stands && !oracle.violation().isLiveness()) {
      return; // The run was aborted.
    }
    oracle.setAside();
    Set<Long> missing = new TreeSet<>(oracle.missing(service));
    try {
      missing.removeAll(Segments.look(life.letters()).before());
      int all = missing.size();
      // Missing events may still be waiting if the run stood still or if sending is paused.
      boolean mayWait = last != null && (stands || last.paused()) && all <= last.waiting();
      if (all == 0 || mayWait) {
        return;
      }
      missing.retainAll(Segments.look(life.journal()).behind());
      oracle.violated(
          "1 lost",
          "%d of %d accepted events, %d of them behind an end mark"
              .formatted(all, oracle.acceptedCount(), missing.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(Tape.Op op) {
    if (life.isClosing()) {
      loop.after(100 * MS, () -> run(op));
      return;
    }
    if (!op.kind().equals("publish")) {
      oracle.trace(op.kind(), op.words());
    }
    switch (op.kind()) {
      case "publish" -> publish(op.number(0), op.number(1), (int) op.number(2));
      case "offer" -> offer(op.number(0), (int) op.number(1));
      case "reoffer" -> service.reoffer();
      case "fail" -> faults.fail(op);
      case "descriptors" -> faults.descriptors(op.number(0), op.number(1));
      case "blocks" -> faults.blocks(op.number(0), op.number(1));
      case "service" -> trouble(op);
      case "poison" -> service.poison(op.number(0), (int) op.number(1));
      case "kill" -> {
        life.kill();
        loop.after(op.number(0) * MS, this::startAgain);
      }
      case "stop" -> {
        life.stop();
        loop.after(op.number(0) * MS, this::startAgain);
      }
      case "second" -> life.second();
      case "reload" -> reload(op.word(0));
      case "command" -> command(op.word(0));
      default -> throw new IllegalArgumentException("no such operation: " + op);
    }
  }

  private void startAgain() {
    if (!life.isUp() && !life.isClosing()) {
      life.start();
    }
  }

  private void trouble(Tape.Op op) {
    for (SimService.Endpoint at : SimService.Endpoint.values()) {
      String name = at.name().toLowerCase(java.util.Locale.ROOT);
      if (op.word(0).equals(name) || op.word(0).equals("all")) {
        service.trouble(at, op.word(1), op.number(2), op.number(3), op.number(4));
      }
    }
  }

  private void publish(long count, long players, int bytes) {
    String pad = "x".repeat(bytes);
    for (long i = 0; i < count; i++) {
      long number = ++events;
      long player = 1 + number % players;
      String payload = "{\"n\":" + number + ",\"pad\":\"" + pad + "\"}";
      GameEvent event = GameEvent.custom("sim", player, MAP, payload).at(loop.clock.epochMs());
      if (life.isUp() && life.bridge().publish(event)) {
        oracle.accepted(number, player);
      } else {
        oracle.refused();
      }
    }
    oracle.trace("published", events, oracle.refusals());
  }

  private void offer(long count, int bytes) {
    for (long i = 0; i < count; i++) {
      String id = "a" + ++actions + "-" + "y".repeat(Math.min(100, bytes));
      replies.put(id, bytes);
      oracle.offered(id);
      service.offer(
          id,
          "{\"action_id\":\"%s\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hi\"}}"
              .formatted(id));
    }
  }

  private void register(AiBridge bridge) {
    bridge.onAction(
        Broadcast.class,
        action -> {
          String id = action.header().id();
          oracle.applied(id);
          return ActionReply.done("z".repeat(replies.getOrDefault(id, 0)));
        });
  }

  private void reload(String kind) {
    String good = configuration();
    String text =
        switch (kind) {
          case "good" -> good + "\n[event_dispatcher]\nbatch_interval = 77\n";
          case "half" -> good.substring(0, good.length() / 2);
          default -> good + "\n[journal]\nroll_mb = many\n";
        };
    writeConfiguration(text);
    if (life.isUp()) {
      life.bridge().reload();
    }
    if (!kind.equals("good")) {
      loop.after(2 * SECOND, () -> writeConfiguration(good));
    }
  }

  private void command(String verb) {
    switch (verb) {
      case "resume", "reload" -> life.command("bridge", "{\"do\":\"" + verb + "\"}");
      case "in-doubt", "pending" -> life.command("actions", "{\"do\":\"" + verb + "\"}");
      case "undo" -> life.command("letters", "{\"do\":\"undo\",\"number\":1}");
      case "replay" -> replay();
      default -> life.command("nobody", "[" + verb);
    }
  }

  /** Replays all dead letters. */
  private void replay() {
    String[] letters = {""};
    faults.without(
        () -> {
          if (!Files.isDirectory(life.letters())) {
            return;
          }
          StringBuilder lines = new StringBuilder();
          try (LetterScan scan = new LetterScan(life.letters())) {
            while (scan.next()) {
              var letter = scan.letter();
              var event = letter.tree().path("event");
              oracle.replayed(event.path("payload").path("n").asLong());
              lines.append(
                  (lines.isEmpty() ? "" : ",")
                      + "{\"segment\":%d,\"key\":%d,\"replays\":%d,\"event\":%s}"
                          .formatted(letter.segment(), letter.key(), letter.replayCount(), event));
            }
            letters[0] = lines.toString();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    life.command("letters", "{\"do\":\"replay\",\"force\":true,\"letters\":[" + letters[0] + "]}");
  }

  private void look() {
    if (life.isUp()) {
      BridgeStatus status = life.bridge().status();
      last = status.events();
      oracle.look(status, service, life.upSince(), faults.since());
      if (status.problem().contains("actions read-from")) {
        life.command("actions", "{\"do\":\"read-from\",\"where\":\"oldest\"}");
      }
    }
    loop.after(SECOND, this::look);
  }

  /** True if the status reports failed polls or results, as it does until their breaker closes. */
  private boolean isToldOfPollsOrResults(BridgeStatus status, long over) {
    long well =
        Math.max(
            service.wellSince(SimService.Endpoint.POLLS),
            service.wellSince(SimService.Endpoint.RESULTS));
    return well > over - 60 * SECOND
        && status.problem().matches("(?s)(actions|results of actions) cannot be .*");
  }

  /** Checks that everything works again, without help, five seconds after a shortage. */
  private void lookAfterShortage() {
    long over = loop.clock.now() - 5 * SECOND;
    if (!life.isUp() || life.upSince() > over || faults.since() > over) {
      return;
    }
    BridgeStatus status = life.bridge().status();
    // A shortage of sockets counts here as a failure of the service.
    boolean socketsShort = status.problem().contains("the AI service cannot be asked");
    boolean stuck =
        service.hasPoison(500)
            && status
                .problem()
                .matches("(?s)(while others go out, some|no event has been taken).*");
    if (status.state() == BridgeState.DEGRADED
        && !socketsShort
        && !stuck
        && !isToldOfPollsOrResults(status, over)
        && !status.events().paused()) {
      oracle.violated("d five seconds after a shortage", "still degraded: " + status.problem());
    }
    boolean may =
        service.wellSince(SimService.Endpoint.EVENTS) < over - 60 * SECOND
            || service.wellSince(SimService.Endpoint.EVENTS) == 0;
    if (may
        && !service.hasPoison(400)
        && status.state() == BridgeState.RUNNING
        && oracle.waitsSince(over, service)
        && oracle.answeredNanos() < over) {
      oracle.violated(
          "d five seconds after a shortage", "nothing is sent, and the state is running");
    }
    boolean polls = service.wellSince(SimService.Endpoint.POLLS) == 0;
    if (polls
        && !status.problem().contains("refuses our credentials") // all requests have the same key
        && service.lastPollNanos() < over
        && service.room()) {
      oracle.violated(
          "d five seconds after a shortage", "no poll, problem \"" + status.problem() + "\"");
    }
  }

  private String configuration() {
    Map<String, Map<String, String>> sections = new TreeMap<>();
    set(sections, "bridge.server_id", "s1");
    set(sections, "ai_service.base_url", "http://127.0.0.1:1");
    set(sections, "ai_service.timeout_connect", "1");
    set(sections, "event_dispatcher.dlq_path", life.letters().toString());
    set(sections, "journal.path", life.journal().toString());
    set(sections, "journal.ring_path", folder.resolve("intake.ring").toString());
    set(sections, "journal.roll_mb", "1");
    set(sections, "journal.reserve_mb", "0");
    set(sections, "action_executor.ledger_path", life.actions().toString());
    set(sections, "action_limits.broadcast.per_minute", "0");
    set(sections, "action_limits.total_per_second", "0");
    tape.settings()
        .forEach(
            (name, value) -> {
              if (name.contains(".")) {
                set(sections, name, value);
              }
            });
    StringBuilder text = new StringBuilder();
    sections.forEach(
        (section, keys) -> {
          text.append('[').append(section).append("]\n");
          keys.forEach((key, value) -> text.append(key).append(" = ").append(value).append('\n'));
        });
    return text.toString();
  }

  private static void set(Map<String, Map<String, String>> sections, String name, String value) {
    int dot = name.indexOf('.');
    sections
        .computeIfAbsent(name.substring(0, dot), section -> new TreeMap<>())
        .put(name.substring(dot + 1), value);
  }

  private void writeConfiguration(String text) {
    faults.without(
        () -> {
          try {
            Files.writeString(life.file(), text);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
