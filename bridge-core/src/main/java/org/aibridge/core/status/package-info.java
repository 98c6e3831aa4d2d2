/**
 * The status of the bridge: read from the stages' counters, judged as a state, written as JSON. No
 * stage knows this package. Begin with {@link org.aibridge.core.status.StatusReader}.
 */
package org.aibridge.core.status;
