/**
 * A small map-server that embeds the bridge. Begin with {@link
 * org.aibridge.examples.mapserver.GameWorld}.
 */
package org.aibridge.examples.mapserver;
