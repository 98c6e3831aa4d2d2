package org.aibridge.examples.aiservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What someone at a terminal sees. */
@Tag("slow")
final class CommandLineTest {
  @TempDir Path folder;

  @Test
  void badArgumentsEndWithOneSentenceAndStatusTwo() throws Exception {
    assertEnds(2, "--profile must be bridge or fastapi, was 'x'", "--profile", "x");
    assertEnds(2, "--api-key needs --profile fastapi", "--api-key", "k");
    assertEnds(
        2,
        "--port must be a number from 0 to 65535, was '99999'",
        "--port",
        "99999",
        "--data",
        "d");
    assertEnds(2, "--seed must be a number", "--seed", "x", "--data", "d");
    assertEnds(2, "Unknown argument '--dta'", "--dta", "d");
    assertEnds(2, "--data needs a value", "--data");
    assertEnds(2, "--port is given twice", "--port", "1", "--port", "2");
  }

  @Test
  void aTakenPortEndsWithOneSentenceAndStatusOne() throws Exception {
    try (ServiceProcess first = ServiceProcess.start(0, folder.resolve("a"))) {
      String data = folder.resolve("b").toString();
      assertEnds(1, "Port " + first.port, "--port", "" + first.port, "--data", data);
    }
  }

  @Test
  void aFolderInUseEndsWithOneSentenceAndStatusOne() throws Exception {
    try (ServiceProcess first = ServiceProcess.start(0, folder)) {
      assertThat(first.process.isAlive()).isTrue();
      assertEnds(1, "is used by another AI service", "--data", folder.toString());
    }
  }

  @Test
  void writesItsPortToTheFileBeforeItSaysReady() throws Exception {
    Path file = folder.resolve("port");
    try (ServiceProcess service =
        ServiceProcess.start(0, folder.resolve("data"), "--port-file", file.toString())) {
      assertThat(Files.readString(file)).isEqualTo(service.port + "\n");
    }
  }

  @Test
  void servesAsTheFieldDoesAndWritesItsRecordsAllTheSame() throws Exception {
    try (ServiceProcess service =
        ServiceProcess.start(
            0, folder, "--profile", "fastapi", "--player-id", "text", "--api-key", "k")) {
      assertThat(service.send(service.request("/api/v1/actions/pending")).statusCode())
          .isEqualTo(401);
      HttpResponse<String> refused =
          service.send(
              service
                  .request("/api/v1/events/dispatch")
                  .header("X-API-Key", "k")
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(ServiceProcess.logins(1, 2))));
      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(refused.body()).contains("[\"body\",\"events\",1,\"player_id\"]");
      assertThat(service.get("/health").path("events").asInt()).isZero();
    }
  }

  @Test
  void tellsItsOptions() throws Exception {
    Process process = ServiceProcess.launch("--help");
    assertThat(process.inputReader().lines())
        .anyMatch(line -> line.contains("--per-minute N"))
        .anyMatch(line -> line.contains("--data DIR"));
    assertThat(process.waitFor()).isZero();
  }

  private static void assertEnds(int status, String part, String... args)
      throws IOException, InterruptedException {
    Process process = ServiceProcess.launch(args);
    String errors = ServiceProcess.errors(process);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(errors).contains(part).hasLineCount(1);
    assertThat(process.exitValue()).isEqualTo(status);
    assertThat(process.inputReader().readLine()).isNull();
  }
}
