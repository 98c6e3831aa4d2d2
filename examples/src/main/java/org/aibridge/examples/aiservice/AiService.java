package org.aibridge.examples.aiservice;

import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The service on its loopback socket, with a fixed number of threads.
 *
 * <p>{@link #close} wakes the pollers, lets requests under way finish for at most half a second and
 * closes the files. It may be called twice and from any thread.
 */
final class AiService implements Closeable {
  /** More than {@link OpenActions#MAX_PARKED}, so that held polls leave threads for events. */
  private static final int THREADS = OpenActions.MAX_PARKED + 4;

  private static final int BACKLOG = 128;
  private static final long FINISH_MS = 500;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Semaphore idle;
  private final Brain brain;

  private AiService(HttpServer server, ExecutorService threads, Semaphore idle, Brain brain) {
    this.server = server;
    this.threads = threads;
    this.idle = idle;
    this.brain = brain;
  }

  /**
   * Binds the port, reads the records back and serves.
   *
   * @throws java.net.BindException when the port is taken
   * @throws IOException when the folder cannot be used, or another process uses it
   */
  static AiService start(int port, Path data, long seed) throws IOException {
    // The JDK's server sends head and body apart; with Nagle's delay that costs 40 ms an answer.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
    Brain brain;
    try {
      brain = Brain.open(data, seed, System::nanoTime);
    } catch (IOException e) {
      server.stop(0);
      throw e;
    }
    AtomicInteger number = new AtomicInteger();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS, task -> new Thread(task, "ai-service http-" + number.incrementAndGet()));
    Semaphore idle = new Semaphore(THREADS);
    server.setExecutor(threads);
    server.createContext("/", new Endpoints(brain, idle));
    server.start();
    return new AiService(server, threads, idle, brain);
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    brain.actions().close();
    try {
      idle.tryAcquire(THREADS, FINISH_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    threads.shutdown();
    brain.close();
  }
}
