package org.aibridge.testlib;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * This JVM's class path for JVMs that it starts, made so that they start sooner: jars stand for the
 * folders, and the classes of a running bridge come from an archive, parsed and verified. A JVM
 * with a bridge takes 1.8 s of processor time with it until it runs, and 3.1 s without.
 *
 * <p>Both are made by the first who asks, in the folder that the system property {@code
 * child.classes} names, and again once a class has changed: 7 s of processor time, so a module sets
 * the property that starts more than a few. {@code child.rehearsal} names a main method and its
 * words, whose classes come into the archive, too. Without an archive, which {@code rehearsal.log}
 * beside it tells the reason of, the JVMs start as ever.
 */
public final class ChildClasses {
  /** Of JVMs that live for seconds. */
  static final List<String> FLAGS =
      List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  static final String PATH = "-cp";

  /** What the rehearsals said, in the archive's folder. */
  private static final String LOG = "rehearsal.log";

  private static final int REHEARSAL_SECONDS = 300;

  private static final int REHEARSALS = 2;

  private static Path made;

  /** The file whose lock keeps {@link #made}. */
  private static FileChannel kept;

  private final Path folder;

  private ChildClasses(Path folder) {
    this.folder = folder;
  }

  /**
   * Returns the file of arguments, for {@code java}'s {@code @}, that give a JVM these classes; or
   * empty in a module that sets no {@code child.classes}. Takes seconds if it is to be made. Any
   * thread.
   */
  public static synchronized Optional<Path> file() throws IOException {
    String wanted = System.getProperty("child.classes");
    if (wanted != null && made == null) {
      Path home = Files.createDirectories(Path.of(wanted).toAbsolutePath());
      List<Path> path = entries();
      try (FileChannel file = lockFile(home)) {
        // Two of Surefire's JVMs may ask at the same time.
        file.lock();
        Path version = home.resolve(version(path));
        Path options = new ChildClasses(version).make(path);
        keep(version);
        made = options;
      }
    }
    return Optional.ofNullable(made);
  }

  /** Returns the arguments that give a JVM this one's classes, from an archive if there is one. */
  public static List<String> arguments() throws IOException {
    return file().map(file -> List.of("@" + file)).orElse(plain());
  }

  /**
   * Returns the flags that give a {@link ChildJvm} this JVM's class path as it is: for one that is
   * short of descriptors, which each class takes that comes from a folder, and none from an
   * archive.
   */
  public static List<String> plain() {
    return List.of(PATH, classPath());
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static List<Path> entries() {
    return Stream.of(classPath().split(File.pathSeparator))
        .map(Path::of)
        .filter(Files::exists)
        .toList();
  }

  /** Names all that the archive depends on. */
  private static String version(List<Path> path) throws IOException {
    StringBuilder all = new StringBuilder(System.getProperty("java.home") + Runtime.version());
    all.append(Files.readString(ChildJvm.projectFile("conf/jvm.options"))).append(FLAGS);
    all.append(System.getProperty("child.rehearsal"));
    for (Path entry : path) {
      for (Path file : filesIn(entry)) {
        all.append(file).append(' ').append(Files.size(file)).append(' ');
        all.append(Files.getLastModifiedTime(file).toMillis()).append('\n');
      }
    }
    return UUID.nameUUIDFromBytes(all.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static List<Path> filesIn(Path entry) throws IOException {
    try (Stream<Path> files = Files.walk(entry)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private Path make(List<Path> path) throws IOException {
    Path arguments = folder.resolve("java.options");
    Path archive = folder.resolve("classes.jsa");
    if (Files.exists(arguments) && (Files.exists(archive) || isUsed(folder))) {
      return arguments;
    }
    clear(folder.getParent());
    Files.createDirectories(folder);
    List<String> jars = new ArrayList<>();
    for (Path entry : path) {
      jars.add(
          (Files.isDirectory(entry) ? jar(entry, jars.size()) : entry.toAbsolutePath()).toString());
    }
    String classPath = String.join(File.pathSeparator, jars);
    List<String> lines = new ArrayList<>(List.of(PATH, quoted(classPath)));
    if (rehearsed(classPath, archive)) {
      // What the JVM has to say of an archive would come among what a child says.
      lines.addAll(List.of("-XX:SharedArchiveFile=" + quoted("" + archive), "-Xlog:cds*=off"));
    }
    return Files.write(arguments, lines);
  }

  private static FileChannel lockFile(Path folder) throws IOException {
    return FileChannel.open(
        folder.resolve("lock"),
        StandardOpenOption.CREATE,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE);
  }

  /** Keeps a version for as long as this JVM lives. */
  static void keep(Path version) throws IOException {
    kept = lockFile(version);
    kept.lock(0, Long.MAX_VALUE, true);
  }

  /** True if a JVM keeps the version, which was made for an earlier state of the classes. */
  private static boolean isUsed(Path version) throws IOException {
    try (FileChannel file = lockFile(version)) {
      return file.tryLock() == null;
    }
  }

  /** Deletes the versions that no JVM keeps. */
  static void clear(Path home) throws IOException {
    try (Stream<Path> versions = Files.list(home)) {
      for (Path old : versions.filter(Files::isDirectory).toList()) {
        if (!isUsed(old)) {
          delete(old);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path old : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(old);
      }
    }
  }

  /** Makes a jar; {@code number} tells it from those of other folders of one name. */
  private Path jar(Path classes, int number) throws IOException {
    Path jar = folder.resolve(number + "-" + classes.getFileName() + ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (Path file : filesIn(classes)) {
        zip.putNextEntry(
            new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
        Files.copy(file, zip);
      }
    }
    return jar;
  }

  /**
   * Lets a JVM leave an archive of the classes that a bridge needs, and another one where that
   * fails; returns whether there is one.
   */
  private boolean rehearsed(String classPath, Path archive) throws IOException {
    boolean again = true;
    for (int i = 0; again && i < REHEARSALS; i++) {
      again = rehearse(classPath, archive) && !Files.exists(archive);
    }
    return Files.exists(archive);
  }

  /** Returns whether the JVM ended by itself. */
  private boolean rehearse(String classPath, Path archive) throws IOException {
    List<String> command = new ArrayList<>(ChildJvm.java());
    command.add("-XX:ArchiveClassesAtExit=" + archive);
    command.addAll(List.of(PATH, classPath, Rehearsal.class.getName()));
    Path stage = Files.createDirectories(folder.resolve("rehearsal"));
    command.add(stage.toString());
    command.addAll(List.of(System.getProperty("child.rehearsal", "").split(" ")));
    command.removeIf(String::isEmpty);
    Process process =
        new ProcessBuilder(command)
            .directory(stage.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(LOG).toFile()))
            .start();
    boolean ended = false;
    try {
      ended = process.waitFor(REHEARSAL_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!ended) {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(archive); // It may be half of one.
      }
      delete(stage);
    }
    return ended;
  }

  /** What the rehearsals said, for whoever misses the archive. */
  public static String log() throws IOException {
    return Files.readString(file().orElseThrow().resolveSibling(LOG));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\") + '"';
  }
}
