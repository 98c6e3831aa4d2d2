package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.aibridge.host.HostMain;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is started in each way the README names, and delivers an event. */
@Tag("slow")
@Tag("jdk")
@Timeout(180)
class StartWaysTest {
  private static final String MAIN = HostMain.class.getName();
  private static final String RUNS = "RUNNING 1 ";

  @TempDir static Path made;
  private static String options;
  private static List<Path> jars;
  private static String path;

  /** What a server says on the class path whose JVM has none of the options. */
  private static String off;

  @TempDir Path folder;
  private Path conf;

  @BeforeAll
  static void makeTheServer() throws IOException {
    options = "@" + Path.of("../conf/jvm.options").toRealPath();
    jars = HostJars.in(made);
    path = jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  @BeforeEach
  void configure(@AiService FakeAiService service) throws Exception {
    conf = new ConfFile(folder, service.baseUrl()).write();
    if (off == null) {
      off = told("-cp", path, MAIN);
    }
  }

  @Test
  void onTheClassPath() throws Exception {
    assertThat(told(options, "-cp", path, MAIN)).isEqualTo(RUNS);
  }

  @Test
  void onTheClassPathWithWhatTheSentenceNames() throws Exception {
    assertThat(off).contains("@conf/jvm.options", "JDK_JAVA_OPTIONS", "Add-Opens: java.base/");
    List<String> command = new ArrayList<>(optionsIn(off));
    command.addAll(List.of("-cp", path, MAIN));
    assertThat(told(command.toArray(String[]::new))).isEqualTo(RUNS);
  }

  @Test
  void asOneShadedJar() throws Exception {
    Path fat = HostJars.fat(folder.resolve("server.jar"), jars, Map.of("Main-Class", MAIN));
    assertThat(told(options, "-jar", fat.toString())).isEqualTo(RUNS);
  }

  @Test
  void asAJarWhoseManifestOpensThePackagesThatTheSentenceNames() throws Exception {
    Map<String, String> manifest =
        Map.of(
            "Main-Class", MAIN,
            "Add-Exports", off.replaceFirst(".*'Add-Exports: ([^']*)'.*", "$1"),
            "Add-Opens", off.replaceFirst(".*'Add-Opens: ([^']*)'.*", "$1"));
    Path fat = HostJars.fat(folder.resolve("server.jar"), jars, manifest);
    assertThat(told("-jar", fat.toString())).isEqualTo(RUNS);
  }

  @Test
  void withJdkJavaOptions() throws Exception {
    assertThat(told(java(), Map.of("JDK_JAVA_OPTIONS", options), "-cp", path, MAIN))
        .isEqualTo(RUNS);
  }

  @Test
  void onARuntimeMadeByJlink() throws Exception {
    assertThat(
            told(jlinked(String.join(",", JvmFlags.MODULES)), Map.of(), options, "-cp", path, MAIN))
        .isEqualTo(RUNS);
  }

  @Test
  void isOffOnARuntimeThatLacksAModule() throws Exception {
    assertThat(told(jlinked("java.logging"), Map.of(), options, "-cp", path, MAIN))
        .startsWith("OFF 0 This Java was made without modules the AI bridge needs")
        .contains("jdk.unsupported");
  }

  @Test
  void onTheModulePathWithWhatTheSentencesName() throws Exception {
    Path module = Files.createDirectory(folder.resolve("module"));
    Path source = module.resolve("module-info.java");
    Files.writeString(source, "module host { requires org.aibridge.api; }");
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    String classes = made.resolve("host").toString();
    assertThat(javac.run(System.out, System.err, "-p", path, "-d", classes, source.toString()))
        .isZero();
    Path main = HostJars.jar(folder.resolve("host.jar"), Path.of(classes), Map.of());
    String modules = path.replace(made.resolve("host.jar").toString(), main.toString());
    String[] words = {"-p", modules, "-m", "host/" + MAIN};

    String missing = told(words);
    assertThat(missing).startsWith("OFF 0 ").contains("slf4j-api", "--add-modules=ALL-MODULE-PATH");
    String closed = told(with(List.of(options, "--add-modules=ALL-MODULE-PATH"), words));
    assertThat(closed).startsWith("OFF 0 This JVM was started without options");
    List<String> named = optionsIn(closed);
    assertThat(named).anyMatch(option -> option.contains("chronicle.core"));
    assertThat(told(with(named, words))).isEqualTo(RUNS);
  }

  private static String[] with(List<String> options, String[] main) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(main));
    return all.toArray(String[]::new);
  }

  private static List<String> optionsIn(String sentence) {
    return List.of(sentence.split(" ")).stream()
        .filter(word -> word.startsWith("--add-"))
        .distinct()
        .toList();
  }

  private Path jlinked(String modules) {
    assumeTrue(Files.isDirectory(Path.of(System.getProperty("java.home"), "jmods")), "no jmods");
    ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow();
    Path image = folder.resolve("image");
    assertThat(jlink.run(System.out, System.err, "--add-modules", modules, "--output", "" + image))
        .isZero();
    return image.resolve("bin/java");
  }

  private static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  private String told(String... command) throws Exception {
    return told(java(), Map.of(), command);
  }

  /** Starts the server and returns the last line it says. */
  private String told(Path java, Map<String, String> environment, String... command)
      throws Exception {
    List<String> all = new ArrayList<>(List.of(java.toString(), "-Xmx256m"));
    all.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    all.addAll(List.of(command));
    all.add(conf.toString());
    ProcessBuilder builder = new ProcessBuilder(all).directory(folder.toFile());
    builder.environment().putAll(environment);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process server = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(server.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      server.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(out);
    assertThat(lines).as(Files.readString(err)).isNotEmpty();
    return lines.get(lines.size() - 1);
  }
}
