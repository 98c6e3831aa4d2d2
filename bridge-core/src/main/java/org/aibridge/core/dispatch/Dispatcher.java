package org.aibridge.core.dispatch;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.aibridge.api.event.Priority;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventJson;
import org.aibridge.core.event.ReplayedEvent;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.Retries;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.journal.Cursor;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalReader;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.StoreFullException;
import org.aibridge.core.text.Shown;
import org.slf4j.Logger;

/**
 * Sends the journal's events to the AI service, in batches, until each has had its end.
 *
 * <p>Events are spread over lanes by player; a lane has one request under way, so a player's events
 * arrive in order. What an answer means:
 *
 * <ul>
 *   <li>2xx: the part is acknowledged; events it names in {@code rejected} become dead letters.
 *   <li>4xx: the part is halved until the offending events stand alone, and those become dead
 *       letters.
 *   <li>413: the same by bytes, and later batches stay below.
 *   <li>anything else: the part keeps its place and is sent again. When the reason lies with us
 *       that counts for nothing.
 * </ul>
 *
 * <p>When most events are refused for one reason, sending pauses and keeps them: {@link
 * SurgeGuard}.
 *
 * <p>The cursor moves only over events that have had their end, and notes a batch before it is
 * sent. All work happens in {@link #runOnce}; answers are left where it finds them.
 *
 * <p>What escapes {@link #runOnce}, such as an {@link OutOfMemoryError}, may have left the lanes
 * half changed. They are not trusted again: a second later everything is made anew from the cursor
 * and the journal, as a start of the process would, and answers still under way are ignored.
 */
public final class Dispatcher implements Duty {
  static final String PATH = ServiceRequest.EVENTS;

  private static final Logger log = Logs.of(Dispatcher.class);
  private static final byte[] HEAD = ascii("{\"events\":[");
  private static final byte[] TAIL = ascii("]}");

  /** What is read of an answer beside what an answer that repeats the batch would take. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private static final int READ_AT_ONCE = 4096;

  /** What {@link #next} came to: an event, the journal's end, nothing. */
  private static final int READ = 1;

  private static final int ENDED = 0;
  private static final int UNREAD = -1;
  private static final int BODY_BYTES = 64 << 10;
  private static final int KEPT_BODY_BYTES = 1 << 20;
  private static final long AGAIN_NANOS = 1_000_000_000L;

  /** How old what the cursor says of the number of waiting events may get. */
  private static final long SAVE_WAITING_NANOS = 1_000_000_000L;

  private static final String BROKEN = "sending failed; it begins anew where it is acknowledged";

  /** Where dead letters go. */
  public interface Burials {
    /**
     * Keeps a letter; throws, such as {@link StoreFullException}, if it cannot. Then it is given
     * again a second later, and its lane waits.
     */
    void append(DeadLetter letter);

    /**
     * Brings what was kept to where it must be before the cursor passes the events; throws if it
     * cannot, and is asked again a second later. Only {@code durability = os} has anything to do.
     */
    default void sync() {}

    /**
     * The service has taken the replayed events of these letters, which go now. Throws as {@link
     * #append} does.
     */
    default void delivered(List<LetterRef> letters) {}

    /** The replayed events of these letters have died again and were appended anew; they go. */
    default void diedAgain(List<LetterRef> letters) {}
  }

  private final Supplier<BridgeConfig> config;
  private final Journal journal;
  private final Cursor cursor;
  private final Transport transport;
  private final Burials burials;
  private final Supplier<Retries> retries;
  private final BridgeClock clock;
  private final Runnable wake;
  private final String serverId;
  private final EventJson json;
  private ByteSink body = new ByteSink(BODY_BYTES);
  private final Supplier<LaneQueue> queues;
  private final Supplier<JournalReader> readers;
  private final DispatchStats stats = new DispatchStats();
  private final LogThrottle throttle;
  private final SurgeGuard surge;
  private final Rejections rejections = new Rejections();
  private volatile boolean closing;

  /** Whether an operator wants no wait. */
  private volatile boolean hurried;

  private volatile boolean stuck;
  private volatile boolean drained;

  /** Replaced, as the lanes are, after a slice that failed; its counter is read by any thread. */
  private volatile JournalReader reader;

  /** Why the journal could not be read at the last look; empty if it could. */
  private String unread = "";

  private long readAgainNanos;

  /** Whether the reader was replaced and has not come to {@link #lastRead} yet. */
  private boolean catchingUp;

  private List<Lane> lanes;
  private volatile long damagedBefore;

