package org.aibridge.companion;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.HostedBridge;
import org.aibridge.core.files.Disk;
import org.aibridge.core.journal.RingSeat;
import org.aibridge.core.run.RecentTime;
import org.aibridge.core.run.World;

/**
 * The bridge of a server in another process: takes its events out of the ring, gives it answers and
 * actions through the door. One bridge for each life of the server, so that what was in the hands
 * of a dead server is in doubt, as if this process had died with it.
 */
public final class Companion {
  private static final long LOOK_AGAIN_NANOS = 100_000_000L;
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long MINUTE_NANOS = 60 * SECOND_NANOS;
  private static final long BUSY_NANOS = 2_000_000L;
  private static final long IDLE_NANOS = 20_000_000L;
  private static final long BEAT_NANOS = 200_000_000L;

  /** The companion ends if its server stays dead for this time, in ns; a restart is faster. */
  private static final long GONE_NANOS = 3 * SECOND_NANOS;

  /** The time, in ns, for which a closed bridge may still hold files that the next one needs. */
  private static final long LEFTOVER_NANOS = MINUTE_NANOS;

  private final Path folder;
  private final boolean stays;
  private final Starter starter;
  private final World world;
  private final Consumer<String> say;
  private final AtomicLong replaced = new AtomicLong();
  private long toldReplaced;
  private long nextTellNanos;

  /** True if an earlier bridge of this companion has served; it ended at {@link #endedNanos}. */
  private boolean hasServed;

  private long endedNanos;
  private boolean toldLeftover;
  private boolean toldRemoved;
  private volatile boolean stopped;

  /** A mapped ring that has no writer now; kept so that the file is not mapped a second time. */
  private HostRing seen;

  /** Starts a bridge for one life of the server. */
  @FunctionalInterface
  public interface Starter {
    AiBridge start(RingSeat.Attachment ring, ActionHandler<Action> handler);
  }

  /**
   * Creates a companion.
   *
   * @param folder where the server's files lie
   * @param stays whether it waits for the next server after one has ended
   * @param say takes lines on what it does
   */
  public Companion(Path folder, boolean stays, Starter starter, World world, Consumer<String> say) {
    this.folder = folder;
    this.stays = stays;
    this.starter = starter;
    this.world = world;
    this.say = say;
    this.nextTellNanos = world.clock().nanos();
  }

  /** Returns the default folder for the files of the server {@code serverId}. */
  public static Path folderOf(String serverId) {
    return HostFolder.usual(serverId);
  }

  /** Makes {@link #run} end soon. Any thread. */
  public void stop() {
    stopped = true;
  }

  /**
   * Serves the server until it ends, or {@link #stop}; waits for one that has not begun.
   *
   * @throws IOException if the files cannot be used or the bridge is off, with a sentence
   */
  public void run() throws IOException {
    try (HostFolder files = HostFolder.open(world, folder)) {
      boolean told = false;
      while (!stopped) {
        HostRing ring = attach(files);
        if (ring != null) {
          // A new server may have found this companion running, so it started none of its own.
          if (!serve(files, ring) && !files.isServerAlive()) {
            return;
          }
          told = false;
        } else if (!told) {
          say.accept("waits for a server in " + folder);
          told = true;
        }
        world.threads().pause(LOOK_AGAIN_NANOS);
      }
    }
  }

  /** Attaches to the server's ring; null if there is none, or if it has no writer and no events. */
  private HostRing attach(HostFolder files) throws IOException {
    if (seen == null || seen.isRingLost()) {
      try {
        seen = HostRing.attach(files, world.clock(), new RecentTime(world.wallMs()), replaced);
      } catch (NoSuchFileException none) {
        return null;
      }
    }
    HostRing ring = seen;
    if (ring.incarnation() == 0 || !files.isServerAlive() && !ring.hasWaiting()) {
      return null;
    }
    seen = null; // The next life has its own counters.
    return ring;
  }

