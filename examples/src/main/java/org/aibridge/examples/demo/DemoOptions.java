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
    URI baseUrl,
    ShippedFiles.Shipped conf,
    boolean json,
    Path data) {
  boolean isOwnService() {
    return baseUrl == null;
  }
}
