package org.aibridge.ops.live;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.aibridge.core.run.Reason;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge metrics}: gives the running bridge's numbers to Prometheus. */
@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Answer Prometheus at [metrics] prometheus, from the file in which the server's bridge keeps"
          + " its status. Asks nothing of the server, and goes on when that ends or starts.",
      "The server itself opens no port. Runs until Ctrl-C or SIGTERM."
    },
    footer = {"", "Examples:", "  ai-bridge metrics", "  ai-bridge metrics --once"})
public final class MetricsCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  @Option(names = "--once", description = "Print the numbers once, and open no port.")
  private boolean once;

  public MetricsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Server server = new Server(surroundings, conf);
    StatusMetrics metrics = new StatusMetrics(server, surroundings.clock());
    if (once) {
      surroundings.out().print(metrics.text());
      surroundings.out().flush();
      return ExitCodes.DONE;
    }
    String address = server.config().metrics().prometheus();
    try (MetricsServer http = MetricsServer.start(address, metrics::text)) {
      surroundings.err().println("ai-bridge: Prometheus finds the numbers at " + http.url());
      surroundings.err().flush();
      new CountDownLatch(1).await();
      return ExitCodes.DONE;
    } catch (IOException e) {
      throw Trouble.failed(
          "%s cannot be listened at: %s (see [metrics] prometheus)"
              .formatted(address, Reason.of(e)));
    }
  }
}
