/**
 * The stage that handles the AI service's actions, from the poll to the report. Begin with {@link
 * org.aibridge.core.action.ActionService}.
 */
package org.aibridge.core.action;
