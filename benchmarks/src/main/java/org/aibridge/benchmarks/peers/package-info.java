/**
 * Alternatives to the bridge for handing over events. Begin with {@link
 * org.aibridge.benchmarks.peers.Peer}.
 */
package org.aibridge.benchmarks.peers;
