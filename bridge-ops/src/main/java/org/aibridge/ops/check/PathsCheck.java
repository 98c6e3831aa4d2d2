package org.aibridge.ops.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Answer;

/** Compares the paths that the bridge uses with the paths that the service offers. */
final class PathsCheck {
  /** The path at which FastAPI publishes a service's description; it needs no API key. */
  static final String DOCUMENT = "/openapi.json";

  private static final String NAME = "paths";
  private static final int MOST_SHOWN = 6;

  private final Untrusted untrusted;
  private final BridgeConfig.Paths paths;
  private final boolean actions;

  /**
   * Makes a check.
   *
   * @param paths what the bridge asks for
   * @param actions whether the bridge fetches actions
   */
  PathsCheck(Untrusted untrusted, BridgeConfig.Paths paths, boolean actions) {
    this.untrusted = untrusted;
    this.paths = paths;
    this.actions = actions;
  }

  /** Judges the document; empty if the service has none, which is allowed. */
  Optional<Finding> run(ProbeReply document) {
    return document.kind() == Answer.Kind.OK
        ? OfferedPaths.of(document.body()).map(this::judge)
        : Optional.empty();
  }

  private Finding judge(OfferedPaths offered) {
    List<String> asked = new ArrayList<>(List.of(paths.events()));
    if (actions) {
      asked.addAll(List.of(paths.actions(), paths.results()));
    }
    List<String> missing = asked.stream().filter(path -> !offered.has(path)).toList();
    if (missing.isEmpty()) {
      return Finding.ok(NAME, "your service has " + String.join(", ", asked));
    }
    String detail = "your service has no " + String.join(", no ", missing) + "; it has ";
    return missing.contains(paths.events())
        ? Finding.failure(
            NAME,
            detail + shown(offered, paths.events()),
            "events go nowhere: have the AI team add the path (docs/protocol.md), or correct that of"
                + " base_url or events_path")
        : Finding.warning(
            NAME,
            detail + shown(offered, missing.get(0)),
            "events go out, and no decision is applied: have the AI team add what is missing"
                + " (docs/protocol.md), or set [action_executor] enabled = no");
  }

  private String shown(OfferedPaths offered, String wanted) {
    int more = offered.size() - MOST_SHOWN;
    return offered.size() == 0
        ? "none"
        : Stream.concat(
                offered.nearest(wanted, MOST_SHOWN).stream().map(untrusted::text),
                more > 0 ? Stream.of(more + " more") : Stream.of())
            .collect(Collectors.joining(", "));
  }
}
