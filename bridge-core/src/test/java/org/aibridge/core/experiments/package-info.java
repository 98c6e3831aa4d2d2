/**
 * What the bridge promises of damage and disaster, tried on a real machine; each experiment has a
 * {@code main} for the long run whose report is in {@code docs/reports}, and a short run among the
 * tests.
 */
package org.aibridge.core.experiments;
