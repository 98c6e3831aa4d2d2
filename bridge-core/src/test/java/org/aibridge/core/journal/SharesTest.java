package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.Priority;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.EventSource;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A share is measured, and what would exceed it is refused by kind, as far as the host can. */
class SharesTest {
  private static final long MB = 1 << 20;
  private static final long CUSTOM = EventKinds.routed(List.of(EventType.CUSTOM));
  private static final StoreLimits LIMITS = new StoreLimits(MB, 0, 0);

  @TempDir Path temp;
  private Journal journal;
  private Journal branch;
  private Intake intake;
  private RingDrain ring;
  private final List<Long> refused = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    journal = Journal.open(temp.resolve("journal"), LIMITS, 1, World.ofJvm());
    branch = Journal.open(temp.resolve("journal/kafka"), LIMITS, 1, 1, World.ofJvm());
    intake = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    ring = intake.drain();
  }

  @AfterEach
  void close() {
    branch.close();
    journal.close();
  }

  private void route(long kinds) throws IOException {
    journal.branchInto(List.of(new Branch("kafka", branch, kinds)));
  }

  private void fill(int events) {
    for (int i = 0; i < events; i++) {
      assertThat(intake.publish(Events.numbered(i, 1, 60_000))).isTrue();
      journal.move(ring);
    }
  }

  /** A host that refuses by kind, or one that cannot. */
  private EventSource host(boolean canTellKinds) {
    return (EventSource)
        Proxy.newProxyInstance(
            EventSource.class.getClassLoader(),
            new Class<?>[] {EventSource.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("refuse");
              refused.add((Long) arguments[0]);
              return canTellKinds;
            });
  }

  @Test
  void refusesTheKindsOfAFullShareAlone() throws IOException {
    route(CUSTOM);
    Shares shares = new Shares(journal, 8 * MB, 0);
    shares.measure();
    assertThat(shares.bytes()).isEqualTo(4 * MB);
    shares.apply(host(true));
    assertThat(refused).isEmpty();
    fill(80);
    shares.apply(host(true));
    assertThat(refused).containsExactly(CUSTOM);
    assertThat(shares.refuses(EventKinds.of(EventType.CUSTOM, Priority.HIGH))).isTrue();
    assertThat(shares.refuses(EventKinds.of(EventType.CUSTOM, Priority.URGENT))).isFalse();
    assertThat(shares.refuses(EventKinds.of(EventType.MAP_CHANGE, Priority.LOW))).isFalse();
    assertThat(shares.problem(branch)).startsWith(branch.folder().toString());
    assertThat(shares.problem(journal)).isEmpty();
    assertThat(shares.overflow()).isEmpty();
  }

  @Test
  void refusesAllThatNoRouteNamesWhenTheMainShareIsFull() throws IOException {
    route(EventKinds.routed(List.of(EventType.MAP_CHANGE)));
    Shares shares = new Shares(journal, 8 * MB, 0);
    shares.measure();
    fill(80);
    shares.apply(host(true));
    assertThat(shares.refuses(EventKinds.of(EventType.CUSTOM, Priority.HIGH))).isTrue();
    assertThat(shares.refuses(EventKinds.of(EventType.MAP_CHANGE, Priority.URGENT))).isTrue();
    assertThat(shares.refuses(EventKinds.of(EventType.MAP_CHANGE, Priority.HIGH))).isFalse();
  }

  @Test
  void refusesAllOnceAllIsFullWhereTheHostCannotTellKinds() throws IOException {
    route(CUSTOM);
    Shares shares = new Shares(journal, 8 * MB, 0);
    shares.measure();
    fill(80);
    shares.apply(host(false));
    assertThat(shares.overflow()).as("a share").isEmpty();
    fill(80);
    assertThat(shares.overflow()).contains("8 MB (max_mb)");
  }

  @Test
  void dividesWhatTheDiskHasWhereThereIsNoCap() throws IOException {
    route(CUSTOM);
    long reserve = journal.freeBytes() - 64 * MB;
    Shares shares = new Shares(journal, 0, reserve);
    shares.measure();
    assertThat(shares.bytes()).isBetween(1L, 40 * MB);
    assertThat(shares.bytes()).isGreaterThan(0);
  }

  @Test
  void givesNothingToASinkWithoutARoute() throws IOException {
    route(CUSTOM);
    fill(20);
    route(EventKinds.NONE);
    Shares shares = new Shares(journal, 8 * MB, 0);
    shares.measure();
    assertThat(shares.bytes()).isEqualTo(8 * MB - branch.bytes());
  }
}
