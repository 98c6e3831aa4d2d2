package org.aibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import org.junit.jupiter.api.Test;

class SwitchableStubStoreTest {
  private final SwitchableStubStore store = new SwitchableStubStore();
  private final StubMapping old = stub("/old");
  private final StubMapping first = stub("/first");
  private final StubMapping second = stub("/second");

  @Test
  void showsTheOldMappingsUntilAllTheNewOnesAreThere() {
    store.add(old);
    store.replaceWith(
        () -> {
          store.add(first);
          assertThat(store.getAll()).containsExactly(old);
          store.add(second);
          assertThat(store.getAll()).containsExactly(old);
        });
    assertThat(store.getAll()).containsExactlyInAnyOrder(first, second);
  }

  @Test
  void keepsTheOldMappingsWhenTheNewOnesCannotBeLoaded() {
    store.add(old);
    Runnable failing =
        () -> {
          store.add(first);
          throw new IllegalStateException("broken");
        };
    assertThatThrownBy(() -> store.replaceWith(failing)).hasMessage("broken");
    assertThat(store.getAll()).containsExactly(old);
  }

  @Test
  void showsSingleChangesAtOnce() {
    store.add(first);
    assertThat(store.getAll()).containsExactly(first);
    store.remove(first);
    assertThat(store.getAll()).isEmpty();
    store.add(second);
    store.clear();
    assertThat(store.getAll()).isEmpty();
  }

  private static StubMapping stub(String url) {
    return WireMock.get(url).willReturn(WireMock.ok()).build();
  }
}
