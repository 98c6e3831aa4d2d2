package org.aibridge.scenarios;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Stream;
import org.aibridge.ops.Surroundings;

/** One run of the command line in this JVM. */
record Run(int status, String out, String err) {
  static Run of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = ServiceCommand.execute(surroundings(out, err), arguments);
    return new Run(status, out.toString(), err.toString());
  }

  /** What the files below {@code folder} say, one behind the other. */
  static String textsIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      StringBuilder text = new StringBuilder();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        text.append(Files.readString(file));
      }
      return text.toString();
    }
  }

  static Surroundings surroundings(StringWriter out, StringWriter err) {
    return new Surroundings(
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        true,
        false,
        Path.of("").toAbsolutePath(),
        null,
        Map.of(),
        InstantSource.system(),
        new Surroundings.Terminal(new BufferedReader(Reader.nullReader()), false, false, false),
        () -> "");
  }
}
