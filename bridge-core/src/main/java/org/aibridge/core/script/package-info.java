/** HTTP calls of NPC scripts. Begin with {@link org.aibridge.core.script.ScriptHttpService}. */
package org.aibridge.core.script;