  /** Whether reader and lanes are as a slice that failed has left them. */
  private boolean broken;

  private long rebuildAtNanos;
  private long lastRead;

  /** Whether everything in the journal has been read, as of the last look. */
  private boolean journalEnded;

  private boolean dirty;

  /** Segments before this position are deleted. */
  private long deletedBefore;

  private long savedNanos;

  /** Why the cursor could not be saved; empty when it was. */
  private String unsaved = "";

  private long saveAgainNanos;

  /** The largest body the service took, and the smallest it called too large; in bytes. */
  private int largestTaken;

  private int bodyLimit = Integer.MAX_VALUE;

  /**
   * @param config the settings in force, read anew each time
   * @param wake ends the pause of the thread that runs this duty; called when an answer has come
   */
  public Dispatcher(
      Supplier<BridgeConfig> config,
      Journal journal,
      Transport transport,
      Burials burials,
      Supplier<Retries> retries,
      BridgeClock clock,
      Runnable wake) {
    this(
        config, journal, transport, burials, retries, clock, wake, LaneQueue::new, journal::reader);
  }

  /**
   * As above.
   *
   * @param queues makes what holds a lane's events
   * @param readers makes readers of {@code journal} that begin where its cursor stands
   */
  Dispatcher(
      Supplier<BridgeConfig> config,
      Journal journal,
      Transport transport,
      Burials burials,
      Supplier<Retries> retries,
      BridgeClock clock,
      Runnable wake,
      Supplier<LaneQueue> queues,
      Supplier<JournalReader> readers) {
    this.config = config;
    this.journal = journal;
    this.cursor = journal.cursor();
    this.transport = transport;
    this.burials = burials;
    this.retries = retries;
    this.clock = clock;
    this.throttle = new LogThrottle(clock);
    this.surge = new SurgeGuard(clock);
    this.wake = wake;
    this.serverId = config.get().bridge().serverId();
    this.json = new EventJson(serverId);
    this.queues = queues;
    this.readers = readers;
    this.lanes = newLanes();
    this.reader = readers.get();
    this.deletedBefore = cursor.readFrom();
    this.savedNanos = clock.nanos();
  }

  @Override
  public int runOnce() {
    if (broken && clock.nanos() - rebuildAtNanos < 0) {
      return 0;
    }
    // Until the slice has come to its end, whatever ends it.
    boolean rebuild = broken;
    broken = true;
    boolean whole = false;
    try {
      rebuildAtNanos = clock.nanos() + AGAIN_NANOS;
      if (rebuild) {
        beginAnew();
      }
      int work = slice();
      whole = true;
      return work;
    } finally {
      broken = !whole;
      if (!whole) {
        stats.problem = BROKEN;
        drained = false;
        stuck = false;
      }
    }
  }

  /** What waits in a lane has times of many kinds: its batch's, its age's, the next attempt's. */
  @Override
  public long mayRestNanos() {
    boolean waiting = broken;
    for (Lane lane : lanes) {
      waiting |= lane.queue.count() > 0;
    }
    return waiting ? WATCHFUL_NANOS : Long.MAX_VALUE;
  }

  private List<Lane> newLanes() {
    List<Lane> result =
        IntStream.range(0, cursor.lanes()).mapToObj(n -> new Lane(n, queues.get())).toList();
    result.forEach(lane -> lane.resumeLast = cursor.batchLast(lane.number));
    return result;
  }

  /** Forgets all but the cursor; what is not acknowledged is read from the journal again. */
  private void beginAnew() {
    List<Lane> newLanes = newLanes();
    replaceReader();
    lanes = newLanes;
    lastRead = 0;
    unread = "";
    journalEnded = false;
    dirty = true;
    surge.forgetProbe();
  }

  private int slice() {
    boolean wasClosing = closing;
    long came = journal.events();
    surge.look(config.get());
    int work = takeAnswers();
    int read = readJournal();
    boolean anySending = false;
    boolean anyStuck = false;
    boolean empty = true;
    if (hurried) {
      hurried = false;
      lanes.forEach(lane -> lane.nextAttemptNanos = clock.nanos());
    }
    for (Lane lane : lanes) {
      if (!lane.isSending()) {
        work += advanceFenced(lane);
      }
      anySending |= lane.isSending();
      anyStuck |= lane.hasBatch() && !lane.isSending();
      empty &= lane.queue.count() == 0;
    }
    if (empty && journalEnded) {
      shrink();
      journal.reconcile(came, stats.ended());
    }
    surge.endRound();
    noteStanding();
    // In this order: who sees the pause sees why.
    stats.problem = problem();
    stats.paused = surge.isPaused();
    stats.rejecting = rejections.problem(config.get().deadLetters().surgePercent());
    saveCursor();
    stuck = anyStuck && !anySending;
    drained = wasClosing && work == 0 && read == 0 && empty;
    return work + read;
  }

