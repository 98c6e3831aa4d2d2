package org.aibridge.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a package holds beside the command: who has no clone of the source has nothing else. */
class PackageTest {
  private static final Path IMAGE = Path.of("target/ai-bridge").toAbsolutePath();
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
  private static final Pattern NAMED = Pattern.compile("\\b(?:docs|deploy)/[\\w./-]*\\w");

  @Test
  void hasAFileForEachLinkOfItsPages() throws Exception {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path page : files(".md")) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        if (link.group(1).contains("://")) {
          continue;
        }
        links++;
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          broken.add(IMAGE.relativize(page) + " -> " + link.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(100);
  }

  @Test
  void hasEachPageThatTheHelpTheConfigurationAndTheManualName() throws Exception {
    TreeSet<String> named = new TreeSet<>();
    for (String file : List.of("help.txt", "conf/ai_bridge.conf", "share/man/man1/ai-bridge.1")) {
      NAMED
          .matcher(Files.readString(IMAGE.resolve(file)))
          .results()
          .forEach(m -> named.add(m.group()));
    }
    assertThat(named)
        .contains("docs/native.md")
        .allSatisfy(file -> assertThat(IMAGE.resolve(file)).exists());
  }

  @Test
  void hasTheLibraryForServersInCAndTheAlerts() throws Exception {
    assertThat(
            List.of(
                "bridge-native/include/ai_bridge.h",
                "bridge-native/src/ai_bridge.c",
                "bridge-native/rathena/LICENSE",
                "bridge-native/rathena/ai_bridge.cpp",
                "deploy/prometheus/alerts.yml",
                "deploy/grafana/board.json"))
        .allSatisfy(file -> assertThat(IMAGE.resolve(file)).isNotEmptyFile());
    Process compiler =
        new ProcessBuilder("cc", "-std=c11", "-Iinclude", "-fsyntax-only", "src/ai_bridge.c")
            .directory(IMAGE.resolve("bridge-native").toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(compiler.getInputStream().readAllBytes(), "UTF-8");
    assertThat(compiler.waitFor()).as(said).isZero();
  }

  private static List<Path> files(String end) throws Exception {
    try (Stream<Path> all = Files.walk(IMAGE)) {
      return all.filter(file -> file.toString().endsWith(end)).toList();
    }
  }
}
