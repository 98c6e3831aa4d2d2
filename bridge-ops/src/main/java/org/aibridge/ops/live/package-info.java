/**
 * Commands to a running server, and its status. Begin with {@link org.aibridge.ops.live.Server}.
 */
package org.aibridge.ops.live;