  private void noteStanding() {
    Lane longest = null;
    long oldest = Long.MAX_VALUE;
    for (Lane lane : lanes) {
      if (lane.queue.count() > 0) {
        oldest = Math.min(oldest, lane.queue.journaledAtMs(0));
        if (longest == null || lane.stoodSinceNanos - longest.stoodSinceNanos < 0) {
          longest = lane;
        }
      }
    }
    stats.standing = longest == null ? DispatchStats.Standing.NONE : standing(longest, oldest);
  }

  private DispatchStats.Standing standing(Lane lane, long oldestMs) {
    long attemptNanos = surge.isPaused() ? surge.probeAtNanos() : lane.nextAttemptNanos;
    return new DispatchStats.Standing(
        true,
        lane.stoodSinceNanos,
        lane.isSending() ? lane.sentNanos : attemptNanos,
        lane.isSending(),
        oldestMs,
        lane.said,
        lane.answered,
        lane.failing);
  }

  /** Gives back the memory that a backlog of large events has needed. */
  private void shrink() {
    lanes.forEach(lane -> lane.queue.shrink());
    if (body.array().length > KEPT_BODY_BYTES) {
      body = new ByteSink(BODY_BYTES);
    }
  }

  /** Sends what there is without waiting for batches to fill. */
  public void beginClosing() {
    closing = true;
  }

  /** Whether, since {@link #beginClosing}, everything in the journal has had its end. */
  public boolean isDrained() {
    return drained;
  }

  /** Whether nothing is under way although something waits: the service does not take it now. */
  public boolean isStuck() {
    return stuck;
  }

  /** Whether nothing is sent because the service refuses most events for one reason. */
  public boolean isPaused() {
    return surge.isPaused();
  }

  /**
   * Sends again in spite of that; what is refused for that reason becomes dead letters. Any thread;
   * takes effect in the next slice.
   */
  public void resume() {
    surge.resume();
  }

  /**
   * Has what waits for its next attempt tried at once. Any thread; takes effect in the next slice.
   */
  public void retryNow() {
    hurried = true;
  }

  /** Counters; any thread. */
  public DispatchStats stats() {
    return stats;
  }

  /** Records of the journal that could not be read; those read again after a failure count once. */
  public long damagedRecords() {
    return Math.max(damagedBefore, reader.damaged());
  }

  /** Gives the reader back; the duty's thread has ended. */
  public void close() {
    try {
      if (!broken) {
        endOpenParts();
      }
    } finally {
      reader.close();
    }
  }

  private void endOpenParts() {
    takeAnswers();
    for (Lane lane : lanes) {
      if (!lane.isSending() && lane.isBurying()) {
        bury(lane);
      }
    }
    saveCursor();
  }

  private int takeAnswers() {
    int count = 0;
    for (Lane lane : lanes) {
      Answer answer = lane.takeAnswer();
      if (answer != null) {
        onAnswer(lane, answer);
        count++;
      }
    }
    return count;
  }

  private int readJournal() {
    BridgeConfig.EventDispatcher limits = config.get().eventDispatcher();
    boolean room = true;
    for (Lane lane : lanes) {
      room &= hasRoom(lane, limits);
    }
    int count = 0;
    if (!unread.isEmpty() && !canReadAgain()) {
      return 0;
    }
    while (room && count < READ_AT_ONCE) {
      int next = next();
      if (next != READ) {
        journalEnded = next == ENDED;
        return count;
      }
      Lane lane = lanes.get(cursor.laneOf(EventCodec.playerId(reader.buffer(), reader.index())));
      if (lane.queue.count() == 0) {
        lane.stoodSinceNanos = clock.nanos();
      }
      lane.queue.add(
          reader.buffer(),
          reader.index(),
          reader.length(),
          reader.sequence(),
          reader.position(),
          reader.journaledAtMs());
      lastRead = reader.sequence();
      room = hasRoom(lane, limits);
      count++;
    }
    journalEnded = false;
    return count;
  }

