package org.aibridge.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonTest {

  static Stream<Throwable> thrown() {
    return Foreign.THROWABLES.stream()
        .flatMap(
            e ->
                Stream.of(
                    e,
                    new IllegalStateException("around it", e),
                    new UncheckedIOException("around it", new IOException("the cause", e))));
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void saysSomethingOfWhateverIsThrown(Throwable thrown) {
    assertThat(Reason.of(thrown)).isNotBlank();
    assertThat(Reason.sentence(thrown)).isNotBlank();
    assertThatCode(() -> Reason.trace(thrown)).doesNotThrowAnyException();
  }
}
