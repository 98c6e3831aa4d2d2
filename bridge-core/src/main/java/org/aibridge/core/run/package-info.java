/**
 * What drives the stages: a slice of work, who runs it, what else comes from the process, and what
 * a start loads. Begin with {@link org.aibridge.core.run.Duty} and {@link
 * org.aibridge.core.run.World}.
 */
package org.aibridge.core.run;
