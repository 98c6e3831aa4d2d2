/**
 * A small map-server that embeds the bridge. Begin with {@link
 * org.aibridge.examples.mapserver.World}.
 */
package org.aibridge.examples.mapserver;
