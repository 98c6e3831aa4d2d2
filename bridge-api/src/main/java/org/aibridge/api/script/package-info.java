/**
 * The HTTP calls that NPC scripts may make. Begin with {@link org.aibridge.api.script.ScriptHttp}.
 */
package org.aibridge.api.script;
