package org.aibridge.companion;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * What one life of a server asks of the bridge and is given by it: the requests of its scripts, the
 * actions in its hands, reloads. For the companion's thread.
 */
final class ServerCalls implements Door.Calls {
  private static final Logger log = Logs.of(ServerCalls.class);

  /** The maximum number of unfinished actions at the server; a further action fails. */
  private static final int MAX_ACTIONS = 1024;

  /** The maximum total size, in bytes, of the answers that wait for room in the server's ring. */
  private static final int MAX_ANSWER_BYTES = 32 << 20;

  private static final int INFO = 0;
  private static final int ERROR = 2;
  private static final int MAX_LOG = 4096;

  private final Door door;
  private final ServerText text;
  private final LongSupplier monotonicMs;
  private final long life;

  /** The actions that the server has not finished, by their numbers, oldest first. */
  private final Map<Long, InHands> inHands = new LinkedHashMap<>();

  private final Set<Long> requests = new HashSet<>();
  private final Queue<Answer> answers = new ArrayDeque<>();

  /** The total size of the bodies in {@link #answers}, in bytes. */
  private long answerBytes;

  private final LogThrottle throttle;
  private final Queue<Runnable> arrived = new ConcurrentLinkedQueue<>();
  private AiBridge bridge;
  private int serial;

  private record InHands(String id, long sinceMs, CompletableFuture<ActionReply.Outcome> end) {}

  private record Answer(long number, long timesOutAt, int status, byte[] body) {}

  /**
   * Serves the calls of {@code door}.
   *
   * @param life the number of the companion's life, which begins the numbers of its actions
   */
  ServerCalls(Door door, ServerText text, BridgeClock clock, long life) {
    this.door = door;
    this.text = text;
    this.throttle = new LogThrottle(clock);
    this.monotonicMs = () -> clock.nanos() / 1_000_000;
    this.life = life;
  }

  /** Sets the bridge that receives the calls; must be called before {@link #serve}. */
  void ask(AiBridge asked) {
    bridge = asked;
  }

  /**
   * Takes what has come and sends what is due; returns whether anything is under way.
   *
   * @param actions whether the server gets actions: what it cannot apply in time grows stale
   */
  boolean serve(boolean actions) {
    boolean came = door.read(this);
    for (Runnable next = arrived.poll(); next != null; next = arrived.poll()) {
      next.run();
    }
    if (actions) {
      bridge.tick();
    }
    Answer next = answers.peek();
    while (next != null
        && (isOver(next.timesOutAt) || door.answer(next.number, next.status, next.body))) {
      answers.remove();
      answerBytes -= next.body.length;
      next = answers.peek();
    }
    return came || !requests.isEmpty() || !inHands.isEmpty() || !answers.isEmpty();
  }

  private boolean isOver(long timesOutAt) {
    return monotonicMs.getAsLong() > timesOutAt;
  }

  /** Hands an action to the server; called in the bridge's tick. */
  ActionReply apply(Action action) {
    if (inHands.size() >= MAX_ACTIONS) {
      return ActionReply.failed("the server has " + MAX_ACTIONS + " actions in its hands");
    }
    // Contains this life's number: the server may yet report an earlier companion's action.
    long number = life << 32 | Integer.toUnsignedLong(++serial);
    String id = action.header().id();
    List<ActionField> fields = ServerFields.of(action, text);
    if (fields == null) {
      return ActionReply.failed("a name or a text in it is too long for the server");
    }
    // The action is stored before the server can see it; after the write, nothing here may fail.
    CompletableFuture<ActionReply.Outcome> end = new CompletableFuture<>();
    ActionReply reply = ActionReply.later(end);
    inHands.put(number, new InHands(id, monotonicMs.getAsLong(), end));
    if (!door.action(number, id, action.header().type(), fields)) {
      inHands.remove(number);
      return ActionReply.failed("the server's ring has no room for it");
    }
    return reply;
  }

