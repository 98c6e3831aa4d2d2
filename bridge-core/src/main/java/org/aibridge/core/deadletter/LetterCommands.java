package org.aibridge.core.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.StoreFullException;
import org.aibridge.core.text.CommandAnswer;
import org.slf4j.Logger;

/**
 * Runs the operators' commands on dead letters: replay, purge, undo, import.
 *
 * <p>A command is a JSON object with {@code do}; its array {@code letters} names the letters.
 * {@link #answer} does not block: the store's thread does the work and then completes the answer.
 */
public final class LetterCommands {
  /** The name of the group to which these commands belong. */
  public static final String GROUP = "letters";

  /** The key of the array of letters in a command. */
  public static final String LETTERS = "letters";

  /** The maximum total size of the letters in one command, in bytes. */
  public static final int MAX_LETTER_BYTES = 4 << 20;

  private static final Logger log = Logs.of(LetterCommands.class);

  /** The largest event that can be replayed, in bytes; it must fit into a journal record. */
  private static final int MAX_EVENT_BYTES = 1 << 20;

  /** Puts replayed events into the journal. */
  @FunctionalInterface
  public interface WayBack {
    /**
     * Appends events to the journal, in order; the result tells how many it has now. Never blocks.
     */
    CompletionStage<Sent> send(List<byte[]> events);
  }

  /**
   * The result of {@link WayBack#send}.
   *
   * @param count the number of events that are in the journal: the first ones
   * @param problem why the others are not; empty when all are
   */
  public record Sent(int count, String problem) {}

  private final DeadLetterStore store;
  private final Executor storeThread;
  private final WayBack wayBack;
  private final IntSupplier maxReplays;

  /**
   * Creates the commands for {@code store}.
   *
   * @param storeThread runs the work on the store
   * @param maxReplays the number of replays after which a letter is not replayed unless forced
   */
  public LetterCommands(
      DeadLetterStore store, Executor storeThread, WayBack wayBack, IntSupplier maxReplays) {
    this.store = store;
    this.storeThread = storeThread;
    this.wayBack = wayBack;
    this.maxReplays = maxReplays;
  }

  /** A letter that is to be replayed, and its event in the form in which it is sent. */
  private record Wanted(LetterRef letter, byte[] event) {}

  /** Executes {@code command} and answers it. Any thread; takes a while for many letters. */
  public CompletionStage<ObjectNode> answer(ObjectNode command) {
    CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
    try {
      switch (command.path("do").asText()) {
        case "replay" -> replay(lines(command), command.path("force").asBoolean(), answer);
        case "purge" -> purge(command, refs(lines(command)), answer);
        case "undo" -> undo(command.path("number").asLong(), answer);
        case "import" -> add(lines(command), answer);
        default ->
            answer.complete(
                CommandAnswer.problem("there is no such command: " + command.path("do")));
      }
    } catch (IOException e) {
      answer.complete(CommandAnswer.problem(Reason.sentence(e)));
    }
    return answer;
  }

  private void replay(List<JsonNode> lines, boolean force, CompletableFuture<ObjectNode> answer) {
    Map<String, Integer> passed = new HashMap<>();
    List<Wanted> wanted = new ArrayList<>();
    Set<LetterRef> seen = new HashSet<>();
    for (JsonNode line : lines) {
      LetterRef letter = ref(line);
      byte[] event = bytes(line.path("event"));
      String why =
          event == null || line.path("event").path("event_id").asText("").isEmpty()
              ? "malformed"
              : event.length > MAX_EVENT_BYTES
                  ? "too_large"
                  : !force && line.path("replays").asInt() >= maxReplays.getAsInt()
                      ? "max_replays"
                      : seen.add(letter) ? "" : "twice";
      if (why.isEmpty()) {
        wanted.add(new Wanted(letter, encode(line, letter, event)));
      } else {
        passed.merge(why, 1, Integer::sum);
      }
    }
    onStore(answer, () -> queue(wanted, passed, answer));
  }

  private static byte[] encode(JsonNode line, LetterRef letter, byte[] event) {
    JsonNode player = line.path("event").path("player_id");
    boolean has = player.canConvertToLong() && player.asLong() >> 32 == 0;
    return ReplayedEvent.encode(
        line.path("event").path("event_id").asText(),
        event,
        has ? player.asLong() : GameEvent.NO_PLAYER,
        line.path("event").path("player_key").textValue(),
        letter.segment(),
        letter.key(),
        line.path("replays").asInt(),
        EventKinds.named(
            line.path("event").path("event_type").asText(),
            line.path("event").path("priority").asText()));
  }

  /**
   * Marks the letters as queued and then sends their events: after a death in between, the next
   * start releases the letters, and none is sent twice.
   */
  private void queue(
      List<Wanted> asked, Map<String, Integer> passed, CompletableFuture<ObjectNode> answer)
      throws IOException {
    List<Wanted> wanted = asked.stream().filter(w -> !store.isOfLaterVersion(w.letter)).toList();
    if (wanted.size() < asked.size()) {
      passed.put("later_version", asked.size() - wanted.size());
    }
    // Leaves out letters that are already queued, since a failure below must not release them.
    List<LetterRef> free =
        store.thatCanBecome(Mark.QUEUED, wanted.stream().map(Wanted::letter).toList());
    List<LetterRef> queued;
    try {
      queued = store.mark(Mark.QUEUED, free, 0);
    } catch (IOException e) {
      release(free);
      throw e;
    }
    Set<LetterRef> marked = new HashSet<>(queued);
    passed.merge("not_there", wanted.size() - queued.size(), Integer::sum);
    List<Wanted> going = wanted.stream().filter(w -> marked.contains(w.letter)).toList();
    wayBack
        .send(going.stream().map(Wanted::event).toList())
        .whenComplete((sent, thrown) -> afterSending(going, sent, thrown, passed, answer));
  }

