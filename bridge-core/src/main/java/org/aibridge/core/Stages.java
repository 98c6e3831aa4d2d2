package org.aibridge.core;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.ObjIntConsumer;
import org.agrona.DirectBuffer;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.action.ActionService;
import org.aibridge.core.action.ActionSettings;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.config.OwnFolders;
import org.aibridge.core.config.Secret;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.deadletter.DeathStats;
import org.aibridge.core.deadletter.LetterCommands;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.deadletter.LetterSink;
import org.aibridge.core.deadletter.LetterWriter;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.dispatch.DispatchDuty;
import org.aibridge.core.dispatch.Dispatcher;
import org.aibridge.core.dispatch.Dispatchers;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.files.FolderPermissions;
import org.aibridge.core.http.HttpService;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.http.Wire;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalDuty;
import org.aibridge.core.journal.JournalStage;
import org.aibridge.core.journal.RingSeat;
import org.aibridge.core.notice.EventNotices;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.notice.NoticedLetters;
import org.aibridge.core.notify.AlarmWatch;
import org.aibridge.core.operator.BridgeCommands;
import org.aibridge.core.operator.CommandBox;
import org.aibridge.core.operator.LaneCommands;
import org.aibridge.core.operator.LiveConfig;
import org.aibridge.core.operator.MetricsDuty;
import org.aibridge.core.operator.MetricsFile;
import org.aibridge.core.operator.OperatorDuty;
import org.aibridge.core.operator.Reloads;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.IdleWatch;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.TickTimes;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.core.script.ScriptHttpService;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceSetup;
import org.aibridge.core.status.RecentStatus;
import org.aibridge.core.status.RefusalReport;
import org.aibridge.core.status.Standstills;
import org.aibridge.core.status.StatusFile;
import org.aibridge.core.status.StatusReader;
import org.slf4j.Logger;

/**
 * Opens the stages in the order in which data flows, and gives each stage to a thread. The threads
 * are made first, so that each stage finds the threads it wakes.
 *
 * <ul>
 *   <li>{@code journal}: from the ring to the disk
 *   <li>{@code sync}: from the machine's memory to the disk itself, with {@code durability = os}
 *   <li>{@code dispatch}: from the disk to the AI service
 *   <li>{@code actions}: from the AI service to the game thread and back
 *   <li>{@code housekeeper}: script HTTP, what is done once a second, and waking the other threads
 *       when the game thread has left them work
 *   <li>{@code operator}: commands from a command line, reloads, and the status file
 *   <li>{@code notices}: the host's listeners of events, where it has some
 * </ul>
 */
final class Stages implements AutoCloseable {
  private static final Logger log = Logs.of(Stages.class);

  private static final String HTTP = "http";

  /**
   * The longest pause between two pieces of work, in nanoseconds. The game thread wakes nobody, so
   * this pause is also a latency.
   */
  private static final long MAX_IDLE_NANOS = 5_000_000;

  /**
   * The longest pause of the thread that looks for work of all threads, in nanoseconds. It is
   * shorter than a tick of 50 ms, because the first event after a lull waits for the end of the
   * pause.
   */
  private static final long LOOK_NANOS = Duty.WATCHFUL_NANOS;

  /**
   * The longest pause, in nanoseconds, of a thread that others wake and that has had nothing to do
   * or to wait for in a while. A wake-up after a tenth of a second costs twice one after 20 ms, so
   * three threads that each wake up ten times a second would cost as much as the thread that looks
   * for all.
   */
  private static final long REST_NANOS = 250_000_000;

  /**
   * The longest pause of the operator thread while a client waits for an answer, in nanoseconds.
   */
  private static final long OPERATOR_IDLE_NANOS = 100_000_000;

  /** The longest pause of the operator thread while it has nothing to do, in nanoseconds. */
  private static final long OPERATOR_REST_NANOS = 1_000_000_000;

  final Worker journalWorker;
  final Worker syncWorker;
  final Worker dispatchWorker;
  final Worker actionsWorker;
  final Worker housekeeperWorker;
  final Worker operatorWorker;
  final Worker noticeWorker;

  final LiveConfig config;

  /** Where the configuration is, for operators. */
  final String place;

