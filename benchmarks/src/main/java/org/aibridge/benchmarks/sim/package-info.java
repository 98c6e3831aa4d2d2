/**
 * Simulated ticks of a map-server with and without the bridge. Begin with {@link
 * org.aibridge.benchmarks.sim.TickSimulator}.
 */
package org.aibridge.benchmarks.sim;
