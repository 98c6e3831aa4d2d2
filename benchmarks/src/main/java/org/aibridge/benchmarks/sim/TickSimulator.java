package org.aibridge.benchmarks.sim;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.aibridge.api.event.GameEvent;
import org.aibridge.benchmarks.LocalService.Mood;
import org.aibridge.benchmarks.Meters;
import org.aibridge.benchmarks.Scene;
import org.aibridge.benchmarks.ServiceProcess;

/**
 * Measures the ticks of a map-server with the bridge, without it, and with HTTP on the game thread,
 * in each state of the AI service and of the journal's disk.
 *
 * <p>A thread named {@code game} runs the ticks: the world's own work, always the same, then the
 * events of a siege, then the bridge's tick. The service is another process on this machine. Each
 * slice has a bridge of its own, which polls for decisions at the default interval.
 */
public final class TickSimulator implements AutoCloseable {
  /** The ways to hand over a tick's events. */
  public enum Kind {
    WITHOUT("nowhere"),
    BRIDGE("through the bridge"),
    DIRECT("HTTP on the game thread");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** Returns the name of this way, for the report. */
    public String title() {
      return title;
    }
  }

  /**
   * The size and speed of a siege.
   *
   * @param players the players in the siege
   * @param eventsPerSecond the events of each player a second
   * @param tickNanos the time from a tick's start to the next one's
   * @param worldRounds the size of the world's own work in a tick
   */
  public record Setting(int players, double eventsPerSecond, long tickNanos, int worldRounds) {
    /** The usual load: 20 ticks a second, 5 ms of other work, 0.5 events per player and second. */
    public static Setting usual(int players) {
      return new Setting(players, 0.5, 50_000_000, 4_000);
    }

    /** A load for short measurements: ten times the usual speed, 1/40 of the usual server work. */
    public static Setting fast(int players) {
      return new Setting(players, 5, 5_000_000, 100);
    }
  }

  private static final long MAX_NANOS = 60_000_000_000L;
  private static final int DIGITS = 3;

  /** The first 1 / {@value} of a slice does not count: the caches of a new bridge are cold. */
  private static final int FIRST_PART = 15;

  private static final Duration DIRECT_TIMEOUT = Duration.ofSeconds(1);

  /** The number of rounds of sums that take as long as the bridge's work for 2,000 players. */
  private static final int SUMS_ROUNDS = 14;

  private final ServiceProcess service = new ServiceProcess();

  public TickSimulator() throws IOException {}

  /** The times of all ticks of one kind, over any number of slices. */
  public static final class Ticks {
    private final Histogram whole = new Histogram(MAX_NANOS, DIGITS);
    private final Histogram ours = new Histogram(MAX_NANOS, DIGITS);
    private final Histogram oursOnProcessor = new Histogram(MAX_NANOS, DIGITS);
    private final Histogram sums = new Histogram(MAX_NANOS, DIGITS);
    private final List<long[]> rounds = new ArrayList<>();
    private final List<long[]> oursRounds = new ArrayList<>();
    private final List<long[]> oursOnProcessorRounds = new ArrayList<>();
    private long events;
    private long refused;

    /** The times of whole ticks, in nanoseconds. */
    public Histogram whole() {
      return whole;
    }

    /** The times of the bridge's part of each tick, in ns: publishing, and the bridge's tick. */
    public Histogram ours() {
      return ours;
    }

    /** The processor times of the bridge's part of each tick, in nanoseconds. */
    public Histogram oursOnProcessor() {
      return oursOnProcessor;
    }

    /**
     * The times of plain sums after each tick, in nanoseconds; a little longer than our part with
     * 2,000 players, the sums show how the machine disturbs any work of that length.
     */
    public Histogram sums() {
      return sums;
    }

    /** The times of whole ticks by slice, in nanoseconds. */
    public List<long[]> rounds() {
      return rounds;
    }

    /** The times of the bridge's part of a tick, as in {@link #ours}, by slice, in nanoseconds. */
    public List<long[]> oursRounds() {
      return oursRounds;
    }

    /** The processor times of the bridge's part of each tick, by slice, in nanoseconds. */
    public List<long[]> oursOnProcessorRounds() {
      return oursOnProcessorRounds;
    }

    /** The number of events handed over. */
    public long events() {
      return events;
    }

    /** The number of ticks in which an event was refused. */
    public long refused() {
      return refused;
    }

