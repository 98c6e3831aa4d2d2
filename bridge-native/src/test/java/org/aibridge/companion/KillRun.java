package org.aibridge.companion;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.aibridge.testlib.ChildJvm;

/**
 * Kills a server in C, its companion, and both, and counts what became of every event, action and
 * script: {@code KillRun FOLDER EVENTS SERVERS COMPANIONS BOTH A_SECOND SEED}.
 */
final class KillRun {
  private static final int PAGE = 4096;
  private static final int ACTIONS = 65_536;
  private static final byte ACCEPTED = 2;
  private static final int MAX_ENDED = 20;

  private enum Victim {
    SERVER,
    COMPANION,
    BOTH
  }

  private final Path folder;
  private final int events;
  private final int aSecond;
  private final int offered;
  private final Random random;
  private final MappedByteBuffer page;
  private final Path program;
  private final CountingService service;
  private Process server;
  private Process companion;
  private int ended;

  private KillRun(
      Path folder, int events, int aSecond, long seed, CountingService service, int offered)
      throws Exception {
    this.offered = offered;
    this.folder = folder;
    this.events = events;
    this.aSecond = aSecond;
    this.random = new Random(seed);
    this.service = service;
    this.program =
        NativeCode.compile(
            folder.resolve("host"),
            "gcc -std=gnu11 -O2",
            List.of("src/ai_bridge.c", "test/host.c"));
    try (FileChannel file =
        FileChannel.open(
            folder.resolve("page"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      page = file.map(FileChannel.MapMode.READ_WRITE, 0, (long) PAGE + events + ACTIONS);
    }
    page.order(ByteOrder.LITTLE_ENDIAN);
  }

  public static void main(String[] args) throws Exception {
    System.out.println(
        run(
            Files.createDirectories(Path.of(args[0])),
            Integer.parseInt(args[1]),
            new int[] {
              Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4])
            },
            Integer.parseInt(args[5]),
            Long.parseLong(args[6])));
  }

  /** Runs all of it, and returns the sums; fails if they do not hold. */
  static String run(Path folder, int events, int[] kills, int aSecond, long seed) throws Exception {
    int offered = 50 + 20 * (kills[0] + kills[1] + kills[2]);
    try (CountingService service = new CountingService(events, offered)) {
      KillRun run = new KillRun(folder, events, aSecond, seed, service, offered);
      try {
        run.kill(kills);
        run.end();
        return run.judge(kills);
      } finally {
        run.server.destroyForcibly();
        run.companion.destroyForcibly();
      }
    }
  }

