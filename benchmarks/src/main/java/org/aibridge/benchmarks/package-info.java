/** What the bridge costs, measured. Begin with {@link org.aibridge.benchmarks.PublishBenchmark}. */
package org.aibridge.benchmarks;