  /**
   * Gives up actions whose end the server has not told in this time, as the bridge does with a
   * handler: their places are free, and the server hears of it.
   */
  void giveUpAfter(Duration timeout) {
    long now = monotonicMs.getAsLong();
    Iterator<Map.Entry<Long, InHands>> all = inHands.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Long, InHands> oldest = all.next();
      InHands action = oldest.getValue();
      if (now - action.sinceMs <= timeout.toMillis() || !door.givenUp(oldest.getKey())) {
        return;
      }
      all.remove();
      String why = "no outcome within action_timeout (" + timeout.toMillis() + " ms)";
      log.warn("action {}: the server has told {}; it is given up", action.id, why);
      action.end.complete(ActionReply.failed(why));
    }
  }

  @Override
  public void result(long number, int end, String id, byte[] sentence) {
    InHands action = inHands.get(number);
    String words = text.decode(sentence);
    if (action == null || !action.id.equals(id)) {
      log.warn(
          "action {} was given up, or handed over by an earlier companion, and has ended now: {}{}",
          id,
          nameOf(end),
          words.isEmpty() ? "" : ", " + words);
      return;
    }
    inHands.remove(number);
    action.end.complete(
        end == RingLayout.END_DONE
            ? ActionReply.done(words)
            : ActionReply.failed(
                end == RingLayout.END_NOT_BEGUN ? "the server has not begun it: " + words : words));
  }

  private static String nameOf(int end) {
    return switch (end) {
      case RingLayout.END_DONE -> "applied";
      case RingLayout.END_NOT_BEGUN -> "not begun";
      default -> "failed";
    };
  }

  @Override
  public void request(
      long number, long timesOutAt, boolean post, byte[] script, byte[] url, byte[] body) {
    if (isOver(timesOutAt)) {
      return; // The call waited for a companion, and nobody waits for its answer.
    }
    requests.add(number);
    String from = script.length == 0 ? "server" : text.decode(script);
    if (post) {
      bridge
          .scriptHttp()
          .post(from, text.decode(url), text.decode(body), a -> answer(number, timesOutAt, a));
    } else {
      bridge.scriptHttp().get(from, text.decode(url), a -> answer(number, timesOutAt, a));
    }
  }

  private void answer(long number, long timesOutAt, ScriptAnswer answer) {
    if (!requests.remove(number)) {
      return;
    }
    byte[] body = text.encode(answer.body(), door.maxBody());
    if (answerBytes + body.length > MAX_ANSWER_BYTES) {
      throttle.run(
          "answers",
          () -> log.error("the server takes no answers; more of its scripts' requests time out"));
      return;
    }
    answerBytes += body.length;
    answers.add(new Answer(number, timesOutAt, answer.status(), body));
  }

  @Override
  public void forget(long number) {
    requests.remove(number);
    for (Iterator<Answer> all = answers.iterator(); all.hasNext(); ) {
      Answer answer = all.next();
      if (answer.number == number) {
        all.remove();
        answerBytes -= answer.body.length;
      }
    }
  }

  @Override
  public void reload() {
    bridge.reload().whenComplete((result, thrown) -> arrived.add(() -> tell(result)));
  }

  private void tell(ReloadResult result) {
    if (result == null) {
      door.log(ERROR, bytes("ai_bridge: the reload failed"));
    } else {
      door.log(
          result.reloaded() ? INFO : ERROR,
          bytes(
              "ai_bridge: "
                  + (result.reloaded() ? "the configuration was read again" : "nothing is changed")
                  + (result.problems().isEmpty()
                      ? ""
                      : ": " + String.join("; ", result.problems()))));
    }
  }

  private byte[] bytes(String line) {
    return text.encode(line, MAX_LOG);
  }

  /** Shows the bridge's status to the server. */
  void showStatus() {
    door.status(bridge.recentStatusJson().getBytes(StandardCharsets.UTF_8));
  }
}
