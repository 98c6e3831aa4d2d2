package org.aibridge.examples.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.demo.DemoFailure;
import org.aibridge.examples.demo.RunFolder;
import org.aibridge.examples.demo.Screen;
import org.aibridge.examples.worker.Rules;
import org.aibridge.examples.worker.WorkerMain;

/**
 * One run: a broker, map-servers in this process, AI workers in processes of their own; one worker
 * and the broker are killed half-way and come back.
 */
final class KafkaDemo {
  private static final int SERVERS = 3;
  private static final int WORKERS = 2;
  private static final int PARTITIONS = 6;
  private static final String EVENTS = "aibridge.events";
  private static final String RESULTS = "aibridge.results";
  private static final String ACTIONS = "aibridge.actions.";
  private static final String GROUP = "ai-workers";
  private static final int WORKER_HEAP_MB = 128;
  private static final int COMMAND_HEAP_MB = 64;
  private static final long STEP_MS = 100;
  private static final long DRAIN_MS = 120_000;
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final String ROW = "%5s %10s %10s %8s %9s %9s  %s";

  private final int seconds;
  private final int players;
  private final Duration outage;
  private final long seed;
  private final List<String> conf;
  private final RunFolder folder;
  private final Screen screen;
  private final List<MapServer> servers = new ArrayList<>();
  private final List<ChildJvm> workers = new CopyOnWriteArrayList<>();
  private Broker broker;

  /** True once the end of this process kills the others. */
  private volatile boolean killed;

  private boolean down;
  private boolean wasDown;
  private long downSinceMs;

  /**
   * @param players of each map-server
   * @param outage how long the broker and a worker are away; zero for not at all
   * @param conf the configuration to start from
   */
  KafkaDemo(
      int seconds,
      int players,
      Duration outage,
      long seed,
      List<String> conf,
      RunFolder folder,
      Screen screen) {
    this.seconds = seconds;
    this.players = players;
    this.outage = outage;
    this.seed = seed;
    this.conf = conf;
    this.folder = folder;
    this.screen = screen;
  }

  /** Runs to the end; true if every sum holds. */
  boolean run() throws IOException, DemoFailure, InterruptedException {
    try {
      screen.faint("starting a broker, two AI workers and three map-servers ...");
      startAll();
      watch();
      servers.forEach(MapServer::close);
      for (ChildJvm worker : workers) {
        worker.terminate(STOP_PATIENCE);
      }
      return judge(accounts());
    } finally {
      kill();
      servers.forEach(MapServer::close);
    }
  }

  /** Ends the other processes immediately. */
  void kill() {
    killed = true;
    workers.forEach(ChildJvm::kill);
    if (broker != null) {
      broker.close();
    }
  }

  private void startAll() throws IOException, DemoFailure, InterruptedException {
    broker = Broker.start(folder.path().resolve("broker"));
    broker.create(EVENTS, PARTITIONS);
    broker.create(RESULTS, 1);
    Path settings =
        Files.writeString(
            folder.path().resolve("worker.properties"),
            "bootstrap.servers=" + broker.address() + "\n");
    for (int i = 1; i <= WORKERS; i++) {
      Path log = folder.path().resolve("worker" + i + ".log");
      ChildJvm worker =
          new ChildJvm(log, WORKER_HEAP_MB, WorkerMain.class.getName(), settings.toString());
      workers.add(worker);
      worker.start();
    }
    List<ChildJvm> commands = new ArrayList<>();
    for (int i = 1; i <= SERVERS; i++) {
      String id = "map" + i;
      broker.create(ACTIONS + id, 1);
      Path own = folder.path().resolve(id);
      MapServer server = new MapServer(id, own, conf, broker.address(), seed + i, players);
      servers.add(server);
      ChildJvm command =
          new ChildJvm(
              folder.path().resolve("commands.log"),
              COMMAND_HEAP_MB,
              "org.aibridge.ops.Main",
              "actions",
              "read-from",
              "oldest",
              "--conf",
              server.conf().toString());
      commands.add(command);
      command.start();
    }
    for (ChildJvm command : commands) {
      if (command.await() != 0) {
        throw new DemoFailure("'actions read-from oldest' failed; see " + command.log());
      }
    }
  }

  private void watch() throws IOException, DemoFailure, InterruptedException {
    line("time", "published", "delivered", "waiting", "lag", "applied", "state");
    servers.forEach(MapServer::play);
    long start = System.nanoTime();
    long nextSecond = 1;
    long restMs = 0;
    for (boolean over = false; !over; ) {
      Thread.sleep(STEP_MS);
      long nowMs = (System.nanoTime() - start) / 1_000_000;
      for (MapServer server : servers) {
        server.mustLive();
      }
      breakAndMend(nowMs);
      if (nowMs < nextSecond * 1000) {
        continue;
      }
      nextSecond = nowMs / 1000 + 1;
      long lag = down ? Topics.UNKNOWN : Topics.lag(broker.admin(), GROUP, EVENTS, PARTITIONS);
      line(nowMs / 1000, lag);
      if (restMs == 0 && nowMs >= seconds * 1000L && !down) {
        servers.forEach(MapServer::rest);
        mark(nowMs, "players rest; what is under way may end");
        restMs = nowMs;
      }
      over = restMs > 0 && (isDrained(lag) || nowMs - restMs > DRAIN_MS);
    }
  }

