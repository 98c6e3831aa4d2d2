package org.aibridge.examples.mapserver;

/**
 * A monster alive on a map.
 *
 * @param label what to call when it dies, or empty
 */
record Monster(long id, int x, int y, String label) {}
