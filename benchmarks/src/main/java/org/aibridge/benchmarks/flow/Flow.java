package org.aibridge.benchmarks.flow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.aibridge.benchmarks.LocalService;
import org.aibridge.benchmarks.Scene;

/**
 * How many events a second reach a service that reads them, and what do they cost the processor?
 *
 * <p>A process of its own publishes; the service is this process. Each event counts when the
 * service has read all of it and its answer is back.
 */
public final class Flow implements AutoCloseable {
  private final LocalService service = new LocalService();

  public Flow() throws IOException {}

  /**
   * What is measured.
   *
   * @param what {@code bridge}, {@code otlp}, {@code otlp-jdk} or {@code segment}
   * @param events how many, after a third as many to warm up
   * @param batch events at which a batch leaves
   * @param largestBatch events of the largest batch behind a backlog; the bridge alone
   * @param gzip whether bodies are compressed
   * @param lanes requests side by side; the bridge alone
   */
  public record Setting(
      String what, int events, int batch, int largestBatch, boolean gzip, int lanes) {}

  /**
   * What was found.
   *
   * @param perSecond events acknowledged a second
   * @param processorSeconds of the publishing process, for a million events
   * @param missing events published and never acknowledged, or not seen by the service
   */
  public record Result(double perSecond, double processorSeconds, long missing) {}

  /**
   * What a start over a backlog was like.
   *
   * @param startMs time until the bridge ran
   * @param heapMb heap in use then, after a collection
   * @param perSecond events a second from then on
   * @param processorSeconds for a million of them
   */
  public record Drain(double startMs, double heapMb, double perSecond, double processorSeconds) {}

  /**
   * What processes with nothing to do take of one core, in percent.
   *
   * @param bridge one that runs a bridge
   * @param without one that runs none
   */
  public record Idle(double bridge, double without) {}

  /** Publishes and waits for the last acknowledgement. */
  public Result run(Setting setting) throws IOException {
    long before = service.events();
    Map<String, Double> found =
        ChildJvm.run(
            FlowMain.class,
            "flow",
            setting.what,
            "" + setting.events,
            service.url(),
            "" + setting.batch,
            "" + setting.largestBatch,
            "" + setting.gzip,
            "" + setting.lanes);
    double acknowledged = found.get("acknowledged");
    long seen = service.events() - before - setting.events / 3;
    return new Result(
        acknowledged / found.get("seconds"),
        found.get("processorSeconds") * 1e6 / acknowledged,
        setting.events - (long) Math.min(acknowledged, seen));
  }

  /** Leaves {@code events} in a journal, starts over them and sends them. */
  public Drain backlog(int events) throws IOException {
    Path folder = Scene.temporary();
    try {
      ChildJvm.run(FlowMain.class, "fill", folder.toString(), "" + events);
      Map<String, Double> found =
          ChildJvm.run(FlowMain.class, "drain", folder.toString(), service.url());
      double drained = found.get("drained");
      if (drained < events) {
        throw new IOException("of " + events + " events only " + drained + " were drained");
      }
      return new Drain(
          found.get("startMs"),
          found.get("heapMb"),
          drained / found.get("drainSeconds"),
          found.get("processorSeconds") * 1e6 / drained);
    } finally {
      Scene.delete(folder);
    }
  }

  /**
   * The shares of one core that a process with nothing to do but to tick takes, in percent: one
   * with a bridge, and one without that runs beside it.
   */
  public Idle idle(int settleSeconds, int seconds) throws IOException {
    CompletableFuture<Double> without =
        CompletableFuture.supplyAsync(() -> idlePercent("", settleSeconds, seconds));
    try {
      return new Idle(idlePercent(service.url(), settleSeconds, seconds), without.join());
    } catch (UncheckedIOException | CompletionException e) {
      throw new IOException(e);
    }
  }

  private static double idlePercent(String url, int settleSeconds, int seconds) {
    try {
      Map<String, Double> found =
          ChildJvm.run(FlowMain.class, "idle", url, "" + settleSeconds, "" + seconds);
      return 100 * found.get("processorSeconds") / found.get("seconds");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    service.close();
  }
}
