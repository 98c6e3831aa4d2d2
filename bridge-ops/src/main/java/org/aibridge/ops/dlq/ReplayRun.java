package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.deadletter.LetterView;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.ops.Trouble;

/**
 * Sends selected letters for replay, some at a time, and waits until each has its end.
 *
 * <p>A run can be interrupted at any time, because each letter's mark says how far the letter is:
 * the next run waits for the letters that are under way, and sends only the others.
 */
final class ReplayRun {
  /** The most letters that are replayed at the same time. */
  private static final int MAX_UNDER_WAY = 20_000;

  private static final int MAX_AT_ONCE = 5000;
  private static final int LOOK_EVERY_MS = 100;
  private static final long OWNER_EVERY_NANOS = 2_000_000_000L;

  private final Path folder;
  private final DeadLetterOwner owner;
  private final Selected selected;
  private final LetterEdit edit;
  private final boolean force;
  private final ReplayRate rate;
  private final ReplayProgress progress;
  private final ReplayWatch watch;
  private final Map<String, Long> passed = new TreeMap<>();
  private int next;
  private long sent;
  private long passedOver;
  private long startNanos;
  private long nextOwnerLookNanos;

  ReplayRun(
      Path folder,
      DeadLetterOwner owner,
      Selected selected,
      LetterEdit edit,
      boolean force,
      ReplayRate rate,
      ReplayProgress progress) {
    this.folder = folder;
    this.owner = owner;
    this.selected = selected;
    this.edit = edit;
    this.force = force;
    this.rate = rate;
    this.progress = progress;
    this.watch = new ReplayWatch(folder);
  }

  ReplayWatch watch() {
    return watch;
  }

  /** The number of letters that were skipped, by reason. */
  Map<String, Long> passed() {
    return passed;
  }

  void run() throws IOException, InterruptedException {
    startNanos = System.nanoTime();
    try (LetterScan scan = new LetterScan(folder)) {
      while (next < selected.size() || watch.waiting() > 0) {
        long allowed = Math.min(MAX_AT_ONCE, rate.allowed(System.nanoTime() - startNanos) - sent);
        boolean sending = next < selected.size() && allowed > 0 && watch.waiting() < MAX_UNDER_WAY;
        if (sending) {
          sendSome(scan, (int) allowed);
        } else {
          Thread.sleep(LOOK_EVERY_MS);
        }
        watch.refresh();
        progress.show(watch.ended() + passedOver, note());
        requireOwner();
      }
    }
  }

  private String note() {
    return watch.diedAgain == 0 ? "" : "%,d died again".formatted(watch.diedAgain);
  }

  private void requireOwner() throws IOException {
    if (System.nanoTime() - nextOwnerLookNanos >= 0) {
      nextOwnerLookNanos = System.nanoTime() + OWNER_EVERY_NANOS;
      if (!owner.isThere()) {
        throw Trouble.failed(
            "the bridge has ended after %,d letters; start it and run this again to go on"
                .formatted(watch.delivered));
      }
    }
  }

  private void sendSome(LetterScan scan, int most) throws IOException {
    int first = next;
    CommandLetters letters = new CommandLetters();
    while (next < selected.size() && letters.size() < most) {
      String line = line(scan, next);
      if (line != null && !letters.hasRoom(line)) {
        if (letters.size() > 0) {
          break;
        }
        line = null;
        passed.merge("too_large", 1L, Long::sum);
      }
      if (line != null) {
        letters.add(line);
      }
      next++;
    }
    if (letters.size() > 0) {
      ask(letters);
    }
    sent += letters.size();
    take(first);
  }

  /** Returns the letter as JSON for a command; null if it is queued or gone or has no event. */
  private String line(LetterScan scan, int index) throws IOException {
    if (watch.markOf(selected.segment(index), selected.key(index)) != Mark.NONE) {
      return null;
    }
    if (scan.segment() != selected.segment(index) && !scan.open(selected.segment(index))) {
      return null;
    }
    scan.seek(selected.place(index));
    if (!scan.next() || scan.letter().key() != selected.key(index)) {
      return null;
    }
    LetterView letter = scan.letter();
    JsonNode event = letter.tree().path("event");
    if (!(event instanceof ObjectNode object)) {
      return null;
    }
    edit.apply(object);
    object.put("event_id", letter.eventId());
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("segment", selected.segment(index)).put("key", selected.key(index));
    line.put("replays", letter.replayCount()).set("event", object);
    return line.toString();
  }

  private void ask(CommandLetters letters) throws IOException {
    ObjectNode command = JsonNodeFactory.instance.objectNode();
    command.put("do", "replay").put("force", force);
    ObjectNode answer = owner.ask(letters.putInto(command));
    for (Map.Entry<String, JsonNode> reason : answer.path("passed").properties()) {
      // A letter that another run has queued is counted here, and take() watches it as well.
      if (reason.getValue().asLong() > 0 && !reason.getKey().equals("not_there")) {
        passed.merge(reason.getKey(), reason.getValue().asLong(), Long::sum);
      }
    }
    if (!CommandAnswer.isDone(answer)) {
      throw Trouble.failed(
          "the replay has stopped: " + CommandAnswer.problemOf(answer) + "; run it again later");
    }
  }

  /** Starts to watch those letters from index {@code first} on that are queued for replay now. */
  private void take(int first) throws IOException {
    int refreshed = Integer.MIN_VALUE;
    for (int i = first; i < next; i++) {
      int segment = selected.segment(i);
      if (segment != refreshed) {
        watch.refresh(segment);
        refreshed = segment;
      }
      if (watch.markOf(segment, selected.key(i)) == Mark.NONE) {
        passedOver++;
      } else {
        watch.add(segment, selected.key(i));
      }
    }
  }
}