  private void kill(int[] kills) throws Exception {
    List<Victim> victims = new ArrayList<>();
    for (Victim victim : Victim.values()) {
      victims.addAll(Collections.nCopies(kills[victim.ordinal()], victim));
    }
    Collections.shuffle(victims, random);
    startServer();
    startCompanion();
    for (Victim victim : victims) {
      if (victim == Victim.SERVER || random.nextInt(4) > 0) {
        awaitService(); // Else it may die within its start.
      }
      TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(random.nextInt(3) > 0 ? 1500 : 8000));
      requireCompanion();
      if (victim != Victim.COMPANION) {
        server.destroyForcibly().waitFor();
      }
      if (victim != Victim.SERVER) {
        companion.destroyForcibly().waitFor();
      }
      if (!server.isAlive()) {
        startServer();
      }
      if (!companion.isAlive()) {
        startCompanion();
      }
      service.offerAgain();
    }
  }

  private void startServer() throws IOException {
    server =
        new ProcessBuilder(
                program.toString(),
                folder.resolve("rings").toString(),
                folder.resolve("page").toString(),
                Integer.toString(events),
                Integer.toString(aSecond))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("server").toFile()))
            .redirectErrorStream(true)
            .start();
  }

  private void startCompanion() throws IOException {
    Path conf = folder.resolve("ai_bridge.conf");
    if (!Files.exists(conf)) {
      Files.writeString(
          conf,
          """
          [bridge]
          server_id = killed
          shutdown_timeout = 20000
          [ai_service]
          base_url = %s
          [event_dispatcher]
          batch_interval = 20
          dlq_path = %s
          [http_pool]
          retry_delay = 50
          [action_executor]
          poll_interval = 50
          poll_interval_min = 10
          ledger_path = %s
          [script_http]
          requests_per_second = 1000
          requests_per_script_per_minute = 100000
          [journal]
          path = %s
          reserve_mb = 16
          """
              .formatted(
                  service.baseUrl(),
                  folder.resolve("letters"),
                  folder.resolve("actions"),
                  folder.resolve("journal")));
    }
    companion =
        ChildJvm.process(
            Files.createDirectories(folder.resolve("companion")),
            CompanionTest.Child.class,
            conf,
            folder.resolve("rings"),
            "stays");
  }

  /** Lets the server publish the rest, ends it in order, and waits until all has arrived. */
  private void end() throws Exception {
    long begun = System.nanoTime();
    while (number(0) < events
        || service.results().size() < offered
            && System.nanoTime() - begun < TimeUnit.MINUTES.toNanos(10)) {
      requireCompanion();
      TimeUnit.MILLISECONDS.sleep(100);
    }
    for (int i = 0; i < 50 && number(16) > number(24) + number(32); i++) {
      TimeUnit.MILLISECONDS.sleep(100); // Its scripts: those of dead servers wait no more.
    }
    server.destroy();
    server.waitFor();
    long seen = -1;
    while (seen != service.arrived()
        || missing() > 0 && System.nanoTime() - begun < TimeUnit.MINUTES.toNanos(10)) {
      seen = service.arrived();
      requireCompanion();
      TimeUnit.SECONDS.sleep(2);
    }
  }

  private void awaitService() throws Exception {
    while (!Files.readString(folder.resolve("companion/out")).contains("serves")) {
      requireCompanion();
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Starts a companion that has ended by itself again, as systemd does, and counts it. */
  private void requireCompanion() throws IOException {
    if (!companion.isAlive()) {
      String words =
          "the companion ended by itself: "
              + Files.readString(folder.resolve("companion/err"))
              + Files.readString(folder.resolve("companion/log"));
      if (++ended > MAX_ENDED) {
        throw new AssertionError(words);
      }
      System.out.println(words);
      startCompanion();
    }
  }

  private long number(int at) {
    return page.getLong(at);
  }

  private int missing() {
    int missing = 0;
    for (int i = 0; i < events; i++) {
      missing += page.get(PAGE + i) == ACCEPTED && service.idOf(i) == 0 ? 1 : 0;
    }
    return missing;
  }

  private String judge(int[] kills) throws IOException {
    Map<Integer, String> results = service.results();
    int accepted = 0;
    int unknown = 0;
    int strangers = 0;
    long last = 0;
    int disorder = 0;
    for (int i = 0; i < events; i++) {
      byte state = page.get(PAGE + i);
      long id = service.idOf(i);
      accepted += state == ACCEPTED ? 1 : 0;
      unknown += state == 1 ? 1 : 0;
      strangers += state == 0 && id != 0 ? 1 : 0;
      if (id != 0) {
        disorder += id <= last ? 1 : 0;
        last = id;
      }
    }
    strangers += offered - results.size(); // Each of them ends.
    int once = 0;
    int told = 0;
    ByteBuffer applied = page.duplicate();
    for (int i = 0; i < ACTIONS; i++) {
      int times = applied.get(PAGE + events + i);
      once += times == 1 ? 1 : 0;
      strangers += times > 1 ? 1 : 0;
      told += "completed".equals(results.get(i)) ? 1 : 0;
      strangers += "completed".equals(results.get(i)) && times != 1 ? 1 : 0;
    }
    String sums =
        String.format(
            Locale.ROOT,
            "%d kills of the server, %d of the companion, %d of both, %d companions ended by"
                + " themselves; %d events accepted, %d cut by a kill, %d missing, %d arrived, %d of"
                + " them more than once; %d actions offered again and again, %d applied, %d"
                + " reported done, %d in doubt; %d scripts asked, %d answered, %d timed out",
            kills[0],
            kills[1],
            kills[2],
            ended,
            accepted,
            unknown,
            missing(),
            service.arrived(),
            service.again(),
            offered,
            once,
            told,
            offered - told,
            number(16),
            number(24),
            number(32));
    if (missing() > 0
        || strangers > 0
        || disorder > 0
        || number(8) > 0
        || !service.wrong().isEmpty()) {
      throw new AssertionError(
          sums
              + "; wrong: "
              + service.wrong()
              + ", strangers "
              + strangers
              + ", out of order "
              + disorder
              + ", the server: "
              + Files.readString(folder.resolve("server")));
    }
    return sums;
  }
}
