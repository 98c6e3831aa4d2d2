package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Brings events to a stand in every way there is, and measures how soon an operator reads of it: in
 * the bridge's status, and in the exit of {@code ./ai-bridge status}. The table, the command's
 * output and each host's log stay beside the rounds' folders.
 */
public final class StateExperiment implements Experiment {
  /** The number of hosts that run at the same time; most of the time a host only waits. */
  private static final int AT_A_TIME = 4;

  @Override
  public String name() {
    return "state";
  }

  @Override
  public String promise() {
    return "whatever stands is told within 31 s of its beginning, and by the exit of"
        + " './ai-bridge status' within 15 s more, with what the service said; in at most two"
        + " changes of state, and without the name of a class";
  }

  @Override
  public int usualRounds() {
    return (Trouble.all().size() + AT_A_TIME - 1) / AT_A_TIME;
  }

  @Override
  public int usualEvents() {
    return 10_000;
  }

  /** Returns false: the experiment waits for reports that take half a minute. */
  @Override
  public boolean canBeQuick() {
    return false;
  }

  @Override
  public void run(Round round) {
    int first = (round.number() - 1) % usualRounds() * AT_A_TIME;
    List<Trouble> troubles = Trouble.all();
    List<Trouble> mine =
        troubles.subList(first, Math.min(first + AT_A_TIME, troubles.size())).stream()
            .filter(StateExperiment::canBeMade)
            .toList();
    round.add("failures played", mine.size());
    Path kept = round.folder().resolveSibling("state");
    ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      Files.createDirectories(kept);
      List<Future<StateRow.Outcome>> outcomes = new ArrayList<>();
      for (Trouble trouble : mine) {
        StateRow row =
            new StateRow(
                trouble, round.folder().resolve(word(trouble)), round.seed(), round.events());
        outcomes.add(threads.submit(row::run));
      }
      for (int i = 0; i < mine.size(); i++) {
        tell(round, kept, mine.get(i), outcomes.get(i).get());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * True if the trouble can be made on this machine; for example, only root can mount a small disk.
   */
  private static boolean canBeMade(Trouble trouble) {
    return switch (trouble.name()) {
      case Trouble.FULL -> System.getProperty("user.name").equals("root") && Tool.MOUNT.isThere();
      case Trouble.SHORT -> Tool.PRLIMIT.isThere();
      default -> true;
    };
  }

  private static void tell(Round round, Path kept, Trouble trouble, StateRow.Outcome outcome)
      throws IOException {
    Files.writeString(kept.resolve(word(trouble) + ".status.txt"), outcome.printed());
    Files.writeString(kept.resolve(word(trouble) + ".log"), outcome.log());
    Files.writeString(
        kept.resolve("rows.txt"),
        outcome.line(trouble) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    round.figure("until told, s", outcome.toldSeconds());
    round.figure("until exit 3, s", outcome.exitSeconds());
    round.figure("changes of state", outcome.states().size() - 1);
    outcome.failures(trouble).forEach(f -> round.require(false, trouble.name() + ": " + f));
  }

  /** Returns the trouble's name in a form that is valid in file names. */
  private static String word(Trouble trouble) {
    return trouble.name().replaceAll("[^A-Za-z0-9-]+", "-");
  }
}
