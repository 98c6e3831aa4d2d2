package org.aibridge.core.notice;

import java.util.function.Consumer;
import org.aibridge.api.EventEnd;

/**
 * What the host calls back for.
 *
 * @param onDelivered told of what the AI service has taken, or null
 * @param onDead told of dead letters, or null
 */
public record Listeners(Consumer<? super EventEnd> onDelivered, Consumer<? super EventEnd> onDead) {
  /** A host without listeners. */
  public static final Listeners NONE = new Listeners(null, null);
}
