package org.aibridge.scenarios;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.aibridge.ops.Surroundings;

/** One run of the command line in this JVM. */
record Run(int status, String out, String err) {
  static Run of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = ServiceCommand.execute(surroundings(out, err), arguments);
    return new Run(status, out.toString(), err.toString());
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
