package org.aibridge.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.action.ActionService;
import org.aibridge.core.action.ActionSettings;
import org.aibridge.core.command.BridgeCommands;
import org.aibridge.core.command.CommandBox;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.OwnFolders;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.deadletter.LetterCommands;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.deadletter.LetterWriter;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.deadletter.Removals;
import org.aibridge.core.dispatch.Dispatcher;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.files.Premises;
import org.aibridge.core.http.HttpEventSink;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalDuty;
import org.aibridge.core.journal.JournalSync;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.OwnThread;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Worker;
import org.aibridge.core.script.ScriptHttpService;
import org.aibridge.core.service.Retries;
import org.aibridge.core.status.StatusFile;
import org.aibridge.core.status.StatusJson;
import org.aibridge.core.store.SharedMemory;
import org.aibridge.core.store.StoreFullException;
import org.aibridge.core.store.StoreLimits;
import org.slf4j.Logger;

/**
 * The bridge: the stages, in the order the data flows, and the threads that drive them.
 *
 * <ul>
 *   <li>{@code journal}: from the ring to the disk
 *   <li>{@code sync}: from the machine's memory to the disk itself, with {@code durability = os}
 *   <li>{@code dispatch}: from the disk to the AI service
 *   <li>{@code actions}: from the AI service to the game thread and back
 *   <li>{@code housekeeper}: script HTTP, reloads, what is done once a second; and it looks for the
 *       others what the game thread has left them
 *   <li>{@code operator}: commands from a command line, and the status file it reads
 * </ul>
 */
final class CoreBridge implements AiBridge {
  private static final Logger log = Logs.of(CoreBridge.class);

  /**
   * The longest pause between two pieces of work, in nanoseconds. The game thread wakes nobody, so
   * this is also a latency.
   */
  private static final long MAX_IDLE_NANOS = 5_000_000;

  /**
   * The longest pause of the thread that looks for all, in nanoseconds. Below a tick of 50 ms: the
   * first event after a lull waits for it.
   */
  private static final long LOOK_NANOS = Duty.WATCHFUL_NANOS;

  /**
   * The longest pause of a thread that had nothing to do for a while, with which nothing waits, and
   * which others wake, in nanoseconds. Only what nobody wakes it for waits for so long, since the
   * one who looks is kept by a configuration file that cannot be read. A wake-up after a tenth of a
   * second costs twice what one after 20 ms does, so three threads that made ten each would cost as
   * much as the one that looks.
   */
  private static final long REST_NANOS = 250_000_000;

  /** What an operator's command came to waits for so long at most. */
  private static final long OPERATOR_IDLE_NANOS = 100_000_000;

  /** What operators see is looked after once a second. */
  private static final long OPERATOR_REST_NANOS = 1_000_000_000;

  private static final int LOOK_EVERY_MS = 2;
  private static final int WORKER_STOP_MS = 2000;

  /** How long a sync under way at the end is waited for, beyond the shutdown's time. */
  private static final int SYNC_STOP_MS = 500;

  /**
   * The longest time a stage stays away from the service without asking again whether it may, in
   * nanoseconds: what a reload releases goes on within it.
   */
  private static final long MAX_AWAY_NANOS = 500_000_000;

  private final BridgeClock clock;
  private final LiveConfig config;
  private final Intake intake;
  private final RingPlace place;
  private final Journal journal;
  private final JournalDuty journalDuty;
  private final JournalSync journalSync;
  private final DeadLetterStore deadLetters;
  private final ServiceClient client;
  private final Dispatcher dispatcher;
  private final ActionService actions;
  private final ScriptHttpService scripts;
  private final Housekeeper housekeeper;
  private final StatusReader statusReader;
  private final Worker journalWorker;
  private final Worker syncWorker;
  private final Worker dispatchWorker;
  private final Worker actionsWorker;
  private final Worker housekeeperWorker;
  private final Worker operatorWorker;
  private final DispatchDuty dispatchDuty;
  private final OperatorDuty operatorDuty;
  private final AtomicBoolean closing = new AtomicBoolean();
  private JournalDuty.Arrears arrears = JournalDuty.Arrears.NONE;

  /** Whether all threads run and hosts can have published. */
  private boolean started;

  /** Whether whoever closes was interrupted, and does not want to wait for the sender. */
  private volatile boolean hurried;

