package org.aibridge.examples.aiservice;

/** How an action ended in the game. */
record Result(String actionId, String status, String message) {}
