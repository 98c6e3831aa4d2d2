package org.aibridge.core.dispatch;

import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.run.Duty;
import org.aibridge.core.service.Service;

/**
 * The dispatchers of a bridge: one for each sink, on one thread, that of the dead letters. The
 * first is that of the main journal.
 *
 * <p>Each has a journal, lanes and a cursor of its own, so nothing that one sink does keeps another
 * from its events.
 */
public final class Dispatchers implements Duty {
  /**
   * A sink's dispatcher.
   *
   * @param sink the name by which an operator knows the sink
   * @param service whose sink it is
   */
  public record Route(String sink, Journal journal, Dispatcher dispatcher, Service service) {
    /** True if it is known that the sink accepts no events now. */
    public boolean isKeptBack() {
      return dispatcher.isPaused() || service.standing(Service.Use.EVENTS).isKeptBack();
    }
  }

  private final List<Route> all;

  public Dispatchers(List<Route> all) {
    this.all = List.copyOf(all);
  }

  /** Returns each sink with its dispatcher, the main one first. Any thread. */
  public List<Route> all() {
    return all;
  }

  /** Returns the main journal's sink and dispatcher. Any thread. */
  public Route main() {
    return all.get(0);
  }

  /** Returns the counters of all sinks together, as they are now. Any thread. */
  public DispatchStats sum() {
    return all.size() == 1
        ? main().dispatcher.stats()
        : DispatchStats.sum(all.stream().map(route -> route.dispatcher.stats()).toList());
  }

  /** The number of records that could not be read. Any thread. */
  public long damagedRecords() {
    return all.stream().mapToLong(route -> route.dispatcher.damagedRecords()).sum();
  }

  /** Sets the listener for the events that the sinks take. Call before {@link #runOnce}. */
  public void tell(TakenEvents taken) {
    all.forEach(route -> route.dispatcher.tell(taken));
  }

  @Override
  public int runOnce() {
    int work = 0;
    for (int i = 0; i < all.size(); i++) {
      work += all.get(i).dispatcher.runOnce();
    }
    return work;
  }

  @Override
  public long mayRestNanos() {
    long nanos = Long.MAX_VALUE;
    for (int i = 0; i < all.size(); i++) {
      nanos = Math.min(nanos, all.get(i).dispatcher.mayRestNanos());
    }
    return nanos;
  }

  /** Makes all sinks send waiting events at once, without waiting for full batches. Any thread. */
  public void beginClosing() {
    all.forEach(route -> route.dispatcher.beginClosing());
  }

  /** True if each sink has got all its events or takes none; valid after {@link #beginClosing}. */
  public boolean isDone() {
    boolean done = true;
    for (Route route : all) {
      Dispatcher each = route.dispatcher;
      done &= each.isDrained() || each.isStuck() && route.isKeptBack();
    }
    return done;
  }

  /** True if a sink's events wait because it refuses most of them for one reason. Any thread. */
  public boolean isPaused() {
    return all.stream().anyMatch(route -> route.dispatcher.stats().paused());
  }

  /** See {@link Dispatcher#resume}. */
  public void resume() {
    all.forEach(route -> route.dispatcher.resume());
  }

  /** See {@link Dispatcher#retryNow}. */
  public void retryNow() {
    all.forEach(route -> route.dispatcher.retryNow());
  }

  /** Returns what each lane of players does now, sink by sink. The duty's thread. */
  public List<LaneState> lanes() {
    List<LaneState> lanes = new ArrayList<>();
    for (Route route : all) {
      route.dispatcher.lanes().forEach(lane -> lanes.add(lane.of(route.sink)));
    }
    return lanes;
  }

  /** See {@link Dispatcher#setAside}. */
  public String setAside(String batch) {
    for (Route route : all) {
      if (route.dispatcher.hasBatch(batch)) {
        return route.dispatcher.setAside(batch);
      }
    }
    return main().dispatcher.setAside(batch);
  }

  /** Closes each dispatcher, even if another one fails; see {@link Dispatcher#close}. */
  public void close() {
    close(0);
  }

  private void close(int from) {
    if (from < all.size()) {
      try {
        all.get(from).dispatcher.close();
      } finally {
        close(from + 1);
      }
    }
  }
}