  /** What was opened, newest first, in case the start does not get to its end. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private CoreBridge(Path file, BridgeConfig start, BridgeClock clock) throws IOException {
    this.clock = clock;
    this.config = new LiveConfig(file, start);
    makePrivate(start);
    long reserve = (long) start.journal().reserveMb() << 20;
    try {
      journal =
          open(
              Journal.open(
                  start.journal().path(),
                  new StoreLimits(
                      (long) start.journal().rollMb() << 20,
                      reserve,
                      (long) start.journal().maxMb() << 20),
                  start.eventDispatcher().lanes(),
                  clock));
      SharedMemory memory =
          open(SharedMemory.open(journal.folder(), RingPlace.notedFolders(journal.folder())));
      memory.troubles().forEach(log::warn);
      place = open(new RingPlace(start, memory));
      intake = openIntake(start);
      opened.push(this::deleteRing);
      deadLetters =
          open(
              DeadLetterStore.open(
                  start.deadLetters().path(),
                  new DeadLetterStore.Limits(
                      (long) start.deadLetters().maxMb() << 20,
                      reserve,
                      start.deadLetters().retention(),
                      start.deadLetters().trash(),
                      isSynced(start)),
                  clock));
      releaseLetters();
      String name = nameOf(start);
      client = open(new ServiceClient(start, clock, name));
      client.restoreNotBefore(journal.cursor().notBeforeMs());
      Transport transport = new EagerTransport(client, MAX_AWAY_NANOS);
      Supplier<Retries> retries = this::retries;
      dispatcher =
          new Dispatcher(
              config::get,
              journal,
              new HttpEventSink(transport, config::get, clock),
              new LetterWriter(deadLetters, isSynced(start)),
              retries,
              clock,
              () -> wakeDispatch());
      opened.push(dispatcher::close);
      actions =
          new ActionService(
              ActionSettings.of(config::get, memory.folder()),
              transport,
              retries,
              clock,
              () -> wakeActions());
      opened.push(actions::close);
      scripts =
          new ScriptHttpService(
              config::get, client, client::problemForScript, clock, () -> wakeHousekeeper());
      opened.push(scripts::close);
      journalDuty = new JournalDuty(intake, journal, arrears, clock, () -> wakeDispatch());
      journalSync =
          new JournalSync(journal, journal.syncer(), start.journal().syncInterval(), clock);
      housekeeper =
          new Housekeeper(
              idleWatch(isSynced(start)),
              scripts,
              config,
              client,
              new RefusalReport(intake.refusals()),
              () -> status(),
              clock);
      statusReader =
          new StatusReader(
              this::config,
              intake,
              journal,
              journalDuty,
              journalSync,
              dispatcher,
              actions,
              scripts,
              client,
              place.cost(),
              clock);
      journalWorker = new Worker(name + " journal", journalDuty, MAX_IDLE_NANOS, REST_NANOS);
      syncWorker = new Worker(name + " sync", journalSync, MAX_IDLE_NANOS, REST_NANOS);
      dispatchDuty = new DispatchDuty(dispatcher, deadLetters, clock, client::beat);
      CommandBox commands = new CommandBox(start.journal().path(), clock);
      commands.register("actions", actions::command);
      commands.register(LetterCommands.GROUP, letterCommands()::answer);
      commands.register(
          BridgeCommands.GROUP,
          new BridgeCommands(() -> reload(), () -> resumeDispatch(), () -> retryNow())::answer);
      operatorDuty =
          new OperatorDuty(
              commands,
              new StatusFile(StatusFile.folderOf(start.journal().path()), start.status().group()),
              () -> wholeStatus(),
              clock);
      dispatchWorker =
          new Worker(name + " dispatch", dispatchDuty, Duty.WATCHFUL_NANOS, REST_NANOS);
      operatorWorker =
          new Worker(name + " operator", operatorDuty, OPERATOR_IDLE_NANOS, OPERATOR_REST_NANOS);
      actionsWorker = new Worker(name + " actions", actions, MAX_IDLE_NANOS, REST_NANOS);
      housekeeperWorker =
          new Worker(name + " housekeeper", housekeeper, MAX_IDLE_NANOS, LOOK_NANOS);
    } catch (Throwable e) {
      closeOpened();
      throw e;
    }
  }

  /**
   * Starts a bridge.
   *
   * @param file where {@code config} came from, for reloads
   * @throws IOException if a folder or a TLS file cannot be used, with a sentence that says why
   */
  static CoreBridge start(Path file, BridgeConfig config, BridgeClock clock) throws IOException {
    JdkLibraries.load(file);
    OwnClasses.load();
    CoreBridge bridge = new CoreBridge(file, config, clock);
    try {
      Warmup.run(bridge, bridge.actions, clock);
      bridge.journalWorker.start();
      if (isSynced(config)) {
        bridge.syncWorker.start();
      }
      bridge.dispatchWorker.start();
      bridge.actionsWorker.start();
      bridge.housekeeperWorker.start();
      bridge.operatorWorker.start();
      bridge.started = true;
    } catch (Throwable e) {
      bridge.close();
      throw e;
    }
    log.info(
        "the AI bridge {} runs: {}, journal {}, {} events waiting",
        config.bridge().serverId(),
        config.aiService().baseUrl(),
        bridge.journal.folder(),
        bridge.journal.carriedOver());
    return bridge;
  }