    /** Adds the ticks of another slice. */
    public void add(Ticks other) {
      whole.add(other.whole);
      ours.add(other.ours);
      oursOnProcessor.add(other.oursOnProcessor);
      sums.add(other.sums);
      rounds.addAll(other.rounds);
      oursRounds.addAll(other.oursRounds);
      oursOnProcessorRounds.addAll(other.oursOnProcessorRounds);
      events += other.events;
      refused += other.refused;
    }
  }

  /** Runs ticks for about {@code nanos}, and returns their times. */
  public Ticks slice(Setting setting, Kind kind, State state, long nanos) throws IOException {
    service.behave(state.mood() == null ? Mood.HEALTHY : state.mood());
    String url = state.mood() == null ? Scene.NOBODY : service.url();
    Ticks ticks = new Ticks();
    Path disk = Scene.temporary();
    Closeable neighbour = state == State.SLOW_DISK ? new BusyDisk(disk) : () -> {};
    try (Way way = open(kind, url)) {
      Thread game = new Thread(() -> play(setting, way, nanos, ticks), "game");
      game.start();
      game.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the simulation was interrupted", e);
    } finally {
      neighbour.close();
      service.behave(Mood.HEALTHY);
      Scene.delete(disk);
    }
    return ticks;
  }

  /** Returns how many ns are measured of a slice that lasts {@code nanos}. */
  public static long counted(long nanos) {
    return nanos - nanos / FIRST_PART;
  }

  private static Way open(Kind kind, String url) throws IOException {
    return switch (kind) {
      case WITHOUT -> Way.none();
      case BRIDGE ->
          Way.bridge(
              Scene.at(url)
                  .set("ai_service", "timeout_read", 2000)
                  .set("action_executor", "poll_interval", 1000)
                  .set("action_executor", "poll_interval_min", 100)
                  .set("action_executor", "poll_interval_max", 2000));
      case DIRECT -> Way.direct(url, DIRECT_TIMEOUT);
    };
  }

  private static void play(Setting setting, Way way, long nanos, Ticks ticks) {
    TickWork world = new TickWork(setting.worldRounds());
    TickWork plain = new TickWork(SUMS_ROUNDS);
    Siege siege =
        new Siege(setting.players(), setting.eventsPerSecond(), setting.tickNanos() / 1e9);
    List<GameEvent> events = new ArrayList<>();
    LongStream.Builder round = LongStream.builder();
    LongStream.Builder oursRound = LongStream.builder();
    LongStream.Builder oursOnProcessorRound = LongStream.builder();
    long begin = System.nanoTime();
    long due = begin;
    long sum = 0;
    for (int tick = 0; System.nanoTime() - begin < nanos; tick++) {
      long start = System.nanoTime();
      sum += world.step();
      events.clear();
      for (int left = siege.nextTick(); left > 0; left--) {
        events.add(siege.next());
      }
      long processor = Meters.ownProcessorNanos();
      long handing = System.nanoTime();
      boolean taken = way.send(events);
      way.tick();
      long end = System.nanoTime();
      long used = Meters.ownProcessorNanos() - processor;
      long summing = System.nanoTime();
      sum += plain.step();
      long summed = System.nanoTime() - summing;
      due = Math.max(due + setting.tickNanos(), end - setting.tickNanos());
      sleepUntil(due);
      ticks.refused += taken ? 0 : 1;
      if (start - begin < nanos - counted(nanos)) {
        continue;
      }
      ticks.oursOnProcessor.recordValue(used);
      ticks.whole.recordValue(Math.min(end - start, MAX_NANOS));
      ticks.ours.recordValue(Math.min(end - handing, MAX_NANOS));
      ticks.sums.recordValue(Math.min(summed, MAX_NANOS));
      round.add(end - start);
      oursRound.add(end - handing);
      oursOnProcessorRound.add(used);
      ticks.events += events.size();
    }
    ticks.rounds.add(round.build().toArray());
    ticks.oursRounds.add(oursRound.build().toArray());
    ticks.oursOnProcessorRounds.add(oursOnProcessorRound.build().toArray());
    if (sum == 42) {
      throw new IllegalStateException("the world's work was for nothing");
    }
  }

  /** Sleeps until {@code due}, the time of the simulator's next tick. */
  private static void sleepUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void close() {
    service.close();
  }
}
