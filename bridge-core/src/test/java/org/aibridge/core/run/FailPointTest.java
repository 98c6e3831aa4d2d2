package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailPointTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "answered, ANSWERED, '', 1",
    "answered:3, ANSWERED, '', 3",
    "record-begun@dead-letters, RECORD_BEGUN, dead-letters, 1",
    "roll-begun@journal:12, ROLL_BEGUN, journal, 12"
  })
  void readsNameFolderAndTurn(String text, FailPoint point, String where, int nth) {
    assertThat(FailPoint.Setting.parse(text)).isEqualTo(new FailPoint.Setting(point, where, nth));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "answered:", "answered:often", ":1", "@journal"})
  void armsNothingWhenTheSettingMakesNoSense(String text) {
    assertThat(FailPoint.Setting.parse(text).point()).isNull();
  }

  @Test
  void passesWhenUnarmed() {
    for (FailPoint point : FailPoint.values()) {
      FailPoint.ARMED.reached(point, "journal");
    }
  }

  @Test
  void endsTheProcessAtTheArmedMomentAndNoOther() throws Exception {
    Process process = ChildJvm.process(folder, Passing.class);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(FailPoint.EXIT);
    assertThat(folder.resolve("out")).hasContent("1\n2\n");
  }

  /** Passes many moments; the third of the right kind in the right folder is the armed one. */
  static final class Passing {
    private Passing() {}

    public static void main(String[] args) {
      System.setProperty(FailPoint.PROPERTY, "record-begun@journal:3");
      for (int i = 1; i < 10; i++) {
        FailPoint.ARMED.reached(FailPoint.ANSWERED, "journal");
        FailPoint.ARMED.reached(FailPoint.RECORD_BEGUN, "dead-letters");
        FailPoint.ARMED.reached(FailPoint.RECORD_BEGUN, "journal");
        System.out.println(i);
      }
    }
  }
}
