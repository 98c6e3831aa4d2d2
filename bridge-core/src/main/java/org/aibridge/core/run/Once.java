package org.aibridge.core.run;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The things that can be taken only once in a process, such as a folder or a warm-up. Any thread.
 */
public final class Once {
  /** The register of what was taken in this JVM; all its bridges share it. */
  public static final Once OF_JVM = new Once();

  private final Set<Object> taken = ConcurrentHashMap.newKeySet();

  /** Takes {@code what}; false if it was taken before. */
  public boolean take(Object what) {
    return taken.add(what);
  }

  public boolean isTaken(Object what) {
    return taken.contains(what);
  }

  public void giveBack(Object what) {
    taken.remove(what);
  }
}
