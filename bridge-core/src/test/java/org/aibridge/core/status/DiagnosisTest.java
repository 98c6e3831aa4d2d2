package org.aibridge.core.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.api.status.GateState;
import org.aibridge.core.text.ClockTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The one rule by which the state is told, as a table, and what the log makes of it. */
class DiagnosisTest {
  private static final long BOUND_MS = Diagnosis.BOUND_MS;

  /** Well, but for what a row says. */
  private static final class Row {
    private String shortage = "";
    private String turn = "";
    private String held = "";
    private String paused = "";
    private String rejecting = "";
    private GateState breaker = GateState.CLOSED;
    private long orderedMs;
    private long standingMs;
    private long idleMs;
    private long unansweredMs;
    private boolean failing;
    private String said = "";
    private boolean answered;
    private String aside = "";
    private long waiting = 7;

    Vitals vitals() {
      return new Vitals(
          false,
          shortage,
          turn,
          held,
          paused,
          rejecting,
          breaker,
          8200,
          orderedMs,
          2300,
          waiting,
          standingMs + 1000,
          standingMs,
          idleMs,
          unansweredMs,
          failing,
          said,
          answered,
          aside,
          4500,
          61_000);
    }

    Row stands(long ms) {
      standingMs = ms;
      idleMs = ms;
      return this;
    }

    /** As a service does that is there and not well. */
    Row fails(String words) {
      failing = true;
      said = words;
      answered = true;
      return this;
    }
  }

  @Test
  void tellsWhatFailsBesideEventsThatGoOut() {
    Row row = new Row();
    row.aside = "actions cannot be fetched: GET /api/v1/actions/pending: HTTP 500";
    Diagnosis told = Diagnosis.of(row.vitals(), Diagnosis.BOUND_MS);
    assertThat(told.state()).isEqualTo(BridgeState.DEGRADED);
    assertThat(told.problem()).isEqualTo(row.aside + "; events go out");
    assertThat(told.forMs()).isEqualTo(61_000);
    assertThat(told.toDo()).startsWith("the AI team: its log");
    assertThat(told.next()).isEqualTo("it is asked again in 5 s");
    assertThat(told.command()).isEqualTo("retry");
    row.fails("POST /api/v1/events/dispatch: HTTP 500").stands(9_999);
    assertThat(Diagnosis.of(row.vitals(), Diagnosis.BOUND_MS).state())
        .isEqualTo(BridgeState.DEGRADED);
    row.stands(10_000);
    assertThat(Diagnosis.of(row.vitals(), Diagnosis.BOUND_MS))
        .as("both fail: one trouble")
        .extracting(Diagnosis::state, Diagnosis::problem)
        .containsExactly(
            BridgeState.OUTAGE,
            "the AI service fails: POST /api/v1/events/dispatch: HTTP 500; 7 events wait, the"
                + " oldest for 11 s, nothing is lost");
    row.stands(0);
    row.breaker = GateState.OPEN;
    assertThat(Diagnosis.of(row.vitals(), Diagnosis.BOUND_MS).state())
        .as("what keeps events is told first")
        .isEqualTo(BridgeState.OUTAGE);
  }

  @Test
  void tellsOfAServiceThatTakesBatchesAndRejectsWhatIsInThem() {
    Row row = new Row();
    row.rejecting = "the AI service rejected 190 of the last 200 events";
    Diagnosis told = Diagnosis.of(row.vitals(), BOUND_MS);
    assertThat(told.state()).isEqualTo(BridgeState.DEGRADED);
    assertThat(told.problem()).isEqualTo(row.rejecting);
    assertThat(told.command()).isEqualTo("dlq stats");
  }