  /**
   * Goes to the next event that no lane has. A reader that fails, such as for want of a descriptor,
   * may stand anywhere; the lanes are whole and go on with what they have.
   */
  private int next() {
    try {
      do {
        if (!reader.next()) {
          return ENDED;
        }
      } while (isReadAgain());
      return READ;
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
      cannotRead(e);
      return UNREAD;
    }
  }

  /**
   * Whether the lanes have had the event from the reader before. Asked of no more than the way to
   * the last one they had: an order of sequences that damage has upset must not hide an event.
   */
  private boolean isReadAgain() {
    if (!catchingUp) {
      return false;
    }
    catchingUp = reader.sequence() < lastRead;
    return reader.sequence() <= lastRead;
  }

  /** Replaces a reader that failed, if it is time; the new one begins where the cursor stands. */
  private boolean canReadAgain() {
    if (clock.nanos() - readAgainNanos < 0) {
      return false;
    }
    try {
      replaceReader();
      unread = "";
      return true;
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
      cannotRead(e);
      return false;
    }
  }

  private void cannotRead(Exception e) {
    readAgainNanos = clock.nanos() + AGAIN_NANOS;
    unread = "the journal cannot be read and is tried again: " + Reason.sentence(e);
    throttle.run("read", () -> log.error("{}", unread, Reason.trace(e)));
  }

  private void replaceReader() {
    JournalReader newReader = readers.get();
    JournalReader oldReader = reader;
    damagedBefore = damagedRecords();
    reader = newReader;
    catchingUp = true;
    try {
      oldReader.close();
    } catch (Exception e) { // It has failed before.
      log.warn(
          "a reader of the journal that was replaced could not be closed: {}",
          Reason.of(e),
          Reason.trace(e));
    }
  }

  /**
   * While a batch of usual size is under way the next one is read; of events so large that bytes
   * are what ends a batch, no more than one is kept in memory. Read anew after a restart it fits as
   * well, for an event takes less here than in JSON.
   */
  private static boolean hasRoom(Lane lane, BridgeConfig.EventDispatcher limits) {
    return lane.queue.count() < 2 * limits.maxBatchSize()
        && lane.queue.bytes() < limits.maxBatchBytes();
  }

  private String problem() {
    for (Lane lane : lanes) {
      if (!lane.problem.isEmpty()) {
        return lane.problem;
      }
    }
    if (!unread.isEmpty()) {
      return unread;
    }
    return unsaved.isEmpty() ? surge.problem() : unsaved;
  }

  /**
   * What goes wrong in one lane must not keep the others from their work. Nothing in {@link
   * #advance} throws an exception between two changes that belong together; an error may come
   * anywhere and is not caught here.
   */
  private int advanceFenced(Lane lane) {
    try {
      return advance(lane);
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
      lane.nextAttemptNanos = clock.nanos() + AGAIN_NANOS;
      lane.problem = "lane " + lane.number + " failed and is tried again: " + Reason.sentence(e);
      throttle.run("lane", () -> log.error("{}", lane.problem, Reason.trace(e)));
      return 0;
    }
  }

  private int advance(Lane lane) {
    if (lane.isBurying()) {
      return clock.nanos() - lane.nextAttemptNanos >= 0 ? bury(lane) : 0;
    }
    if (!lane.hasBatch() && !formBatch(lane)) {
      return 0;
    }
    if (expire(lane)) {
      return 1;
    }
    boolean due = clock.nanos() - lane.nextAttemptNanos >= 0;
    if (surge.isPaused()) {
      return due && probe(lane) ? 1 : 0;
    }
    return due && send(lane) ? 1 : 0;
  }

  /**
   * Sends the lane's oldest event alone, if it is this lane's turn and the event is not part of a
   * batch that the service may have: that one keeps its content.
   */
  private boolean probe(Lane lane) {
    if (!surge.mayProbe(lane.number)) {
      return false;
    }
    Lane.Part part = lane.parts.peek();
    if (part.size() > 1) {
      if (lane.attempt > 0 || lane.resumed) {
        return false;
      }
      lane.split(part.from() + 1);
    }
    if (!send(lane)) {
      return false;
    }
    surge.probing(lane.number);
    return true;
  }

  /** Begins a batch if one is due. */
  private boolean formBatch(Lane lane) {
    LaneQueue queue = lane.queue;
    if (queue.count() == 0) {
      return false;
    }
    BridgeConfig.EventDispatcher limits = config.get().eventDispatcher();
    int resumed = resumedSize(lane, limits);
    if (resumed < 0 || resumed == 0 && !isDue(queue, limits)) {
      return false;
    }
    int size = resumed > 0 ? resumed : Math.min(queue.count(), limits.maxBatchSize());
    lane.begin(size, clock.nanos());
    lane.resumed = resumed > 0;
    lane.resumeLast = 0;
    return true;
  }

