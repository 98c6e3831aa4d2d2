package org.aibridge.ops.dlq;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterFingerprint;
import org.aibridge.core.deadletter.LetterView;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.text.TimeText;
import picocli.CommandLine.Option;

/** Options that select letters. Several values of one option are alternatives. */
final class Selector {
  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Dead since then: 15m (ago), 2h, 3d, 2026-11-20 or 2026-11-20T21:15.")
  private String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Dead before then.")
  private String until;

  @Option(names = "--type", paramLabel = "TYPE", split = ",", description = "Of this event type.")
  private List<String> types = List.of();

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      split = ",",
      description = "refused, rejected, too_large, expired, imported or later_version.")
  private List<String> reasons = List.of();

  @Option(
      names = "--status",
      paramLabel = "CODE",
      split = ",",
      description = "Refused with this HTTP status.")
  private List<Integer> statuses = List.of();

  @Option(
      names = "--player",
      paramLabel = "ID",
      split = ",",
      description = "Of the player with this id or key.")
  private List<String> players = List.of();

  @Option(names = "--map", paramLabel = "MAP", split = ",", description = "On this map.")
  private List<String> maps = List.of();

  @Option(
      names = "--fingerprint",
      paramLabel = "HEX",
      split = ",",
      description = "With this problem, as 'dlq stats' names it.")
  private List<String> fingerprints = List.of();

  @Option(
      names = "--grep",
      paramLabel = "TEXT",
      description = "With this text somewhere in the letter.")
  private String grep;

  @Option(names = "--id", paramLabel = "ID", split = ",", description = "Of this event.")
  private List<String> ids = List.of();

  private long sinceMs = Long.MIN_VALUE;
  private long untilMs = Long.MAX_VALUE;
  private List<byte[]> typeBytes;
  private List<byte[]> mapBytes;
  private List<byte[]> idBytes;
  private List<byte[]> playerBytes;
  private Set<Long> playerIds;
  private Set<DeadLetter.Reason> wantedReasons;
  private byte[] grepBytes;

  /** Prepares the options for matching; ends the command if an option can never match. */
  Selector prepare(Instant now) {
    try {
      sinceMs = since == null ? Long.MIN_VALUE : TimeText.parse(since, now);
      untilMs = until == null ? Long.MAX_VALUE : TimeText.parse(until, now);
    } catch (IllegalArgumentException e) {
      throw Trouble.usage(e.getMessage());
    }
    if (sinceMs >= untilMs) {
      throw Trouble.usage("--since is not before --until, so no letter can be meant");
    }
    wantedReasons = reasons.stream().map(Selector::reason).collect(Collectors.toSet());
    for (int status : statuses) {
      if (status != 0 && (status < 100 || status > 599)) {
        throw Trouble.usage("--status " + status + " is no HTTP status");
      }
    }
    for (String print : fingerprints) {
      if (!print.toLowerCase(Locale.ROOT).matches("[0-9a-f]{4,8}")) {
        throw Trouble.usage(
            "--fingerprint '%s' is none: 'dlq stats' names them, eight hexadecimal digits"
                .formatted(print));
      }
    }
    typeBytes = bytes(types);
    mapBytes = bytes(maps);
    idBytes = bytes(ids);
    playerBytes = bytes(players);
    playerIds = numbers(players);
    grepBytes = grep == null ? null : grep.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  /** True if an option is set that may exclude letters. */
  boolean isNarrow() {
    return since != null
        || until != null
        || grep != null
        || !(types.isEmpty()
            && reasons.isEmpty()
            && statuses.isEmpty()
            && players.isEmpty()
            && maps.isEmpty()
            && fingerprints.isEmpty()
            && ids.isEmpty());
  }

  /** Also excludes letters of events that died at {@code epochMs} or later. */
  void before(long epochMs) {
    untilMs = Math.min(untilMs, epochMs);
  }

  boolean matches(LetterView letter) {
    long deadAtMs = letter.deadAtMs();
    return deadAtMs >= sinceMs
        && deadAtMs < untilMs
        && (players.isEmpty() || isOfPlayer(letter))
        && (statuses.isEmpty() || statuses.contains(letter.status()))
        && (wantedReasons.isEmpty() || wantedReasons.contains(letter.reason()))
        && (typeBytes.isEmpty() || typeBytes.stream().anyMatch(letter::hasType))
        && (mapBytes.isEmpty() || mapBytes.stream().anyMatch(letter::hasMap))
        && (idBytes.isEmpty() || idBytes.stream().anyMatch(letter::hasEventId))
        && (fingerprints.isEmpty() || hasFingerprint(letter))
        && (grepBytes == null || letter.contains(grepBytes));
  }

  private boolean isOfPlayer(LetterView letter) {
    return letter.player() != GameEvent.NO_PLAYER && playerIds.contains(letter.player())
        || playerBytes.stream().anyMatch(letter::hasPlayerKey);
  }

  private boolean hasFingerprint(LetterView letter) {
    String name = LetterFingerprint.name(letter.fingerprint());
    return fingerprints.stream().anyMatch(p -> name.startsWith(p.toLowerCase(Locale.ROOT)));
  }

  private static DeadLetter.Reason reason(String name) {
    return Arrays.stream(DeadLetter.Reason.values())
        .filter(reason -> reason.wireName().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                Trouble.usage(
                    "--reason '%s' is none: %s"
                        .formatted(
                            name,
                            Arrays.stream(DeadLetter.Reason.values())
                                .map(DeadLetter.Reason::wireName)
                                .collect(Collectors.joining(", ")))));
  }

  /** Returns the texts that are numbers, as player ids; all other texts can only be player keys. */
  private static Set<Long> numbers(List<String> texts) {
    Set<Long> numbers = new HashSet<>();
    for (String text : texts) {
      try {
        numbers.add(Long.parseLong(text));
      } catch (NumberFormatException e) {
        continue;
      }
    }
    return numbers;
  }

  private static List<byte[]> bytes(List<String> texts) {
    return texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
