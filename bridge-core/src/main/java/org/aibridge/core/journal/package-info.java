/**
 * Events on disk, from the ring to the acknowledged position. Begin with {@link
 * org.aibridge.core.journal.JournalStage}.
 */
package org.aibridge.core.journal;
