package org.aibridge.core.experiments;

import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.aibridge.api.AiBridge;
import org.aibridge.api.status.BridgeState;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalReader;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;

/**
 * Experiment "damage": copies of a journal are cut off at random places, have random bytes changed,
 * and lose files, and each is opened again and read to its end; some by a whole bridge.
 *
 * <p>Arguments: folder, events, truncations, flipped bytes, seed. Ends with 1 if a promise broke.
 */
final class JournalDamage {
  private static final long PATIENCE_MS = 10_000;

  /** Every so many rounds a whole bridge starts over the damage. */
  private static final int WHOLE_BRIDGE_EVERY = 50;

  /** Up to here a file that is cut off does not even tell how many records it had. */
  private static final int TELLS_FROM = 0x50;

  /** What was seen of one kind of damage. */
  static final class Tally {
    final String kind;
    int rounds;
    int bridges;
    int failedStarts;
    long slowestStartMs;
    long recordsHit;
    long recordsLost;
    long recordsCounted;
    int lostBeside;
    int corrupt;
    int wronglyCounted;
    int uncountable;
    int wrongReports;

    Tally(String kind) {
      this.kind = kind;
    }

    boolean holds() {
      return rounds > 0
          && failedStarts == 0
          && slowestStartMs <= PATIENCE_MS
          && lostBeside == 0
          && corrupt == 0
          && wronglyCounted == 0
          && wrongReports == 0;
    }

    void print(PrintStream out) {
      out.printf(
          "%s: %d rounds, %d of them with a whole bridge, which is not asked for its count%n",
          kind, rounds, bridges);
      out.printf("  starts that failed                   %d%n", failedStarts);
      out.printf("  slowest start                          %d ms%n", slowestStartMs);
      out.printf(
          "  records hit / lost / counted as lost   %d / %d / %d%n",
          recordsHit, recordsLost, recordsCounted);
      out.printf("  records lost that were not hit         %d%n", lostBeside);
      out.printf("  events delivered damaged               %d%n", corrupt);
      out.printf("  rounds with a wrong count              %d%n", wronglyCounted);
      out.printf("  rounds where the file told no count    %d%n", uncountable);
      out.printf("  reports with wrong sequences           %d%n", wrongReports);
      out.printf("  %s%n", holds() ? "every promise held" : "A PROMISE BROKE");
    }
  }

  private final Path folder;
  private final Path copy;
  private final Random random;
  private final JournalSample sample;
  private final int events;

  private JournalDamage(Path folder, int events, long seed) throws IOException {
    this.folder = folder;
    this.events = events;
    this.random = new Random(seed);
    this.copy = folder.resolve("journal");
    this.sample = JournalSample.write(folder.resolve("pristine"), events);
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    System.out.printf("seed %s, %s events%n", args[4], args[1]);
    List<Tally> tallies =
        run(
            folder,
            Integer.parseInt(args[1]),
            Integer.parseInt(args[2]),
            Integer.parseInt(args[3]),
            Long.parseLong(args[4]));
    tallies.forEach(tally -> tally.print(System.out));
    System.exit(tallies.stream().allMatch(Tally::holds) ? 0 : 1);
  }

  static List<Tally> run(Path folder, int events, int truncations, int flips, long seed)
      throws Exception {
    JournalDamage experiment = new JournalDamage(folder, events, seed);
    List<Tally> tallies = new ArrayList<>();
    tallies.add(experiment.rounds("truncations", truncations, experiment::truncate));
    tallies.add(experiment.rounds("flipped bytes", flips, experiment::flip));
    for (String what : List.of("empty", "zeros", "missing")) {
      tallies.add(experiment.rounds("newest file " + what, 2, () -> experiment.newest(what)));
    }
    for (String what : List.of("empty", "missing")) {
      tallies.add(experiment.rounds("cursor " + what, 2, () -> experiment.cursor(what)));
    }
    return tallies;
  }

  /** Which records a blow hit, and whether the file can still tell how many those were. */
  private record Blow(List<JournalSample.Place> hit, boolean countable, boolean exactReport) {}

  private interface Damager {
    Blow strike() throws IOException;
  }

  private Tally rounds(String kind, int rounds, Damager damager) throws Exception {
    Tally tally = new Tally(kind);
    for (int round = 0; round < rounds; round++) {
      sample.copyTo(copy);
      Blow blow = damager.strike();
      boolean wholeBridge = round % WHOLE_BRIDGE_EVERY == 0;
      tally.rounds++;
      try {
        if (wholeBridge) {
          tally.bridges++;
          startBridge(tally, blow);
        } else {
          openJournal(tally, blow);
        }
      } catch (IOException | RuntimeException e) {
        tally.failedStarts++;
        System.out.println(kind + ", round " + round + ": " + e);
      }
    }
    return tally;
  }

  private Blow truncate() throws IOException {
    Path file = anySegment();
    long at = (long) (random.nextDouble() * sample.endOf(file));
    try (RandomAccessFile raw = new RandomAccessFile(copyOf(file).toFile(), "rw")) {
      raw.setLength(at);
    }
    return new Blow(hit(file, at, Long.MAX_VALUE), at >= TELLS_FROM, false);
  }

