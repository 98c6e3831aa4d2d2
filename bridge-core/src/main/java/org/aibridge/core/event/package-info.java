/** The bytes of an event and its JSON. Begin with {@link org.aibridge.core.event.EventCodec}. */
package org.aibridge.core.event;
