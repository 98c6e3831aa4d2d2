package org.aibridge.script;

import java.util.List;

/** A function of the host that scripts can call. */
@FunctionalInterface
public interface HostFunction {
  /**
   * Runs on the game thread, inside the script's turn: it must not wait.
   *
   * @param args what the script gave: {@link String}, {@link Boolean}, {@code null}, or a number:
   *     an {@link Integer} if it is whole and fits, else a {@link Long} if it is whole and exact,
   *     else a {@link Double}
   * @return a text, a {@link Number}, a {@link Boolean}, {@code null}; or a {@link
   *     java.util.concurrent.CompletionStage} of one, completed on any thread, for which the script
   *     waits with {@code yield} as for {@code httpget}
   * @throws Exception reported, and thrown in the script as an {@code Error}
   */
  Object call(List<Object> args) throws Exception;
}
