package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BuildTest {
  @Test
  void namesTheVersionOfThePoms() throws IOException {
    assertThat(Files.readString(Path.of("../bridge-bom/pom.xml")))
        .contains("<artifactId>bridge-bom</artifactId>\n  <version>" + Build.version() + "</");
  }

  @Test
  void namesTheCommitWhereThereIsOne() {
    boolean clone = Files.exists(Path.of("../.git"));
    assertThat(Build.commit()).matches(clone ? "[0-9a-f]{12}(-dirty)?" : "unknown");
    assertThat(Build.words()).isEqualTo(Build.version() + " (" + Build.commit() + ")");
  }
}
