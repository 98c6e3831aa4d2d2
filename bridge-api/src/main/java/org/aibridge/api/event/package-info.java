/** Events of the world, as values. Begin with {@link org.aibridge.api.event.GameEvent}. */
package org.aibridge.api.event;