  /**
   * The size of the part an earlier process had under way; 0 for none, -1 while it is still being
   * read.
   */
  private int resumedSize(Lane lane, BridgeConfig.EventDispatcher limits) {
    if (lane.resumeLast == 0) {
      return 0;
    }
    if (lastRead < lane.resumeLast && !journalEnded && hasRoom(lane, limits)) {
      return -1;
    }
    int size = 0;
    while (size < lane.queue.count() && lane.queue.sequence(size) <= lane.resumeLast) {
      size++;
    }
    if (size == 0) {
      lane.resumeLast = 0;
    }
    return size;
  }

  private boolean isDue(LaneQueue queue, BridgeConfig.EventDispatcher limits) {
    if (closing || queue.count() >= limits.batchSize()) {
      return true;
    }
    long age = clock.epochMs() - queue.journaledAtMs(0);
    if (age < 0 || age >= limits.batchInterval().toMillis()) {
      return true;
    }
    for (int i = 0; i < queue.count(); i++) {
      if (EventCodec.priority(queue.buffer(), queue.start(i)) == Priority.URGENT) {
        return true;
      }
    }
    return false;
  }

  /** Buries what is too old at the head of the current part; true if there was any. */
  private boolean expire(Lane lane) {
    long ttl = config.get().eventDispatcher().eventTtl().toMillis();
    if (ttl == 0) {
      return false;
    }
    Lane.Part part = lane.parts.peek();
    long now = clock.epochMs();
    int old = 0;
    while (old < part.size() && now - lane.queue.journaledAtMs(part.from() + old) > ttl) {
      old++;
    }
    if (old == 0) {
      return false;
    }
    String problem = "older than event_ttl (" + ttl + " ms)";
    List<Lane.Burial> expired = new ArrayList<>(old);
    for (int i = 0; i < old; i++) {
      expired.add(new Lane.Burial(part.from() + i, DeadLetter.Reason.EXPIRED, 0, problem, ""));
    }
    if (old < part.size()) {
      lane.split(part.from() + old);
    }
    lane.burials.addAll(expired);
    long nextAttemptNanos = lane.nextAttemptNanos;
    if (bury(lane) > 0 && lane.hasBatch()) {
      lane.nextAttemptNanos = nextAttemptNanos;
    }
    return true;
  }

  private boolean send(Lane lane) {
    if (lane.request == null) {
      lane.request = request(lane);
    }
    saveCursor();
    // Set before the call: an answer may be back before it returns.
    Lane.Reply reply = new Lane.Reply();
    lane.reply = reply;
    long wait = 1;
    try {
      wait =
          transport.trySend(
              lane.request,
              answer -> {
                reply.answer = answer;
                wake.run();
              });
    } finally {
      if (wait > 0) {
        lane.reply = null;
      }
    }
    if (wait > 0) {
      lane.nextAttemptNanos = clock.nanos() + wait;
      return false;
    }
    noteSent(lane);
    return true;
  }

  /**
   * The current part as a request, and the cursor's note of it. A part that was never sent is
   * shortened to what the service takes; any other keeps its content, since it keeps its key.
   */
  private ServiceRequest request(Lane lane) {
    boolean free = lane.attempt == 0 && !lane.resumed;
    int limit = Math.min(config.get().eventDispatcher().maxBatchBytes(), bodyLimit);
    int fits = encode(lane, lane.parts.peek(), free ? limit : Integer.MAX_VALUE);
    if (fits < lane.parts.peek().size()) {
      lane.shorten(fits);
    }
    Lane.Part part = lane.parts.peek();
    cursor.beginBatch(
        lane.number,
        lane.queue.sequence(part.from()),
        lane.queue.sequence(part.to() - 1),
        part.size());
    dirty = true;
    byte[] whole = body.copy();
    // Some services answer with all they were sent, and indent it.
    int answerBytes = MAX_ANSWER_BYTES + 2 * whole.length;
    return ServiceRequest.post(
        ServiceRequest.Caller.DISPATCH, PATH, whole, key(lane, part), answerBytes, true);
  }

