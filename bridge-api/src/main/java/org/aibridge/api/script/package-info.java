/** The HTTP calls of NPC scripts. Begin with {@link org.aibridge.api.script.ScriptHttp}. */
package org.aibridge.api.script;
