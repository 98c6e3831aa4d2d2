package org.aibridge.core.dispatch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.api.status.GateState;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalStage;
import org.aibridge.core.run.Chance;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.World;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Retries;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.Standing;
import org.aibridge.core.service.Trial;
import org.aibridge.core.service.Verdict;
import org.aibridge.core.store.StoreLimits;

/**
 * Ring, journals and dispatchers of a bridge with two sinks, on real files, in one thread: a life
 * ends by a kill, and the next one finds what the disk had at that moment.
 */
final class RoutedBench implements AutoCloseable {
  static final String KAFKA = "kafka";
  static final String HTTP = "http";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MB = 1 << 20;

  /** An event as a sink had it. */
  record Taken(String id, long number, long player) {}

  /** Ends a life as a kill does. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Answers what the test says; delivered if it says nothing. */
  final class Scripted implements EventSink, Service {
    final List<Taken> taken = new ArrayList<>();

    /** The answer to a batch; null for none at all. */
    Function<EventBatch, Verdict> answer = batch -> Verdict.Delivered.whole(reply(1));

    /** How long the sink takes nothing, in nanoseconds. */
    long wait;

    @Override
    public long trySend(EventBatch batch, Consumer<Verdict> onVerdict) {
      requireLife();
      if (wait > 0) {
        return wait;
      }
      Verdict verdict = answer.apply(batch);
      if (verdict == null || verdict instanceof Verdict.Delivered) {
        taken.addAll(RoutedBench.events(batch));
      }
      if (verdict != null) {
        onVerdict.accept(verdict);
      }
      return 0;
    }

    @Override
    public long notBeforeMs() {
      return 0;
    }

    @Override
    public EventSink events() {
      return this;
    }

    @Override
    public ActionSource actions() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Standing standing(Use use) {
      String held = wait > 0 ? "it takes nothing" : "";
      return new Standing(held, GateState.CLOSED, wait > 0, 0, 0, held, false, 0);
    }

    @Override
    public Trial trial(Use use) {
      return Trial.NONE;
    }

    @Override
    public void retryNow() {
      wait = 0;
    }

    @Override
    public void close() {
      wait = Long.MAX_VALUE;
    }

    List<Long> numbers() {
      return taken.stream().map(Taken::number).toList();
    }
  }

  final ManualClock clock = new ManualClock();
  final Scripted http = new Scripted();
  final Scripted kafka = new Scripted();
  final List<DeadLetter> letters = new ArrayList<>();

  /** The sink that each accepted event was routed to when it was published. */
  final Map<Long, String> accepted = new LinkedHashMap<>();

  /** Called at each fail point. */
  Consumer<String> moment = where -> {};

  JournalStage stage;
  Dispatchers dispatchers;

  /** True once {@link #killHere} has ended this life, though something may have gone on. */
  private boolean dead;

  /** The files of the last life that was killed. */
  private Path left;

  private final Path temp;
  private final long maxMb;
  private Path folder;
  private int lives;
  private long next = 1;
  private List<EventType> routed = List.of();

  RoutedBench(Path temp, long maxMb) {
    this.temp = temp;
    this.maxMb = maxMb;
    this.folder = temp.resolve("0");
  }

  static Verdict.Reply reply(int code) {
    return new Verdict.Reply(code, code == 1 ? "" : "code " + code, "text", "", false, 1);
  }

  /** Begins a life in which {@code types} go to Kafka. */
  RoutedBench start(EventType... types) {
    return start(List.of(types), kafka);
  }

