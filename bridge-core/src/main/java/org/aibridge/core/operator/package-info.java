/**
 * The operator's side of a bridge: commands from another process, which come through a socket in a
 * folder of the owner's and are answered by the handler of their group; reloads of the
 * configuration; the status file. All run on one thread, which may wait for the disk of the
 * configuration or the status. Begin with {@link org.aibridge.core.operator.OperatorDuty}.
 */
package org.aibridge.core.operator;
