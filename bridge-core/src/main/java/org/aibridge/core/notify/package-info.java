/**
 * Tells an operator when something is wrong, and when it is over, through a program or a webhook of
 * the operator's. Begin with {@link org.aibridge.core.notify.Alarms}, which decides what is told.
 */
package org.aibridge.core.notify;
