package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.aibridge.core.deadletter.LetterFingerprint;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.deadletter.LetterView;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.core.text.Shown;
import org.aibridge.core.text.StrictUtf8;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Presence;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code dlq import}: reads letters from a file. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Take letters from a file that 'export' wrote, or from the text file of the older bridge.",
      "Nothing is sent; 'replay' does that. What is here already, or was delivered, is passed over."
    },
    footer = {
      "",
      "Examples:",
      "  ai-bridge dlq import letters.jsonl",
      "  ai-bridge dlq import log/ai_bridge_dlq.log --dry-run"
    })
final class ImportCommand implements Callable<Integer> {
  private static final int MAX_SHOWN = 20;

  /** The maximum size of a letter, in bytes; a larger letter fits in no record. */
  private static final int MAX_LETTER = 1 << 20;

  private final Surroundings surroundings;
  @Mixin private LetterPlace place;

  @Parameters(paramLabel = "FILE", description = "The file; - for the standard input.")
  private String file;

  @Option(names = "--dry-run", description = "Only count; change nothing.")
  private boolean dryRun;

  private final Set<Long> known = new HashSet<>();
  private DeadLetterOwner owner;
  private CommandLetters out;
  private long imported;
  private long there;
  private long unreadable;

  ImportCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Path folder =
        place
            .server(surroundings)
            .resolve(place.server(surroundings).config().deadLetters().path());
    if (Presence.of(folder)) {
      learn(place.letters(surroundings));
    } else if (!dryRun) {
      // A bridge would create the same folder and file at its first start.
      PrivateFiles.makeFolder(folder);
      PrivateFiles.make(folder.resolve("owner.lock"));
    }
    String serverId = place.server(surroundings).config().bridge().serverId();
    try (BufferedReader lines = open()) {
      if (!dryRun) {
        owner = DeadLetterOwners.open(surroundings, place);
      }
      read(lines, new LegacyFile(serverId, surroundings.clock().millis()));
      flush();
    } finally {
      if (owner != null) {
        owner.close();
      }
    }
    surroundings
        .out()
        .printf("%,d letters %s%n", imported, dryRun ? "would be imported" : "are imported");
    if (there > 0) {
      surroundings
          .err()
          .printf("%,d are here already or were delivered, and are passed over%n", there);
    }
    if (unreadable > 0) {
      surroundings.err().printf("%,d lines cannot be read%n", unreadable);
    }
    return unreadable > 0 ? ExitCodes.FOUND : ExitCodes.DONE;
  }

  private BufferedReader open() throws IOException {
    if (file.equals("-")) {
      return surroundings.terminal().in();
    }
    Path path = surroundings.folder().resolve(file);
    if (!Files.isRegularFile(path)) {
      throw Trouble.failed(path + (Presence.of(path) ? " is no file" : " is not there"));
    }
    return new BufferedReader(
        new InputStreamReader(
            Files.newInputStream(path),
            StandardCharsets.ISO_8859_1)); // one char for each byte; see utf8
  }

  /** Notes the events whose letters are in the folder or were delivered by a replay. */
  private void learn(Path folder) throws IOException {
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        if (scan.mark().isThere() || scan.mark() == Mark.DELIVERED) {
          known.add(LetterFingerprint.hash(scan.letter().eventId()));
        }
      }
    }
  }

  private void read(BufferedReader lines, LegacyFile reader) throws IOException {
    long number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      try {
        for (ObjectNode letter : reader.read(file.equals("-") ? line : utf8(line))) {
          LetterView.parse(letter);
          take(letter);
        }
      } catch (Unread e) {
        throw e;
      } catch (IOException e) {
        unreadable++;
        if (unreadable <= MAX_SHOWN) {
          surroundings
              .err()
              .printf("%s:%d: %s%n", Shown.of(file), number, Shown.reason(Reason.sentence(e)));
        } else if (unreadable == MAX_SHOWN + 1) {
          surroundings.err().println("more such lines are only counted");
        }
      }
    }
  }

  /** Decodes a line that was read as bytes; throws if the line is not UTF-8. */
  private static String utf8(String line) throws IOException {
    byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
    if (!StrictUtf8.is(bytes)) {
      throw new IOException("the line is not UTF-8");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Thrown if the import must stop; a problem with a single line does not stop it. */
  private static final class Unread extends IOException {
    private static final long serialVersionUID = 1L;

    Unread(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private void take(ObjectNode letter) throws IOException {
    if (!known.add(LetterFingerprint.hash(letter.path("event_id").asText()))) {
      there++;
      return;
    }
    String text = letter.toString();
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_LETTER) {
      throw new IOException("a letter of more than " + MAX_LETTER + " bytes");
    }
    if (!dryRun) {
      try {
        send(text);
      } catch (IOException e) {
        throw new Unread(e);
      }
    }
    imported++;
  }

  private void send(String letter) throws IOException {
    if (out != null && !out.hasRoom(letter)) {
      flush();
    }
    if (out == null) {
      out = new CommandLetters();
    }
    out.add(letter);
  }

  private void flush() throws IOException {
    if (out == null) {
      return;
    }
    ObjectNode command = JsonNodeFactory.instance.objectNode().put("do", "import");
    int lines = out.size();
    out.putInto(command);
    out = null;
    long before = imported - lines;
    ObjectNode answer;
    try {
      answer = owner.ask(command);
    } catch (IOException e) {
      throw Trouble.failed(
          "the import has stopped after at least %,d letters: %s"
              .formatted(before, Reason.sentence(e)));
    }
    if (!CommandAnswer.isDone(answer)) {
      throw Trouble.failed(
          "the import has stopped after %,d letters: %s; run it again to go on"
              .formatted(
                  before + answer.path("imported").asInt(), CommandAnswer.problemOf(answer)));
    }
  }
}
