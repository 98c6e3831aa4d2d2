package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What answers where brokers should, as operators mistake ports, and ports change their owners. */
class BrokerLookTest {
  private static final int LONG_MS = 60_000;
  private static final int SHORT_MS = 50;

  private static boolean look(byte[] answer, int timeoutMs) throws IOException {
    try (OddPeer peer = new OddPeer(0, question -> answer)) {
      return new BrokerLook(List.of(peer.address()), timeoutMs).look();
    }
  }

  private static byte[] bytes(int... all) {
    byte[] bytes = new byte[all.length];
    for (int i = 0; i < all.length; i++) {
      bytes[i] = (byte) all[i];
    }
    return bytes;
  }

  @Test
  void saysWhatAnswersInPlaceOfABroker() throws IOException {
    Map<String, byte[]> odd =
        Map.of(
            "web server",
                "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII),
            "tls = yes", bytes(0x15, 3, 3, 0, 2, 2, 80),
            "another protocol", "SSH-2.0-OpenSSH_9.6\r\n".getBytes(US_ASCII));
    for (Map.Entry<String, byte[]> one : odd.entrySet()) {
      try (OddPeer peer = new OddPeer(0, question -> one.getValue())) {
        BrokerLook look = new BrokerLook(List.of(peer.address()), LONG_MS);
        assertThatThrownBy(look::look)
            .isInstanceOf(BrokerLook.NotKafkaException.class)
            .hasMessageStartingWith(peer.address() + " in [kafka] bootstrap_servers is no broker")
            .hasMessageContaining(one.getKey());
      }
    }
  }

  @Test
  void leavesToTheClientWhatDoesNotAnswer() throws IOException {
    assertThat(look(new byte[0], LONG_MS)).as("it hangs up").isFalse();
    assertThat(look(bytes(0, 0), LONG_MS)).as("it hangs up within the length").isFalse();
    assertThat(look(null, SHORT_MS)).as("it is silent").isFalse();
    OddPeer gone = new OddPeer(0, question -> null);
    gone.close();
    assertThat(new BrokerLook(List.of(gone.address(), "no.such.host.invalid:1"), LONG_MS).look())
        .isFalse();
  }

  /** Whatever random bytes come: the client gets no length that the JVM would have to allocate. */
  @Test
  void letsNoAnswerPassThatIsLongerThanABrokers() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] answer = new byte[4 + random.nextInt(20)];
      random.nextBytes(answer);
      answer[0] &= (byte) (i % 3 == 0 ? 0 : 0xff);
      int length = ByteBuffer.wrap(answer).getInt();
      try {
        look(answer, LONG_MS);
        assertThat(length).isBetween(1, 1 << 16);
        assertThat(answer.length).isLessThan(8);
      } catch (BrokerLook.NotKafkaException e) {
        // As it should be.
      }
    }
  }

  @Test
  void waitsForTheWholeAnswerAsLongAsForOneByte() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread trickle =
          new Thread(
              () -> {
                try (Socket socket = server.accept()) {
                  while (true) {
                    Thread.sleep(SHORT_MS * 2 / 3);
                    socket.getOutputStream().write('x');
                  }
                } catch (IOException | InterruptedException e) {
                  // It has hung up.
                }
              });
      trickle.start();
      String address = "127.0.0.1:" + server.getLocalPort();
      assertThat(new BrokerLook(List.of(address), SHORT_MS).look()).isFalse();
      trickle.join();
    }
  }

  @Test
  void looksAtEachAddress() throws IOException {
    try (OddPeer silent = new OddPeer(0, question -> new byte[0]);
        OddPeer odd = new OddPeer(0, question -> "HTTP/1.0 200 OK\r\n".getBytes(US_ASCII))) {
      BrokerLook look = new BrokerLook(List.of(silent.address(), odd.address()), LONG_MS);
      assertThatThrownBy(look::look).hasMessageStartingWith(odd.address());
    }
  }

  @Test
  void endsAtOnceWhenItIsClosed() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (OddPeer silent =
        new OddPeer(
            0,
            question -> {
              asked.countDown();
              return null;
            })) {
      BrokerLook look = new BrokerLook(List.of(silent.address()), 10 * LONG_MS);
      Thread thread = new Thread(look::look);
      thread.start();
      asked.await();
      look.close();
      await().until(() -> !thread.isAlive());
      assertThat(look.look()).isFalse();
    }
  }
}
