package org.aibridge.scenarios;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.WrittenSettings;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Version;
import org.aibridge.ops.live.LiveStatus;
import org.aibridge.ops.live.Server;
import org.aibridge.ops.text.TimeText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge service incident}: makes a scenario of a server's incident. */
@Command(
    name = "incident",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Makes a scenario of what a bridge has on disk after an incident.",
      "That is the events of its journal and dead letters, the actions of its audit log,",
      "what the AI service answered.",
      "'service scenarios DIR' plays it against a build. The server may run meanwhile;",
      "nothing of it is changed."
    })
final class IncidentCommand implements Callable<Integer> {
  private static final String LIMITS = "action_limits";

  /** The keys that decide how an event or action ends, besides the limits for actions. */
  private static final Set<String> DECISIVE =
      Set.of("event_dispatcher.event_ttl", "event_dispatcher.filter", "action_executor.strict");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "Where the scenario goes.")
  private Path to;

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "The server's configuration (default: the one in a usual place).")
  private Path conf;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only what happened since then: 15m (ago), 2h, 2026-11-20T21:15.")
  private String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Only what happened before then.")
  private String until;

  @Option(
      names = "--with-data",
      description = "Leave names, ids and messages as they are; without it they are replaced.")
  private boolean withData;

  private final Surroundings surroundings;

  IncidentCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    long sinceMs = time(since, Long.MIN_VALUE);
    long untilMs = time(until, Long.MAX_VALUE);
    Server server = new Server(surroundings, conf);
    Path journal = server.journal();
    Path letters = server.resolve(server.config().deadLetters().path());
    String serverId = server.config().bridge().serverId();
    Optional<Trouble> trouble =
        Optional.ofNullable(LiveStatus.read(journal, surroundings.clock().millis()).orElse(null))
            .flatMap(Trouble::of)
            .filter(t -> t.untilMs() >= sinceMs && t.sinceMs() < untilMs);
    Traces traces = Traces.read(journal, letters, serverId, new Traces.Span(sinceMs, untilMs));
    if (traces.events().isEmpty() && traces.actions().isEmpty()) {
      throw new IllegalArgumentException(
          "nothing of an incident lies in %s and %s%s"
              .formatted(journal, letters, since == null && until == null ? "" : " of that time"));
    }
    IncidentScenario scenario =
        new IncidentScenario(
            traces, trouble, settings(server.file()), withData ? null : new Mask());
    String summary = summary(serverId, scenario.events(), traces.actions(), trouble);
    scenario.write(surroundings.folder().resolve(to), summary);
    tell(summary, traces, scenario);
    return ExitCodes.DONE;
  }

  private long time(String text, long otherwise) {
    return text == null ? otherwise : TimeText.parse(text, surroundings.clock().instant());
  }

  /** Returns the settings in the file that decide how events and actions end. */
  private static Map<String, String> settings(Path file) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (WrittenSettings.Setting setting : ConfigReader.written(file).settings()) {
      String key = setting.key().section() + "." + setting.key().name();
      if (setting.key().section().equals(LIMITS) || DECISIVE.contains(key)) {
        settings.put(key, setting.value());
      }
    }
    return settings;
  }

  private static String summary(
      String serverId,
      List<Traces.Event> events,
      List<Traces.Action> actions,
      Optional<Trouble> trouble) {
    Map<String, Long> eventEnds =
        events.stream()
            .collect(Collectors.groupingBy(Traces.Event::end, TreeMap::new, Collectors.counting()));
    Map<String, Long> actionEnds =
        actions.stream()
            .collect(
                Collectors.groupingBy(Traces.Action::end, TreeMap::new, Collectors.counting()));
    return "Incident of %s, %s: %d events%s; %d actions%s%s"
        .formatted(
            serverId,
            times(events, actions),
            events.size(),
            words(eventEnds),
            actions.size(),
            words(actionEnds),
            trouble.map(t -> "; " + t.state() + ", " + t.words()).orElse(""));
  }

  private static String times(List<Traces.Event> events, List<Traces.Action> actions) {
    List<Long> times =
        Stream.concat(
                events.stream().map(Traces.Event::atMs), actions.stream().map(Traces.Action::atMs))
            .sorted()
            .toList();
    return TimeText.of(times.get(0)) + " to " + TimeText.of(times.get(times.size() - 1));
  }

  private static String words(Map<String, Long> ends) {
    return ends.isEmpty()
        ? ""
        : ends.entrySet().stream()
            .map(end -> end.getValue() + " " + end.getKey())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  private void tell(String summary, Traces traces, IncidentScenario scenario) {
    surroundings.out().println(summary);
    long leftOut = scenario.leftOut() + traces.tooMany();
    if (leftOut + traces.unreadable() + traces.cut() > 0) {
      surroundings
          .out()
          .println(
              "Left out: %d events that are too many or of which nobody knows the answer, %d that cannot be read, %d actions that the audit log has cut"
                  .formatted(leftOut, traces.unreadable(), traces.cut()));
    }
    surroundings
        .out()
        .println(
            withData
                ? "It says what players did and said."
                : "What a field's name tells to be a player's, and each text of a custom event, is replaced; the"
                    + " service's own words and other numbers are not: look it through before you hand it on.");
    surroundings.out().println("Play it: ./ai-bridge service scenarios " + to);
  }
}
