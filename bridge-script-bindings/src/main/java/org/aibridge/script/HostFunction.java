package org.aibridge.script;

import java.util.List;

/** A function of the host that scripts may call. */
@FunctionalInterface
public interface HostFunction {
  /**
   * Runs on the game thread, inside the script's turn; must not wait.
   *
   * @param args the script's arguments: {@link String}, {@link Boolean}, {@code null}, or a number:
   *     {@link Integer} if the number is whole and fits, else {@link Long} if it is whole and
   *     exact, else {@link Double}
   * @return a text, a {@link Number}, a {@link Boolean}, {@code null}; or a {@link
   *     java.util.concurrent.CompletionStage} of one, completed on any thread, for which the script
   *     waits with {@code yield} as for {@code httpget}
   * @throws Exception if the function fails; it is reported, and an {@code Error} is thrown in the
   *     script
   */
  Object call(List<Object> args) throws Exception;
}
