/**
 * One picture of the bridge at one moment. Begin with {@link org.aibridge.api.status.BridgeStatus}.
 */
@NullMarked
package org.aibridge.api.status;

import org.jspecify.annotations.NullMarked;
