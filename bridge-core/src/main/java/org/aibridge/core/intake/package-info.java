/** The ring for events of the game thread. Start with {@link org.aibridge.core.intake.Intake}. */
package org.aibridge.core.intake;