  /**
   * Standing for less than the bound is told only where the reason is known. Of several reasons the
   * first of the columns is told.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # row                    |shortage |held |paused|breaker  |ordered|standing|idle  |unanswered|failing|said    |state   |problem                   |next          |command|to do
          all is well              |-        |-    |-     |closed   |0      |0       |0     |0         |false  |-       |RUNNING |-                         |-             |- |-
          a backlog goes out       |-        |-    |-     |closed   |0      |2000    |2000  |100       |false  |-       |RUNNING |-                         |-             |- |-
          a short ordered wait     |-        |-    |-     |closed   |5000   |29999   |29999 |0         |false  |429|RUNNING |-                         |-             |- |-
          a few failures           |-        |-    |-     |closed   |0      |29999   |29999 |0         |true   |500|RUNNING |-                         |-             |- |-
          429 with Retry-After     |-        |-    |-     |closed   |41000  |30000   |30000 |0         |false  |429|DEGRADED|ordered a pause (Retry-After): POST /x: HTTP 429|in 41 s       |- |nobody: the AI service goes
          503 with Retry-After     |-        |-    |-     |closed   |75000  |60000   |60000 |0         |false  |503|DEGRADED|ordered a pause (Retry-After): POST /x: HTTP 503|in 75 s       |- |nobody: the AI service goes
          429 without              |-        |-    |-     |closed   |0      |31000   |31000 |0         |false  |429|DEGRADED|event has been taken: POST /x: HTTP 429|in 3 s      |- |the AI team: it takes too few
          one lane is answered 500 |-        |-    |-     |closed   |0      |600000  |100   |0         |true   |500|DEGRADED|been stuck: POST /x: HTTP 500|in 3 s        |retry |the AI team: one event
          all lanes are            |-        |-    |-     |closed   |0      |31000   |31000 |0         |true   |500|OUTAGE  |fails: POST /x: HTTP 500        |in 3 s        |retry |the AI team: its log
          the first call hangs     |-        |-    |-     |closed   |0      |30000   |30000 |29000     |false  |-       |OUTAGE  |under way for 29 s; 7     |is awaited    |- |the AI team: it hangs
          a call after a shortage  |-        |-    |-     |closed   |0      |40000   |40000 |20        |false  |-       |DEGRADED|event has been taken; 7    |again in 3 s  |retry |you: the server's log
          a reader that cannot read|-        |-    |-     |closed   |0      |45000   |45000 |0         |false  |-       |DEGRADED|event has been taken; 7    |in 3 s        |retry |you: the server's log
          a full disk              |disk full|-    |-     |closed   |0      |0       |0     |0         |false  |-       |DEGRADED|disk full                 |by itself     |- |you: mend
          refused credentials      |-        |401  |-     |closed   |0      |0       |0     |0         |false  |-       |HELD    |401; 7 events             |in 3 s        |reload |you: correct api_key
          a surge of refusals      |-        |-    |surge |closed   |0      |0       |0     |0         |false  |-       |DEGRADED|surge                     |in 3 s        |resume |the AI team: correct it; or
          nobody answers           |-        |-    |-     |open     |0      |0       |0     |0         |false  |-       |OUTAGE  |does not answer; 7 events |in 9 s        |retry |you: the server's log
          200 with a text          |-        |-    |-     |open     |0      |0       |0     |0         |true   |200|OUTAGE  |fails: POST /x: HTTP 200        |in 9 s        |retry |the AI team: its answer
          a probe is under way     |-        |-    |-     |half_open|0      |0       |0     |0         |true   |500|OUTAGE  |fails: POST /x: HTTP 500  |in 9 s        |retry |the AI team: its log
          disk before the service  |disk full|401  |surge |open     |9000   |90000   |90000 |0         |true   |500|DEGRADED|disk full                 |by itself     |- |you: mend
          """)
  void tellsWhateverStands(
      String row,
      String shortage,
      String held,
      String paused,
      String breaker,
      long ordered,
      long standing,
      long idle,
      long unanswered,
      boolean failing,
      String said,
      BridgeState state,
      String problem,
      String next,
      String command,
      String toDo) {
    Row now = new Row();
    now.shortage = or(shortage);
    now.held = or(held);
    now.paused = or(paused);
    now.breaker = GateState.valueOf(breaker.toUpperCase(Locale.ROOT));
    now.orderedMs = ordered;
    now.standingMs = standing;
    now.idleMs = idle;
    now.unansweredMs = unanswered;
    now.failing = failing;
    now.said = said == null ? "" : "POST /x: HTTP " + said + ", \"x: HTTP 999\"";
    now.answered = said != null;
    Diagnosis told = Diagnosis.of(now.vitals(), BOUND_MS);
    assertThat(told.state()).isEqualTo(state);
    assertThat(told.problem()).contains(or(problem));
    assertThat(told.next()).contains(or(next));
    assertThat(told.command()).isEqualTo(or(command));
    assertThat(told.toDo()).startsWith(or(toDo));
    assertThat(told.toDo().isEmpty()).isEqualTo(state == BridgeState.RUNNING);
    assertThat(told.problem().isEmpty()).isEqualTo(state == BridgeState.RUNNING);
    assertThat(told.next().isEmpty()).isEqualTo(state == BridgeState.RUNNING);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST a:1/x: HTTP 407, application/json: a proxy  |PROXY
          POST a:1/x: HTTP 429 (too many requests), "{}"   |LIMIT
          POST a:1/x: HTTP 204, "{}"                       |ANSWER
          GET a:1/x: HTTP 500, "does not answer in time"   |LOG
          GET /x: a:1: Connection refused                  |START
          GET /x: a:1 did not answer in time               |HANGS
          GET /x: a:1 closed the connection without an answer|CRASHES
          GET /x: a:1: its certificate has expired         |CHECK
          """)
  void saysWhoMustActByWhatTheServiceDidAndNotByItsWords(String said, ToDo toDo) {
    assertThat(ToDo.ofService(said)).isEqualTo(toDo);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the AI service refuses our credentials (HTTP 401): check api_key  |KEY
          the AI service redirects (HTTP 302) to /a: correct base_url       |ADDRESS
          the AI service has no path /x: HTTP 404, "check api_key"          |PATH
          the AI service takes no POST at /x: HTTP 405                      |PATH
          the AI service wants to be paid: HTTP 402, "base_url: HTTP 404"   |ACCOUNT
          the network wants a login before it lets us through: HTTP 511     |PROXY
          the AI service takes no headers as large as ours: HTTP 431        |REQUESTS
          the AI service has no path /x: HTTP 410                           |PATH
          what answers wants https: HTTP 497                                |PROXY
          what answers wants a login or a token that has not expired: HTTP 498|KEY
          """)
  void saysWhatEndsAHold(String reason, ToDo toDo) {
    assertThat(ToDo.ofHold(reason)).isEqualTo(toDo);
  }

  @ParameterizedTest
  @CsvSource({
    "/a has 0 MB free; new events are refused,ROOM",
    "dead letters cannot be kept: No space left on device,ROOM",
    "too many open files (61): the AI service cannot be asked,FILES",
    "no thread can be made,MACHINE"
  })
  void saysWhatEndsAShortage(String shortage, ToDo toDo) {
    assertThat(ToDo.ofShortage(shortage)).isEqualTo(toDo);
  }

  @Test
  void tellsWhatAProxySaysAsTheProxys() {
    Row row = new Row().fails("POST a:1/x: HTTP 407, text/html: a proxy wants credentials");
    row.breaker = GateState.OPEN;
    assertThat(Diagnosis.of(row.vitals(), BOUND_MS).problem())
        .startsWith("a proxy answers in place of the AI service: POST a:1/x: HTTP 407");
  }

  @Test
  void knowsWhatWasWrongWithoutWhatWaited() {
    for (int waiting : new int[] {0, 1, 7}) {
      Row row = new Row().fails("HTTP 200, text/plain; charset=x, \"; 3 events wait\"");
      row.breaker = GateState.OPEN;
      row.waiting = waiting;
      assertThat(Diagnosis.cause(Diagnosis.of(row.vitals(), BOUND_MS).problem()))
          .isEqualTo("the AI service fails: " + row.said);
    }
    assertThat(Diagnosis.cause("too many open files (61) (last 12 s ago); 1 event waits, for 2 s"))
        .isEqualTo("too many open files (61)");
  }

  private static String or(String text) {
    return text == null ? "" : text;
  }

  /** Nothing may stand in silence, whatever else is so and was told before. */
  @Test
  void neverCallsRunningWhatStandsForTheBound() {
    GateState[] breakers = {GateState.CLOSED, GateState.OPEN, GateState.HALF_OPEN};
    for (int bits = 0; bits < 128; bits++) {
      for (GateState breaker : breakers) {
        Row row = new Row().stands(BOUND_MS);
        row.shortage = (bits & 1) == 0 ? "" : "a";
        row.held = (bits & 2) == 0 ? "" : "b";
        row.paused = (bits & 4) == 0 ? "" : "c";
        row.orderedMs = (bits & 8) == 0 ? 0 : 1;
        row.said = (bits & 16) == 0 ? "" : "d";
        row.failing = (bits & 32) == 0;
        row.idleMs = (bits & 64) == 0 ? 0 : BOUND_MS;
        row.breaker = breaker;
        for (BridgeState before : BridgeState.values()) {
          for (long calmMs : new long[] {0, 1000, BOUND_MS, 600_000}) {
            Diagnosis told = Diagnosis.of(row.vitals(), BOUND_MS, before, calmMs);
            assertThat(told.state())
                .isIn(BridgeState.DEGRADED, BridgeState.HELD, BridgeState.OUTAGE);
            assertThat(told.problem()).isNotEmpty();
            assertThat(told.toDo()).matches("(you|the AI team|nobody): .+");
          }
        }
      }
    }
    assertThat(Diagnosis.of(Vitals.WELL, BOUND_MS).state()).isEqualTo(BridgeState.RUNNING);
  }

