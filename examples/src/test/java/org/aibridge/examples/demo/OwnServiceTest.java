package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.examples.demo.AiServiceUnit.Change;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(60)
class OwnServiceTest {
  private static final Duration HALF_WAY = Duration.ofSeconds(15);

  @TempDir private Path temp;

  private OwnService service;

  @BeforeEach
  void start() throws Exception {
    service = service(TinyService.class.getName());
    service.start();
  }

  @AfterEach
  void end() {
    service.kill();
  }

  @Test
  void killsHalfWayAndComesBackOnTheSamePort() throws Exception {
    assertThat(service.poll(14_999)).isEqualTo(Change.NONE);
    connect();

    assertThat(service.poll(15_000)).isEqualTo(Change.KILLED);
    assertThat(service.isUp()).isFalse();
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    assertThat(service.poll(19_999)).isEqualTo(Change.NONE);
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);

    awaitBack(20_000);
    assertThat(service.isUp()).isTrue();
    connect();
    assertThat(Files.readAllLines(notes()))
        .containsExactly("started with seed 7", "started with seed 7");
  }

  @Test
  void stopLetsTheServiceEndInOrder() throws Exception {
    service.stop();

    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    assertThat(Files.readAllLines(notes())).containsExactly("started with seed 7", "stopped");
  }

  @Test
  void serviceThatDiesByItselfIsNamed() throws Exception {
    service.stop();

    assertThatThrownBy(() -> service.poll(1_000))
        .isInstanceOf(DemoFailure.class)
        .hasMessageContaining("ended by itself")
        .hasMessageContaining("ai-service.log");
  }

  @Test
  void nothingStartsAfterTheEnd() throws Exception {
    service.poll(15_000);
    service.kill();

    assertThatThrownBy(() -> service.poll(20_000)).isInstanceOf(IOException.class);
  }

  @Test
  void serviceThatCannotStartIsNamedWithItsLog() throws Exception {
    RunFolder folder = RunFolder.open(temp.resolve("broken"));
    OwnService broken =
        new OwnService(
            new ServiceProcess("no.such.Main", ServiceProcess.freePort(), folder, 7),
            folder,
            HALF_WAY,
            Duration.ZERO);

    assertThatThrownBy(broken::start).isInstanceOf(DemoFailure.class);
    assertThat(folder.serviceLog()).content().contains("no.such.Main");
  }

  private OwnService service(String mainClass) throws Exception {
    RunFolder folder = RunFolder.open(temp.resolve("run"));
    ServiceProcess process = new ServiceProcess(mainClass, ServiceProcess.freePort(), folder, 7);
    return new OwnService(process, folder, HALF_WAY, Duration.ofSeconds(5));
  }

  private void awaitBack(long elapsedMs) throws Exception {
    while (service.poll(elapsedMs) != Change.BACK) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private Path notes() {
    return temp.resolve("run").resolve("ai-service").resolve("notes");
  }

  private void connect() throws IOException {
    new Socket("127.0.0.1", service.baseUrl().getPort()).close();
  }
}
