/**
 * The bridge as a whole: how the stages are put together, started and ended. Begin with {@link
 * org.aibridge.core.CoreBridge}.
 */
package org.aibridge.core;