  private void afterSending(
      List<Wanted> going,
      Sent sent,
      Throwable thrown,
      Map<String, Integer> passed,
      CompletableFuture<ObjectNode> answer) {
    int count = sent == null ? 0 : sent.count();
    String why = sent == null ? "it failed: " + thrown : sent.problem();
    ObjectNode json = why.isEmpty() ? CommandAnswer.done() : CommandAnswer.problem(why);
    json.put("queued", count);
    ObjectNode by = json.putObject("passed");
    passed.forEach((reason, letters) -> by.put(reason, letters));
    if (count < going.size()) {
      List<LetterRef> left =
          going.subList(count, going.size()).stream().map(Wanted::letter).toList();
      onStore(
          answer,
          () -> {
            release(left);
            answer.complete(json);
          });
    } else {
      answer.complete(json);
    }
  }

  private void release(List<LetterRef> letters) {
    try {
      store.mark(Mark.RELEASED, letters, 0);
    } catch (IOException e) {
      log.warn(
          "{} letters stay marked until the next start: {}", letters.size(), Reason.sentence(e));
    }
  }

  private void purge(
      ObjectNode command, List<LetterRef> letters, CompletableFuture<ObjectNode> answer) {
    boolean forever = command.path("forever").asBoolean();
    long number = command.path("number").asLong();
    onStore(
        answer,
        () -> {
          Mark mark = forever ? Mark.FORGOTTEN : Mark.PURGED;
          int purged = store.mark(mark, letters, number).size();
          answer.complete(
              CommandAnswer.done().put("purged", purged).put("not_there", letters.size() - purged));
        });
  }

  private void undo(long number, CompletableFuture<ObjectNode> answer) {
    onStore(
        answer, () -> answer.complete(CommandAnswer.done().put("restored", store.undo(number))));
  }

  private void add(List<JsonNode> lines, CompletableFuture<ObjectNode> answer) throws IOException {
    List<DeadLetter> letters = new ArrayList<>(lines.size());
    for (JsonNode line : lines) {
      letters.add(LetterView.parse(line));
    }
    onStore(answer, () -> answer.complete(append(letters)));
  }

  /**
   * Imports letters and returns their number, so that the operator can continue or repeat the
   * import. Letters imported before a failure stay.
   */
  private ObjectNode append(List<DeadLetter> letters) {
    int imported = 0;
    String why = "";
    try {
      for (DeadLetter letter : letters) {
        store.append(letter);
        imported++;
      }
    } catch (Exception e) {
      why = store.folder() + " cannot be written: " + Reason.sentence(e);
      log.warn(
          "an import has stopped after {} of {} letters: {}",
          imported,
          letters.size(),
          why,
          Reason.trace(e));
    }
    String unsynced = syncImported();
    why += why.isEmpty() || unsynced.isEmpty() ? unsynced : "; " + unsynced;
    return (why.isEmpty() ? CommandAnswer.done() : CommandAnswer.problem(why))
        .put("imported", imported);
  }

  private String syncImported() {
    try {
      store.syncIfSynced();
      return "";
    } catch (Exception e) {
      String problem = "imported letters may not survive a power failure: " + Reason.sentence(e);
      log.warn("{}: {}", store.folder(), problem, Reason.trace(e));
      return problem;
    }
  }

  /** Work on the store. */
  private interface StoreWork {
    void run() throws IOException;
  }

  private void onStore(CompletableFuture<ObjectNode> answer, StoreWork work) {
    storeThread.execute(
        () -> {
          try {
            work.run();
          } catch (IOException | StoreFullException e) {
            answer.complete(
                CommandAnswer.problem(
                    store.folder() + " cannot be written: " + Reason.sentence(e)));
          } catch (Throwable e) {
            log.error("what an operator asked failed: {}", Reason.of(e), Reason.trace(e));
            answer.complete(CommandAnswer.problem("it failed: " + Reason.of(e)));
          }
        });
  }

  private static List<JsonNode> lines(ObjectNode command) throws IOException {
    if (!(command.path(LETTERS) instanceof ArrayNode letters)) {
      throw new IOException("there are no letters in it");
    }
    List<JsonNode> lines = new ArrayList<>(letters.size());
    letters.forEach(lines::add);
    return lines;
  }

  private static List<LetterRef> refs(List<JsonNode> lines) {
    return lines.stream().map(LetterCommands::ref).toList();
  }

  private static LetterRef ref(JsonNode line) {
    return new LetterRef(line.path("segment").asInt(), line.path("key").asLong());
  }

  /** Returns the event's bytes as sent in a request; null if the event is not a JSON object. */
  private static byte[] bytes(JsonNode event) {
    return event.isObject() ? event.toString().getBytes(StandardCharsets.UTF_8) : null;
  }
}
