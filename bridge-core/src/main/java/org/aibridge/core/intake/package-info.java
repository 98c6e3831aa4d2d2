/** The ring the game thread publishes into. Begin with {@link org.aibridge.core.intake.Intake}. */
package org.aibridge.core.intake;