  final JournalStage journal;
  final DeadLetterStore deadLetters;
  final DeathStats deaths;
  final ServiceClient client;
  final Service service;
  final Service kafka; // Null where it is not configured.
  final Dispatchers dispatchers;
  final EventNotices notices;
  final ActionService actions;
  final ScriptHttpService scripts;
  final Housekeeper housekeeper;
  final OperatorDuty operator;
  final Reloads reloads;
  final RecentStatus recentStatus;
  final WholeStatus wholeStatus;
  final TickTimes ticks;
  final AlarmWatch alarms;
  private final StatusReader statusReader;
  private final BooleanSupplier closing;
  final BridgeClock clock;

  /** The parts that were opened, the newest first. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /**
   * Opens all stages and starts no thread.
   *
   * @param source from where {@code start} was read, and which a reload reads again
   * @param listeners what the host calls back for
   * @param closing true once closing has begun
   * @param wire what the service is asked over
   * @param seat an {@link #early} ring, which is closed with the stages; null for none
   * @throws IOException if a folder or a TLS file cannot be used, with a sentence that says why;
   *     then nothing stays open but, before the journal is open, the seat
   */
  Stages(
      ConfigSource source,
      Listeners listeners,
      BridgeConfig start,
      BooleanSupplier closing,
      World world,
      Wire wire,
      RingSeat seat)
      throws IOException {
    this.closing = closing;
    this.clock = world.clock();
    this.ticks = new TickTimes(clock.nanos());
    String name = nameOf(start);
    journalWorker = world.threads().worker(name + " journal", MAX_IDLE_NANOS, REST_NANOS);
    syncWorker = world.threads().worker(name + " sync", MAX_IDLE_NANOS, REST_NANOS);
    dispatchWorker = world.threads().worker(name + " dispatch", Duty.WATCHFUL_NANOS, REST_NANOS);
    actionsWorker = world.threads().worker(name + " actions", MAX_IDLE_NANOS, REST_NANOS);
    housekeeperWorker = world.threads().worker(name + " housekeeper", MAX_IDLE_NANOS, LOOK_NANOS);
    operatorWorker =
        world.threads().worker(name + " operator", OPERATOR_IDLE_NANOS, OPERATOR_REST_NANOS);
    noticeWorker = world.threads().worker(name + " notices", Duty.WATCHFUL_NANOS, REST_NANOS);
    notices = new EventNotices(listeners, noticeWorker::wake, clock);
    config = new LiveConfig(source, start);
    place = source.file() == null ? source.toString() : source.file().toAbsolutePath().toString();
    if (seat == null) {
      makePrivate(start);
    }
    try {
      journal =
          open(
              seat == null
                  ? new JournalStage(
                      StageSettings.journalSettings(start), world, dispatchWorker::wake)
                  : new JournalStage(seat, world, dispatchWorker::wake));
      deadLetters =
          open(
              DeadLetterStore.open(
                  start.deadLetters().path(), StageSettings.letterLimits(start), world));
      LetterWriter letters = new LetterWriter(deadLetters);
      deaths = letters.stats();
      releaseLetters();
      client = open(new ServiceClient(start, clock, name, wire));
      Service http = new HttpService(client, config::get, clock);
      kafka = kafka(start, world, name, wire);
      service = StageSettings.service(start, http, kafka);
      client.restoreNotBefore(journal.journal().cursor().notBeforeMs());
      dispatchers = dispatchers(new NoticedLetters(letters, notices), world);
      if (listeners.onDelivered() != null) {
        dispatchers.tell(notices);
      }
      actions =
          new ActionService(
              ActionSettings.of(config::get, journal.sharedFolder()),
              service.actions(),
              () -> StageSettings.retries(config.get(), world.chance()),
              world,
              actionsWorker::wake);
      opened.push(actions::close);
      scripts =
          new ScriptHttpService(
              config::get, client, client, this::publish, clock, housekeeperWorker::wake);
      opened.push(scripts::close);
      recentStatus = new RecentStatus(clock::nanos);
      Standstills standstills = new Standstills();
      statusReader =
          new StatusReader(
              config::get,
              journal,
              new StatusReader.Out(dispatchers, actions, service),
              scripts,
              client,
              standstills,
              world);
      reloads = new Reloads(config, client::reconfigure);
      DispatchDuty dispatch = new DispatchDuty(dispatchers, deadLetters, clock, client::beat);
      CommandBox commands = new CommandBox(start.journal().path(), clock, world.wallMs());
      commands.register("actions", actions::command);
      Executor dispatchThread =
          task -> {
            dispatch.run(task);
            dispatchWorker.wake();
          };
      commands.register(LetterCommands.GROUP, letterCommands(dispatchThread)::answer);
      commands.register(
          LaneCommands.GROUP,
          new LaneCommands(dispatchers::lanes, dispatchers::setAside, dispatchThread)::answer);
      commands.register(
          BridgeCommands.GROUP,
          new BridgeCommands(reloads::ask, this::resumeDispatch, new RetryOfAll(this))::answer);
      StatusFile statusFile =
          new StatusFile(StatusFile.folderOf(start.journal().path()), start.status().group());
      wholeStatus = new WholeStatus(this, StageSettings.reserve(start), ticks, this::status);
      alarms =
          open(
              new AlarmWatch(
                  config::get,
                  deaths::kinds,
                  StatusFile.folderOf(start.journal().path()),
                  client,
                  world,
                  name + " notify"));
      operator =
          new OperatorDuty(
              commands,
              reloads,
              statusFile,
              new MetricsDuty(new MetricsFile(config::get, world), world, name + " metrics"),
              this::freshStatus,
              () -> alarms.look(status()),
              world);
      RefusalReport refusals = new RefusalReport(journal.source().refusals());
      housekeeper =
          new Housekeeper(
              idleWatch(),
              scripts,
              client,
              refusals,
              journal.source().time(),
              new StateReport(this, ticks, standstills, world),
              clock);
      journalWorker.assign(journal.duty());
      syncWorker.assign(journal.sync());
      dispatchWorker.assign(dispatch);
      actionsWorker.assign(actions);
      housekeeperWorker.assign(housekeeper);
      operatorWorker.assign(operator);
      noticeWorker.assign(notices);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /**
   * Makes a ring that accepts events before the stages are open.
   *
   * @throws IOException as {@link RingSeat#early} does
   */
  static RingSeat early(BridgeConfig config, World world) throws IOException {
    makePrivate(config);
    return RingSeat.early(StageSettings.journalSettings(config), world);
  }

  /** Claims the folders for a bridge whose ring belongs to the host, which is another process. */
  static RingSeat attached(BridgeConfig config, World world, RingSeat.Attachment host)
      throws IOException {
    makePrivate(config);
    return RingSeat.attached(StageSettings.journalSettings(config), world, host);
  }

  /** Returns the prefix for the names of the bridge's threads. */
  static String nameOf(BridgeConfig config) {
    return "bridge-" + config.bridge().serverId();
  }

  /** Returns the bridge's workers; the sync worker only if there is something to sync. */
  List<Worker> workers() {
    List<Worker> all = new ArrayList<>(List.of(journalWorker));
    if (journal.isSynced()) {
      all.add(syncWorker);
    }
    all.addAll(List.of(dispatchWorker, actionsWorker, housekeeperWorker, operatorWorker));
    if (notices.isUsed()) {
      all.add(noticeWorker);
    }
    return all;
  }

  /** Returns the bridge's status. Any thread; no waiting. */
  BridgeStatus status() {
    return statusReader.read(closing.getAsBoolean());
  }

  /** Returns where the key for the service stands, for operators. Any thread; no waiting. */
  String keyPlace() {
    Secret key = config.get().aiService().apiKey();
    return key.isPresent() ? key.source() : "none is set";
  }

  /** Returns the state of each sink, as shown in the status. Any thread; no waiting. */
  Map<String, Map<String, ?>> sinks() {
    return statusReader.sinks();
  }

  /**
   * Ends a pause for a surge of refusals and sends again, whatever the service will say. Any thread
   * but the game's; no waiting.
   */
  void resumeDispatch() {
    dispatchers.resume();
    dispatchWorker.wake();
  }

  /** Closes the opened parts, newest first. All threads but the calling one must have ended. */
  @Override
  public void close() {
    for (AutoCloseable part = opened.poll(); part != null; part = opened.poll()) {
      try {
        part.close();
      } catch (Throwable e) {
        log.error(
            "a part could not be closed, the others are: {}", Reason.sentence(e), Reason.trace(e));
      }
    }
  }

  /** Opens Kafka, if it is configured; else returns null. */
  private Service kafka(BridgeConfig start, World world, String name, Wire wire)
      throws IOException {
    return start.kafka().isSet()
        ? open(wire.open(StageSettings.KAFKA, new ServiceSetup(config::get, world, name)))
        : null;
  }

  /** Creates the dispatcher of each journal; on failure, closes those already created. */
  private Dispatchers dispatchers(LetterSink letters, World world) {
    List<Dispatchers.Route> all = new ArrayList<>();
    opened.push(() -> new Dispatchers(all).close());
    boolean toKafka = kafka != null && config.get().routes().kafka().isEmpty();
    all.add(route(toKafka ? "main" : HTTP, journal.journal(), service, letters, world));
    journal
        .branches()
        .forEach((sink, its) -> all.add(route(sink, its, kafkaOrHttp(), letters, world)));
    return new Dispatchers(all);
  }

  /** Returns Kafka's service; or HTTP, if events wait for Kafka but it is no longer configured. */
  private Service kafkaOrHttp() {
    return kafka != null ? kafka : new HttpService(client, config::get, clock);
  }

  private Dispatchers.Route route(
      String sink, Journal its, Service service, LetterSink letters, World world) {
    return new Dispatchers.Route(
        sink,
        its,
        new Dispatcher(
            config::get,
            its,
            service.events(),
            letters,
            () -> StageSettings.retries(config.get(), world.chance()),
            clock,
            dispatchWorker::wake),
        service);
  }

  /** Removes other users' permissions on the bridge's folders, and logs what it removed. */
  private static void makePrivate(BridgeConfig config) throws IOException {
    List<String> warnings = new ArrayList<>();
    Path status = StatusFile.folderOf(config.journal().path());
    Path here = config.journal().path().getFileSystem().getPath("");
    String tightened = new FolderPermissions(OwnFolders.of(config, here, status)).tighten(warnings);
    if (!tightened.isEmpty()) {
      log.info("other users of this machine may no longer look into {}", tightened);
    }
    warnings.forEach(log::warn);
  }

  /**
   * Releases the dead letters whose replay never got into the journal, because an earlier process
   * died.
   */
  private void releaseLetters() throws IOException {
    Set<LetterRef> lost = deadLetters.queued();
    if (lost.isEmpty()) {
      return;
    }
    ObjIntConsumer<DirectBuffer> found =
        (events, index) ->
            lost.remove(
                new LetterRef(
                    ReplayedEvent.segment(events, index), ReplayedEvent.key(events, index)));
    journal.journal().forEachReplayed(found);
    journal.branches().values().forEach(branch -> branch.forEachReplayed(found));
    int released = deadLetters.mark(Mark.RELEASED, List.copyOf(lost), 0).size();
    if (released > 0) {
      log.info("{} dead letters that were about to be replayed can be replayed again", released);
    }
  }

  /** Returns the watch that wakes a resting thread when the game thread has left work for it. */
  private IdleWatch idleWatch() {
    List<IdleWatch.Resting> all = new ArrayList<>();
    all.add(new IdleWatch.Resting(journal.duty()::hasWaiting, journalWorker::wake));
    all.add(new IdleWatch.Resting(actions::hasWaiting, actionsWorker::wake));
    all.add(new IdleWatch.Resting(reloads::hasWaiting, operatorWorker::wake));
    if (journal.isSynced()) {
      all.add(new IdleWatch.Resting(journal.sync()::hasWaiting, syncWorker::wake));
    }
    return new IdleWatch(all.toArray(IdleWatch.Resting[]::new));
  }

  /** Returns the commands by which operators handle dead letters while the bridge runs. */
  private LetterCommands letterCommands(Executor dispatchThread) {
    return new LetterCommands(
        deadLetters, dispatchThread, this::replay, () -> config.get().deadLetters().maxReplays());
  }

  private CompletionStage<Boolean> publish(GameEvent event) {
    CompletionStage<Boolean> taken = journal.publish(event);
    journalWorker.wake();
    return taken;
  }

  private CompletionStage<LetterCommands.Sent> replay(List<byte[]> events) {
    CompletionStage<JournalDuty.Replayed> done = journal.duty().replay(events);
    journalWorker.wake();
    return done.thenApply(result -> new LetterCommands.Sent(result.appended(), result.problem()));
  }

  private String freshStatus() {
    wholeStatus.look(clock.nanos());
    String json = wholeStatus.json();
    recentStatus.keep(json);
    return wholeStatus.forOperators(json);
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }
}
