/** The ring of the game thread's events. Begin with {@link org.aibridge.core.intake.Intake}. */
package org.aibridge.core.intake;
