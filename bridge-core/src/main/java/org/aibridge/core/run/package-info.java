/**
 * What drives the stages: the clock, a slice of work, and the thread it runs on. Begin with {@link
 * org.aibridge.core.run.Duty}.
 */
package org.aibridge.core.run;