  @Override
  public boolean publish(GameEvent event) {
    return intake.publish(event);
  }

  @Override
  public void tick() {
    try {
      actions.tick();
      scripts.tick();
    } catch (StackOverflowError e) {
      return; // The caller's stack is nearly full; what is due waits for a tick that has room.
    }
  }

  @Override
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    actions.onAction(type, handler);
  }

  @Override
  public void onCustomAction(String actionType, ActionHandler<CustomAction> handler) {
    actions.onCustomAction(actionType, handler);
  }

  @Override
  public void identifyPlayers(ToLongFunction<? super String> numberOf) {
    actions.identifyPlayers(Objects.requireNonNull(numberOf, "numberOf"));
  }

  @Override
  public void applyActionsPerTarget(Function<? super ActionTarget, ? extends Executor> placement) {
    actions.applyOn(Objects.requireNonNull(placement, "placement"));
  }

  @Override
  public ScriptHttp scriptHttp() {
    return scripts;
  }

  @Override
  public BridgeStatus status() {
    return statusReader.read(closing.get());
  }

  @Override
  public String statusJson() {
    return StatusJson.of(status());
  }

  /**
   * Sends again after a pause for a surge of refusals, whatever the service will say. Any thread;
   * no waiting.
   */
  void resumeDispatch() {
    dispatcher.resume();
    wakeDispatch();
  }

  /**
   * Asks the service now, instead of when the breaker, a hold or the wait after a failure would let
   * it. Any thread but the game's; no waiting.
   */
  void retryNow() {
    client.retryNow();
    dispatcher.retryNow();
    actions.retryNow();
    wakeDispatch();
    wakeActions();
  }

  @Override
  public CompletionStage<ReloadResult> reload() {
    return housekeeper.reload();
  }

  /**
   * As {@link AiBridge#close}. The first call does the work; any other returns at once, also while
   * the first is still at it. An interrupt ends the wait for the sender and nothing else: the files
   * are closed in order all the same, and the thread is interrupted again at the end.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      return;
    }
    boolean ours =
        Stream.of(
                journalWorker,
                syncWorker,
                dispatchWorker,
                actionsWorker,
                housekeeperWorker,
                operatorWorker)
            .anyMatch(Worker::isCurrent);
    if (ours) {
      closeHere(); // Another thread would wait for this one.
    } else {
      OwnThread.call(
          nameOf(config.get()) + " close",
          () -> {
            closeInOrder();
            return null;
          },
          () -> hurried = true);
    }
  }

  private void closeHere() {
    boolean interrupted = Thread.interrupted();
    try {
      closeInOrder();
    } finally {
      if (interrupted || hurried) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void closeInOrder() {
    long deadline = clock.nanos() + config.get().bridge().shutdownTimeout().toNanos();
    intake.shut(RefusalReason.CLOSED);
    boolean journalStopped = stop(journalWorker);
    if (journalStopped) {
      fenced(() -> journalDuty.finish(millisUntil(deadline)));
    }
    journalSync.beginClosing();
    syncWorker.wake();
    dispatcher.beginClosing();
    actions.beginClosing();
    dispatchWorker.wake();
    actionsWorker.wake();
    fenced(() -> awaitSender(deadline));
    journal.stopVerification();
    fenced(client::close);
    boolean stopped = journalStopped & stop(dispatchWorker) & stop(actionsWorker);
    stopped &= stop(housekeeperWorker);
    boolean operatorEnded = stop(operatorWorker);
    fenced(housekeeper::close);
    if (operatorEnded) { // Else its disk hangs, and would keep this thread too.
      fenced(operatorDuty::close);
    }
    fenced(() -> awaitSync(deadline));
    if (stopped && operatorEnded) {
      closeOpened();
    } else {
      log.error(
          "a thread of the bridge hangs, its files stay open; nothing is lost, the next start goes"
              + " on");
    }
    fenced(this::report);
  }

  /** One step of the end, which must not keep the next ones from being made. */
  private static void fenced(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      log.error(
          "a step of closing failed, the others are made: {}", Reason.sentence(e), Reason.trace(e));
    }
  }

  /** Who rests for longer than what the game thread leaves may wait. */
  private IdleWatch idleWatch(boolean synced) {
    IdleWatch.Resting journals =
        new IdleWatch.Resting(journalDuty::hasWaiting, () -> wakeJournal());
    IdleWatch.Resting applies = new IdleWatch.Resting(actions::hasWaiting, () -> wakeActions());
    IdleWatch.Resting syncs =
        new IdleWatch.Resting(journalSync::hasWaiting, () -> syncWorker.wake());
    return synced ? new IdleWatch(journals, applies, syncs) : new IdleWatch(journals, applies);
  }

  /** What operators do with dead letters while the bridge runs. */
  private LetterCommands letterCommands() {
    return new LetterCommands(
        deadLetters,
        task -> {
          dispatchDuty.run(task);
          wakeDispatch();
        },
        this::replay,
        () -> config.get().deadLetters().maxReplays());
  }

  private CompletionStage<LetterCommands.Sent> replay(List<byte[]> events) {
    CompletionStage<JournalDuty.Replayed> done = journalDuty.replay(events);
    wakeJournal();
    return done.thenApply(result -> new LetterCommands.Sent(result.appended(), result.problem()));
  }

  /** Letters that were on their way when a process died, and never got into the journal. */
  private void releaseLetters() throws IOException {
    Set<LetterRef> lost = deadLetters.queued();
    if (lost.isEmpty()) {
      return;
    }
    journal.forEachReplayed(
        (events, index) ->
            lost.remove(
                new LetterRef(
                    ReplayedEvent.segment(events, index), ReplayedEvent.key(events, index))));
    int released = deadLetters.mark(Mark.RELEASED, List.copyOf(lost), 0).size();
    if (released > 0) {
      log.info("{} dead letters that were about to be replayed can be replayed again", released);
    }
  }

  private String wholeStatus() {
    DeadLetterStore.Summary letters = deadLetters.summary();
    Map<String, Long> numbers = new LinkedHashMap<>();
    numbers.put("letters", letters.letters());
    numbers.put("in_trash", letters.trash());
    numbers.put("bytes", letters.bytes());
    numbers.put("oldest_ms", letters.oldestMs());
    numbers.put("replayed", journal.replayed());
    numbers.put("unreadable", deadLetters.unreadable());
    for (Removals.Why why : Removals.Why.values()) {
      numbers.put("removed_" + why.wireName(), deadLetters.removed(why));
    }
    return StatusJson.of(status(), Map.of("dead_letters", numbers));
  }

  private boolean stop(Worker worker) {
    boolean stopped = worker.stop(WORKER_STOP_MS);
    if (Thread.interrupted()) {
      hurried = true;
      stopped = worker.stop(WORKER_STOP_MS);
    }
    return stopped;
  }

  /** Gives the ring's memory back, if all that was in it is in the journal. */
  private void deleteRing() throws IOException {
    boolean emptied = !started || journalDuty.emptied();
    boolean inJournal = intake.accepted() == journal.moved() - journal.recovered();
    if (emptied && inJournal && !intake.isRingLost()) {
      Files.deleteIfExists(intake.path());
    }
  }

  private void report() {
    BridgeStatus.Events events = status().events();
    log.info(
        "the AI bridge {} is closed: {} events accepted, {} delivered, {} dead-lettered, {}"
            + " expired, {} left for the next start",
        config.get().bridge().serverId(),
        events.accepted(),
        events.delivered(),
        events.deadLettered(),
        events.expired(),
        events.waiting());
  }

  /** Waits until everything is sent and reported, or nothing can be, or the time is over. */
  private void awaitSender(long deadline) {
    while (started && !hurried && clock.nanos() - deadline < 0) {
      boolean refused = dispatcher.isPaused() || client.isKeptBack(ServiceRequest.Caller.DISPATCH);
      boolean eventsEnd = dispatcher.isDrained() || refused && dispatcher.isStuck();
      boolean resultsEnd =
          actions.isDrained()
              || client.isKeptBack(ServiceRequest.Caller.RESULTS)
              || refused && client.isUnanswered(ServiceRequest.Caller.RESULTS);
      if (eventsEnd && resultsEnd) {
        return;
      }
      try {
        Thread.sleep(LOOK_EVERY_MS);
      } catch (InterruptedException e) {
        hurried = true;
        return;
      }
    }
  }

  /** A sync that hangs keeps nothing from being closed: it has files of its own. */
  private void awaitSync(long deadline) {
    while (started
        && !hurried
        && isSynced(config.get())
        && !journalSync.isDone()
        && clock.nanos() - deadline < 0) {
      try {
        Thread.sleep(LOOK_EVERY_MS);
      } catch (InterruptedException e) {
        hurried = true;
        break;
      }
    }
    if (!syncWorker.stop(SYNC_STOP_MS)) {
      log.error("{}; the thread that waits for it is left behind", journalSync.problem());
    }
  }

  /** What the names of the bridge's threads begin with. */
  static String nameOf(BridgeConfig config) {
    return "bridge-" + config.bridge().serverId();
  }

  /** Takes from other users what they could do in our folders, and says so. */
  private static void makePrivate(BridgeConfig config) throws IOException {
    List<String> warnings = new ArrayList<>();
    Path status = StatusFile.folderOf(config.journal().path());
    String tightened = new Premises(OwnFolders.of(config, Path.of(""), status)).tighten(warnings);
    if (!tightened.isEmpty()) {
      log.info("other users of this machine may no longer look into {}", tightened);
    }
    warnings.forEach(log::warn);
  }

  private static boolean isSynced(BridgeConfig config) {
    return config.journal().durability() == BridgeConfig.Durability.OS;
  }

  private long millisUntil(long deadlineNanos) {
    return Math.max(1, (deadlineNanos - clock.nanos()) / 1_000_000);
  }

  private BridgeConfig config() {
    return config.get();
  }

  private Retries retries() {
    BridgeConfig.HttpPool pool = config.get().httpPool();
    return new Retries(
        pool.maxRetries(), pool.retryDelay(), () -> ThreadLocalRandom.current().nextDouble());
  }

  private void wakeJournal() {
    journalWorker.wake();
  }

  private void wakeDispatch() {
    dispatchWorker.wake();
  }

  private void wakeActions() {
    actionsWorker.wake();
  }

  private void wakeHousekeeper() {
    housekeeperWorker.wake();
  }

  /** Takes over what earlier processes left in their rings, and makes a new one. */
  private Intake openIntake(BridgeConfig config) throws IOException {
    List<Path> untaken = new ArrayList<>();
    for (Path path : place.everywhere()) {
      // Behind one that waits others wait too: their events are younger, and what is in the journal
      // of a ring is known of the last one only.
      if (!untaken.isEmpty() && Intake.leftovers(path).filter(RingDrain::hasMore).isPresent()) {
        untaken.add(RingPlace.putAside(path));
        continue;
      }
      try {
        takeOver(path);
      } catch (StoreFullException e) {
        log.warn("{}: what is in {} is taken over when there is room", e.getMessage(), path);
        untaken.add(RingPlace.putAside(path));
      }
    }
    if (!untaken.isEmpty()) {
      arrears =
          () -> {
            for (Path path : untaken) {
              takeOver(path);
            }
          };
    }
    BridgeConfig.EventDispatcher limits = config.eventDispatcher();
    Intake fresh =
        place.make(
            path ->
                Intake.create(
                    path,
                    limits.queueSize(),
                    limits.maxEventBytes(),
                    new Refusals(),
                    place::renewed));
    place.deleteOthers();
    if (!place.cost().isEmpty()) {
      log.warn("{}", place.cost());
    }
    return fresh;
  }

  /** Brings the events of one ring over and deletes it, before any other event is journaled. */
  private void takeOver(Path path) throws IOException {
    RingDrain leftovers = Intake.leftovers(path).orElse(null);
    if (leftovers == null) {
      RingPlace.keepUnreadable(path, journal.folder());
      return;
    }
    int events = journal.recover(leftovers);
    if (events > 0) {
      log.info("{} events of an earlier process were found in {}", events, path);
    }
    Files.delete(path);
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.push(resource);
    return resource;
  }

  private void closeOpened() {
    for (AutoCloseable resource = opened.poll(); resource != null; resource = opened.poll()) {
      try {
        resource.close();
      } catch (Throwable e) {
        log.error(
            "a part could not be closed, the others are: {}", Reason.sentence(e), Reason.trace(e));
      }
    }
  }
}
