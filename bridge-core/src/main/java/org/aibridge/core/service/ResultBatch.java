package org.aibridge.core.service;

/**
 * Results of actions that are told together and answered together. Never changes; for any thread.
 *
 * @param key the same for each attempt at the same results; any text
 * @param size how many results
 * @param body the contract's object for one of them, its array for several, in UTF-8
 */
public record ResultBatch(String key, int size, byte[] body) {}
