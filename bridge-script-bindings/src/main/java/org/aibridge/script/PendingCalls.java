package org.aibridge.script;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The answers that one script waits for, or has not read yet. */
final class PendingCalls {
  private final Map<Integer, Ticket> open = new HashMap<>();
  private final NpcLimits limits;
  private final Total total;

  PendingCalls(NpcLimits limits, Total total) {
    this.limits = limits;
    this.total = total;
  }

  boolean full() {
    return open.size() >= limits.maxWaitingPerScript() || total.tickets >= limits.maxWaiting();
  }

  Ticket add(int id, NpcCall call, String subject, boolean callback) {
    Ticket ticket = new Ticket(id, call, subject, callback);
    open.put(id, ticket);
    total.tickets++;
    return ticket;
  }

  /** Returns the ticket with this id; {@code null} if it is gone. */
  Ticket get(int id) {
    return open.get(id);
  }

  /** Removes a ticket; false if it was removed before. */
  boolean take(Ticket ticket) {
    boolean there = open.remove(ticket.id, ticket);
    if (there) {
      total.tickets--;
    }
    return there;
  }

  /** Removes and returns all matching tickets. */
  List<Ticket> takeAll(Predicate<Ticket> which) {
    List<Ticket> taken = new ArrayList<>(open.values());
    taken.removeIf(which.negate());
    taken.forEach(this::take);
    return taken;
  }

  int size() {
    return open.size();
  }

  int suspended() {
    return (int) open.values().stream().filter(ticket -> ticket.awaited).count();
  }

  /** A ticket for one expected answer. */
  static final class Ticket {
    final int id;
    final NpcCall call;
    final String subject;
    final boolean callback;

    /** True if the call waits for this answer. */
    boolean awaited;

    boolean answered;
    Object answer;

    Ticket(int id, NpcCall call, String subject, boolean callback) {
      this.id = id;
      this.call = call;
      this.subject = subject;
      this.callback = callback;
    }
  }

  /** The number of expected answers, over all scripts. */
  static final class Total {
    private int tickets;

    int tickets() {
      return tickets;
    }
  }
}