  private void noteSent(Lane lane) {
    lane.problem = "";
    lane.sentNanos = clock.nanos();
    lane.sentKey = lane.request.idempotencyKey();
    lane.lastAttemptMs = clock.epochMs();
    if (lane.firstAttemptMs == 0) {
      lane.firstAttemptMs = lane.lastAttemptMs;
      lane.batchKey = lane.sentKey;
    }
    if (lane.attempt++ > 0) {
      stats.resent += lane.parts.peek().size();
    }
  }

  private void onAnswer(Lane lane, Answer answer) {
    boolean refused =
        answer.kind() == Answer.Kind.REFUSED || answer.kind() == Answer.Kind.TOO_LARGE;
    if (answer.kind() != Answer.Kind.LOCAL_FAILURE) {
      lane.noteAnswer(answer);
    }
    if (!answer.said().isEmpty()) {
      lane.said = answer.said();
      lane.answered = answer.status() > 0;
      lane.failing = answer.isFailure();
    }
    surge.answered(lane.number, answer.kind() == Answer.Kind.OK, refused);
    switch (answer.kind()) {
      case OK -> acknowledged(lane, answer);
      case REFUSED -> refused(lane, answer);
      case TOO_LARGE -> tooLarge(lane, answer);
      case COME_BACK -> comeBack(lane, answer);
      case FAILED, NO_ANSWER -> lane.backOff(answer, retries, clock.nanos());
      // Nothing of the service's: no attempt is used up, and it is tried again soon.
      case LOCAL_FAILURE -> lane.nextAttemptNanos = clock.nanos() + AGAIN_NANOS;
      // The transport says when.
      case UNAUTHORIZED, REDIRECT, CANCELLED -> lane.nextAttemptNanos = clock.nanos();
    }
  }

  private void comeBack(Lane lane, Answer answer) {
    cursor.notBeforeMs(transport.notBeforeMs());
    dirty = true;
    if (answer.retryAfterMs() > 0) {
      lane.nextAttemptNanos = clock.nanos();
    } else {
      // "At once" is no reason to ask as fast as the service can refuse.
      lane.backOff(answer, retries, clock.nanos());
    }
  }

  private void acknowledged(Lane lane, Answer answer) {
    FailPoint.ANSWERED.reached();
    Lane.Part part = lane.parts.peek();
    Map<String, String> rejected =
        RejectedEvents.read(answer.body(), () -> eventIds(lane, part), () -> unclear(answer));
    String text = rejected.isEmpty() ? "" : beginning(answer);
    List<Lane.Burial> unwanted = new ArrayList<>();
    for (int i = part.from(); i < part.to() && !rejected.isEmpty(); i++) {
      String error = rejected.get(eventId(lane, i));
      if (error != null) {
        String why = config.get().aiService().apiKey().hideIn(error);
        unwanted.add(new Lane.Burial(i, DeadLetter.Reason.REJECTED, answer.status(), why, text));
      }
    }
    lane.delivered.addAll(replayed(lane, part, unwanted));
    lane.burials.addAll(unwanted);
    largestTaken = Math.max(largestTaken, lane.request.body().length);
    surge.taken(part.size());
    String why = unwanted.isEmpty() ? "" : unwanted.get(unwanted.size() - 1).problem();
    rejections.taken(part.size(), unwanted.size(), why);
    stats.batches++;
    stats.batchEvents += part.size();
    stats.latencyNanos += answer.latencyNanos();
    bury(lane);
  }

  private void unclear(Answer answer) {
    throttle.run(
        "rejected",
        () ->
            log.warn(
                "the AI service rejected events and does not say which; they count as delivered: {}",
                Shown.reason(beginning(answer))));
  }

  /** The letters whose replayed events are in {@code part} and not among {@code unwanted}. */
  private static List<LetterRef> replayed(Lane lane, Lane.Part part, List<Lane.Burial> unwanted) {
    List<LetterRef> letters = new ArrayList<>();
    int next = 0;
    for (int i = part.from(); i < part.to(); i++) {
      boolean isUnwanted = next < unwanted.size() && unwanted.get(next).index() == i;
      if (isUnwanted) {
        next++;
      } else if (isReplayed(lane, i)) {
        letters.add(letterOf(lane, i));
      }
    }
    return letters;
  }

  private static boolean isReplayed(Lane lane, int index) {
    return ReplayedEvent.is(lane.queue.buffer(), lane.queue.start(index));
  }

  private static LetterRef letterOf(Lane lane, int index) {
    int at = lane.queue.start(index);
    return new LetterRef(
        ReplayedEvent.segment(lane.queue.buffer(), at), ReplayedEvent.key(lane.queue.buffer(), at));
  }

