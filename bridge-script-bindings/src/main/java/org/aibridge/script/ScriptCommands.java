package org.aibridge.script;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.script.ScriptAnswer;

/**
 * The commands of NPC scripts, for the script engine of any host.
 *
 * <p>The game thread alone calls the methods of this class, and none of them waits, opens a socket
 * or takes a lock. A host calls {@link #tick} once a tick, right after {@link AiBridge#tick};
 * scripts resume only inside this call.
 */
public final class ScriptCommands {
  /** The most characters that a URL may have. */
  public static final int MAX_URL_CHARS = 2_048;

  /** The most bytes of UTF-8 that the body of an {@code httppost} may have. */
  public static final int MAX_BODY_BYTES = 10_240;

  private final AiBridge bridge;
  private final ProblemReporter problems;
  private final ArgumentErrors argumentErrors;
  private final TickBudget budget;
  private final LongSupplier nanoClock;
  private final Delivery.Line line =
      new Delivery.Line(new ConcurrentLinkedQueue<>(), new AtomicLong());
  private long taken;

  /** The last reload, shared by all scripts that ask during it; {@code null} before the first. */
  private Reload reload;

  /** Creates commands that report wrong arguments and use {@link TickBudget#DEFAULT}. */
  public ScriptCommands(AiBridge bridge, ScriptProblemListener problems) {
    this(bridge, problems, ArgumentErrors.REPORT, TickBudget.DEFAULT);
  }

  /** Creates commands with the given reaction to wrong arguments and the given budget. */
  public ScriptCommands(
      AiBridge bridge,
      ScriptProblemListener problems,
      ArgumentErrors argumentErrors,
      TickBudget budget) {
    this(bridge, problems, argumentErrors, budget, System::nanoTime);
  }

  ScriptCommands(
      AiBridge bridge,
      ScriptProblemListener problems,
      ArgumentErrors argumentErrors,
      TickBudget budget,
      LongSupplier nanoClock) {
    this.bridge = Objects.requireNonNull(bridge, "bridge");
    this.problems = new ProblemReporter(problems);
    this.argumentErrors = Objects.requireNonNull(argumentErrors, "argumentErrors");
    this.budget = Objects.requireNonNull(budget, "budget");
    this.nanoClock = nanoClock;
  }

  /**
   * Starts a command for a script, and returns at once.
   *
   * <p>{@code resume} is called exactly once, on the game thread, inside a later {@link #tick};
   * never inside this method. Its argument is a {@link String}, or for {@code ai_bridge_reload} the
   * {@link Integer} 1 or 0. Every failure is reported to the listener, and the script gets {@link
   * ScriptCommand#failed}. An exception from {@code resume} is reported too.
   *
   * @param script the script's name, for its quota and for log lines
   * @param command the command's name as the script wrote it
   * @param args the arguments as the script gave them; a text may be any {@link CharSequence}
   * @throws IllegalArgumentException only with {@link ArgumentErrors#THROW}, if the command is
   *     unknown or the arguments do not fit; then {@code resume} is never called
   */
  public void invoke(String script, String command, List<?> args, Consumer<Object> resume) {
    Objects.requireNonNull(script, "script");
    Objects.requireNonNull(resume, "resume");
    ScriptCommand known = ScriptCommand.named(command).orElse(null);
    String wrong = known == null ? "there is no such command" : Arguments.problem(known, args);
    if (wrong != null) {
      refuse(script, command, known, wrong, resume);
    } else {
      start(known, args, script, delivery(script, command, resume));
    }
  }

  /** Returns the answer to {@code ai_bridge_status}, for a host that need not suspend scripts. */
  public String statusJson() {
    return bridge.recentStatusJson();
  }

  /**
   * Resumes the scripts whose answers have come, within the {@link TickBudget}.
   *
   * <p>If a resumed script starts another command, its answer comes in the next tick at the
   * earliest.
   *
   * @return the number of scripts resumed
   */
  public int tick() {
    long upTo = line.added().get();
    if (taken == upTo) {
      return 0;
    }
    long started = nanoClock.getAsLong();
    int resumed = 0;
    do {
      taken++;
      line.queue().remove().run(problems);
      resumed++;
    } while (taken < upTo
        && resumed < budget.maxResumes()
        && nanoClock.getAsLong() - started < budget.maxTime().toNanos());
    return resumed;
  }

  /** The number of answers that wait for the next {@link #tick}. */
  public int due() {
    return (int) (line.added().get() - taken);
  }

  ProblemReporter problems() {
    return problems;
  }

  /** Creates a delivery to the game thread, through the same queue as the answers. */
  Delivery delivery(String script, String subject, Consumer<Object> resume) {
    return new Delivery(script, subject, resume, line);
  }

  private void refuse(
      String script, String name, ScriptCommand known, String wrong, Consumer<Object> resume) {
    if (argumentErrors == ArgumentErrors.THROW) {
      throw new IllegalArgumentException(script + ", " + name + ": " + wrong);
    }
    problems.report(ScriptProblem.Kind.ARGUMENTS, script, String.valueOf(name), wrong, null);
    delivery(script, name, resume).complete(known == null ? "" : known.failed(), null);
  }

  private void start(ScriptCommand command, List<?> args, String script, Delivery delivery) {
    try {
      switch (command) {
        case HTTPGET ->
            bridge.scriptHttp().get(script, text(args, 0), answer -> http(delivery, answer));
        case HTTPPOST ->
            bridge
                .scriptHttp()
                .post(script, text(args, 0), text(args, 1), answer -> http(delivery, answer));
        case STATUS -> delivery.complete(bridge.recentStatusJson(), null);
        case RELOAD -> reload(delivery);
      }
    } catch (Exception e) {
      delivery.complete(command.failed(), "the bridge threw: " + ProblemReporter.text(e));
    }
  }

  private static String text(List<?> args, int index) {
    return args.get(index).toString();
  }

  private static void http(Delivery delivery, ScriptAnswer answer) {
    delivery.complete(answer.ok() ? answer.body() : "", answer.ok() ? null : answer.problem());
  }

  private void reload(Delivery delivery) {
    if (reload == null || reload.done) {
      reload = new Reload(bridge.reload());
    }
    reload.stage.whenComplete((result, thrown) -> reloaded(delivery, result, thrown));
  }

  private static void reloaded(Delivery delivery, ReloadResult result, Throwable thrown) {
    if (result == null) {
      delivery.complete(0, "the reload threw: " + thrown);
    } else if (result.reloaded()) {
      delivery.complete(1, null);
    } else {
      delivery.complete(0, "the old settings stay: " + String.join("; ", result.problems()));
    }
  }

  /** A reload that is under way or has just ended. */
  private static final class Reload {
    private final CompletionStage<ReloadResult> stage;

    /**
     * True once the reload is over; written by the thread that ends it, read by the game thread.
     */
    private volatile boolean done;

    Reload(CompletionStage<ReloadResult> stage) {
      this.stage = stage;
      stage.whenComplete((result, thrown) -> done = true);
    }
  }
}
