package org.aibridge.core.service;

/**
 * Events that are sent together and answered together. Never changes; any thread may read it.
 *
 * @param key the idempotency key: the same for each attempt at the same events, and never the same
 *     for other events
 * @param size the number of events
 * @param urgent whether one of the events is urgent
 * @param body the contract's JSON object with all the events, in UTF-8
 */
public record EventBatch(String key, int size, boolean urgent, byte[] body) {}
