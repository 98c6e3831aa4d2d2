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
 * Measures how many events a second reach a service that reads them, and what they cost the
 * processor.
 *
 * <p>A child process publishes; the service runs in this process. An event counts once the service
 * has read all of it and its acknowledgement is back.
 */
public final class Flow implements AutoCloseable {
  private final LocalService service = new LocalService();

  public Flow() throws IOException {}

  /**
   * One measurement's settings.
   *
   * @param what {@code bridge}, {@code otlp}, {@code otlp-jdk} or {@code segment}
   * @param events the number of events to measure, after a third as many to warm up
   * @param batch the number of events at which a batch is sent
   * @param largestBatch the most events of a batch behind a backlog; for the bridge alone
   * @param gzip whether bodies are compressed
   * @param lanes the number of requests side by side; for the bridge alone
   */
  public record Setting(
      String what, int events, int batch, int largestBatch, boolean gzip, int lanes) {}

  /**
   * The result of one measurement.
   *
   * @param perSecond events acknowledged a second
   * @param processorSeconds processor time of the publishing process for a million events
   * @param missing events that were published and not acknowledged, or not seen by the service
   */
  public record Result(double perSecond, double processorSeconds, long missing) {}

  /**
   * The result of a start with a backlog in the journal.
   *
   * @param startMs time until the bridge ran
   * @param heapMb heap in use after the start and a collection
   * @param perSecond events sent a second after the start
   * @param processorSeconds processor time for a million of these events
   */
  public record Drain(double startMs, double heapMb, double perSecond, double processorSeconds) {}

  /**
   * The share of one core that an idle process takes, in percent.
   *
   * @param bridge the share of a process that runs a bridge
   * @param without the share of a process that runs none
   */
  public record Idle(double bridge, double without) {}

  /** Publishes events and waits until the service has acknowledged all of them. */
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

  /** Fills a journal with {@code events} events, starts a bridge on it, and sends the events. */
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
   * Measures the share of one core that a process takes which only ticks, in percent: one process
   * with a bridge, and beside it one without.
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
