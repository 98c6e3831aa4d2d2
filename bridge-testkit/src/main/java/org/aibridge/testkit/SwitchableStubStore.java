package org.aibridge.testkit;

import com.github.tomakehurst.wiremock.store.InMemoryStubMappingStore;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import java.util.List;
import java.util.stream.Stream;

/**
 * Mappings that change all at once.
 *
 * <p>While a scenario is being replaced, requests keep matching the whole old one; a half-loaded
 * service would answer 404, which means something to the bridge. Outside a replacement each change,
 * through WireMock's admin API for one, is seen at once.
 */
final class SwitchableStubStore extends InMemoryStubMappingStore {
  private volatile List<StubMapping> live = List.of();
  private volatile boolean replacing;

  /**
   * Runs {@code load}, which adds the new mappings, then shows them instead of the old ones; when
   * it throws the old ones stay.
   */
  synchronized void replaceWith(Runnable load) {
    replacing = true;
    try {
      super.clear();
      load.run();
    } finally {
      replacing = false;
    }
    show();
  }

  @Override
  public Stream<StubMapping> getAll() {
    return live.stream();
  }

  @Override
  public synchronized void add(StubMapping stub) {
    super.add(stub);
    show();
  }

  @Override
  public synchronized void replace(StubMapping existing, StubMapping updated) {
    super.replace(existing, updated);
    show();
  }

  @Override
  public synchronized void remove(StubMapping stub) {
    super.remove(stub);
    show();
  }

  @Override
  public synchronized void clear() {
    super.clear();
    show();
  }

  private void show() {
    if (!replacing) {
      live = super.getAll().toList();
    }
  }
}
