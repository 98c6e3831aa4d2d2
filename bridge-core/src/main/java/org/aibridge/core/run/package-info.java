/**
 * What drives the stages: the clock, a slice of work, the thread it runs on, and what a start
 * loads. Begin with {@link org.aibridge.core.run.Duty}.
 */
package org.aibridge.core.run;
