package org.aibridge.core.action;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.Shown;
import org.slf4j.Logger;

/**
 * The log of decisions on actions and their ends, one JSON object a line, in {@value #NAME}.
 *
 * <p>Actions thread only. A full file is renamed to {@code .1}, older ones up to {@code .9}; the
 * old {@code .9} is deleted. A line that cannot be written is lost, counted and mentioned in the
 * server's log: the audit never delays an action's result.
 */
final class AuditLog implements AutoCloseable {
  static final String NAME = "actions-audit.jsonl";

  private static final Logger log = Logs.of(AuditLog.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int KEPT = 9;
  private static final long AGAIN_NANOS = 1_000_000_000L;

  private final Path file;
  private final LongSupplier maxBytes;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private OutputStream out;
  private long written;
  private long lost;
  private boolean unflushed;
  private long nextTryNanos;

  /** Creates a log in {@code folder}; the first write creates the folder. */
  AuditLog(Path folder, LongSupplier maxBytes, BridgeClock clock, LogThrottle throttle) {
    this.file = folder.resolve(NAME);
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.throttle = throttle;
    this.nextTryNanos = clock.nanos();
  }

  /** Returns a new line; the caller completes the line and passes it to {@link #write}. */
  ObjectNode line(String event, String id, String type) {
    return MAPPER
        .createObjectNode()
        .put("at", Instant.ofEpochMilli(clock.epochMs()).toString())
        .put("event", event)
        .put("action_id", id)
        .put("type", type);
  }

  /** Returns the current limit on the size of a file, in bytes. */
  long maxBytes() {
    return maxBytes.getAsLong();
  }

  /** Writes a line to the buffer or the file; returns its length in bytes, 0 if it is lost. */
  int write(ObjectNode line) {
    if (out == null && clock.nanos() - nextTryNanos < 0) {
      lost++;
      return 0;
    }
    try {
      String json = Shown.json(MAPPER.writeValueAsString(line));
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      if (out == null || written + bytes.length >= maxBytes.getAsLong()) {
        next(bytes.length);
      }
      out.write(bytes);
      out.write('\n');
      written += bytes.length + 1;
      unflushed = true;
      return bytes.length + 1;
    } catch (IOException e) {
      failed(e);
      return 0;
    }
  }

  /** Writes the buffered lines to the file. */
  void flush() {
    if (!unflushed) {
      return;
    }
    unflushed = false;
    try {
      out.flush();
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public void close() {
    flush();
    letGo();
  }

  private void failed(IOException e) {
    lost++;
    unflushed = false;
    nextTryNanos = clock.nanos() + AGAIN_NANOS;
    throttle.run(
        "audit",
        () -> log.warn("the audit log loses lines, {} so far: {}", lost, Reason.sentence(e)));
    letGo();
  }

  private void letGo() {
    if (out != null) {
      try {
        out.close();
      } catch (IOException e) {
        log.debug("{}: {}", file, e.toString());
      }
      out = null;
    }
  }

  private void next(int length) throws IOException {
    letGo();
    PrivateFiles.makeFolder(file.getParent());
    long size = Disk.exists(file) ? Disk.size(file) : 0;
    if (size > 0 && size + length >= maxBytes.getAsLong()) {
      rotate();
      size = 0;
    }
    boolean halfLine = size > 0 && !endsWithLine();
    out = new BufferedOutputStream(PrivateFiles.append(file));
    written = size;
    if (halfLine) {
      // Ends the half line that a killed process left at the end of the file.
      out.write('\n');
      written++;
    }
  }

  private boolean endsWithLine() throws IOException {
    try (DiskFile end = PrivateFiles.reader(file)) {
      byte[] last = new byte[1];
      return end.read(last, 0, 1, end.size() - 1) == 1 && last[0] == '\n';
    }
  }

  private void rotate() throws IOException {
    for (int i = KEPT - 1; i >= 1; i--) {
      if (Disk.exists(numbered(i))) {
        Disk.replace(numbered(i), numbered(i + 1));
      }
    }
    Disk.replace(file, numbered(1));
  }

  private Path numbered(int number) {
    return file.resolveSibling(NAME + "." + number);
  }
}
