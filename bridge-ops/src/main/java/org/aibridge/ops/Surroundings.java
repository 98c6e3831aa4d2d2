package org.aibridge.ops;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.text.ShownWriter;

/**
 * A command's view of the process it runs in.
 *
 * @param unicode whether {@code out} can show more than ASCII
 * @param color whether {@code out} is a terminal that wants colours
 * @param folder the folder in which relative paths start
 * @param system the folder with the configuration of the whole machine
 * @param terminal the streams that lead to a person
 * @param outProblem the reason why {@code out} could not be written; empty if no write failed
 */
public record Surroundings(
    PrintWriter out,
    PrintWriter err,
    boolean unicode,
    boolean color,
    Path folder,
    Path system,
    Map<String, String> environment,
    InstantSource clock,
    Terminal terminal,
    Supplier<String> outProblem) {

  public Surroundings {
    out = ShownWriter.of(out, unicode);
    err = ShownWriter.of(err, unicode);
  }

  /** Creates the surroundings of a process without a terminal. */
  Surroundings(
      PrintWriter out,
      PrintWriter err,
      boolean unicode,
      boolean color,
      Path folder,
      Path system,
      Map<String, String> environment,
      InstantSource clock) {
    this(out, err, unicode, color, folder, system, environment, clock, Terminal.NONE, () -> "");
  }

  /**
   * Says which of the three standard streams lead to a person.
   *
   * @param in the stream with answers to questions
   * @param asks whether somebody can answer on {@code in}
   * @param out whether somebody reads {@code out} unprocessed
   * @param err whether somebody reads {@code err} unprocessed
   */
  public record Terminal(BufferedReader in, boolean asks, boolean out, boolean err) {
    static final Terminal NONE =
        new Terminal(new BufferedReader(Reader.nullReader()), false, false, false);
  }

  /** Prints the sentence to {@code err} as one line. */
  public void complain(String sentence) {
    err.println("ai-bridge: " + Shown.of(String.valueOf(sentence)));
  }

  /** The unfiltered {@code out}, for terminal sequences and for text that must not change. */
  public PrintWriter rawOut() {
    return ShownWriter.of(out, unicode).raw();
  }

  /** The unfiltered {@code err}, for terminal sequences. */
  public PrintWriter rawErr() {
    return ShownWriter.of(err, unicode).raw();
  }

  /**
   * Returns the surroundings of this process; the launcher's properties tell what a JVM cannot see.
   */
  public static Surroundings ofProcess() {
    Charset charset = charset();
    Console console = new Console(new FileOutputStream(FileDescriptor.out));
    return new Surroundings(
        new PrintWriter(console, true, charset),
        new PrintWriter(new FileOutputStream(FileDescriptor.err), true, charset),
        charset.newEncoder().canEncode('\u2713'),
        Boolean.getBoolean("aibridge.color"),
        Path.of("").toAbsolutePath(),
        Path.of("/etc/ai-bridge"),
        System.getenv(),
        InstantSource.system(),
        new Terminal(
            new BufferedReader(
                new InputStreamReader(
                    new FileInputStream(FileDescriptor.in),
                    charset.newDecoder())), // throws on undecodable input
            Boolean.getBoolean("aibridge.terminal.in"),
            Boolean.getBoolean("aibridge.terminal.out"),
            Boolean.getBoolean("aibridge.terminal.err")),
        console::problem);
  }

  /** Returns the console's charset; JVM versions differ in the name of the system property. */
  private static Charset charset() {
    return Stream.of("stdout.encoding", "sun.stdout.encoding", "native.encoding")
        .map(System::getProperty)
        .filter(Objects::nonNull)
        .filter(Charset::isSupported)
        .map(Charset::forName)
        .findFirst()
        .orElse(Charset.defaultCharset());
  }
}
