package org.aibridge.testdouble;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP call of an NPC script.
 *
 * @param script the script's name
 * @param url the address that the script asks
 * @param json the body of a post; {@code null} for a get
 */
public record ScriptCall(String script, String url, @Nullable String json) {}
