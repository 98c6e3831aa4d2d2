package org.aibridge.torture;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Chooses the service's behaviour for each request. Called by several threads. */
@FunctionalInterface
public interface Script {
  /** Returns the behaviour for {@code request}. */
  Behaviour choose(SeenRequest request);

  /** Returns a script that chooses the same behaviour each time. */
  static Script always(Behaviour behaviour) {
    return request -> behaviour;
  }

  /** Returns a script that chooses each of {@code first} once, then always {@code afterwards}. */
  static Script sequence(List<Behaviour> first, Behaviour afterwards) {
    AtomicInteger next = new AtomicInteger();
    return request -> {
      int i = next.getAndIncrement();
      return i < first.size() ? first.get(i) : afterwards;
    };
  }

  /**
   * Returns a script that tells one of {@code lies}, each equally often, in {@code percent} of a
   * hundred requests, and otherwise the truth.
   */
  static Script mix(long seed, int percent, List<Behaviour> lies) {
    SplittableRandom random = new SplittableRandom(seed);
    Behaviour truth = Behaviours.acknowledge();
    return request -> {
      synchronized (random) {
        return random.nextInt(100) < percent ? lies.get(random.nextInt(lies.size())) : truth;
      }
    };
  }
}