  /**
   * Begins a life.
   *
   * @param forKafka who takes what lies in Kafka's journal
   */
  RoutedBench start(Collection<EventType> types, Scripted forKafka) {
    routed = List.copyOf(types);
    BridgeConfig config = Bench.settings("lanes = 3\nbatch_size = 5\nmax_batch_size = 5\n");
    JournalStage.Settings settings =
        new JournalStage.Settings(
            folder.resolve("journal"),
            new StoreLimits(MB, 0, maxMb * MB),
            3,
            new JournalStage.Ring(folder.resolve("ring"), 1000, 65_536),
            null,
            List.of(new JournalStage.Route(KAFKA, 1, EventKinds.routed(types))));
    World world =
        new World(
            clock,
            clock::epochMs,
            Threads.OF_JVM,
            Chance.OF_JVM,
            (point, where) -> moment.accept(point + "@" + where),
            World.ofJvm().once());
    try {
      stage = new JournalStage(settings, world, () -> {});
      requireLife();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Dispatchers.Route> all = new ArrayList<>();
    all.add(
        new Dispatchers.Route(
            HTTP, stage.journal(), dispatcher(config, stage.journal(), http), http));
    stage
        .branches()
        .forEach(
            (sink, its) ->
                all.add(
                    new Dispatchers.Route(sink, its, dispatcher(config, its, forKafka), forKafka)));
    dispatchers = new Dispatchers(all);
    return this;
  }

  private Dispatcher dispatcher(BridgeConfig config, Journal journal, EventSink sink) {
    return new Dispatcher(
        () -> config,
        journal,
        sink,
        letters::add,
        () -> new Retries(3, Duration.ofSeconds(1), () -> 0.5),
        clock,
        () -> {});
  }

  /** Publishes an event; true if it is accepted. */
  boolean publish(EventType type, Priority priority, long player) {
    long number = next++;
    GameEvent event = event(type, player, "").withPriority(priority).at(number);
    boolean taken = stage.intake().publish(event);
    if (taken) {
      boolean there = routed.contains(type) && priority != Priority.URGENT;
      accepted.put(number, there ? KAFKA : HTTP);
    }
    return taken;
  }

  /** Publishes an event of {@code bytes} bytes; true if it is accepted. */
  boolean publishLarge(EventType type, int bytes) {
    long number = next++;
    String filler = "x".repeat(bytes);
    boolean taken = stage.intake().publish(event(type, number % 7, filler).at(number));
    if (taken) {
      accepted.put(number, routed.contains(type) ? KAFKA : HTTP);
    }
    return taken;
  }

  private static GameEvent event(EventType type, long player, String filler) {
    return switch (type) {
      case MONSTER_KILL -> GameEvent.monsterKill(player, "prontera", 1002);
      case MAP_CHANGE -> GameEvent.mapChange(player, "prontera", "payon");
      case ITEM_DROP -> GameEvent.itemDrop(player, "prontera", 501, 1);
      case CUSTOM -> GameEvent.custom("any", player, null, "{\"f\":\"" + filler + "\"}");
      default -> GameEvent.playerLogin(player, "prontera");
    };
  }

  /** A slice of the journal's thread, and one of the dispatchers'. */
  int run() {
    int work = stage.duty().runOnce();
    requireLife();
    work += dispatchers.runOnce();
    requireLife();
    return work;
  }

  /** Slices with time between them, until nothing waits. */
  void runUntilDone() {
    runUntil(() -> waiting() == 0);
  }

  /** Slices with time between them, until it is so. */
  void runUntil(BooleanSupplier done) {
    for (int i = 0; !done.getAsBoolean(); i++) {
      if (i > 20_000) {
        throw new AssertionError(waiting() + " events wait");
      }
      if (run() == 0) {
        clock.advance(Duration.ofSeconds(2));
      }
    }
  }

  long waiting() {
    return stage.intake().accepted()
        + stage.journal().ofAll(j -> j.carriedOver() + j.recovered())
        - dispatchers.sum().ended();
  }

  /** Ends this life as a kill does at this moment, wherever it is called. */
  void kill() {
    killHere();
    bury();
  }

  /** Keeps the disk as it is now, as the next life finds it; for use in the middle of a change. */
  Killed killHere() {
    Path copy = temp.resolve(Integer.toString(++lives));
    copy(folder, copy);
    moment = where -> {};
    left = folder;
    folder = copy;
    dead = true;
    return new Killed();
  }

  private void requireLife() {
    if (dead) {
      throw new Killed();
    }
  }

  /** Gives up what a life had that {@link #killHere} has ended. */
  void bury() {
    if (stage != null) {
      stage.close(); // What fails in it is logged: its files are as the kill left them.
    }
    stage = null;
    dead = false;
    Bench.delete(left);
  }

  private static void copy(Path from, Path to) {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Taken> events(EventBatch batch) {
    try {
      List<Taken> events = new ArrayList<>();
      for (JsonNode event : JSON.readTree(batch.body()).path("events")) {
        events.add(
            new Taken(
                event.path("event_id").asText(),
                event.path("timestamp").asLong(),
                event.path("player_id").asLong()));
      }
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the name of a fail point in a folder, as {@link #moment} is told it. */
  static String at(FailPoint point, String where) {
    return point + "@" + where;
  }

  @Override
  public void close() {
    if (stage != null) {
      dispatchers.close();
      stage.close();
    }
  }
}
