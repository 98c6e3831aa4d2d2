/**
 * Events that could not be delivered. Begin with {@link
 * org.aibridge.core.deadletter.DeadLetterStore}.
 */
package org.aibridge.core.deadletter;
