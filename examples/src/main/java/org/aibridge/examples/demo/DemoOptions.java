package org.aibridge.examples.demo;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the command line asked for.
 *
 * @param seconds how long the players play
 * @param players how many there are
 * @param outage how long the AI service is away; zero for not at all
 * @param seed of the world and of the AI service's dice
 * @param service which AI service of our own, by the name of its profile
 * @param baseUrl an AI service that runs already, or {@code null} to run our own
 * @param conf the configuration to start from
 * @param json whether the summary is JSON
 * @param data the folder of the run, or {@code null} for one of its own
 */
record DemoOptions(
    int seconds,
    int players,
    Duration outage,
    long seed,
    String service,
    URI baseUrl,
    ShippedFiles.Shipped conf,
    boolean json,
    Path data) {
  static final String FIELD = "fastapi";

  boolean isOwnService() {
    return baseUrl == null;
  }

  /** Returns the arguments for our service; they switch off a request limit that slows a run. */
  String[] ofService() {
    boolean field = service.equals(FIELD);
    return field
        ? new String[] {"--profile", service, "--per-minute", "0"}
        : new String[] {"--profile", service};
  }
}
