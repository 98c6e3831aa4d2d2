/**
 * What an operator asks of a bridge: commands from another process, which come through a socket in
 * a folder of the owner's and are answered by whoever has registered for their group; reloads of
 * the configuration; the status file. All on one thread, the one that may wait for a disk that has
 * nothing of the data's on it. Begin with {@link org.aibridge.core.operator.OperatorDuty}.
 */
package org.aibridge.core.operator;
