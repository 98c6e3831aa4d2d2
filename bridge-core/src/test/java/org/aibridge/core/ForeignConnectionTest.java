package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(120)
class ForeignConnectionTest {
  private static final List<String> FLAGS =
      List.of(
          "--add-opens=java.base/java.net=ALL-UNNAMED",
          "-Djava.nio.channels.spi.SelectorProvider=" + RecordingSockets.Channels.class.getName(),
          // A proxy of the JVM's must not be asked either.
          "-Dhttp.proxyHost=127.0.0.1",
          "-Dhttp.proxyPort=9");

  private static final Pattern ADDRESS =
      Pattern.compile("sin6?_port=htons\\((\\d+)\\)[^\"]*\"([^\"]*)\"");

  @TempDir Path folder;

  @Test
  void connectsToTheServiceAndToNothingElse(@AiService FakeAiService service) throws Exception {
    String place = "127.0.0.1:" + service.port();
    try (ServerSocket foreign = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ChildJvm child = start(service, List.of())) {
      liveALittle(child, service, foreign);
      assertThat(child.ask("connections")).isEqualTo("[" + place + "]");
      // The recorder sees what there is to see.
      child.ask("connect " + foreign.getLocalPort());
      assertThat(child.ask("connections"))
          .contains(place, "127.0.0.1:" + foreign.getLocalPort())
          .doesNotContain("channel");
      child.ask("channel " + foreign.getLocalPort());
      assertThat(child.ask("connections")).contains("channel [", "BridgeChild.channel");
    }
  }

  @Test
  void makesNoOtherSystemCallForTheNetwork(@AiService FakeAiService service) throws Exception {
    Needs.program("strace", "strace");
    Path trace = folder.resolve("strace.txt");
    List<String> strace =
        List.of(
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=connect,sendto,sendmsg,sendmmsg",
            "-o",
            trace.toString());
    int foreignPort;
    try (ServerSocket foreign = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ChildJvm child = start(service, strace)) {
      foreignPort = foreign.getLocalPort();
      liveALittle(child, service, foreign);
      assertThat(places(trace)).containsExactly("127.0.0.1:" + service.port());
      child.ask("connect " + foreignPort);
      child.ask("close");
    }
    assertThat(places(trace))
        .containsExactlyInAnyOrder("127.0.0.1:" + service.port(), "127.0.0.1:" + foreignPort);
  }

  private ChildJvm start(FakeAiService service, List<String> prefix) throws Exception {
    ConfFile conf = new ConfFile(folder, service.baseUrl()).set("bridge", "shutdown_timeout", 500);
    conf.write();
    return ChildJvm.start(
        folder, prefix, FLAGS, BridgeChild.class, conf.path().toString(), "recorded");
  }

  private static void liveALittle(ChildJvm child, FakeAiService service, ServerSocket foreign)
      throws Exception {
    for (String state : List.of("healthy", "redirect", "reset", "refusing", "healthy")) {
      service.switchTo(state);
      child.ask("publish 100");
      child.ask("get /api/v1/health");
      for (String url :
          List.of(
              "http://127.0.0.1:" + foreign.getLocalPort() + "/",
              "http://localhost:" + service.port() + "/",
              "http://no-such-host.invalid/",
              "http://192.0.2.1/",
              "http://169.254.169.254/latest/meta-data/",
              "file:///etc/passwd")) {
        assertThat(child.ask("get " + url)).as(url).contains("ok=false");
      }
      child.ask("reload");
    }
    Waits.until("nothing waits", () -> child.ask("status").contains("\"current_size\":0"));
    assertThat(child.ask("status")).contains("\"total_dispatched\":500");
  }

  private static Set<String> places(Path trace) throws Exception {
    Set<String> places = new TreeSet<>();
    List<String> unknown = new ArrayList<>();
    for (String line : Files.readAllLines(trace)) {
      if (line.contains("AF_INET")) {
        Matcher matcher = ADDRESS.matcher(line);
        if (matcher.find()) {
          String host = matcher.group(2).replace("::ffff:", "");
          places.add(host + ":" + matcher.group(1));
        } else {
          unknown.add(line);
        }
      }
    }
    assertThat(unknown).isEmpty();
    return places;
  }
}
