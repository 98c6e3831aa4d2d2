package org.aibridge.ops.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigKey;
import org.aibridge.core.config.ConfigKeys;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.Dialect;

/** Whatever a file says: nothing is thrown, nothing is lost in silence, and the result loads. */
class ConversionPropertiesTest {
  private static final String SECRET = "s3cret-of-ours";
  private static final List<String> VALUES =
      List.of(
          "1",
          "0",
          "yes",
          "perhaps",
          "30",
          "5000",
          "-1",
          "99999999999999999999",
          "",
          "127.0.0.1:50051",
          "localhost",
          "grpc://ai_service:50051/x",
          "http://127.0.0.1:8000/",
          "https://user:pass@ai",
          "\"quoted\" // comment",
          "'a #b'",
          "\"half",
          "a #b",
          "a\"b'c",
          "conf/absent.pem",
          "\u201Cx\u201D",
          "\u00A0x\u200By",
          "[1, 2]",
          ":",
          "=");

  private static final Map<Dialect, List<String>> NAMES =
      Map.of(
          Dialect.FLAT,
          List.of(
              "ai_sidecar_enabled",
              "ai_sidecar_endpoint",
              "ai_sidecar_protocol",
              "ai_sidecar_compression",
              "ai_sidecar_tls_enabled",
              "ai_sidecar_tls_ca_cert",
              "ai_sidecar_tls_client_key",
              "ai_sidecar_api_key",
              "ai_sidecar_api_key_env",
              "ai_sidecar_game_server_id",
              "ai_sidecar_timeout_ms",
              "ai_sidecar_max_message_size_mb",
              "ai_sidecar_enable_local_cache",
              "ai_sidecar_cache_ttl_seconds",
              "ai_sidecar_new",
              "import",
              "other"),
          Dialect.AI_CLIENT,
          List.of(
              "enable_ai_client",
              "ai_server_endpoint",
              "ai_server_id",
              "ai_server_api_key",
              "ai_connection_timeout",
              "ai_rpc_timeout",
              "ai_retry_attempts",
              "ai_use_async",
              "import",
              "other"),
          Dialect.DOTTED,
          List.of(
              "ai_client.enabled",
              "ai_client.endpoint",
              "ai_client.server_id",
              "ai_client.timeout",
              "ai_client.api_key",
              "ai_service.port",
              "ai_client.debug",
              "a.b.c"),
          Dialect.SERVICE_URL,
          List.of(
              "ai_service_url",
              "ai_service_port",
              "ai_service_api_key",
              "ai_service_enabled",
              "web_port"),
          Dialect.BLOCKS,
          List.of("enabled", "url", "port", "api_key", "timeout", "model", "7227"));

  private static Path file;
  private static Path made;

  @BeforeContainer
  static void makeFolder() throws IOException {
    Path folder = Files.createTempDirectory("convert");
    file = folder.resolve("old.conf");
    made = folder.resolve("made.conf");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(made);
    Files.delete(file.getParent());
  }

  @Property(tries = 500)
  void eachKeyIsInTheResultOrNamedAndTheResultLoads(@ForAll Random random) throws IOException {
    List<Dialect> dialects = List.of(Dialect.values());
    Dialect dialect = dialects.get(random.nextInt(dialects.size()));
    List<String> names = new ArrayList<>();
    String text = dialect == Dialect.BLOCKS ? blocks(random, names) : lines(dialect, random, names);

    Conversion conversion = convert(text.getBytes(StandardCharsets.UTF_8));
    String written = assertLoads(conversion);

    for (String name : names) {
      assertThat(written).as(text).contains(name);
    }
    assertThat(conversion.notes()).as(text).noneMatch(note -> note.contains(SECRET));
    assertThat(written.lines().filter(line -> line.contains(SECRET)))
        .as(text)
        .allMatch(line -> line.startsWith("api_key = "));
  }

  @Property(tries = 500)
  void anyBytesAreConvertedOrExplained(@ForAll byte[] bytes) throws IOException {
    try {
      assertLoads(convert(bytes));
    } catch (ConfigException expected) {
      assertThat(expected.problems()).isNotEmpty();
    }
  }

  @Property(tries = 500)
  void anythingLikeBlocksIsConverted(@ForAll Random random) throws IOException {
    String[] pieces = {
      "a", "{", "}", ":", "=", "[", "]", "(", "\"", "'", "#", "//", ";", ",", " ", "\n"
    };
    StringBuilder text = new StringBuilder("ai_client: {");
    for (int i = random.nextInt(60); i > 0; i--) {
      text.append(pieces[random.nextInt(pieces.length)]);
    }
    assertLoads(convert(text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static Conversion convert(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    return Conversion.of(ConfigReader.written(file));
  }

  /** Returns the text of the result, which loads unless nothing in the file has a meaning. */
  private static String assertLoads(Conversion conversion) throws IOException {
    if (conversion.isEmpty()) {
      return String.join("\n", conversion.notes());
    }
    String written = ConvertedFile.of(conversion, "old.conf");
    Files.writeString(made, written);
    assertThat(ConfigReader.read(made, Map.of()).config()).isNotNull();
    return written;
  }

  private static String lines(Dialect dialect, Random random, List<String> names) {
    StringBuilder text = new StringBuilder("// comment\n");
    for (int i = 0; i <= random.nextInt(12); i++) {
      if (dialect == Dialect.INI) {
        ConfigKey key = pick(random, ConfigKeys.all());
        text.append('[').append(key.section()).append("]\n");
        names.add("[" + key.section() + "] " + setting(text, key.name(), " = ", random));
        names.add("[" + key.section() + "] " + setting(text, "odd_key", "=", random));
      } else {
        List<String> known = NAMES.get(dialect);
        String line = dialect == Dialect.FLAT ? "" : "line " + (i + 2) + ": ";
        names.add(line + setting(text, i == 0 ? known.get(0) : pick(random, known), ": ", random));
      }
    }
    return text.toString();
  }

  private static String blocks(Random random, List<String> names) {
    StringBuilder text = new StringBuilder();
    int line = 1;
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      String block = pick(random, List.of("ai_service", "ai_client", "ai_system", "rewards"));
      text.append(block).append("\n{ // comment\n");
      line += 2;
      for (int k = random.nextInt(5); k > 0; k--) {
        String name = setting(text, pick(random, NAMES.get(Dialect.BLOCKS)), ": ", random);
        names.add("line " + line++ + ": " + block + "." + name);
      }
      text.append("}\n");
      line++;
    }
    return text.toString();
  }

  private static String setting(StringBuilder text, String name, String sign, Random random) {
    String value = name.endsWith("api_key") ? SECRET : pick(random, VALUES);
    text.append(name).append(sign).append(value).append('\n');
    return name;
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
