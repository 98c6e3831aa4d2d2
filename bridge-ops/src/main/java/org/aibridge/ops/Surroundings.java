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
 * What a command sees of the process it runs in.
 *
 * @param unicode whether {@code out} can show more than ASCII
 * @param color whether {@code out} is a terminal that wants colours
 * @param folder what relative paths are relative to
 * @param home the folder of the launcher, or null when there was none
 * @param terminal who sits in front of it
 * @param outProblem why {@code out} could not be written, once that has failed
 */
public record Surroundings(
    PrintWriter out,
    PrintWriter err,
    boolean unicode,
    boolean color,
    Path folder,
    Path home,
    Map<String, String> environment,
    InstantSource clock,
    Terminal terminal,
    Supplier<String> outProblem) {

  public Surroundings {
    out = ShownWriter.of(out, unicode);
    err = ShownWriter.of(err, unicode);
  }

  /** Those of a process that nobody sits in front of. */
  Surroundings(
      PrintWriter out,
      PrintWriter err,
      boolean unicode,
      boolean color,
      Path folder,
      Path home,
      Map<String, String> environment,
      InstantSource clock) {
    this(out, err, unicode, color, folder, home, environment, clock, Terminal.NONE, () -> "");
  }

  /**
   * Which of the three streams lead to a person.
   *
   * @param in where answers to questions come from
   * @param asks whether somebody can answer there
   * @param out whether somebody reads {@code out} as it is
   * @param err whether somebody reads {@code err} as it is
   */
  public record Terminal(BufferedReader in, boolean asks, boolean out, boolean err) {
    static final Terminal NONE =
        new Terminal(new BufferedReader(Reader.nullReader()), false, false, false);
  }

  /** Says on {@code err} in one line what is wrong. */
  public void complain(String sentence) {
    err.println("ai-bridge: " + Shown.of(String.valueOf(sentence)));
  }

  /** {@code out} for sequences that a terminal obeys, and for what must stay byte for byte. */
  public PrintWriter rawOut() {
    return ShownWriter.of(out, unicode).raw();
  }

  /** {@code err} likewise. */
  public PrintWriter rawErr() {
    return ShownWriter.of(err, unicode).raw();
  }

  /** Those of this process; the launcher tells what a JVM cannot see by itself. */
  static Surroundings ofProcess() {
    Charset charset = charset();
    String home = System.getProperty("aibridge.home");
    Console console = new Console(new FileOutputStream(FileDescriptor.out));
    return new Surroundings(
        new PrintWriter(console, true, charset),
        new PrintWriter(new FileOutputStream(FileDescriptor.err), true, charset),
        charset.newEncoder().canEncode('\u2713'),
        Boolean.getBoolean("aibridge.color"),
        Path.of("").toAbsolutePath(),
        home == null ? null : Path.of(home),
        System.getenv(),
        InstantSource.system(),
        new Terminal(
            new BufferedReader(
                new InputStreamReader(
                    new FileInputStream(FileDescriptor.in),
                    charset.newDecoder())), // reports what it cannot read
            Boolean.getBoolean("aibridge.terminal.in"),
            Boolean.getBoolean("aibridge.terminal.out"),
            Boolean.getBoolean("aibridge.terminal.err")),
        console::problem);
  }

  /** What the console understands; newer JVMs name it differently. */
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
