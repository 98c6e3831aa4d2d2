/**
 * Batches of events on their way to the AI service. Begin with {@link
 * org.aibridge.core.dispatch.Dispatcher}.
 */
package org.aibridge.core.dispatch;
