package org.aibridge.testkit;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.common.FatalStartupException;
import com.github.tomakehurst.wiremock.common.SingleRootFileSource;
import com.github.tomakehurst.wiremock.core.Options.ChunkedEncodingPolicy;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.extension.Extension;
import com.github.tomakehurst.wiremock.http.AdminRequestHandler;
import com.github.tomakehurst.wiremock.http.RequestListener;
import com.github.tomakehurst.wiremock.http.StubRequestHandler;
import com.github.tomakehurst.wiremock.jetty12.Jetty12HttpServer;
import com.github.tomakehurst.wiremock.store.DefaultStores;
import com.github.tomakehurst.wiremock.store.StubMappingStore;
import java.io.File;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** A life of the WireMock server, from the opening of its port until it is killed. */
final class ScenarioServer {
  static final String HOST = "127.0.0.1";

  /** The number of threads for requests; a held poll occupies one, a delayed answer none. */
  private static final int REQUEST_THREADS = 64;

  /** The number of threads that send delayed answers. */
  private static final int DELAY_THREADS = 8;

  /** The time after which Jetty itself would answer a delayed request, in milliseconds. */
  private static final int ANSWER_TIMEOUT_MS = 3_600_000;

  /** The number of requests that WireMock's admin API shows; its recordings use them, too. */
  private static final int ADMIN_JOURNAL = 200;

  private static final AtomicLong GENERATIONS = new AtomicLong();

  private final SwitchableStubStore stubs = new SwitchableStubStore();
  private final WireMockServer server;

  private ScenarioServer(int port, RequestListener listener, Extension... extensions) {
    server = new WireMockServer(options(port).extensions(extensions));
    server.addMockServiceRequestListener(listener);
  }

  /**
   * Opens {@code port} with the scenario already in place.
   *
   * @throws FatalStartupException when the port is taken
   */
  static ScenarioServer open(
      int port, AiServiceScenario scenario, RequestListener listener, Extension... extensions) {
    ScenarioServer opened = new ScenarioServer(port, listener, extensions);
    opened.load(scenario);
    opened.server.start();
    return opened;
  }

  /** Replaces the scenario at once; the old one still answers the requests under way. */
  void load(AiServiceScenario scenario) {
    long generation = GENERATIONS.incrementAndGet();
    stubs.replaceWith(() -> scenario.stubs(generation).forEach(server::addStubMapping));
  }

  /** Closes the port and all connections at once, even with requests under way. */
  void kill() {
    server.stop();
  }

  private WireMockConfiguration options(int port) {
    SingleRootFileSource noFiles = new SingleRootFileSource(nowhere());
    return WireMockConfiguration.options()
        .bindAddress(HOST)
        .port(port)
        .fileSource(noFiles)
        .withStores(stores(noFiles))
        .httpServerFactory(AbruptServer::new)
        .http2PlainDisabled(true)
        .gzipDisabled(true)
        .useChunkedTransferEncoding(ChunkedEncodingPolicy.NEVER)
        .containerThreads(REQUEST_THREADS)
        .asynchronousResponseEnabled(true)
        .asynchronousResponseThreads(DELAY_THREADS)
        .timeout(ANSWER_TIMEOUT_MS)
        .jettyStopTimeout(0L)
        .maxRequestJournalEntries(ADMIN_JOURNAL)
        .stubRequestLoggingDisabled(true);
  }

  private DefaultStores stores(SingleRootFileSource files) {
    return new DefaultStores(files) {
      @Override
      public StubMappingStore getStubStore() {
        return stubs;
      }
    };
  }

  /** Returns a folder that does not exist; without it, WireMock would serve src/test/resources. */
  private static File nowhere() {
    return new File(System.getProperty("java.io.tmpdir"), "no-files-" + UUID.randomUUID());
  }

  /** A server that does not wait for delayed answers when it stops. */
  private static final class AbruptServer extends Jetty12HttpServer {
    AbruptServer(
        com.github.tomakehurst.wiremock.core.Options options,
        AdminRequestHandler adminHandler,
        StubRequestHandler stubHandler) {
      super(options, adminHandler, stubHandler);
    }

    @Override
    public void stop() {
      scheduledExecutorService.shutdownNow();
      super.stop();
    }
  }
}
