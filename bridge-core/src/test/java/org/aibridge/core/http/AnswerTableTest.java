package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.aibridge.core.config.Secret;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds each row of the tables of {@code docs/protocol.md} against what is made of such answers.
 *
 * <p>Where no whole response comes there is nothing to read; that such a call ends in {@link
 * Answer.Kind#NO_ANSWER} is shown over sockets, by {@link HostileAnswersTest} and {@link
 * ServiceClientAnswerTest}.
 */
class AnswerTableTest {
  private static final Path PROTOCOL = Path.of("../docs/protocol.md");

  private static final EventBatch BATCH =
      new EventBatch(
          "k", 1, false, "{\"events\":[{\"event_id\":\"s:1\"}]}".getBytes(StandardCharsets.UTF_8));

  private static final Answer NONE = Answer.without(Answer.Kind.NO_ANSWER, "none", 0);

  private static final Set<Integer> BLOCKED =
      Set.of(304, 402, 407, 411, 419, 421, 426, 428, 431, 440, 451, 494, 495, 496, 497, 498, 511);

  /** What is sent again, and says nothing of the service's health. */
  private static final Set<Integer> AGAIN = Set.of(408, 420, 425, 429, 430, 444, 449, 460, 499);

  private static final Set<Integer> NO_REFUSALS =
      Set.of(401, 403, 413, 408, 420, 425, 429, 430, 444, 449, 460, 499);

  private static final Set<Integer> PATHS = Set.of(404, 405, 410, 501);

  /** By the first cell of a row: answers of that kind. */
  private static final Map<String, List<Answer>> EVENTS = new LinkedHashMap<>();

  static {
    EVENTS.put(
        "2xx with an empty body or a JSON value",
        List.of(event(200, ""), event(200, "{\"x\":1}"), event(201, "[]"), event(202, "7")));
    EVENTS.put(
        "2xx with `{\"rejected\": [{\"event_id\": \"…\", \"error\": \"…\"}]}`, a list of ids, an"
            + " object of reasons by id, or anything else in which ids of the batch stand",
        List.of(
            event(200, "{\"rejected\":[{\"event_id\":\"s:1\",\"error\":\"no\"}]}"),
            event(200, "{\"rejected\":[\"s:1\"]}"),
            event(200, "{\"rejected\":{\"s:1\":\"no\"}}"),
            event(200, "{\"rejected\":{\"count\":1,\"ids\":[\"s:1\"]}}")));
    EVENTS.put(
        "2xx with a `rejected` that names none of the batch (`\"rejected\": 1`)",
        List.of(event(200, "{\"rejected\":1}"), event(200, "{\"rejected\":[\"s:9\"]}")));
    EVENTS.put(
        "2xx that says at the top that it failed, and no `rejected` that names any: `success` or"
            + " `ok` is `false`, or 0 without a count of `duplicates` or `skipped`; `status` is"
            + " `error`, `fail`, `failed`, `failure` or the number of an HTTP error; or there is"
            + " an `error`, and"
            + " nothing that says that events were taken (`success`, `ok`, `status`, `accepted`,"
            + " `rejected`); or an array of an object and such a status",
        List.of(
            event(200, "{\"success\":false}"),
            event(200, "{\"ok\":false}"),
            event(200, "{\"status\":\"error\"}"),
            event(200, "{\"error\":\"no\"}"),
            event(200, "{\"success\":false,\"rejected\":[\"s:9\"]}")));
    EVENTS.put(
        "2xx with anything else, such as a page of HTML",
        List.of(event(200, "<html>"), event(200, "{\"cut"), NONE));
    EVENTS.put(
        "more than 1 MB and twice the batch, or more than 64 KB in a row that is no body: head,"
            + " chunk sizes, trailers",
        List.of(NONE));
    EVENTS.put(
        "422 that names the events which are wrong, as FastAPI does:"
            + " `{\"detail\": [{\"loc\": [\"body\", \"events\", 0, \"map\"], \"msg\": \"…\"}]}`",
        List.of(
            event(422, "{\"detail\":[{\"loc\":[\"body\",\"events\",0,\"map\"],\"msg\":\"no\"}]}")));
    EVENTS.put(
        "400, 409, 415, 422, any other 4xx not named here, 404 and 410 of a path that takes"
            + " batches",
        Stream.concat(
                events(
                    status ->
                        status / 100 == 4
                            && !NO_REFUSALS.contains(status)
                            && !BLOCKED.contains(status)
                            && !PATHS.contains(status),
                    -1)
                    .stream(),
                Stream.of(known(event(404, "")), known(event(410, ""))))
            .toList());
    EVENTS.put(
        "404 and 410 until the path has once taken a batch, or to three events in a row sent alone,"
            + " none taken between; 405, 501",
        events(PATHS::contains, -1));
    EVENTS.put(
        "304, 402, 407, 411, 419, 421, 426, 428, 431, 440, 451, 494, 495, 496, 497, 498, 511",
        events(BLOCKED::contains, -1));
    EVENTS.put("401, 403", List.of(event(401, ""), event(403, "no")));
    EVENTS.put("any other 3xx", events(status -> status / 100 == 3 && status != 304, -1));
    EVENTS.put(
        "408, 429, 503 with `Retry-After`",
        events(status -> Set.of(408, 429, 503).contains(status), 5000));
    EVENTS.put("413", List.of(event(413, "")));
    EVENTS.put(
        "any other 5xx, 420, 425, 430, 444, 449, 460, 499, 408 and 429 without `Retry-After`,"
            + " time-out, refused, reset, cut short",
        Stream.concat(
                Stream.of(NONE),
                events(s -> s / 100 == 5 && s != 501 && s != 511 || AGAIN.contains(s), -1).stream())
            .toList());
  }

