package org.aibridge.examples.mapserver;

import org.aibridge.api.script.ScriptHttp;

/** NPCs without scripts: each answers with what the AI service says at that moment. */
public final class HttpNpcTalk implements NpcTalk {
  private static final String URL = "/api/v1/health";

  private final ScriptHttp http;

  /** Asks over {@code http}. */
  public HttpNpcTalk(ScriptHttp http) {
    this.http = http;
  }

  @Override
  public void talk(Npc npc, Player player) {
    http.get(
        npc.name(),
        URL,
        answer -> player.hear(answer.ok() ? answer.body() : npc.name() + " is lost in thought."));
  }

  @Override
  public void tick() {
    // the bridge's own tick calls back
  }
}
