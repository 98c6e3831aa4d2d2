package org.aibridge.companion;

/**
 * A field of an action as a server reads it.
 *
 * @param kind an integer, a text or a boolean of {@link RingLayout}
 * @param number the number of an integer, 1 or 0 of a boolean, else 0
 * @param text the value in the server's charset
 */
record ActionField(String name, int kind, long number, byte[] text) {}
