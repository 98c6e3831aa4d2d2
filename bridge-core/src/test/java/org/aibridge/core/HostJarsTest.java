package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.aibridge.core.Libraries.Library;
import org.aibridge.host.HostMain;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server loads for the bridge, and what it is told when some of it is missing. */
class HostJarsTest {
  /** Jars beside those of others: api and core. */
  private static final int OURS = 2;

  /** How far apart two jars lie in the list that are missing together. */
  private static final int OTHER = 5;

  @TempDir static Path folder;

  private static Path conf;
  private static List<Path> jars;

  @BeforeAll
  static void makeTheServer() throws IOException {
    conf = new ConfFile(folder, "http://127.0.0.1:1").write();
    jars = HostJars.in(Files.createDirectory(folder.resolve("jars")));
  }

  @Test
  void areTwentyAtMostAndTenMegabytes() throws IOException {
    List<Path> others = new ArrayList<>(jars);
    assertThat(others.removeIf(jar -> jar.endsWith("host.jar"))).isTrue();
    long bytes = 0;
    for (Path jar : others) {
      bytes += Files.size(jar);
    }
    assertThat(others).hasSizeLessThanOrEqualTo(20);
    assertThat(bytes).isLessThan(10_000_000);
  }

  @Test
  void areEachLookedForAtTheStart() throws IOException {
    Set<String> resolved = new TreeSet<>();
    for (Path one : HostJars.resolved()) {
      resolved.add(one.getFileName().toString().replaceFirst("-[0-9].*", ""));
    }
    assertThat(HostJars.resolved()).hasSize(Libraries.ALL.size() + OURS - 1);
    assertThat(resolved).containsAll(Libraries.ALL.stream().map(Library::artifact).toList());
    assertThat(Libraries.sentence()).isEmpty();
  }

  /** Each one, and each with one other: the bridge is off and says which; nothing is thrown. */
  @Test
  @Tag("slow")
  @Tag("jdk")
  void turnTheBridgeOffWhereTheyAreMissing() throws Exception {
    for (int i = 0; i < Libraries.ALL.size(); i++) {
      isOffWithout(i, i);
      isOffWithout(i, (i + OTHER) % Libraries.ALL.size());
    }
  }

  /** Each two of them. */
  @Test
  @Tag("long")
  void turnTheBridgeOffWhereAnyTwoAreMissing() throws Exception {
    for (int i = 0; i < Libraries.ALL.size(); i++) {
      for (int j = i + 1; j < Libraries.ALL.size(); j++) {
        isOffWithout(i, j);
      }
    }
  }

  private static void isOffWithout(int one, int other) throws Exception {
    Set<String> without = new TreeSet<>();
    without.add(Libraries.ALL.get(one).artifact());
    without.add(Libraries.ALL.get(other).artifact());
    String told = toldWithout(without);
    assertThat(told).as("without %s", without).startsWith("OFF 0 the server runs without jars");
    String missing = told.replaceFirst(".* needs: ", "").replaceFirst(";.*", "");
    assertThat(List.of(missing.split(", "))).containsExactlyInAnyOrderElementsOf(without);
  }

  /** The log has what was met first, too: what is missing need not be all that is wrong. */
  @Test
  void areNotAllThatTheLogTellsOf() throws Exception {
    List<LogRecord> lines = new ArrayList<>();
    Logger logger = Logger.getLogger(CoreBridgeProvider.class.getName());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try {
      toldWithout(Set.of("slf4j-api"));
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(lines)
        .singleElement()
        .extracting(LogRecord::getThrown)
        .isInstanceOf(LinkageError.class);
    assertThat(lines.get(0).getMessage()).contains("slf4j-api");
  }

  private static String toldWithout(Collection<String> without) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      if (!without.contains(jar.getFileName().toString().replaceFirst("-[0-9].*", ""))) {
        urls.add(jar.toUri().toURL());
      }
    }
    try (URLClassLoader apart =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      return (String)
          apart
              .loadClass(HostMain.class.getName())
              .getMethod("told", String.class)
              .invoke(null, conf.toString());
    }
  }
}
