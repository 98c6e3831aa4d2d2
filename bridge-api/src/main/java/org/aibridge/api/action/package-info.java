/**
 * What the AI service decided and how a map-server applies it. Begin with {@link
 * org.aibridge.api.action.ActionHandler}.
 */
package org.aibridge.api.action;