  private void refused(Lane lane, Answer answer) {
    Lane.Part part = lane.parts.peek();
    if (part.size() > 1) {
      lane.split((part.from() + part.to()) >>> 1);
      lane.startOver(clock.nanos());
    } else {
      condemn(lane, part, DeadLetter.Reason.REFUSED, answer);
    }
  }

  private void tooLarge(Lane lane, Answer answer) {
    Lane.Part part = lane.parts.peek();
    if (part.size() == 1) {
      condemn(lane, part, DeadLetter.Reason.TOO_LARGE, answer);
      return;
    }
    int sentBytes = lane.request.body().length;
    if (sentBytes <= largestTaken) {
      largestTaken = 0;
    }
    bodyLimit = Math.min(bodyLimit, Math.max(sentBytes / 2, largestTaken));
    log.info(
        "the AI service takes no {} bytes; batches stay below {} from now on",
        sentBytes,
        bodyLimit);
    int fits = Math.min(encode(lane, part, bodyLimit), part.size() - 1);
    lane.split(part.from() + fits);
    lane.startOver(clock.nanos());
  }

  private void condemn(Lane lane, Lane.Part part, DeadLetter.Reason reason, Answer answer) {
    long sequence = lane.queue.sequence(part.from());
    if (surge.refused(config.get(), sequence, answer.status(), beginning(answer))) {
      lane.nextAttemptNanos = clock.nanos();
      return;
    }
    lane.burials.add(
        new Lane.Burial(part.from(), reason, answer.status(), answer.problem(), beginning(answer)));
    bury(lane);
  }

  private String beginning(Answer answer) {
    String text = config.get().aiService().apiKey().hideIn(answer.text());
    return text.substring(0, Math.min(text.length(), DeadLetterStore.MAX_ANSWER));
  }

  /**
   * Brings the burials at hand to the dead letters, then ends the part; waits and tries again if
   * they cannot be kept.
   */
  private int bury(Lane lane) {
    try {
      while (!lane.burials.isEmpty()) {
        Lane.Burial burial = lane.burials.peek();
        burials.append(letter(lane, burial));
        FailPoint.LETTER_KEPT.reached();
        lane.burials.remove();
        lane.unsynced = true;
        if (isReplayed(lane, burial.index())) {
          lane.diedAgain.add(letterOf(lane, burial.index()));
        }
        if (burial.reason() == DeadLetter.Reason.EXPIRED) {
          lane.expired++;
        } else {
          lane.deadLettered++;
        }
      }
      // Before a letter goes for good whose event has died again: the new one is on the disk.
      if (lane.unsynced) {
        burials.sync();
        lane.unsynced = false;
      }
      if (!lane.delivered.isEmpty()) {
        burials.delivered(lane.delivered);
        lane.delivered.clear();
      }
      if (!lane.diedAgain.isEmpty()) {
        burials.diedAgain(lane.diedAgain);
        lane.diedAgain.clear();
      }
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
      lane.problem = "dead letters cannot be kept: " + Reason.sentence(e);
      lane.nextAttemptNanos = clock.nanos() + AGAIN_NANOS;
      throttle.run("bury", () -> log.error("{}; trying again", lane.problem, Reason.trace(e)));
      return 0;
    }
    lane.problem = "";
    endPart(lane);
    return 1;
  }

  private void endPart(Lane lane) {
    long nowNanos = clock.nanos();
    Lane.Part part = lane.parts.peek();
    long last = lane.queue.sequence(part.to() - 1);
    // From here on nothing needs memory.
    lane.request = null;
    lane.parts.pop();
    cursor.acknowledge(lane.number, last);
    dirty = true;
    count(lane, part);
    lane.startOver(nowNanos);
    lane.stoodSinceNanos = nowNanos;
    lane.said = "";
    lane.failing = false;
    if (!lane.hasBatch()) {
      lane.queue.remove(lane.batchSize);
      lane.batchSize = 0;
    }
  }

  /** With the acknowledgement and not before: what is sent anew after a failure counts once. */
  private void count(Lane lane, Lane.Part part) {
    stats.expired += lane.expired;
    stats.deadLettered += lane.deadLettered;
    long delivered = part.size() - lane.expired - lane.deadLettered;
    if (delivered > 0) {
      stats.lastTakenMs = clock.epochMs();
      stats.delivered += delivered;
    }
  }

