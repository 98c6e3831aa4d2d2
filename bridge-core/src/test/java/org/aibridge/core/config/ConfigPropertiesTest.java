package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.aibridge.api.event.EventType;

class ConfigPropertiesTest {
  private static final List<String> FRAGMENTS =
      List.of(
          "[",
          "]",
          "=",
          ":",
          "//",
          "#",
          ";",
          "\n",
          "\r\n",
          "\"",
          "'",
          " ",
          "\t",
          "-",
          "0",
          "10",
          "import",
          "property.conf",
          "yes",
          "http://",
          "https://ai",
          "@",
          "?",
          "%",
          "\u0000",
          "\u00e9",
          "[ai_service]\n",
          "[bridge]\n",
          "base_url = ",
          "api_key",
          "api_key_file = ",
          "api_key_env",
          "[event_dispatcher]\n",
          "max_batch_size",
          "dlq_path = ",
          ".log",
          "ai_sidecar_endpoint: ",
          "ai_sidecar_tls_enabled: ",
          "ai_sidecar_enable_local_cache: ",
          "[action_limits]\n",
          "mode = ",
          "give_reward.denied = ",
          "501-",
          "[script_http]\n",
          "allowed_hosts = ",
          "99999999999999999999");

  private static Path file;

  @BeforeContainer
  static void makeFile() throws IOException {
    file = Files.createTempDirectory("config").resolve("property.conf");
  }

  @AfterContainer
  static void removeFile() throws IOException {
    Files.deleteIfExists(file);
    Files.delete(file.getParent());
  }

  @Property(tries = 500)
  void anyBytesGiveAConfigurationOrAConfigException(@ForAll byte[] bytes) throws IOException {
    assertReadsOrExplains(bytes);
  }

  @Property(tries = 3000)
  void anythingLikeAConfigurationGivesOneOrAConfigException(@ForAll("almostFiles") String text)
      throws IOException {
    assertReadsOrExplains(text.getBytes(StandardCharsets.UTF_8));
  }

  @Provide
  Arbitrary<String> almostFiles() {
    return Arbitraries.of(FRAGMENTS).list().ofMaxSize(40).map(parts -> String.join("", parts));
  }

  @Property(tries = 500)
  void everyValidFileIsReadAsWrittenAndReadsBack(@ForAll Random random) throws IOException {
    Map<ConfigKey, String> written = new HashMap<>();
    ConfigKeys.all().forEach(key -> written.put(key, value(key, random)));
    orderBatchSizes(written);
    fitJournal(written);
    BridgeConfig config = read(text(written));

    for (ConfigKey key : ConfigKeys.all()) {
      String shown = key.shown().apply(config);
      if (shown != null) {
        assertThat(shown).as(key.label()).isEqualTo(written.get(key));
      }
    }
    assertThat(config.aiService().apiKey().reveal()).isEqualTo(written.get(ConfigKeys.API_KEY));

    Secret webhook = config.notifications().webhook();
    assertThat(webhook.reveal()).isEqualTo(written.get(ConfigKeys.NOTIFY_WEBHOOK));
    assertThat(config.kafka().password().reveal())
        .isEqualTo(written.get(ConfigKeys.KAFKA_PASSWORD));

    written.put(ConfigKeys.API_KEY, "");
    written.put(ConfigKeys.NOTIFY_WEBHOOK, "");
    written.put(ConfigKeys.KAFKA_PASSWORD, "");
    written.put(ConfigKeys.KAFKA_SASL, "none");
    config = read(text(written));
    assertThat(read(ConfigText.of(config))).isEqualTo(read(text(written)));
  }

  private static void orderBatchSizes(Map<ConfigKey, String> written) {
    long size = Long.parseLong(written.get(ConfigKeys.BATCH_SIZE));
    long max = Long.parseLong(written.get(ConfigKeys.MAX_BATCH_SIZE));
    written.put(ConfigKeys.BATCH_SIZE, Long.toString(Math.min(size, max)));
    written.put(ConfigKeys.MAX_BATCH_SIZE, Long.toString(Math.max(size, max)));
  }

