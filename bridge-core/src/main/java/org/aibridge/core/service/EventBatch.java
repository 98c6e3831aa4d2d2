package org.aibridge.core.service;

/**
 * Events that are sent together and answered together. Never changes; for any thread.
 *
 * @param key the same for each attempt at the same events, and never the same for others
 * @param size how many events
 * @param body the contract's object for all of them, in UTF-8
 */
public record EventBatch(String key, int size, byte[] body) {}
