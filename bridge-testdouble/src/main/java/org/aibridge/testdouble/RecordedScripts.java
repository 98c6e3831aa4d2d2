package org.aibridge.testdouble;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeStatus;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what scripts ask, and hands over what a test answers: once for each call, in a tick that
 * begins after the call. Any thread; the host's code runs in the tick, without a lock held.
 */
final class RecordedScripts implements ScriptHttp {
  private static final class Asked {
    private final ScriptCall call;
    private final Consumer<ScriptAnswer> callback;
    private @Nullable ScriptAnswer answer;

    Asked(ScriptCall call, Consumer<ScriptAnswer> callback) {
      this.call = call;
      this.callback = callback;
    }
  }

  private final Supplier<String> refusal;
  private final Consumer<Throwable> thrown;
  private final List<Asked> asked = new ArrayList<>();
  private final Queue<Asked> answered = new ArrayDeque<>();
  private @Nullable Function<? super ScriptCall, @Nullable ScriptAnswer> answers;
  private long refused;
  private long failed;
  private boolean inTick;

  /**
   * @param refusal returns why no call is taken now; empty while calls are taken
   * @param thrown receives what callbacks throw
   */
  RecordedScripts(Supplier<String> refusal, Consumer<Throwable> thrown) {
    this.refusal = refusal;
    this.thrown = thrown;
  }

  @Override
  public void get(String script, String url, Consumer<ScriptAnswer> callback) {
    take(new Asked(new ScriptCall(script, url, null), callback));
  }

  @Override
  public void post(String script, String url, String json, Consumer<ScriptAnswer> callback) {
    take(new Asked(new ScriptCall(script, url, json == null ? "" : json), callback));
  }

  private synchronized void take(Asked one) {
    asked.add(one);
    String why = refusal.get();
    if (!why.isEmpty()) {
      refuse(one, 0, why);
    } else if (one.call.url() == null || one.call.url().isBlank()) {
      refuse(one, ScriptAnswer.NOT_ASKED, "the URL is empty");
    }
  }

  private void refuse(Asked one, int status, String why) {
    refused++;
    give(one, ScriptAnswer.failed(status, why));
  }

  synchronized List<ScriptCall> calls() {
    return asked.stream().map(one -> one.call).toList();
  }

  synchronized void answerAll(Function<? super ScriptCall, @Nullable ScriptAnswer> with) {
    answers = Objects.requireNonNull(with, "answers");
  }

  synchronized void answer(int call, ScriptAnswer answer) {
    Asked one = asked.get(call);
    if (one.answer != null) {
      throw new IllegalStateException("call " + call + " has its answer: " + one.answer);
    }
    failed += answer.ok() ? 0 : 1;
    give(one, answer);
  }

  private void give(Asked one, ScriptAnswer answer) {
    one.answer = answer;
    answered.add(one);
  }

  /** Runs the callbacks of answered calls. Does nothing inside a callback. */
  void tick() {
    if (!beginTick()) {
      return;
    }
    try {
      answerOpen();
      for (Asked one : takeAnswered()) {
        call(one);
      }
    } finally {
      endTick();
    }
  }

  private synchronized boolean beginTick() {
    boolean begins = !inTick;
    inTick = true;
    return begins;
  }

  private synchronized void endTick() {
    inTick = false;
  }

  private void answerOpen() {
    Function<? super ScriptCall, @Nullable ScriptAnswer> with;
    List<Asked> all;
    synchronized (this) {
      with = answers;
      all = List.copyOf(asked);
    }
    if (with == null) {
      return;
    }
    for (int i = 0; i < all.size(); i++) {
      Asked one = all.get(i);
      ScriptAnswer answer = one.answer == null ? with.apply(one.call) : null;
      if (answer != null) {
        answer(i, answer);
      }
    }
  }

  private synchronized List<Asked> takeAnswered() {
    List<Asked> all = List.copyOf(answered);
    answered.clear();
    return all;
  }

  private void call(Asked one) {
    try {
      one.callback.accept(one.answer);
    } catch (Throwable e) {
      // As in the bridge: a script's mistake does not end the tick.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      thrown.accept(e);
    }
  }

  /** Answers all open calls; the next tick runs their callbacks. */
  synchronized void close() {
    for (int i = 0; i < asked.size(); i++) {
      if (asked.get(i).answer == null) {
        answer(i, ScriptAnswer.failed(0, refusal.get()));
      }
    }
  }

  synchronized BridgeStatus.Scripts counts() {
    return new BridgeStatus.Scripts(asked.size(), refused, failed, 0);
  }
}
