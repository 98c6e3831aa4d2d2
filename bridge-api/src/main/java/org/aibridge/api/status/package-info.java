/**
 * One picture of the bridge at one moment. Begin with {@link org.aibridge.api.status.BridgeStatus}.
 */
package org.aibridge.api.status;
