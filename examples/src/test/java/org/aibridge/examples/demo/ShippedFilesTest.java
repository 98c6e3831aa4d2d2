package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.examples.mapserver.ScriptedNpcs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedFilesTest {
  @TempDir private Path temp;

  @Test
  void jarHasWhatTheProjectHas() throws Exception {
    ShippedFiles inJar = new ShippedFiles(List.of());
    ShippedFiles inProject = new ShippedFiles(List.of(Path.of("..")));

    assertThat(inJar.configuration().text()).isEqualTo(inProject.configuration().text());
    for (String npc : ScriptedNpcs.names()) {
      String file = ScriptedNpcs.fileOf(npc);
      assertThat(inJar.npc(file).text()).isEqualTo(inProject.npc(file).text());
      assertThat(inProject.npc(file).name()).isEqualTo("../examples/npc/" + file);
      assertThat(inJar.npc(file).name()).isEqualTo("npc/" + file + " of the jar");
    }
  }

  @Test
  void firstFolderThatHasTheFileCounts() throws Exception {
    Path own = temp.resolve("examples").resolve("npc").resolve("smith.js");
    Files.createDirectories(own.getParent());
    Files.writeString(own, "// mine");
    ShippedFiles files = new ShippedFiles(List.of(temp.resolve("none"), temp));

    assertThat(files.npc("smith.js").text()).isEqualTo("// mine");
    assertThat(files.npc("kafra.js").name()).endsWith("of the jar");
  }

  @Test
  void fileThatIsNowhereIsNamed() {
    assertThatThrownBy(() -> new ShippedFiles(List.of(temp)).npc("nobody.js"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("examples/npc/nobody.js");
  }
}
