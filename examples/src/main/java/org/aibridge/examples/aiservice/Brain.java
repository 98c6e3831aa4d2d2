package org.aibridge.examples.aiservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.aibridge.fakeservice.Mind;
import org.aibridge.fakeservice.OpenActions;

/**
 * Takes events and results, writes them down, and has actions decided.
 *
 * <p>Three files in the folder, all written before the caller is answered:
 *
 * <pre>
 * events.log   event_id  TAB  idempotency key  TAB  event_type   every event taken, repeated ones too
 * decided.log  action_id TAB  type             TAB  the action as JSON, before it is offered
 * results.log  action_id TAB  status           TAB  message      every result taken, repeated ones too
 * </pre>
 *
 * <p>A missing id or key is written as {@value #NONE}. Opening reads them back: decided actions
 * without a result are open again. Safe for all threads, which wait for each other's writes.
 */
final class Brain implements Mind, Closeable {
  private static final String NONE = "-";
  private static final int FIELDS = 3;
  private static final int MAX_KEY_LENGTH = 256;
  private static final int MAX_MESSAGE_LENGTH = 1_000;
  private static final int RECENT_IDS = 200_000;
  private static final int ACTIONS_PER_SECOND = 20;

  /** The maximum number of open actions; more would mean that nobody fetches actions. */
  private static final int MAX_OPEN = 2_000;

  private static final int PRIORITY = 1;

  private final long seed;
  private final FileChannel lock;
  private final RecordFile eventLog;
  private final RecordFile decidedLog;
  private final RecordFile resultLog;
  private final OpenActions actions = new OpenActions();
  private final RecentIds recent = new RecentIds(RECENT_IDS);
  private final Pace pace;
  private Decider decider;
  private long eventCount;
  private long lastNumber;

  private Brain(Path folder, long seed, LongSupplier nanoClock) throws IOException {
    this.seed = seed;
    this.pace = new Pace(ACTIONS_PER_SECOND, nanoClock);
    Files.createDirectories(folder);
    lock = lock(folder);
    eventLog = RecordFile.open(folder.resolve("events.log"));
    decidedLog = RecordFile.open(folder.resolve("decided.log"));
    resultLog = RecordFile.open(folder.resolve("results.log"));
  }

  /** Opens the folder, creating it if it is missing, and reads its records. */
  static Brain open(Path folder, long seed, LongSupplier nanoClock) throws IOException {
    Brain brain = new Brain(folder, seed, nanoClock);
    try {
      brain.readBack();
    } catch (IOException e) {
      brain.close();
      throw e;
    }
    return brain;
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("service.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // This process itself holds the lock; the message below is right in this case, too.
    }
    channel.close();
    throw new IOException(folder + " is used by another AI service");
  }

  private synchronized void readBack() throws IOException {
    eventLog.read(FIELDS, this::readEvent);
    Set<String> finished = new HashSet<>();
    resultLog.read(FIELDS, fields -> finished.add(fields[0]));
    List<JsonNode> decided = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    decidedLog.read(
        FIELDS,
        fields -> {
          decided.add(json.readTree(fields[2]));
          lastNumber = Math.max(lastNumber, numberOf(fields[0]));
          if (!finished.contains(fields[0])) {
            actions.add(fields[0], fields[2]);
          }
        });
    decider = new Decider(seed + lastNumber);
    decided.forEach(decider::recall);
  }

  private void readEvent(String[] fields) {
    eventCount++;
    recent.add(fields[0].equals(NONE) ? "" : fields[0]);
  }

  private static long numberOf(String actionId) throws IOException {
    try {
      return Long.parseLong(actionId.substring(actionId.lastIndexOf('-') + 1));
    } catch (NumberFormatException e) {
      throw new IOException("decided.log holds an id that is not ours: " + actionId, e);
    }
  }

  /** Records a batch, then decides what to do about it. */
  @Override
  public synchronized int take(List<JsonNode> batch, String key) throws IOException {
    List<Event> events = batch.stream().map(Event::of).toList();
    StringBuilder lines = new StringBuilder();
    for (Event event : events) {
      line(lines, idOrNone(event.id()), idOrNone(key), event.type());
    }
    eventLog.append(lines);
    eventCount += events.size();
    List<Event> fresh = new ArrayList<>(events.size());
    for (Event event : events) {
      if (event.id().isEmpty() || recent.add(idOrNone(event.id()))) {
        fresh.add(event);
      }
    }
    decide(fresh);
    return events.size() - fresh.size();
  }

  private void decide(List<Event> events) throws RecordFile.WriteException {
    int budget = actions.size() < MAX_OPEN ? pace.allowance() : 0;
    List<ObjectNode> decided = new ArrayList<>();
    for (Decision decision : decider.decide(events, budget)) {
      decided.add(named(decision));
    }
    StringBuilder lines = new StringBuilder();
    for (ObjectNode action : decided) {
      line(lines, id(action), action.path("action_type").asText(), action.toString());
    }
    decidedLog.append(lines);
    pace.spend(decided.size());
    decided.forEach(action -> actions.add(id(action), action.toString()));
  }

  private ObjectNode named(Decision decision) {
    String prefix = decision.absurd() ? "absurd-" : "act-";
    ObjectNode action = decision.payload().objectNode();
    action.put("action_id", prefix + seed + "-" + ++lastNumber);
    action.put("action_type", decision.type());
    action.put("priority", PRIORITY);
    action.set("payload", decision.payload());
    return action;
  }

  /**
   * Records results; an action that has one is not offered any more. Unknown ids are recorded too.
   */
  @Override
  public synchronized void hear(List<JsonNode> results) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (JsonNode result : results) {
      line(
          lines,
          idOrNone(text(result, "action_id")),
          text(result, "status"),
          RecordFile.field(text(result, "message"), MAX_MESSAGE_LENGTH));
    }
    resultLog.append(lines);
    results.forEach(result -> actions.remove(text(result, "action_id")));
  }

  private static String text(JsonNode from, String name) {
    return from.path(name).asText("");
  }

  @Override
  public List<String> offer(int limit, long waitMs) {
    return actions.poll(limit, waitMs);
  }

  @Override
  public synchronized String health() {
    return "{\"status\":\"healthy\",\"events\":%d,\"actions_open\":%d}"
        .formatted(eventCount, actions.size());
  }

  OpenActions actions() {
    return actions;
  }

  private static void line(StringBuilder lines, String first, String second, String third) {
    lines.append(first).append('\t').append(second).append('\t').append(third).append('\n');
  }

  private static String id(ObjectNode action) {
    return action.path("action_id").asText();
  }

  private static String idOrNone(String text) {
    return text.isEmpty() ? NONE : RecordFile.field(text, MAX_KEY_LENGTH);
  }

  /** Waits for a write under way, and closes the files; nothing can be recorded after that. */
  @Override
  public synchronized void close() {
    for (Closeable file : List.of(eventLog, decidedLog, resultLog, lock)) {
      try {
        file.close();
      } catch (IOException e) {
        System.err.println("AI service could not close a record: " + e.getMessage());
      }
    }
  }
}
