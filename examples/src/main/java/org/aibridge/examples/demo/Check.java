package org.aibridge.examples.demo;

/**
 * Something that must hold at the end of a run.
 *
 * @param name in snake case, for programs
 * @param sentence for people
 * @param ok whether it holds
 * @param detail the numbers
 */
record Check(String name, String sentence, boolean ok, String detail) {}
