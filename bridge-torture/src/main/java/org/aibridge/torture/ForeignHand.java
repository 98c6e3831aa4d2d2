package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Somebody else on this machine who does one deed to one file of a host: an administrator who
 * tidies up, a backup that is played back, a script with the wrong path.
 *
 * <p>The file's content is kept, by a hard link if possible, so that what a process writes into the
 * file afterwards counts as well.
 */
final class ForeignHand {
  private static final Pattern NUMBER = Pattern.compile("\"number\":(\\d{1,9})");

  /** The patterns for the kinds of file to damage; the last pattern matches any kind. */
  private static final List<Pattern> KINDS =
      Stream.of(
              "journal/N.cqN",
              "actions/N.cqN",
              "dead-letters/N.cqN",
              "journal/cursor",
              "the ring",
              "actions/N.cqN",
              "journal/N.cqN",
              "marks|shared memory|note",
              "dead-letters/N.cqN",
              "")
          .map(Pattern::compile)
          .toList();

  private static final int TRIES = 50;

  /** The kinds of damage to a file. */
  enum Deed {
    EMPTY,
    TRUNCATE,
    DELETE,
    OLD_COPY,
    GARBAGE,
    DIRECTORY;

    /** True if the damage can kill a JVM that has the file mapped. */
    boolean takesPages() {
      return this == EMPTY || this == TRUNCATE;
    }
  }

  /**
   * What was done.
   *
   * @param file which file
   * @param kind which kind of file
   * @param deed what was done to it
   * @param copy what it had at that moment
   * @param link the file itself where it was replaced, under another name; null where it was not
   */
  record Taken(Path file, String kind, Deed deed, Path copy, Path link) {
    /** Returns the numbers of the events in the file, before and after the damage. */
    BitSet numbers() throws IOException {
      BitSet numbers = numbersIn(copy);
      if (link != null) {
        numbers.or(numbersIn(link));
      } else if (Files.isRegularFile(file)) {
        numbers.or(numbersIn(file)); // The host may have written events since the damage.
      }
      return numbers;
    }

    @Override
    public String toString() {
      return deed + " of " + kind + " (" + file.getFileName() + ")";
    }
  }

  private final Path folder;
  private final SplittableRandom random;

  /** Creates a hand that damages files in the host's folder, {@code folder}. */
  ForeignHand(Path folder, SplittableRandom random) {
    this.folder = folder;
    this.random = random;
  }

  /** Returns the files in shared memory that process {@code pid} has mapped. */
  static List<Path> sharedMemory(long pid) {
    try (Stream<String> maps = Files.lines(Path.of("/proc/" + pid + "/maps"))) {
      return maps.filter(line -> line.contains("/dev/shm/") && !line.endsWith("(deleted)"))
          .map(line -> Path.of(line.substring(line.indexOf("/dev/shm/"))))
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Does one deed to a file whose kind goes round with {@code turn}, which counts from 1.
   *
   * @param shared the host's files in shared memory
   */
  Taken strike(int turn, List<Path> shared) {
    Pattern wanted = KINDS.get((turn - 1) % KINDS.size());
    for (int i = 0; i < TRIES; i++) {
      try {
        Map<String, List<Path>> kinds = kinds(shared);
        String kind = draw(kinds, wanted);
        List<Path> files = kinds.get(kind);
        // Chooses the newest file, which is being written, half of the time.
        Path file =
            files.get(random.nextBoolean() ? files.size() - 1 : random.nextInt(files.size()));
        Deed deed = Deed.values()[random.nextInt(Deed.values().length)];
        return strike(file, kind, deed);
      } catch (FileSystemException e) {
        continue; // The host deleted the file, as it does once all its events are delivered.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("no file stays for long enough in " + folder);
  }

  /** Returns a random kind that matches {@code wanted}; if no kind matches, any random kind. */
  private String draw(Map<String, List<Path>> kinds, Pattern wanted) {
    List<String> some = kinds.keySet().stream().filter(k -> wanted.matcher(k).find()).toList();
    List<String> any = some.isEmpty() ? List.copyOf(kinds.keySet()) : some;
    return any.get(random.nextInt(any.size()));
  }

  private Taken strike(Path file, String kind, Deed deed) throws IOException {
    Path kept = Files.createDirectories(folder.resolve("kept"));
    Path copy = kept.resolve(file.getFileName() + ".copy");
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    if (deed == Deed.OLD_COPY) {
      Pause.millis(random.nextInt(1500));
    }
    if (deed.takesPages()) {
      long size = Files.size(file);
      long left = deed == Deed.EMPTY || size < 2 ? 0 : random.nextLong(size);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(left);
      }
      return new Taken(file, kind, deed, copy, null);
    }
    // A hard link must be on the same file system as its file.
    Path link =
        file.startsWith(folder)
            ? kept.resolve(file.getFileName() + ".kept")
            : file.resolveSibling("." + file.getFileName() + ".kept");
    Files.createLink(link, file);
    switch (deed) {
      case DELETE -> Files.delete(file);
      case OLD_COPY -> replace(file, Files.readAllBytes(copy));
      case GARBAGE -> {
        byte[] garbage = new byte[(int) Math.min(Files.size(file), 1 << 20)];
        random.nextBytes(garbage);
        replace(file, garbage);
      }
      default -> {
        Files.delete(file);
        Files.createDirectory(file);
      }
    }
    return new Taken(file, kind, deed, copy, link);
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path other = Files.write(file.resolveSibling("." + file.getFileName() + ".new"), content);
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Returns the files by kind; a kind is the folder and the file's name without numbers. */
  private Map<String, List<Path>> kinds(List<Path> shared) throws IOException {
    Map<String, List<Path>> kinds = new TreeMap<>();
    for (String part : List.of("journal", "dead-letters", "actions")) {
      try (Stream<Path> files = Files.walk(folder.resolve(part))) {
        files
            .sorted()
            .filter(Files::isRegularFile)
            .filter(file -> !file.toString().contains("quarantine"))
            .forEach(
                file -> kinds.computeIfAbsent(kind(part, file), k -> new ArrayList<>()).add(file));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    for (Path file : shared) {
      if (Files.isRegularFile(file)) {
        String kind = file.toString().endsWith(".ring") ? "the ring" : "shared memory";
        kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(file);
      }
    }
    return kinds;
  }

  private static String kind(String part, Path file) {
    return part + "/" + file.getFileName().toString().replaceAll("[0-9][0-9-]*", "N");
  }

  /** Returns the numbers of the events whose text {@code file} contains. */
  static BitSet numbersIn(Path file) throws IOException {
    BitSet numbers = new BitSet();
    Matcher matcher =
        NUMBER.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      numbers.set(Integer.parseInt(matcher.group(1)));
    }
    return numbers;
  }
}
