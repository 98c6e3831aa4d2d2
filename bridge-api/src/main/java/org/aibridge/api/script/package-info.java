/**
 * What NPC scripts may ask of the AI service. Begin with {@link
 * org.aibridge.api.script.ScriptHttp}.
 */
package org.aibridge.api.script;
