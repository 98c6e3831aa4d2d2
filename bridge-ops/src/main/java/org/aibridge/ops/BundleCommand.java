package org.aibridge.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.aibridge.core.config.Secret;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Build;
import org.aibridge.core.run.Reason;
import org.aibridge.ops.live.Server;
import org.aibridge.ops.text.JsonTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge bundle}: collects the data for a bug report in one file. */
@Command(
    name = "bundle",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Write a zip of what a bug report needs: versions, the configuration without its keys,"
          + " status, check, counts of dead letters, the names of the bridge's files.",
      "Nothing in it says what players did, nor what the AI service has answered, unless"
          + " --with-data is given. Look into it before you hand it on."
    })
final class BundleCommand implements Callable<Integer> {
  private static final String LEFT_OUT = "(left out)";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** Matches a setting with {@code =} or {@code :}: its name, the separator and its value. */
  private static final Pattern SETTING = Pattern.compile("(\\s*([\\w.-]+)\\s*[=:]\\s*)(.*)");

  private static final Pattern SECRET =
      Pattern.compile(
          "key|pass|secret|token|auth|cred|header|webhook|command", Pattern.CASE_INSENSITIVE);

  private static final Pattern IN_ADDRESS = Pattern.compile("(//)[^/@\\s]+@");

  /** Matches a quoted text or a JSON object in a message; both may come from the service. */
  private static final Pattern QUOTED = Pattern.compile("\".*\"|\\{.*\\}", Pattern.DOTALL);

  /** The JSON fields that hold an answer of the service or an event's id. */
  private static final Set<String> WORDS =
      Set.of("service_said", "said", "what", "example", "answer");

  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  @Option(
      names = "--with-data",
      description = "Also the dead letters, the actions that wait, and the audit log.")
  private boolean withData;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "The file to make; ai-bridge-bundle-TIME.zip in the current folder by default.")
  private Path to;

  private Secret key = Secret.NONE;
  private Secret password = Secret.NONE;

  BundleCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Server server = new Server(surroundings, conf);
    key = server.config().aiService().apiKey();
    password = server.config().kafka().password();
    String name = "ai-bridge-bundle-" + STAMP.format(surroundings.clock().instant()) + ".zip";
    Path file = surroundings.folder().resolve(to == null ? Path.of(name) : to).normalize();
    FileChannel channel =
        PrivateFiles.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel))) {
      add(zip, "about.txt", about());
      add(zip, "ai_bridge.conf", configuration(Files.readAllLines(server.file())));
      command(zip, server, "status.json", "status", "-o", "json");
      command(zip, server, "check.json", "check", "--json");
      command(zip, server, "lanes.txt", "lanes");
      command(zip, server, "dead-letters.json", "dlq", "stats", "-o", "json");
      add(zip, "files.txt", files(server));
      add(zip, "jvm.txt", jvm(server));
      if (withData) {
        command(zip, server, "letters.jsonl", "dlq", "export");
        command(zip, server, "actions.json", "actions", "pending", "-o", "json");
        Path audit = server.journal().resolve("actions-audit.jsonl");
        if (Presence.of(audit)) {
          add(zip, "actions-audit.jsonl", Files.readString(audit));
        }
      }
    } catch (IOException e) {
      Disk.deleteIfExists(file);
      throw Trouble.failed(file + " could not be written: " + Reason.sentence(e));
    }
    surroundings
        .out()
        .println(
            "%s has what a bug report needs; %s"
                .formatted(
                    file,
                    withData
                        ? "it says what players did"
                        : "the key and what players did are left out"));
    return ExitCodes.DONE;
  }

  private String about() {
    return "command  "
        + Build.words()
        + "\njava     "
        + Runtime.version()
        + ", "
        + System.getProperty("java.vendor")
        + "\nsystem   "
        + Stream.of("os.name", "os.version", "os.arch")
            .map(System::getProperty)
            .collect(Collectors.joining(" "))
        + "\nmade     "
        + surroundings.clock().instant()
        + "\n";
  }

  /** Returns the settings without secrets, and without comments, since these may hold old keys. */
  private static String configuration(List<String> lines) {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      if (line.isBlank() || line.strip().startsWith("#") || line.strip().startsWith("//")) {
        continue;
      }
      Matcher setting = SETTING.matcher(line);
      boolean hidden = setting.matches() && SECRET.matcher(setting.group(2)).find();
      String shown = hidden ? setting.group(1) + LEFT_OUT : line;
      text.append(IN_ADDRESS.matcher(shown).replaceAll("$1" + LEFT_OUT + "@")).append('\n');
    }
    return text.toString();
  }

  /** Adds the output of one of this program's commands. */
  private void command(ZipOutputStream zip, Server server, String name, String... args)
      throws IOException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--conf");
    all.add(server.file().toString());
    int exit =
        Main.run(
            new Surroundings(
                new PrintWriter(out),
                new PrintWriter(err),
                true,
                false,
                surroundings.folder(),
                surroundings.system(),
                surroundings.environment(),
                surroundings.clock()),
            all.toArray(String[]::new));
    String said = withData ? out.toString() : withoutWords(out.toString());
    add(zip, name, said.isEmpty() ? withoutQuotes(err.toString()) + "exit " + exit + "\n" : said);
  }

  /** Removes the service's answers from a command's output, which is JSON or plain text. */
  private static String withoutWords(String text) throws IOException {
    if (!text.startsWith("{") && !text.startsWith("[")) {
      return text.lines().map(BundleCommand::withoutQuotes).collect(Collectors.joining("\n"));
    }
    JsonNode tree = JsonTree.read(text.getBytes(StandardCharsets.UTF_8));
    return JsonTree.text(without("", tree), true) + "\n";
  }

  private static JsonNode without(String name, JsonNode node) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(field -> field.setValue(without(field.getKey(), field.getValue())));
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, without(name, array.get(i)));
      }
    } else if (node.isTextual() && !node.asText().isEmpty()) {
      return TextNode.valueOf(WORDS.contains(name) ? LEFT_OUT : withoutQuotes(node.asText()));
    }
    return node;
  }

  private static String withoutQuotes(String text) {
    return QUOTED.matcher(text).replaceAll(LEFT_OUT);
  }

  /** Lists the files of the bridge's folders with size and time, but never their content. */
  private static String files(Server server) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path folder :
        List.of(
            server.journal(),
            server.resolve(server.config().actionExecutor().ledgerPath()),
            server.resolve(server.config().deadLetters().path()))) {
      text.append(folder).append('\n');
      for (Path file : Disk.isFolder(folder) ? Disk.list(folder) : List.<Path>of()) {
        text.append(
            "  %-40s %,14d  %s%n"
                .formatted(
                    file.getFileName(),
                    Disk.size(file),
                    Disk.attributes(file).lastModifiedTime().toInstant()));
      }
    }
    return text.toString();
  }

  /** Returns the options of the server's JVM without system properties, which may be secret. */
  private static String jvm(Server server) throws IOException {
    long pid = server.owner().orElse(0);
    if (pid == 0) {
      return "no bridge runs\n";
    }
    try {
      return Stream.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0"))
          .filter(argument -> argument.matches("-X.*|--add-.*|@.*|-(client|server)"))
          .collect(Collectors.joining("\n", "", "\n"));
    } catch (IOException e) {
      return "the command line of process " + pid + " cannot be read\n";
    }
  }

  private void add(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(password.hideIn(key.hideIn(text)).getBytes(StandardCharsets.UTF_8));
    zip.closeEntry();
  }
}
