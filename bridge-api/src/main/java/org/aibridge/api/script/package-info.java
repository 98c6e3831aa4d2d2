/** The HTTP calls of NPC scripts. Begin with {@link org.aibridge.api.script.ScriptHttp}. */
@NullMarked
package org.aibridge.api.script;

import org.jspecify.annotations.NullMarked;
