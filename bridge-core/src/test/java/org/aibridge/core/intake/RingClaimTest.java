package org.aibridge.core.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingClaimTest {
  @TempDir Path folder;
  private Path place;

  @BeforeEach
  void name() {
    place = folder.resolve("players.db");
  }

  private String refusal(Path path) throws IOException {
    return RingClaim.refusal(path);
  }

  @Test
  void refusesWhatIsNoRing() throws Exception {
    Files.writeString(place, "precious");
    assertThat(refusal(place))
        .isEqualTo(place + " is there already and is no ring of a bridge; name another file");
  }

  @Test
  void takesWhatIsNotThereOrEmptyOrARingByItsContentOrName() throws Exception {
    assertThat(refusal(place)).isEmpty();
    Files.createFile(place);
    assertThat(refusal(place)).isEmpty();
    Intake.create(place, 1000, 1000, new Refusals());
    assertThat(refusal(place)).isEmpty();
    Path named = Files.writeString(folder.resolve("a.ring"), "damaged");
    assertThat(refusal(named)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {".lock", ".new"})
  void refusesAPlaceBesideWhichItWouldWriteOverWhatIsSomebodys(String end) throws Exception {
    Path beside = Files.writeString(folder.resolve("players.db" + end), "precious things");
    assertThat(refusal(place)).startsWith(beside + " is there already and is no ");
    Files.writeString(beside, "");
    assertThat(refusal(place)).isEmpty();
  }

  @Test
  void takesALockThatAnEarlierProcessHasLeft() throws Exception {
    Files.writeString(folder.resolve("players.db.lock"), "4242 7f3a00bc");
    assertThat(refusal(place)).isEmpty();
  }

  @Test
  void refusesAFolder() throws Exception {
    assertThat(refusal(Files.createDirectory(place))).contains("is no file");
  }

  @Test
  void goesWhereALinkOfTheOperatorLeads() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Files.createSymbolicLink(place, Path.of("real/x.ring"));
    assertThat(RingClaim.target(place)).isEqualTo(real.resolve("x.ring"));
    Files.createFile(real.resolve("x.ring"));
    assertThat(RingClaim.target(place)).isEqualTo(real.toRealPath().resolve("x.ring"));
  }
}
