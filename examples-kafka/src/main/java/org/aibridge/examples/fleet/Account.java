package org.aibridge.examples.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.aibridge.examples.mapserver.AppliedLog;
import org.aibridge.examples.worker.Worker;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** What the topics say of one map-server, beside what its world and its bridge counted. */
final class Account {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COMPLETED = "completed";

  private final Worker.Brain brain;

  private final Set<Long> events = new HashSet<>();
  private final Map<String, Long> eventsByType = new TreeMap<>();
  private final Map<String, Long> lastOfKey = new HashMap<>();
  private long eventRecords;
  private long outOfOrder;

  private final Set<String> wanted = new TreeSet<>();
  private final Set<String> decided = new TreeSet<>();
  private long decisionRecords;
  private final Map<String, Set<String>> results = new TreeMap<>();

  /**
   * @param brain that of the workers, to know which decisions must be there
   */
  Account(Worker.Brain brain) {
    this.brain = brain;
  }

  static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
    try {
      return JSON.readTree(record.value());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes a record of the events' topic, in the order of its partition. */
  void event(ConsumerRecord<byte[], byte[]> record) {
    eventRecords++;
    String id = header(record, "event_id");
    long number = Long.parseLong(id.substring(id.lastIndexOf(':') + 1));
    if (!events.add(number)) {
      return;
    }
    eventsByType.merge(header(record, "event_type"), 1L, Long::sum);
    Long before = lastOfKey.put(new String(record.key(), UTF_8), number);
    outOfOrder += before != null && before > number ? 1 : 0;
    List<ObjectNode> decisions = brain.decide(json(record));
    for (int i = 0; i < decisions.size(); i++) {
      wanted.add(Worker.actionId(id, i));
    }
  }

  /** Takes a record of the server's topic of decisions. */
  void decision(ConsumerRecord<byte[], byte[]> record) {
    decisionRecords++;
    decided.add(json(record).path("action_id").asText());
  }

  /** Takes a result that names one of the server's decisions. */
  void result(String actionId, String status) {
    results.computeIfAbsent(actionId, id -> new TreeSet<>()).add(status);
  }

  boolean hasDecided(String actionId) {
    return decided.contains(actionId);
  }

  /** Returns the number of decisions without a result. */
  long open() {
    return decided.stream().filter(id -> !results.containsKey(id)).count();
  }

  /** Compares what the topics say with what a server saw. */
  Sums sums(Seen seen) {
    long count = seen.published.values().stream().mapToLong(Long::longValue).sum();
    long differing = Math.abs(count - seen.accepted) + Math.abs(seen.accepted - seen.delivered);
    Map<String, Long> byType = new TreeMap<>(seen.published);
    eventsByType.forEach((type, many) -> byType.merge(type, -many, Long::sum));
    differing += byType.values().stream().mapToLong(Math::abs).sum();
    Set<String> undecided = new TreeSet<>(wanted);
    undecided.removeAll(decided);
    Set<String> unasked = new TreeSet<>(decided);
    unasked.removeAll(wanted);
    long applied = 0;
    long contradicted = 0;
    for (String id : decided) {
      AppliedLog.Entry entry = seen.handled.get(id);
      boolean done = entry != null && entry.applied();
      Set<String> ends = results.getOrDefault(id, Set.of());
      applied += done ? 1 : 0;
      contradicted += ends.size() > 1 || ends.contains(COMPLETED) != done ? 1 : 0;
    }
    return new Sums(
        count,
        events.size(),
        eventRecords - events.size(),
        differing,
        outOfOrder,
        wanted.size(),
        decided.size(),
        decisionRecords - decided.size(),
        undecided.size() + unasked.size(),
        applied,
        decided.size() - applied - open(),
        open(),
        seen.handled.values().stream().filter(entry -> entry.times() > 1).count(),
        contradicted);
  }

  /**
   * What one map-server saw, once it is closed.
   *
   * @param published what its world published, by type
   * @param accepted how many events its bridge took
   * @param delivered how many of them Kafka acknowledged
   * @param handled the decisions that its handlers were given, by id
   */
  record Seen(
      Map<String, Long> published,
      long accepted,
      long delivered,
      Map<String, AppliedLog.Entry> handled) {}

  /**
   * The numbers of one map-server.
   *
   * @param published what its world published
   * @param there how many different events are on the topic
   * @param again records of events that were there already
   * @param differing by how many events two of world, bridge and topic disagree, each type by
   *     itself
   * @param outOfOrder events behind a later one of their key
   * @param wanted decisions that the events ask for
   * @param decided how many different decisions are on the topic
   * @param decidedAgain records of decisions that were there already
   * @param wrong decisions that are missing, or that no event asked for
   * @param refused decisions with the result that they were not applied
   * @param open decisions without a result
   * @param twice decisions that a handler saw twice
   * @param contradicted decisions whose results are not what the world did
   */
  record Sums(
      long published,
      long there,
      long again,
      long differing,
      long outOfOrder,
      long wanted,
      long decided,
      long decidedAgain,
      long wrong,
      long applied,
      long refused,
      long open,
      long twice,
      long contradicted) {}
}