  @Test
  void saysWhoHasToEndAShortageThatDoesNotEndByItself() {
    Row row = new Row();
    row.shortage = "records are gone";
    row.turn = "actions resume";
    Diagnosis told = Diagnosis.of(row.vitals(), BOUND_MS);
    assertThat(told.command()).isEqualTo("actions resume");
    row.turn = "actions resume-after-restore";
    assertThat(Diagnosis.of(row.vitals(), BOUND_MS).toDo())
        .endsWith("'ai-bridge actions resume-after-restore'");
    assertThat(told.next()).isEqualTo("it waits for your command");
  }

  @Test
  void writesNumbersAsEverybodyReadsThem() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG"));
    try {
      String problem = Diagnosis.of(new Row().stands(1_234_000).vitals(), BOUND_MS).problem();
      assertThat(problem).contains("the oldest for 1,235 s");
    } finally {
      Locale.setDefault(before);
    }
  }

  /** What is told of a course of vitals, one a tenth of a second, without repetition. */
  private static List<BridgeState> states(int tenths, IntFunction<Row> course) {
    List<BridgeState> told = new ArrayList<>(List.of(BridgeState.RUNNING));
    long calmMs = 600_000;
    for (int i = 0; i < tenths; i++) {
      Vitals vitals = course.apply(i).vitals();
      BridgeState alone = Diagnosis.of(vitals, BOUND_MS).state();
      boolean bad = alone == BridgeState.OUTAGE || alone == BridgeState.HELD;
      calmMs = bad ? 0 : calmMs + 100;
      BridgeState before = told.get(told.size() - 1);
      BridgeState now = Diagnosis.of(vitals, BOUND_MS, before, calmMs).state();
      if (now != before) {
        told.add(now);
      }
    }
    return told;
  }

  /** The courses that shortages take, a row each tenth of a second, for ten minutes. */
  private enum Course {
    /** Each call ends after 40 s; the breaker opens after 62 s. */
    A_SERVICE_THAT_HANGS(BridgeState.OUTAGE) {
      @Override
      void at(int tenth, Row row) {
        if (tenth < 1200) {
          row.stands(tenth * 100L);
          row.unansweredMs = tenth * 100L % 40_000;
          row.failing = tenth >= 400;
          row.said = tenth >= 400 ? "did not answer in time" : "";
          row.breaker = tenth >= 620 ? GateState.OPEN : GateState.CLOSED;
        }
      }
    },
    /** The last goes on eight seconds after the breaker has closed; what has come since waits. */
    LANES_THAT_GO_ON_ONE_AFTER_THE_OTHER(BridgeState.OUTAGE) {
      @Override
      void at(int tenth, Row row) {
        row.breaker = tenth < 600 ? GateState.OPEN : GateState.CLOSED;
        row.standingMs = tenth < 680 ? tenth * 100L : 200;
        row.idleMs = tenth < 600 ? tenth * 100L : 0;
      }
    },
    A_BREAKER_THAT_POLLS_CLOSE(BridgeState.OUTAGE) {
      @Override
      void at(int tenth, Row row) {
        if (tenth < 5000) {
          row.stands(tenth * 100L).fails("HTTP 200");
          row.breaker = tenth >= 150 && tenth % 600 > 100 ? GateState.OPEN : GateState.CLOSED;
        }
      }
    },
    /** The service has a bug with one event, and the outage was another. */
    A_LANE_THAT_GOES_ON_FAILING_AFTER_AN_OUTAGE(BridgeState.OUTAGE) {
      @Override
      void at(int tenth, Row row) {
        if (tenth < 5000) {
          row.stands(tenth * 100L).fails("HTTP 500");
          row.breaker = tenth < 600 ? GateState.OPEN : GateState.CLOSED;
          row.idleMs = tenth < 600 ? tenth * 100L : 0;
        }
      }
    },
    A_LANE_THAT_FAILS_WHILE_OTHERS_ARE_TAKEN_NOW_AND_THEN(BridgeState.DEGRADED) {
      @Override
      void at(int tenth, Row row) {
        if (tenth < 5000) {
          row.stands(tenth * 100L).fails("HTTP 500");
          row.idleMs = tenth * 100L % (tenth < 900 ? 20_000 : 45_000);
        }
      }
    },
    CREDENTIALS_THAT_ARE_CORRECTED(BridgeState.HELD) {
      @Override
      void at(int tenth, Row row) {
        row.held = tenth < 600 ? "401" : "";
        row.standingMs = tenth < 640 ? tenth * 100L : 200;
        row.idleMs = tenth < 600 ? tenth * 100L : 0;
      }
    };

    private final BridgeState told;

    Course(BridgeState told) {
      this.told = told;
    }

    abstract void at(int tenth, Row row);
  }

  @ParameterizedTest
  @EnumSource
  void tellsOneShortageAsOneStateAndThatItIsOver(Course course) {
    List<BridgeState> told =
        states(
            6000,
            tenth -> {
              Row row = new Row();
              course.at(tenth, row);
              return row;
            });
    assertThat(told).containsExactly(BridgeState.RUNNING, course.told, BridgeState.RUNNING);
  }

  @Test
  void saysThatOthersGoOutOfALaneThatAnOutageHasLeft() {
    Vitals vitals = new Row().stands(90_000).fails("HTTP 500").vitals();
    assertThat(Diagnosis.of(vitals, BOUND_MS, BridgeState.OUTAGE, 60_000).problem())
        .startsWith("the AI service fails: HTTP 500");
    Row others = new Row().stands(90_000).fails("HTTP 500");
    others.idleMs = 100;
    assertThat(Diagnosis.of(others.vitals(), BOUND_MS, BridgeState.OUTAGE, 60_000).problem())
        .startsWith("while others go out, some events have been stuck: HTTP 500");
  }

  @Test
  void callsWhatFailsAfterAHoldByItsOwnName() {
    List<BridgeState> told =
        states(
            3000,
            tenth -> {
              Row row = new Row().stands(tenth * 100L).fails("HTTP 500");
              row.held = tenth < 600 ? "401" : "";
              row.idleMs = tenth < 600 ? tenth * 100L : 0;
              return row;
            });
    assertThat(told).containsExactly(BridgeState.RUNNING, BridgeState.HELD, BridgeState.DEGRADED);
  }

  private static final long EPOCH_MS = 1_763_600_000_000L;

  private final DiagnosisLog log = new DiagnosisLog();
  private final List<String> said = new ArrayList<>();
  private String serviceSaid = "";
  private long refused;

  private BridgeState before = BridgeState.RUNNING;
  private long sinceMs;
  private BridgeStatus.Trouble trouble = BridgeStatus.Trouble.NONE;

  private void at(double seconds, BridgeState state) {
    long nowMs = EPOCH_MS + (long) (seconds * 1000);
    sinceMs = state == before && sinceMs > 0 ? sinceMs : nowMs;
    if (state != before) {
      long beganMs = trouble == BridgeStatus.Trouble.NONE ? nowMs : trouble.sinceMs();
      trouble = new BridgeStatus.Trouble(before, "", beganMs, nowMs);
    }
    before = state;
    String line = log.next(status(state), (long) (seconds * 1e9), nowMs);
    if (!line.isEmpty()) {
      said.add(line);
    }
  }

  private BridgeStatus status(BridgeState state) {
    return new BridgeStatus(
        state,
        state == BridgeState.RUNNING ? "" : "it is " + state,
        "s1",
        BridgeStatus.Http.NONE,
        new BridgeStatus.Events(
            0, 0, 0, 0, 0, 0, Map.of(), 5, 0, 0, 0, 0, refused, List.of(), 0, 0, 0, 0, 0, false),
        BridgeStatus.Durability.NONE,
        BridgeStatus.Actions.NONE,
        BridgeStatus.Scripts.NONE,
        new BridgeStatus.Outlook(sinceMs, 0, serviceSaid, "", "it goes on", "", 1, 0, trouble));
  }

  @Test
  void saysTwoLinesOfAShortageThatFlickers() {
    at(0, BridgeState.RUNNING);
    for (int i = 1; i <= 60; i++) {
      at(i, i % 9 < 4 ? BridgeState.DEGRADED : BridgeState.RUNNING);
    }
    assertThat(said).containsExactly("it is DEGRADED; it goes on");
    assertThat(log.isWarning()).isTrue();
    for (int i = 61; i <= 80; i++) {
      at(i, BridgeState.RUNNING);
    }
    assertThat(said)
        .containsExactly(
            "it is DEGRADED; it goes on",
            "all is well again after 57 s, since "
                + ClockTime.of(EPOCH_MS + 58_000)
                + "; it was: it is DEGRADED; 5 events wait now");
    assertThat(log.isWarning()).isFalse();
  }

  /** Events that stand are reported late, and the status says since when they have stood. */
  @Test
  void saysAtOnceForHowLongItHasBeenSo() {
    at(0, BridgeState.RUNNING);
    sinceMs = EPOCH_MS;
    before = BridgeState.DEGRADED;
    at(30, BridgeState.DEGRADED);
    assertThat(said).containsExactly("for 30 s now: it is DEGRADED; it goes on");
  }

  @Test
  void saysAtTheEndHowManyEventsWereRefused() {
    refused = 3;
    at(0, BridgeState.RUNNING);
    refused = 1200;
    at(1, BridgeState.DEGRADED);
    refused = 1863;
    at(40, BridgeState.DEGRADED);
    at(41, BridgeState.RUNNING);
    at(52, BridgeState.RUNNING);
    assertThat(said)
        .last()
        .isEqualTo(
            "all is well again after 40 s, since "
                + ClockTime.of(EPOCH_MS + 41_000)
                + "; it was: it is DEGRADED; 5 events wait now; 1,860 events were refused"
                + " meanwhile, and are lost");
  }

  @Test
  void saysRarelyThatItIsStillSoAndSoonThatItIsAnother() {
    for (int i = 0; i <= 2200; i++) {
      at(i, i < 2150 ? BridgeState.OUTAGE : BridgeState.HELD);
    }
    assertThat(said)
        .containsExactly(
            "it is OUTAGE; it goes on",
            "for 60 s now: it is OUTAGE; it goes on",
            "for 180 s now: it is OUTAGE; it goes on",
            "for 420 s now: it is OUTAGE; it goes on",
            "for 900 s now: it is OUTAGE; it goes on",
            "for 1500 s now: it is OUTAGE; it goes on",
            "for 2100 s now: it is OUTAGE; it goes on",
            "for 10 s now: it is HELD; it goes on");
  }

  @Test
  void saysNothingOfAStateThatChangesBackWithinTenSeconds() {
    for (int i = 0; i <= 300; i++) {
      at(i, i % 12 < 3 ? BridgeState.OUTAGE : BridgeState.DEGRADED);
    }
    assertThat(said).hasSize(3).allSatisfy(line -> assertThat(line).contains("it is OUTAGE"));
  }

  @Test
  void saysOnceAMinuteAtMostThatTheServiceSaysSomethingElse() {
    for (int i = 0; i <= 300; i++) {
      serviceSaid = i < 100 ? "HTTP 500" : "HTTP 20" + i;
      at(i, BridgeState.OUTAGE);
    }
    assertThat(said)
        .containsExactly(
            "it is OUTAGE; it goes on",
            "for 60 s now: it is OUTAGE; it goes on",
            "for 120 s now: it is OUTAGE; it goes on",
            "for 180 s now: it is OUTAGE; it goes on",
            "for 240 s now: it is OUTAGE; it goes on",
            "for 300 s now: it is OUTAGE; it goes on");
  }
}
