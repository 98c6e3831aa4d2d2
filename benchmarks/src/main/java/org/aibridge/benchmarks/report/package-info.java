/**
 * Runs the whole suite and writes its page. Begin with {@link
 * org.aibridge.benchmarks.report.BenchMain}.
 */
package org.aibridge.benchmarks.report;
