package org.aibridge.examples.mapserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.script.ScriptException;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.testdouble.RecordingBridge;
import org.aibridge.testdouble.ScriptCall;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo's own scripts, in a realm of two players. */
@Tag("slow")
class ScriptedNpcsTest {
  private static final Path FOLDER = Path.of("npc");

  private final RecordingBridge bridge = new RecordingBridge();
  private final ScriptedNpcs npcs = new ScriptedNpcs(bridge);
  private final Realm realm = new Realm(2);
  private final Player ann = realm.players().get(0);
  private final Player bob = realm.players().get(1);
  private final GameMap town = realm.map("prontera");

  @BeforeEach
  void load() throws Exception {
    bridge.answerScripts(ScriptedNpcsTest::answer);
    for (String npc : ScriptedNpcs.names()) {
      npcs.load(npc, Files.readString(FOLDER.resolve(ScriptedNpcs.fileOf(npc))));
    }
  }

  private static ScriptAnswer answer(ScriptCall call) {
    return call.json() == null
        ? ScriptAnswer.answered(200, call.script() + " " + call.url())
        : ScriptAnswer.failed(503, "busy");
  }

  @Test
  void everyNpcOfATownHasItsScript() {
    for (Npc npc : town.npcs()) {
      npcs.talk(npc, ann);
      tick();
      assertThat(ann.heard()).as(npc.name()).isNotEmpty().doesNotContain("nods");
    }

    ScriptedNpcs.Talks talks = npcs.talks();
    assertThat(talks.begun()).isEqualTo(town.npcs().size()).isEqualTo(5);
    assertThat(talks.completed()).isEqualTo(5);
    assertThat(talks.firstFailure()).isEmpty();
  }

  @Test
  void eachPlayerHearsTheirOwnTalk() {
    Npc smith = npc("Smith");
    npcs.talk(smith, ann);
    npcs.talk(smith, bob);

    assertThat(ann.heard()).isEqualTo("Hold the tongs, " + ann.name() + ".");
    assertThat(bob.heard()).isEqualTo("Hold the tongs, " + bob.name() + ".");
    tick();
    assertThat(ann.heard()).isEqualTo("Nobody will hear of it, though.");
    assertThat(npcs.talks().unanswered()).isEqualTo(2);
  }

  @Test
  void playerWhoLeavesHearsNoMore() {
    npcs.talk(npc("Kafra"), ann);
    String before = ann.heard();

    npcs.leave(ann);
    tick();

    assertThat(ann.heard()).isEqualTo(before);
    assertThat(npcs.talks().cancelled()).isEqualTo(1);
    assertThat(npcs.talks().failed()).isZero();
  }

  @Test
  void newTalkEndsTheOneBefore() {
    npcs.talk(npc("Kafra"), ann);
    npcs.talk(npc("Smith"), ann);
    tick();

    assertThat(npcs.talks().cancelled()).isEqualTo(1);
    assertThat(npcs.talks().completed()).isEqualTo(1);
  }

  @Test
  void npcWithoutAScriptNods() {
    npcs.talk(realm.addNpc("Merchant 1", town, 1, 1, "", 4), ann);

    assertThat(ann.heard()).isEqualTo("Merchant 1 nods.");
    assertThat(npcs.talks().begun()).isZero();
  }

  @Test
  void scriptThatFailsIsCountedAndNamed() throws Exception {
    npcs.load("Kafra", "function onTalk() { nothing(); }");

    npcs.talk(npc("Kafra"), ann);

    assertThat(npcs.talks().failed()).isEqualTo(1);
    assertThat(npcs.talks().firstFailure()).contains("Kafra", "nothing");
  }

  @Test
  void scriptWithAMistakeIsRefused() {
    assertThatThrownBy(() -> npcs.load("Kafra", "function {")).isInstanceOf(ScriptException.class);
  }

  /** Enough ticks for all, however little of its budget a slow machine gets done in one. */
  private void tick() {
    for (int i = 0; i < 10; i++) {
      bridge.tick();
      npcs.tick();
    }
  }

  private Npc npc(String name) {
    return town.npcs().stream().filter(npc -> npc.name().equals(name)).findFirst().orElseThrow();
  }
}
