/**
 * The commands with which NPC scripts reach the AI service, for any script engine. A host with an
 * engine of its own begins with {@link org.aibridge.script.ScriptCommands}; one with JavaScript
 * NPCs begins with {@link org.aibridge.script.NpcScripts}.
 */
package org.aibridge.script;