  /** Kills the broker and the first worker half-way, and starts both again after the outage. */
  private void breakAndMend(long nowMs) throws IOException, DemoFailure, InterruptedException {
    if (!down && !wasDown && !outage.isZero() && nowMs >= seconds * 500L) {
      broker.kill();
      workers.get(0).kill();
      mark(nowMs, "broker and worker 1 killed (kill -9)");
      down = true;
      downSinceMs = nowMs;
    } else if (down && nowMs - downSinceMs >= outage.toMillis()) {
      if (killed) {
        return; // The end of this process has come.
      }
      broker.start();
      broker.awaitReady();
      workers.get(0).start();
      mark(nowMs, "broker and worker 1 back");
      down = false;
      wasDown = true;
    }
    for (int i = down ? 1 : 0; i < workers.size(); i++) {
      if (!workers.get(i).isAlive()) {
        throw new DemoFailure("A worker ended by itself; see " + workers.get(i).log());
      }
    }
  }

  /** True if all events are decided on, and all decisions have come to an end that was told. */
  private boolean isDrained(long lag) {
    if (lag != 0 || sum(server -> server.status().events().waiting()) > 0) {
      return false;
    }
    Map<String, Account> accounts = accounts();
    return accounts.values().stream().allMatch(account -> account.open() == 0);
  }

  /** Reads all topics. */
  private Map<String, Account> accounts() {
    Map<String, Account> accounts = new LinkedHashMap<>();
    for (MapServer server : servers) {
      Account account = new Account(new Rules());
      accounts.put(server.id(), account);
      Topics.read(broker.address(), ACTIONS + server.id(), account::decision);
    }
    Topics.read(
        broker.address(),
        EVENTS,
        record -> accounts.get(Account.header(record, "server_id")).event(record));
    Topics.read(
        broker.address(),
        RESULTS,
        record -> {
          String id = Account.json(record).path("action_id").asText();
          String status = Account.json(record).path("status").asText();
          accounts.values().stream()
              .filter(account -> account.hasDecided(id))
              .forEach(account -> account.result(id, status));
        });
    return accounts;
  }

  private boolean judge(Map<String, Account> accounts) {
    List<Account.Sums> sums =
        servers.stream().map(server -> accounts.get(server.id()).sums(server.seen())).toList();
    screen.line("");
    screen.faint(row("", servers.stream().map(MapServer::id).toList(), "all"));
    row("events published", sums, Account.Sums::published);
    row("events on the topic", sums, Account.Sums::there);
    row("  there again, same id", sums, Account.Sums::again);
    row("decisions asked for", sums, Account.Sums::wanted);
    row("decisions on the topics", sums, Account.Sums::decided);
    row("  there again, same id", sums, Account.Sums::decidedAgain);
    row("  applied", sums, Account.Sums::applied);
    row("  refused, with reason", sums, Account.Sums::refused);
    row("  without an end", sums, Account.Sums::open);
    screen.line("");
    boolean ok = isAny("events were published", sums, Account.Sums::published);
    ok &= isAny("decisions were applied", sums, Account.Sums::applied);
    ok &= isNone("each event published is on the topic", sums, Account.Sums::differing);
    ok &= isNone("each player's events are in their order", sums, Account.Sums::outOfOrder);
    ok &= isNone("each event has the decisions it asks for", sums, Account.Sums::wrong);
    ok &= isNone("each decision has come to an end", sums, Account.Sums::open);
    ok &= isNone("no decision was applied twice", sums, Account.Sums::twice);
    ok &= isNone("the results say what the worlds did", sums, Account.Sums::contradicted);
    screen.line("");
    if (ok) {
      screen.good("  Every sum holds.");
    } else {
      screen.bad("  Not every sum holds.");
    }
    return ok;
  }

  private void row(String what, List<Account.Sums> sums, ToLongFunction<Account.Sums> number) {
    List<String> cells = sums.stream().map(one -> number(number.applyAsLong(one))).toList();
    screen.line(row(what, cells, number(total(sums, number))));
  }

  private static String row(String what, List<String> cells, String all) {
    StringBuilder row = new StringBuilder(String.format("  %-26s", what));
    cells.forEach(cell -> row.append(String.format("%10s", cell)));
    return row.append(String.format("%12s", all)).toString();
  }

  private boolean isNone(
      String sentence, List<Account.Sums> sums, ToLongFunction<Account.Sums> number) {
    long wrong = total(sums, number);
    return check(wrong == 0, sentence, wrong == 0 ? "" : ": " + number(wrong) + " are not so");
  }

  private boolean isAny(
      String sentence, List<Account.Sums> sums, ToLongFunction<Account.Sums> number) {
    return check(sums.stream().allMatch(one -> number.applyAsLong(one) > 0), sentence, "");
  }

  private boolean check(boolean ok, String sentence, String detail) {
    screen.line("  " + screen.mark(ok) + " " + sentence + detail);
    return ok;
  }

  private static long total(List<Account.Sums> sums, ToLongFunction<Account.Sums> number) {
    return sums.stream().mapToLong(number).sum();
  }

  private void line(long second, long lag) {
    List<BridgeStatus> all = servers.stream().map(MapServer::status).toList();
    BridgeState worst = BridgeState.RUNNING;
    for (BridgeStatus status : all) {
      worst = status.state() == BridgeState.RUNNING ? worst : status.state();
    }
    LongStream applied = all.stream().mapToLong(status -> status.actions().applied());
    line(
        second + "s",
        number(sum(server -> server.status().events().accepted())),
        number(sum(server -> server.status().events().delivered())),
        number(sum(server -> server.status().events().waiting())),
        lag == Topics.UNKNOWN ? "?" : number(lag),
        number(applied.sum()),
        worst.wireName());
  }

  private void line(String... cells) {
    screen.line(String.format(ROW, (Object[]) cells));
  }

  private void mark(long nowMs, String what) {
    screen.warn(String.format(Locale.ROOT, "%5.1fs  -- %s --", nowMs / 1000.0, what));
  }

  private long sum(ToLongFunction<MapServer> number) {
    return servers.stream().mapToLong(number).sum();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
