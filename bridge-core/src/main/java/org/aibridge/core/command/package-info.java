/**
 * How an operator's command line reaches a bridge that runs in another process: a socket in a
 * folder of its owner's, which needs no room on the disk. It carries commands and answers and may
 * know what a command is for as little as a letter box knows letters: whoever answers a group of
 * commands registers for it, and this package knows none of them. Begin with {@link
 * org.aibridge.core.command.CommandBox}.
 */
package org.aibridge.core.command;