  private DeadLetter letter(Lane lane, Lane.Burial burial) {
    ByteSink event = new ByteSink(512);
    json.write(
        lane.queue.sequence(burial.index()),
        lane.queue.buffer(),
        lane.queue.start(burial.index()),
        event);
    return new DeadLetter(
        eventId(lane, burial.index()),
        event.copy(),
        burial.reason(),
        burial.status(),
        burial.problem(),
        burial.answer(),
        lane.timesSent(),
        lane.firstAttemptMs,
        lane.lastAttemptMs,
        lane.batchKey,
        lane.sentKey,
        isReplayed(lane, burial.index())
            ? 1 + ReplayedEvent.replays(lane.queue.buffer(), lane.queue.start(burial.index()))
            : 0,
        lane.parts.peek().history(),
        0);
  }

  /**
   * Encodes the events of {@code part} until the body would exceed {@code maxBytes}; at least one.
   */
  private int encode(Lane lane, Lane.Part part, int maxBytes) {
    body.truncate(0).put(HEAD);
    int count = 0;
    for (int i = part.from(); i < part.to(); i++) {
      int before = body.length();
      if (count > 0) {
        body.put((byte) ',');
      }
      json.write(lane.queue.sequence(i), lane.queue.buffer(), lane.queue.start(i), body);
      if (count > 0 && body.length() + TAIL.length > maxBytes) {
        body.truncate(before);
        break;
      }
      count++;
    }
    body.put(TAIL);
    return count;
  }

  /**
   * The same for each attempt at the same events, also by the next process; and never the same for
   * others, for which the number of lanes is needed: it decides what lies between first and last.
   */
  private String key(Lane lane, Lane.Part part) {
    return serverId
        + ":"
        + lane.queue.sequence(part.from())
        + "-"
        + lane.queue.sequence(part.to() - 1)
        + ":"
        + part.size()
        + ":"
        + lanes.size();
  }

  private Set<String> eventIds(Lane lane, Lane.Part part) {
    Set<String> ids = new HashSet<>();
    for (int i = part.from(); i < part.to(); i++) {
      ids.add(eventId(lane, i));
    }
    return ids;
  }

  private String eventId(Lane lane, int index) {
    if (isReplayed(lane, index)) {
      return ReplayedEvent.eventId(lane.queue.buffer(), lane.queue.start(index));
    }
    return serverId + ":" + lane.queue.sequence(index);
  }

  private void saveCursor() {
    long waiting = journal.events() - stats.ended() - journal.missing();
    boolean due = clock.nanos() - savedNanos >= SAVE_WAITING_NANOS;
    if (due) {
      savedNanos = clock.nanos();
      cursor.keep();
    }
    if (!dirty && !(due && waiting != cursor.waiting())) {
      return;
    }
    cursor.waiting(waiting);
    long oldest = Long.MAX_VALUE;
    for (Lane lane : lanes) {
      if (lane.queue.count() > 0) {
        oldest = Math.min(oldest, lane.queue.position(0));
      }
    }
    long from = oldest == Long.MAX_VALUE ? reader.position() : oldest;
    cursor.readFrom(from);
    if (!isSaved()) {
      return;
    }
    if (SegmentLog.segmentOf(from) > SegmentLog.segmentOf(deletedBefore)) {
      FailPoint.CURSOR_SAVED.reached();
      deleteBefore(from);
    }
  }

  /**
   * Whether the cursor is saved. A disk that does not take it keeps nothing from being sent: what
   * lies on one that fails is safer with the service, though a restart sends it once more.
   */
  private boolean isSaved() {
    if (!unsaved.isEmpty() && clock.nanos() - saveAgainNanos < 0) {
      return false;
    }
    try {
      cursor.save();
      dirty = false;
      unsaved = "";
      return true;
    } catch (UncheckedIOException e) {
      dirty = true; // Also where all it had to say was how many wait.
      saveAgainNanos = clock.nanos() + AGAIN_NANOS;
      unsaved = Reason.sentence(e) + "; what is sent meanwhile is sent again after a restart";
      throttle.run("cursor", () -> log.error("{}", unsaved));
      return false;
    }
  }

  /** What cannot be deleted now is deleted once it can: nothing else depends on it. */
  private void deleteBefore(long position) {
    try {
      journal.deleteBefore(position);
      deletedBefore = position;
    } catch (Exception e) { // Chronicle throws an IOException without declaring it.
      throttle.run(
          "delete",
          () ->
              log.warn(
                  "what is sent could not be deleted yet: {}",
                  Reason.sentence(e),
                  Reason.trace(e)));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }
}