  /** Serves one life of the server; true if the companion should wait for the next one. */
  private boolean serve(HostFolder files, HostRing ring) throws IOException {
    long incarnation = ring.incarnation();
    long life = world.chance().bits() & Integer.MAX_VALUE | 1;
    ServerText text = new ServerText(ring.charset(), replaced);
    Door door;
    try {
      door = Door.open(files, ring, incarnation, life);
    } catch (NoSuchFileException e) {
      return true; // The server is creating another one.
    }
    ServerCalls calls = new ServerCalls(door, text, world.clock(), life);
    AiBridge bridge = starter.start(() -> ring, calls::apply);
    try {
      BridgeStatus status = bridge.status();
      if (status.state() == BridgeState.OFF) {
        awaitLeftover(status.problem());
        world.threads().pause(SECOND_NANOS);
        return true;
      }
      calls.ask(bridge);
      say.accept("serves " + ring.serverId() + ", process " + pidOf(ring));
      boolean more =
          untilItEnds(
              files, ring, door, calls, () -> HostedBridge.actionTimeout(bridge), incarnation);
      hasServed = true;
      toldLeftover = false;
      return more;
    } finally {
      boolean served = bridge.status().state() != BridgeState.OFF;
      bridge.close();
      ring.beat(0);
      endedNanos = served ? world.clock().nanos() : endedNanos;
    }
  }

  /**
   * Lets the caller try again where a thread of the last life's bridge may still have its files.
   *
   * @throws IOException with the problem if that is not it; the ring keeps what comes
   */
  private void awaitLeftover(String problem) throws IOException {
    if (!hasServed || world.clock().nanos() - endedNanos >= LEFTOVER_NANOS) {
      throw new IOException(problem);
    }
    if (!toldLeftover) {
      say.accept("tries again: " + problem);
      toldLeftover = true;
    }
  }

  private boolean untilItEnds(
      HostFolder files,
      HostRing ring,
      Door door,
      ServerCalls calls,
      Supplier<Duration> actionTimeout,
      long incarnation)
      throws IOException {
    long lookAt = world.clock().nanos();
    long beatAt = lookAt;
    long deadSince = 0;
    boolean dead = false;
    ServerPace pace = new ServerPace(door, monotonicMs());
    while (!stopped && ring.incarnation() == incarnation) {
      if (!ring.isOurs()) {
        throw new IOException(
            "another companion has taken over in "
                + folder
                + ": somebody took companion.lock away");
      }
      boolean good = pace.isGood(ring.serverBeat(), monotonicMs());
      long now = world.clock().nanos();
      if (now - beatAt >= 0) {
        beatAt = now + BEAT_NANOS;
        ring.beat(monotonicMs());
      }
      if (now - lookAt >= 0) {
        lookAt = now + SECOND_NANOS;
        ring.countRefusals();
        tellReplaced(now);
        tellRemoved(files);
        calls.showStatus();
        boolean alive = files.isServerAlive();
        deadSince = alive || !dead ? now : deadSince;
        dead = !alive;
        if (dead && now - deadSince >= GONE_NANOS) {
          say.accept("the server has ended");
          return stays;
        }
        if (!dead && good) { // Actions in the hands of a dead server are in doubt.
          calls.giveUpAfter(actionTimeout.get());
        }
      }
      world.threads().pause(!dead && calls.serve(good) ? BUSY_NANOS : IDLE_NANOS);
    }
    return true;
  }

  /** Logs, once a minute, how many characters could not be converted between server and bridge. */
  private void tellReplaced(long now) {
    long count = replaced.get();
    if (count > toldReplaced && now - nextTellNanos >= 0) {
      say.accept(
          count - toldReplaced + " characters are not in the server's charset and were replaced");
      toldReplaced = count;
      nextTellNanos = now + MINUTE_NANOS;
    }
  }

  /** Says once if the ring has no file any more, so that no later companion can find it. */
  private void tellRemoved(HostFolder files) {
    boolean removed = Disk.isMissing(files.events());
    if (removed && !toldRemoved) {
      say.accept(
          "somebody removed "
              + files.events()
              + ": what the server publishes comes through while this companion runs, and is lost"
              + " after it; restart the server, which makes the file again");
    }
    toldRemoved = removed;
  }

  private long monotonicMs() {
    return world.clock().nanos() / 1_000_000;
  }

  private static int pidOf(HostRing ring) {
    return ring.header().getInt(RingLayout.SERVER_PID_AT);
  }
}
