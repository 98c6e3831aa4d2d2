/** Events of the world, as values. Begin with {@link org.aibridge.api.event.GameEvent}. */
@NullMarked
package org.aibridge.api.event;

import org.jspecify.annotations.NullMarked;
