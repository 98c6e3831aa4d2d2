/** The HTTP calls of NPC scripts. See {@link org.aibridge.core.script.ScriptHttpService}. */
package org.aibridge.core.script;
