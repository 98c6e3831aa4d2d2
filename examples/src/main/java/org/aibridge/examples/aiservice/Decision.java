package org.aibridge.examples.aiservice;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Something to be done in the game, before it has an id.
 *
 * @param absurd made to be refused
 */
record Decision(String type, ObjectNode payload, boolean absurd) {}
