/** An event's bytes and its JSON. Begin with {@link org.aibridge.core.event.EventCodec}. */
package org.aibridge.core.event;
