/** Benchmarks of the bridge. Begin with {@link org.aibridge.benchmarks.PublishBenchmark}. */
package org.aibridge.benchmarks;
