package org.aibridge.ops.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Build;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.text.JsonTree;

/**
 * The list of a backup's files, written when all of them are there.
 *
 * @param files the checksum of each file, by its path in the backup
 */
record Manifest(String serverId, long takenMs, TreeMap<String, Long> files) {
  private static final String NAME = "backup.json";
  private static final int MAX_BYTES = 64 << 20;
  private static final int FORMAT = 1;
  private static final Pattern FILE = Pattern.compile("[a-z-]+/([a-z0-9-]+/)?[a-z0-9-][a-z0-9.-]*");

  /** Writes this manifest into the backup {@code folder}. */
  void write(Path folder) throws IOException {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("format", FORMAT)
            .put("server_id", serverId)
            .put("taken_ms", takenMs)
            .put("version", Build.version())
            .put("commit", Build.commit());
    ObjectNode sums = json.putObject("crc32c");
    files.forEach(sums::put);
    PrivateFiles.write(folder.resolve(NAME), JsonTree.text(json, true) + "\n");
  }

  /** Reads the manifest of the backup {@code folder}; ends the command if there is none. */
  static Manifest read(Path folder) throws IOException {
    JsonNode json;
    try {
      json = JsonTree.read(PrivateFiles.readAll(folder.resolve(NAME), MAX_BYTES));
    } catch (NoSuchFileException e) {
      throw Trouble.failed(
          folder + " is no backup, or one that was not finished: it has no " + NAME);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw Trouble.failed(folder.resolve(NAME) + " is damaged: " + e.getOriginalMessage());
    }
    if (json.path("format").asInt() != FORMAT) {
      throw Trouble.failed(
          folder
              + " was made by version "
              + json.path("version").asText()
              + ", and this is "
              + Build.version()
              + ": restore it with that one");
    }
    TreeMap<String, Long> files = new TreeMap<>();
    for (Map.Entry<String, JsonNode> file : json.path("crc32c").properties()) {
      if (!FILE.matcher(file.getKey()).matches()) {
        throw Trouble.failed(folder.resolve(NAME) + " names what is no file of a backup");
      }
      files.put(file.getKey(), file.getValue().asLong());
    }
    return new Manifest(json.path("server_id").asText(), json.path("taken_ms").asLong(), files);
  }

  /** Returns the checksum of a file. */
  static long sumOf(Path file) throws IOException {
    try (InputStream in =
            Channels.newInputStream(PrivateFiles.open(file, StandardOpenOption.READ));
        CheckedInputStream checked = new CheckedInputStream(in, new CRC32C())) {
      byte[] some = new byte[1 << 16];
      while (checked.read(some) >= 0) {
        continue;
      }
      return checked.getChecksum().getValue();
    }
  }
}
