package org.aibridge.benchmarks.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.benchmarks.peers.Peers;
import org.openjdk.jmh.runner.RunnerException;

/** The report's section that compares the peers; each of them gets the same kill. */
final class PeerSection {
  private static final List<String> HEAD =
      List.of(
          "handed to",
          "median, ns",
          "against the bridge",
          "bytes allocated",
          "p99, ns, 1 thread",
          "p99.99",
          "p99, ns, 4 threads",
          "p99.99",
          "`kill -9` loses");

  private final Effort effort;
  private final Progress progress;

  PeerSection(Effort effort, Progress progress) {
    this.effort = effort;
    this.progress = progress;
  }

  void write(Page page) throws RunnerException, IOException {
    page.heading("Beside what else there is");
    page.line("A monster is killed, and the game thread hands over who, where and what: the event");
    page.line("or record made, encoded as that peer needs it, and given away. The same facts for");
    page.line("all; bursts of 500, drained before the next. Kafka's producer talks to a broker in");
    page.line(
        "this process that acknowledges every batch at once; OpenTelemetry's processor has an");
    page.line(
        "exporter that only counts. Every heap was touched whole at the start: else a peer that");
    page.line(
        "allocates little meets the pages of a new one for longer than the measurement takes.");
    Map<Peers, JmhRun> shots = new LinkedHashMap<>();
    for (Peers peer : Peers.values()) {
      progress.say("PeerBenchmark: %s", peer.title());
      int count = peer.isSlow() ? effort.slowShots() : effort.shots();
      shots.put(peer, JmhRun.shots("PeerBenchmark.offer", peer.name(), count, count));
    }
    page.table(HEAD, rows(shots));
    Map<String, List<Double>> series =
        Map.of("median", shots.values().stream().map(JmhRun::median).toList());
    Plots.bars(
        page.picture("peers", "Cost of handing over an event, on the calling thread"),
        "Handing over an event",
        "ns on the calling thread (median)",
        shots.keySet().stream().map(peer -> peer.title().replaceAll("[:,(].*", "")).toList(),
        series);
  }

  private List<List<String>> rows(Map<Peers, JmhRun> shots) throws RunnerException {
    List<List<String>> rows = new ArrayList<>();
    double bridge = shots.get(Peers.BRIDGE).median();
    for (Peers peer : shots.keySet()) {
      progress.say("PeerTailBenchmark: %s", peer.title());
      JmhRun run = shots.get(peer);
      JmhRun one = JmhRun.samples("PeerTailBenchmark.offer", peer.name(), 1, effort.sample());
      JmhRun four = JmhRun.samples("PeerTailBenchmark.offer", peer.name(), 4, effort.sample());
      String invalid = run.drops() + one.drops() + four.drops() == 0 ? "" : " **invalid: drops**";
      rows.add(
          List.of(
              peer.title() + invalid,
              Page.number(run.median()),
              Page.number(run.median() / bridge),
              Page.number(run.allocated()),
              Page.number(one.percentile(99)),
              Page.number(one.percentile(99.99)),
              Page.number(four.percentile(99)),
              Page.number(four.percentile(99.99)),
              peer.lossOnKill()));
    }
    return rows;
  }
}