  /** What {@code answer} means where the path has taken a batch before. */
  private static Answer known(Answer answer) {
    EventPath path = new EventPath();
    path.judged(event(200, ""), false);
    return path.judged(answer, true);
  }

  private static Answer event(int status, String body) {
    return read(ServiceRequest.Caller.DISPATCH, status, -1, body);
  }

  private static List<Answer> events(IntPredicate which, long retryAfterMs) {
    return statuses(which)
        .map(status -> read(ServiceRequest.Caller.DISPATCH, status, retryAfterMs, ""))
        .toList();
  }

  private static Stream<Integer> statuses(IntPredicate which) {
    return IntStream.range(200, 600).filter(which).boxed();
  }

  private static Answer read(
      ServiceRequest.Caller caller, int status, long retryAfterMs, String body) {
    boolean json = caller != ServiceRequest.Caller.RESULTS;
    ServiceRequest request =
        caller == ServiceRequest.Caller.DISPATCH
            ? ServiceRequest.post(caller, "/", BATCH.body(), "k", 1000, json)
            : ServiceRequest.get(caller, "/", 1000, json);
    try {
      return AnswerReader.read(
          request,
          true,
          new AnswerReader.Head(status, "", "", "", retryAfterMs),
          new AnswerReader.Body(body.getBytes(StandardCharsets.UTF_8), () -> true),
          Secret.NONE,
          1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows of the table whose head begins with {@code head}, as cells. */
  private static List<List<String>> rows(String head) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(PROTOCOL)) {
      inside = line.startsWith("| " + head + " |") || inside && line.startsWith("|");
      if (inside && !line.startsWith("| " + head) && !line.startsWith("|---")) {
        rows.add(List.of(line.substring(2, line.length() - 2).split(" \\| ")));
      }
    }
    return rows;
  }

  static List<List<String>> answersToEvents() throws IOException {
    return rows("answer");
  }

  @ParameterizedTest
  @MethodSource("answersToEvents")
  void judgesAnswersToEventsAsTheDocumentSays(List<String> row) {
    assertThat(EVENTS).containsKey(row.get(0));
    for (Answer answer : EVENTS.get(row.get(0))) {
      assertThat(name(verdict(answer))).as("%s", answer).isEqualTo(row.get(1));
    }
    List<Integer> named =
        Pattern.compile("\\b[2345][0-9]{2}\\b")
            .matcher(row.get(0))
            .results()
            .map(MatchResult::group)
            .map(Integer::valueOf)
            .toList();
    assertThat(EVENTS.get(row.get(0))).extracting(Answer::status).containsAll(named);
  }

  @Test
  void knowsNoAnswerToEventsThatTheDocumentDoesNotName() throws IOException {
    assertThat(answersToEvents())
        .extracting(row -> row.get(0))
        .containsExactlyElementsOf(EVENTS.keySet());
    assertThat(EVENTS.values().stream().flatMap(List::stream).map(Answer::status).distinct())
        .containsAll(statuses(status -> status >= 300).toList());
  }

  @Test
  void tellsTheRowsOfOneVerdictApart() {
    assertThat(verdict(event(200, "{\"rejected\":[\"s:1\"]}")))
        .isInstanceOfSatisfying(
            Verdict.Delivered.class, taken -> assertThat(taken.rejected()).containsOnlyKeys(0));
    assertThat(verdict(read(ServiceRequest.Caller.DISPATCH, 503, 5000, "")))
        .isInstanceOfSatisfying(Verdict.Later.class, later -> assertThat(later.ordered()).isTrue());
    assertThat(verdict(event(200, "{\"success\":false}")).reply().failing()).isTrue();
    assertThat(verdict(event(500, "")).reply().failing()).isTrue();
    assertThat(verdict(event(499, "")).reply().failing()).isTrue();
    assertThat(verdict(event(429, "")).reply().failing()).isFalse();
  }

  private static Verdict verdict(Answer answer) {
    return EventVerdicts.of(answer, BATCH, text -> text);
  }

  /** {@code TooLarge} as people read it. */
  private static String name(Object verdict) {
    return verdict
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=.)(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  @Test
  void judgesAnswersToPollsAsTheDocumentSays() throws IOException {
    Map<String, Set<String>> said = new LinkedHashMap<>();
    Function<String, Set<String>> row = cell -> said.computeIfAbsent(cell, c -> new TreeSet<>());
    List<String> cells = rows("answer to a poll").stream().map(line -> line.get(0)).toList();
    assertThat(cells).hasSize(4);
    for (int status = 200; status < 600; status++) {
      Answer answer = read(ServiceRequest.Caller.ACTIONS, status, -1, "");
      boolean refused =
          status / 100 == 4 && !NO_REFUSALS.contains(status) && !BLOCKED.contains(status)
              || status == 501;
      boolean none = Set.of(404, 405, 410, 501).contains(status);
      String plain = cells.get(status < 300 ? 0 : 3);
      row.apply(plain).add(name(ActionVerdicts.offered(answer, "/a", 0, 0)));
      row.apply(refused ? cells.get(1) : plain)
          .add(name(ActionVerdicts.offered(answer, "/a", 20_000, 0)));
      int third = ActionVerdicts.knowsNoActions(answer) ? ActionVerdicts.BELIEVED : 0;
      row.apply(none ? cells.get(2) : plain)
          .add(name(ActionVerdicts.offered(answer, "/a", 0, third)));
    }
    row.apply(cells.get(3)).add(name(ActionVerdicts.offered(NONE, "/a", 20_000, 0)));
    assertThat(said)
        .containsEntry(cells.get(0), Set.of("actions"))
        .containsEntry(cells.get(1), Set.of("not held"))
        .containsEntry(cells.get(2), Set.of("unavailable"))
        .containsEntry(cells.get(3), Set.of("nothing"));
    assertThat(cells.get(1)).contains("refusal", "501");
    assertThat(cells.get(2)).contains("404, 405, 410, 501", "three");
  }

  @Test
  void judgesAnswersToResultsAsTheDocumentSays() throws IOException {
    List<String> cells = rows("answer to results").stream().map(row -> row.get(0)).toList();
    assertThat(cells)
        .containsExactly(
            "2xx",
            "404 to one",
            "any other refusal, or 413, to one",
            "a refusal, or 413, to an array",
            "anything else");
    for (int status = 200; status < 600; status++) {
      Answer answer = read(ServiceRequest.Caller.RESULTS, status, -1, "");
      boolean ends =
          status == 413
              || status / 100 == 4 && !NO_REFUSALS.contains(status) && !BLOCKED.contains(status);
      String refusal = status == 413 ? "too large" : "refused";
      assertThat(name(ActionVerdicts.told(answer, 1)))
          .as("%d to one", status)
          .isEqualTo(status < 300 || status == 404 ? "delivered" : ends ? refusal : again(status));
      assertThat(name(ActionVerdicts.told(answer, 2)))
          .as("%d to an array", status)
          .isEqualTo(status < 300 ? "delivered" : ends ? refusal : again(status));
    }
    assertThat(name(ActionVerdicts.told(NONE, 1))).isEqualTo("later");
  }

  private static String again(int status) {
    boolean held = status / 100 == 3 || status == 401 || status == 403 || BLOCKED.contains(status);
    return held ? "held" : "later";
  }

  @Test
  void saysOfAPollThatWasGivenUpOrLackedSomethingThatItWasNotSent() {
    for (Answer.Kind ours : List.of(Answer.Kind.CANCELLED, Answer.Kind.LOCAL_FAILURE)) {
      Offered offered =
          ActionVerdicts.offered(Answer.without(ours, "ours", 0), "/a", 0, ActionVerdicts.BELIEVED);
      assertThat(offered)
          .isInstanceOfSatisfying(
              Offered.Nothing.class,
              nothing -> assertThat(nothing.why()).isInstanceOf(Verdict.NotSent.class));
    }
  }
}
