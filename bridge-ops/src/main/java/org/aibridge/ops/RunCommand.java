package org.aibridge.ops;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.aibridge.companion.Companion;
import org.aibridge.core.HostedBridge;
import org.aibridge.core.run.World;
import org.aibridge.ops.live.Server;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge run}: runs a bridge beside a map-server in C or C++. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Be the bridge of a map-server in C or C++, as its companion (docs/native.md).",
      "Waits for the server, serves it until it has ended, delivers what is left within"
          + " shutdown_timeout, and ends. SIGTERM ends it in the same order. Relative paths of the"
          + " configuration start in the current folder; what it does goes to the standard error."
    },
    footer = {
      "",
      "Exits with 0 when its server has ended, 1 when it could not be the bridge, 2 when it was"
          + " called wrongly, 143 after SIGTERM."
    })
final class RunCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where the server's rings lie; without it /dev/shm/ai-bridge.UID.SERVER_ID.")
  private Path folder;

  @Option(
      names = "--stay",
      description = "Wait for the next server when one has ended, instead of ending too.")
  private boolean stay;

  RunCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Logging.showAll();
    Server server = new Server(surroundings, conf);
    String id = server.config().bridge().serverId();
    Companion companion =
        new Companion(
            folder == null ? Companion.folderOf(id) : server.resolve(folder),
            stay,
            (ring, handler) -> HostedBridge.start(server.file(), ring, handler),
            World.ofJvm(),
            line -> surroundings.err().println("ai-bridge: " + line));
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(companion, ended), "ai-bridge end"));
    try {
      companion.run();
      return ExitCodes.DONE;
    } finally {
      ended.countDown();
    }
  }

  /** Stops the companion and waits for its end, which takes at most {@code shutdown_timeout}. */
  private static void end(Companion companion, CountDownLatch ended) {
    companion.stop();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
