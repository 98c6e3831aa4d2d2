/**
 * What else a map-server could hand its events to. Begin with {@link
 * org.aibridge.benchmarks.peers.Peer}.
 */
package org.aibridge.benchmarks.peers;
