package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;

class ShortageTest {
  private final ManualClock clock = new ManualClock();

  /** What the probe throws; null for nothing. */
  private IOException thrown;

  private final Shortage shortage =
      new Shortage(
          clock,
          () -> {
            if (thrown != null) {
              throw thrown;
            }
          });

  @Test
  void knowsWhatTheSystemSaysOfAShortage() {
    assertThat(shortage.of(new SocketException("Too many open files")))
        .matches("too many open files( \\([0-9,.]+\\))?");
    assertThat(shortage.of(new FileNotFoundException("/x (Too many open files in system)")))
        .isEqualTo("too many open files in the whole system");
    assertThat(shortage.of(new IOException("Cannot allocate memory"))).contains("memory");
    assertThat(shortage.of(new SocketException("No buffer space available"))).contains("buffer");
    assertThat(shortage.of(new BindException("Cannot assign requested address"))).contains("port");
  }

  @Test
  void looksForTheCauseOfWhatWasThrown() {
    IOException wrapped = new IOException("it failed", new SocketException("Too many open files"));
    assertThat(shortage.of(wrapped)).contains("open files");
  }

  @Test
  void takesEveryErrorOfTheJvmForOurs() {
    assertThat(shortage.of(new OutOfMemoryError("unable to create native thread: possibly out of")))
        .contains("thread");
    assertThat(shortage.of(new OutOfMemoryError("Java heap space"))).contains("no memory");
    assertThat(shortage.of(new NoClassDefFoundError("okhttp3/X"))).contains("okhttp3/X");
    assertThat(shortage.of(new StackOverflowError())).contains("StackOverflow");
  }

  @Test
  void tellsAnInterruptFromATimeOut() {
    assertThat(shortage.of(new InterruptedIOException("interrupted"))).contains("interrupted");
    thrown = new SocketException("whatever");
    assertThat(shortage.of(new InterruptedIOException("timeout"))).isEmpty();
    assertThat(shortage.of(new SocketTimeoutException("Read timed out"))).isEmpty();
  }

  @Test
  void blamesTheServiceForWhatItDoes() {
    for (IOException e :
        List.of(
            new ConnectException("Connection refused"),
            new SocketException("Connection reset"),
            new UnknownHostException("ai.example"),
            new IOException("unexpected end of stream"))) {
      assertThat(shortage.of(e)).as(e.toString()).isEmpty();
    }
    assertThat(shortage.of(new IllegalStateException())).isEmpty();
  }

  @Test
  void asksTheProcessWhereTheSystemSpeaksAnotherLanguage() {
    thrown = new SocketException("Zu viele offene Dateien");
    assertThat(shortage.of(new SocketException("Zu viele offene Dateien")))
        .isEqualTo("no socket can be made (Zu viele offene Dateien)");
    assertThat(shortage.of(new UnknownHostException("ai.example"))).contains("no socket");
  }

  @Test
  void doubtsAnUnknownHostForAsLongAsTheJvmRemembersTheShortage() {
    shortage.of(new SocketException("Too many open files"));
    clock.advance(Duration.ofSeconds(14));
    assertThat(shortage.of(new UnknownHostException("ai.example"))).contains("looked up");
    assertThat(shortage.of(new ConnectException("Connection refused"))).isEmpty();
    clock.advance(Duration.ofSeconds(2));
    assertThat(shortage.of(new UnknownHostException("ai.example"))).isEmpty();
  }

  @Test
  void resolvesAHostFromMemoryDuringAShortageAlone() throws Exception {
    boolean[] up = {true};
    KnownHosts hosts =
        new KnownHosts(
            name -> {
              if (!up[0]) {
                throw new UnknownHostException(name);
              }
              return List.of(java.net.InetAddress.getLoopbackAddress());
            },
            shortage);
    assertThat(hosts.lookup("ai.example")).hasSize(1);
    up[0] = false;
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> hosts.lookup("ai.example"))
        .isInstanceOf(UnknownHostException.class);
    thrown = new SocketException("Too many open files");
    assertThat(hosts.lookup("ai.example")).hasSize(1);
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> hosts.lookup("other.example"))
        .isInstanceOf(UnknownHostException.class);
  }
}
