package org.aibridge.examples.aiservice;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;

/**
 * The service on its loopback socket.
 *
 * <p>{@link #close} wakes the pollers, lets requests under way finish for at most half a second and
 * closes the files. It may be called twice and from any thread.
 */
final class AiService implements Closeable {
  private static final long FINISH_MS = 500;

  private final LoopbackServer<Call> server;
  private final Brain brain;

  private AiService(LoopbackServer<Call> server, Brain brain) {
    this.server = server;
    this.brain = brain;
  }

  /**
   * Reads the records back, binds the port and serves.
   *
   * @throws java.net.BindException when the port is taken
   * @throws IOException when the folder cannot be used, or another process uses it
   */
  static AiService start(Options options) throws IOException {
    Path data = options.data();
    Path folder = data == null ? Files.createTempDirectory("ai-service") : data;
    Brain brain = Brain.open(folder, options.seed(), System::nanoTime);
    try {
      return new AiService(options.serve(brain), brain);
    } catch (IOException e) {
      brain.close();
      throw e;
    }
  }

  int port() {
    return server.port();
  }

  @Override
  public void close() {
    brain.actions().close();
    server.awaitQuiet(FINISH_MS);
    server.close();
    brain.close();
  }
}
