/**
 * The whole suite, and the page it writes. Begin with {@link
 * org.aibridge.benchmarks.report.BenchMain}.
 */
package org.aibridge.benchmarks.report;
