package org.aibridge.torture;

import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * What a host does to itself on command.
 *
 * <pre>
 *   hog DELAY MS                    holds every descriptor there is for MS milliseconds
 *   interrupt ROUNDS US all|one SEED  interrupts threads of the bridge, every US microseconds
 *   tantrum PERCENT SEED            from now on {@link Tantrums} throws
 * </pre>
 */
final class HostFaults {
  /** The system property that holds a command to run before the bridge starts. */
  static final String AT_START = "aibridge.fault.start";

  private static final long LOOK_NANOS = 500_000;

  private final BiConsumer<String, String> say;

  /**
   * Creates the faults; {@code say} sends the experiment a line, given as its first word and the
   * rest.
   */
  HostFaults(BiConsumer<String, String> say) {
    this.say = say;
  }

  void obeyAtStart() {
    String command = System.getProperty(AT_START, "");
    if (!command.isEmpty() && !obey(command)) {
      throw new IllegalArgumentException("no such command: " + command);
    }
  }

  /** Obeys {@code command} on a separate thread; true if this class knows the command. */
  boolean obey(String command) {
    String[] words = command.split(" ");
    switch (words[0]) {
      case "hog" -> daemon(() -> hog(number(words, 1), number(words, 2)));
      case "interrupt" ->
          daemon(
              () ->
                  interrupt(
                      number(words, 1),
                      number(words, 2),
                      words[3].equals("all"),
                      number(words, 4)));
      case "tantrum" -> {
        Tantrums.begin((int) number(words, 1), number(words, 2));
        say.accept("tantrum", words[1]);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Returns the names of the bridge's threads, except those for single HTTP calls. */
  static List<String> threadNames() {
    return ours().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("bridge-") && !name.contains("http-"))
        .sorted()
        .toList();
  }

  private void hog(long delayMs, long ms) {
    Pause.millis(delayMs);
    List<FileInputStream> held = new ArrayList<>();
    boolean all = false;
    for (long end = System.nanoTime() + ms * 1_000_000; System.nanoTime() - end < 0; ) {
      try {
        while (true) {
          held.add(new FileInputStream("/dev/null"));
        }
      } catch (IOException e) {
        if (!all) {
          say.accept("hogged", held.size() + " " + e.getMessage());
        }
        all = true;
      }
      // The next pass also takes the descriptors that the bridge closes during this pause.
      LockSupport.parkNanos(LOOK_NANOS);
    }
    for (FileInputStream one : held) {
      try {
        one.close();
      } catch (IOException e) {
        say.accept("unfreed", e.toString());
      }
    }
    say.accept("freed", Integer.toString(held.size()));
  }

  private void interrupt(long rounds, long gapMicros, boolean all, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long done = 0;
    for (long i = 0; i < rounds; i++) {
      List<Thread> ours = ours();
      for (int t = 0; t < ours.size(); t++) {
        if (all || t == random.nextInt(ours.size())) {
          ours.get(t).interrupt();
          done++;
        }
      }
      LockSupport.parkNanos(gapMicros * 1000);
    }
    say.accept("interrupted", Long.toString(done));
  }

  private static List<Thread> ours() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t.getName().startsWith("bridge-") || t.getName().startsWith("Ok"))
        .toList();
  }

  private static long number(String[] words, int at) {
    return Long.parseLong(words[at]);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "fault");
    thread.setDaemon(true);
    thread.start();
  }
}
