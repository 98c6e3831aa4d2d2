package org.aibridge.core.deadletter;

/**
 * One letter in the store, wherever its event's other letters are.
 *
 * @param segment the segment it lies in
 * @param key made of its event's id, its death and its replays
 */
public record LetterRef(int segment, long key) {}
