/**
 * The AI service's decisions, from the poll to the report. Begin with {@link
 * org.aibridge.core.action.ActionService}.
 */
package org.aibridge.core.action;
