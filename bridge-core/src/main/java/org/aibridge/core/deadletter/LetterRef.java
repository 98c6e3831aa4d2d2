package org.aibridge.core.deadletter;

/**
 * The identity of one letter in the store; an event can have several letters.
 *
 * @param segment the segment of the letter
 * @param key a hash of its event's id, its time of death and its replays
 */
public record LetterRef(int segment, long key) {}
