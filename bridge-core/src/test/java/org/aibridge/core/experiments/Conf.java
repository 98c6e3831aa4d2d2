package org.aibridge.core.experiments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.core.journal.JournalReader;

/** The configuration of the experiments. */
final class Conf {
  static final int LANES = 4;
  private static final Pattern NUMBER = Pattern.compile("\"n\":([0-9]+)");
  private static final Pattern TEXT = Pattern.compile("\"text\":\"([^\"]*)\"");

  private Conf() {}

  /** All but the ring lies on {@code disk}. */
  static Path write(Path folder, Path disk, String baseUrl, int reserveMb) throws IOException {
    return Files.writeString(
        folder.resolve("ai_bridge.conf"),
        """
        [bridge]
        server_id = test
        [ai_service]
        base_url = %1$s
        [http_pool]
        retry_delay = 50
        [circuit_breaker]
        timeout = 200
        [event_dispatcher]
        batch_interval = 20
        lanes = %5$d
        queue_size = 20000
        dlq_path = %2$s/dead-letters
        [journal]
        path = %2$s/journal
        ring_path = %3$s/intake.ring
        reserve_mb = %4$d
        roll_mb = 8
        [action_executor]
        ledger_path = %2$s/actions
        poll_interval = 50
        """
            .formatted(baseUrl, disk, folder, reserveMb, LANES));
  }

  /** The number of the event the reader is at. */
  static int numberIn(JournalReader reader) {
    return Integer.parseInt(find(NUMBER, reader));
  }

  /** The text of the event the reader is at. */
  static String textIn(JournalReader reader) {
    return find(TEXT, reader);
  }

  private static String find(Pattern pattern, JournalReader reader) {
    byte[] bytes = new byte[reader.length()];
    reader.buffer().getBytes(reader.index(), bytes);
    Matcher found = pattern.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    if (!found.find()) {
      throw new IllegalStateException("an event without " + pattern);
    }
    return found.group(1);
  }
}
