package org.aibridge.examples.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What the AI service itself wrote down: events taken, actions decided, results heard.
 *
 * <p>A last line without its end is one that is being written, and is left out.
 */
final class ServiceLogs {
  static final String COMPLETED = "completed";

  private static final int FIELDS = 3;

  private final String idPrefix;
  private final Map<String, IdSet> idsByType = new TreeMap<>();
  private final Map<String, String> decided = new LinkedHashMap<>();
  private final Map<String, Set<String>> results = new LinkedHashMap<>();
  private long eventLines;
  private long badIds;
  private String firstBadId = "";

  private ServiceLogs(String serverId) {
    this.idPrefix = serverId + ":";
  }

  /** Reads the three files; a missing one counts as empty. */
  static ServiceLogs read(Path folder, String serverId) throws IOException {
    ServiceLogs logs = readActions(folder, serverId);
    forEachLine(folder.resolve("events.log"), logs::event);
    return logs;
  }

  /** Reads only what is needed to count the actions without a result. */
  static ServiceLogs readActions(Path folder, String serverId) throws IOException {
    ServiceLogs logs = new ServiceLogs(serverId);
    forEachLine(folder.resolve("decided.log"), logs::decision);
    forEachLine(folder.resolve("results.log"), logs::result);
    return logs;
  }

  private static void forEachLine(Path file, Consumer<String[]> reader) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      StringBuilder line = new StringBuilder();
      for (int c; (c = in.read()) >= 0; ) {
        if (c != '\n') {
          line.append((char) c);
          continue;
        }
        reader.accept(line.toString().split("\t", FIELDS));
        line.setLength(0);
      }
    }
  }

  private void event(String[] fields) {
    eventLines++;
    long sequence = sequence(fields[0]);
    if (fields.length != FIELDS || sequence < 0) {
      firstBadId = badIds++ == 0 ? fields[0] : firstBadId;
      return;
    }
    idsByType.computeIfAbsent(fields[2], type -> new IdSet()).add(sequence);
  }

  /** Returns the number after {@code serverId:}; -1 if there is none. */
  private long sequence(String id) {
    boolean ours = id.startsWith(idPrefix);
    if (!ours || !id.chars().skip(idPrefix.length()).allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    try {
      return Long.parseLong(id, idPrefix.length(), id.length(), 10);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private void decision(String[] fields) {
    decided.put(fields[0], fields.length > 1 ? fields[1] : "");
  }

  private void result(String[] fields) {
    Set<String> statuses = results.computeIfAbsent(fields[0], id -> new HashSet<>());
    statuses.add(fields.length > 1 ? fields[1] : "");
  }

  /** Returns the number of events taken, counting repeated ones. */
  long eventLines() {
    return eventLines;
  }

  /** Returns the number of different events taken. */
  long distinctEvents() {
    IdSet all = new IdSet();
    idsByType.values().forEach(all::addAll);
    return all.distinct();
  }

  /** Returns the number of different events taken, by type. */
  Map<String, Long> distinctByType() {
    Map<String, Long> distinct = new TreeMap<>();
    idsByType.forEach((type, ids) -> distinct.put(type, (long) ids.distinct()));
    return distinct;
  }

  /** Returns the number of events whose id does not look like {@code serverId:number}. */
  long badIds() {
    return badIds;
  }

  /** Returns the first id that does not look like {@code serverId:number}; empty if none. */
  String firstBadId() {
    return firstBadId;
  }

  /** Returns the type of each decided action by its id. */
  Map<String, String> decided() {
    return Collections.unmodifiableMap(decided);
  }

  /** Returns each action's reported statuses; two statuses for one action are a contradiction. */
  Map<String, Set<String>> results() {
    return Collections.unmodifiableMap(results);
  }

  /** Returns how many decided actions have no result. */
  long unanswered() {
    return decided.keySet().stream().filter(id -> !results.containsKey(id)).count();
  }
}