  private Blow flip() throws IOException {
    Path file = anySegment();
    long at = (long) (random.nextDouble() * sample.endOf(file));
    try (RandomAccessFile raw = new RandomAccessFile(copyOf(file).toFile(), "rw")) {
      raw.seek(at);
      int old = raw.read();
      raw.seek(at);
      raw.write(old ^ random.nextInt(1, 256));
    }
    List<JournalSample.Place> hit = hit(file, at, at + 1);
    return new Blow(hit, true, !hit.isEmpty() && isInside(hit.get(0)));
  }

  private Blow newest(String what) throws IOException {
    List<Path> segments = sample.segments();
    Path file = segments.get(segments.size() - 1);
    spoil(copyOf(file), what);
    return new Blow(hit(file, 0, Long.MAX_VALUE), false, false);
  }

  private Blow cursor(String what) throws IOException {
    spoil(copy.resolve("cursor"), what);
    return new Blow(List.of(), true, false);
  }

  private static void spoil(Path file, String what) throws IOException {
    switch (what) {
      case "empty" -> Files.write(file, new byte[0]);
      case "zeros" -> Files.write(file, new byte[(int) Files.size(file)]);
      default -> Files.delete(file);
    }
  }

  private Path anySegment() throws IOException {
    List<Path> segments = sample.segments();
    return segments.get(random.nextInt(segments.size()));
  }

  private Path copyOf(Path file) {
    return copy.resolve(file.getFileName().toString());
  }

  private List<JournalSample.Place> hit(Path file, long from, long to) {
    String name = file.getFileName().toString();
    return sample.places().stream()
        .filter(place -> place.file().equals(name) && place.end() > from && place.start() < to)
        .toList();
  }

  /** Whether there are records of the same file before and behind, so that the gap is seen. */
  private boolean isInside(JournalSample.Place place) {
    List<JournalSample.Place> all = sample.places();
    int i = all.indexOf(place);
    return i > 0
        && i < all.size() - 1
        && all.get(i - 1).file().equals(place.file())
        && all.get(i + 1).file().equals(place.file());
  }

  private void openJournal(Tally tally, Blow blow) throws IOException {
    BitSet found = new BitSet();
    long start = System.nanoTime();
    try (Journal journal =
        Journal.open(
            copy, new StoreLimits(JournalSample.SEGMENT_BYTES, 0, 0), Conf.LANES, World.ofJvm())) {
      noteStart(tally, start);
      int last = -1;
      try (JournalReader reader = journal.reader()) {
        while (reader.next()) {
          int number = isWhole(reader) ? Conf.numberIn(reader) : -1;
          if (number <= last) {
            tally.corrupt++;
          } else {
            found.set(number);
            last = number;
          }
        }
      }
      judge(tally, blow, found, journal.damaged());
    }
  }

  private static boolean isWhole(JournalReader reader) {
    return EventCodec.isWellFormed(reader.buffer(), reader.index(), reader.length())
        && Conf.textIn(reader).equals(Numbered.text(Conf.numberIn(reader)));
  }

  private void startBridge(Tally tally, Blow blow) throws IOException {
    try (RecordingService service = new RecordingService()) {
      service.takePoison();
      Path conf = Conf.write(folder, folder, service.baseUrl(), 1);
      long start = System.nanoTime();
      try (AiBridge bridge = AiBridge.start(conf)) {
        noteStart(tally, start);
        if (bridge.status().state() == BridgeState.OFF) {
          throw new IllegalStateException(bridge.status().problem());
        }
        DiskFull.until("delivery", () -> bridge.status().events().waiting() == 0);
      }
      tally.corrupt += service.wrong().size() + service.repeated();
      judge(tally, blow, service.delivered(), -1);
    }
  }

  private static void noteStart(Tally tally, long startNanos) {
    long ms = (System.nanoTime() - startNanos) / 1_000_000;
    tally.slowestStartMs = Math.max(tally.slowestStartMs, ms);
  }

  /** Compares what was found with what was written; {@code counted} is -1 where nobody counted. */
  private void judge(Tally tally, Blow blow, BitSet found, long counted) throws IOException {
    BitSet missing = new BitSet();
    missing.set(0, events);
    missing.andNot(found);
    List<JournalSample.Place> lost =
        sample.places().stream().filter(place -> missing.get(place.firstNumber())).toList();
    BitSet excused = new BitSet();
    blow.hit.forEach(place -> place.addTo(excused));
    BitSet beside = (BitSet) missing.clone();
    beside.andNot(excused);
    tally.lostBeside += beside.cardinality();
    if (counted >= 0) {
      tally.recordsHit += blow.hit.size();
      tally.recordsLost += lost.size();
      tally.recordsCounted += counted;
      if (!blow.countable) {
        tally.uncountable++;
      } else if (counted != lost.size()) {
        tally.wronglyCounted++;
      }
    }
    if (blow.exactReport && !lost.isEmpty() && !isNamed(lost.get(0))) {
      tally.wrongReports++;
    }
  }

  private boolean isNamed(JournalSample.Place lost) throws IOException {
    String range =
        "%d-%d (%d)"
            .formatted(lost.firstSequence(), lost.firstSequence() + lost.count() - 1, lost.count());
    return Folders.reportLines(copy).stream()
        .anyMatch(line -> line.startsWith("sequences lost") && line.endsWith(range));
  }
}
