/**
 * A fault harness: the bridge in a process that can be killed, an AI service that lies, and an
 * oracle that compares what was accepted with what arrived. Begin with {@link
 * org.aibridge.torture.FaultHost} and {@link org.aibridge.torture.ScriptedService}.
 */
package org.aibridge.torture;