  /** A cap on the journal has room for two of its files. */
  private static void fitJournal(Map<ConfigKey, String> written) {
    long least = 2 * Long.parseLong(written.get(ConfigKeys.ROLL_MB));
    long max = Long.parseLong(written.get(ConfigKeys.MAX_MB));
    written.put(ConfigKeys.MAX_MB, Long.toString(max < least ? 0 : max));
  }

  private static String text(Map<ConfigKey, String> values) {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (key, value) ->
            text.append('[')
                .append(key.section())
                .append("]\n")
                .append(key.name())
                .append(" = \"")
                .append(value)
                .append("\" # as written\n"));
    return text.toString();
  }

  private static String value(ConfigKey key, Random random) {
    if (key == ConfigKeys.ROUTE_KAFKA) {
      EventType[] types = EventType.values();
      return ValueParser.nameOf(types[random.nextInt(types.length)]);
    }
    return switch (key.type()) {
      case YES_NO -> random.nextBoolean() ? "yes" : "no";
      case NUMBER ->
          Long.toString(key.min() + Math.floorMod(random.nextLong(), key.max() - key.min() + 1));
      case NAME -> pick(random, "abcXYZ019_.-", 64);
      case TOKEN -> "X-" + pick(random, "abcXYZ019!#$%&'*+.^_`|~-", 20);
      case CHOICE -> {
        String[] words = key.allowed().replace(", or empty", "").split(", | or ");
        yield words[random.nextInt(words.length)];
      }
      case NAMES -> "a" + pick(random, "bc01_", 9) + ", prt_fild08";
      case LABELS -> "Guard " + random.nextInt(9) + "::OnKill, OnTimer" + random.nextInt(9);
      case IDS -> (1 + random.nextInt(1000)) + ", 2000-" + (2001 + random.nextInt(9));
      case URL ->
          "http://h" + pick(random, "abc019", 20) + ":" + (1 + random.nextInt(65_535)) + "/a//;b";
      case URL_PATH -> "/" + pick(random, "ab01_.-", 9) + "x/" + pick(random, "ab01_.-", 9) + "x";
      case PATH, OPTIONAL_PATH -> key.name() + "/" + pick(random, "ab '#;.\u00e9-", 20) + "x";
      case FILTERS ->
          pick(random, "abc_09", 9)
              + "@"
              + pick(random, "ab_-0", 9)
              + " 1:"
              + (2 + random.nextInt(9))
              + ", * "
              + (random.nextBoolean() ? "send" : "drop");
      case HOSTS -> "a" + pick(random, "bc01", 9) + ":80, b.example";
      case NETWORKS -> "10." + random.nextInt(256) + ".0.0/16, fd12::/48";
      case SECRET -> "k" + pick(random, "abc #;/='!~", 40) + "k";
      case FILE, VARIABLE -> "";
      case ADDRESS -> "127.0.0.1:" + (1 + random.nextInt(65_535));
      case ADDRESSES -> "127.0.0.1:" + (1 + random.nextInt(65_535)) + ", b.example:9092";
      case TOPIC -> pick(random, "abXY01_.-", 40) + "x";
      case WORDS -> "u" + pick(random, "abc 019@", 20) + "x";
      case COMMAND -> "bin/" + pick(random, "abc", 9) + " --to x y";
      case SECRET_URL ->
          "https://h" + pick(random, "abc019", 20) + "/" + pick(random, "ab01?=", 9) + "x";
    };
  }

  private static String pick(Random random, String characters, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = 1 + random.nextInt(most); i > 0; i--) {
      text.append(characters.charAt(random.nextInt(characters.length())));
    }
    return text.toString();
  }

  private static BridgeConfig read(String text) throws IOException {
    return ConfigReader.read(Files.writeString(file, text), Map.of()).config();
  }

  private static void assertReadsOrExplains(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try {
      assertThat(ConfigReader.read(file, Map.of()).config()).isNotNull();
    } catch (ConfigException expected) {
      assertThat(expected.problems()).isNotEmpty();
      assertThat(expected.getMessage()).startsWith(file.toString());
      assertThat(expected.getMessage().lines())
          .hasSize(Math.min(expected.problems().size(), ConfigException.MAX_LISTED + 1));
    }
  }
}
