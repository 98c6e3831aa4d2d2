package org.aibridge.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is published, as a host gets it that copies the README's lines. */
@Tag("slow")
@Timeout(300)
class PublishedIT {
  private static final List<String> JARS =
      List.of(
          "bridge-api",
          "bridge-core",
          "bridge-metrics",
          "bridge-kafka",
          "bridge-script-bindings",
          "bridge-testdouble",
          "bridge-fakeservice",
          "bridge-testkit",
          "bridge-native",
          "bridge-ops");

  @TempDir Path folder;
  private String version;
  private Path repository;

  @BeforeEach
  void publish() throws IOException {
    version =
        first("<artifactId>bridge-bom</artifactId>\\s*<version>(.*)</", "../bridge-bom/pom.xml");
    repository = folder.resolve("repository");
    put("bridge-parent", "pom", Path.of("../pom.xml"));
    put("bridge-bom", "pom", Path.of("../bridge-bom/pom.xml"));
    for (String jar : JARS) {
      put(jar, "pom", Path.of("..", jar, "pom.xml"));
      put(jar, "jar", Path.of("..", jar, "target", jar + "-" + version + ".jar"));
    }
  }

  @Test
  void resolvesWhatTheReadmeTellsAHostOfMaven() throws Exception {
    String lines = quoted("xml", "bridge-bom");
    assertThat(coordinates(lines)).contains("bridge-bom:" + version, "bridge-api", "bridge-core");
    Path host = Files.createDirectory(folder.resolve("host"));
    Files.writeString(
        host.resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>a.host</groupId><artifactId>host</artifactId><version>1</version>
        %s
        </project>
        """
            .formatted(lines));
    List<Path> jars = resolved(host);
    assertThat(jars)
        .extracting(jar -> jar.getFileName().toString())
        .contains("bridge-api-" + version + ".jar", "bridge-core-" + version + ".jar")
        .noneMatch(name -> name.matches("(chronicle-analytics|jna|jnr|jffi|affinity).*"));
    assertThat(jars).hasSizeLessThanOrEqualTo(20);
    long bytes = 0;
    for (Path jar : jars) {
      bytes += Files.size(jar);
    }
    assertThat(bytes).isLessThan(10_000_000);
  }

  @Test
  void runsTheTestOfTheTestkitsReadmeInAProjectOfItsOwn() throws Exception {
    String readme = "../bridge-testkit/README.md";
    Path host = Files.createDirectory(folder.resolve("host"));
    String runs = quoted("xml", "bridge-bom").replaceAll("\\s*</dependencies>\\s*$", "\n");
    Files.writeString(
        host.resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>a.host</groupId><artifactId>host</artifactId><version>1</version>
          <properties>
            <maven.compiler.release>17</maven.compiler.release>
            <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
          </properties>
        %s
        %s
        </dependencies>
        <build><plugins>
          <plugin><artifactId>maven-resources-plugin</artifactId><version>%s</version></plugin>
          <plugin><artifactId>maven-compiler-plugin</artifactId><version>%s</version></plugin>
          <plugin><artifactId>maven-surefire-plugin</artifactId><version>%s</version>
            <configuration><argLine>@jvm.options</argLine></configuration></plugin>
        </plugins></build>
        </project>
        """
            .formatted(
                runs,
                quoted(readme, "xml", "<artifactId>bridge-testkit"),
                pinned("resources"),
                pinned("compiler"),
                pinned("surefire")));
    Files.copy(Path.of("../conf/jvm.options"), host.resolve("jvm.options"));
    Path tests = Files.createDirectories(host.resolve("src/test/java"));
    Files.writeString(tests.resolve("OutageTest.java"), quoted(readme, "java", "class OutageTest"));
    String said = maven(host, "test");
    assertThat(said).containsPattern("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0");
    assertThat(said).doesNotContain("must be unique");
  }

  private static String pinned(String plugin) throws IOException {
    return first("maven-" + plugin + "-plugin</artifactId>\\s*<version>(.*)</", "../pom.xml");
  }

  @Test
  void namesTheSameToGradleAsToMaven() throws IOException {
    assertThat(coordinates(quoted("kotlin", "bridge-bom")))
        .containsExactlyElementsOf(coordinates(quoted("xml", "bridge-bom")));
  }

