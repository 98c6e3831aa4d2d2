/** Encodes events as bytes and as JSON. Start with {@link org.aibridge.core.event.EventCodec}. */
package org.aibridge.core.event;
