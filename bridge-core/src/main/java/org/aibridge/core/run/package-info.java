/**
 * The base of the stages: slices of work and the workers that run them, the other parts of the
 * process, and the classes that a start loads. Begin with {@link org.aibridge.core.run.Duty} and
 * {@link org.aibridge.core.run.World}.
 */
package org.aibridge.core.run;