  @Test
  void saysInEachJarWhatItIsAndUnderWhichLicence() throws IOException {
    for (String name : JARS) {
      Path file =
          repository.resolve(
              "org/aibridge/%s/%s/%s-%s.jar".formatted(name, version, name, version));
      try (JarFile jar = new JarFile(file.toFile())) {
        assertThat(jar.getEntry("META-INF/LICENSE")).as(name).isNotNull();
        assertThat(jar.getEntry("META-INF/NOTICE")).as(name).isNotNull();
        Attributes manifest = jar.getManifest().getMainAttributes();
        assertThat(manifest.getValue("Implementation-Version")).as(name).isEqualTo(version);
        assertThat(manifest.getValue("Build-Commit"))
            .as(name)
            .matches("[0-9a-f]{12}(-dirty)?|unknown");
        assertThat(manifest.getValue("Automatic-Module-Name")).startsWith("org.aibridge.");
      }
    }
  }

  /** Has Maven resolve the class path. */
  private List<Path> resolved(Path host) throws Exception {
    maven(
        host,
        "org.apache.maven.plugins:maven-dependency-plugin:"
            + first(
                "maven-dependency-plugin</artifactId>\\s*<version>(.*)</", "../bridge-bom/pom.xml")
            + ":build-classpath",
        "-DincludeScope=runtime",
        "-Dmdep.outputFile=class.path");
    String path = Files.readString(host.resolve("class.path")).strip();
    return Stream.of(path.split(File.pathSeparator)).map(Path::of).toList();
  }

  /** Runs Maven on this repository and on what the build has already; returns what it said. */
  private String maven(Path host, String... goals) throws Exception {
    Path settings = folder.resolve("settings.xml");
    Files.writeString(
        settings,
        """
        <settings>
          <localRepository>%s</localRepository>
          <profiles><profile><id>built</id>
            <repositories>
              <repository><id>built</id><url>%s</url></repository>
              <repository><id>warm</id><url>%s</url></repository>
            </repositories>
            <pluginRepositories>
              <pluginRepository><id>warm</id><url>%3$s</url></pluginRepository>
            </pluginRepositories>
          </profile></profiles>
          <activeProfiles><activeProfile>built</activeProfile></activeProfiles>
        </settings>
        """
            .formatted(
                folder.resolve("local"),
                repository.toUri(),
                Path.of(System.getProperty("built.localRepository")).toUri()));
    Path said = folder.resolve("said");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("built.maven"), "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-o",
                "-Daether.offline.protocols=file",
                "-s",
                settings.toString(),
                "-gs",
                settings.toString()));
    command.addAll(List.of(goals));
    Process maven =
        new ProcessBuilder(command)
            .directory(host.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(maven.waitFor(240, TimeUnit.SECONDS)).isTrue();
    } finally {
      maven.destroyForcibly();
    }
    assertThat(maven.exitValue()).as(Files.readString(said)).isZero();
    return Files.readString(said);
  }

  private void put(String artifact, String kind, Path file) throws IOException {
    Path to = repository.resolve("org/aibridge/" + artifact + "/" + version);
    Files.createDirectories(to);
    Files.copy(file, to.resolve(artifact + "-" + version + "." + kind));
  }

  private static String quoted(String language, String word) throws IOException {
    return quoted("../README.md", language, word);
  }

  /** Returns the file's first block in {@code language} that names {@code word}. */
  private static String quoted(String file, String language, String word) throws IOException {
    Pattern block = Pattern.compile("```" + language + "\n(.*?)\n```", Pattern.DOTALL);
    return block
        .matcher(Files.readString(Path.of(file)))
        .results()
        .map(found -> found.group(1))
        .filter(text -> text.contains(word))
        .findFirst()
        .orElseThrow();
  }

  /** Returns our artifacts in their order, with the version where one is named. */
  private static List<String> coordinates(String lines) {
    String flat = lines.replaceAll("<artifactId>|</artifactId><version>|org.aibridge:", ":");
    return Pattern.compile(":(bridge-[a-z-]+(:[0-9][^<\"]*)?)")
        .matcher(flat)
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static String first(String pattern, String file) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(Path.of(file)))
        .results()
        .findFirst()
        .orElseThrow()
        .group(1);
  }
}
