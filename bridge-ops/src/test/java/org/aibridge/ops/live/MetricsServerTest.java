package org.aibridge.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsServerTest {
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void answersWhatPrometheusAsksAndNothingElse() throws Exception {
    String address = "127.0.0.1:" + freePort();
    try (MetricsServer server = MetricsServer.start(address, () -> "x 1\n")) {
      assertThat(server.url()).isEqualTo("http://" + address + "/metrics");
      HttpResponse<String> metrics = ask(server.url(), "GET");
      assertThat(metrics.statusCode()).isEqualTo(200);
      assertThat(metrics.body()).isEqualTo("x 1\n");
      assertThat(metrics.headers().firstValue("Content-Type"))
          .hasValue("text/plain; version=0.0.4; charset=utf-8");
      assertThat(ask(server.url(), "HEAD").statusCode()).isEqualTo(200);
      assertThat(ask(server.url(), "DELETE").statusCode()).isEqualTo(405);
      assertThat(ask("http://" + address + "/", "GET").statusCode()).isEqualTo(404);
      assertThat(ask(server.url() + "/../../etc/passwd", "GET").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void isDownForPrometheusWhereTheStatusCannotBeRead() throws Exception {
    String address = "127.0.0.1:" + freePort();
    try (MetricsServer server =
        MetricsServer.start(
            address,
            () -> {
              throw new IOException("status.json is not the status of a bridge");
            })) {
      HttpResponse<String> metrics = ask(server.url(), "GET");
      assertThat(metrics.statusCode()).isEqualTo(503);
      assertThat(metrics.body()).isEqualTo("status.json is not the status of a bridge\n");
    }
  }

  @Test
  void answersWhileOthersAskAndSayNothingMore() throws Exception {
    int port = freePort();
    List<Socket> silent = new ArrayList<>();
    try (MetricsServer server = MetricsServer.start("127.0.0.1:" + port, () -> "x 1\n")) {
      for (int i = 0; i < 8; i++) {
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port);
        silent.add(socket);
        socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: x\r\n".getBytes());
      }
      assertThat(ask(server.url(), "GET").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  private HttpResponse<String> ask(String url, String method) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
