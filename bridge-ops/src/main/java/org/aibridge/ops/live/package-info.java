/**
 * Commands to a server that runs, and what it says of itself. Begin with {@link
 * org.aibridge.ops.live.Server}.
 */
package org.aibridge.ops.live;
