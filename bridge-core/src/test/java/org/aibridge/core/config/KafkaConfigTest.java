package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaConfigTest {
  @TempDir Path dir;

  private BridgeConfig.Kafka read(String lines) throws IOException {
    Path file = dir.resolve("ai_bridge.conf");
    Files.writeString(
        file,
        "[bridge]\nserver_id = m1\n[ai_service]\nbase_url = http://127.0.0.1:1\n[kafka]\n" + lines);
    return ConfigReader.read(file, Map.of("PW", "from the environment")).config().kafka();
  }

  @Test
  void goesToNoKafkaUntilBrokersAreNamed() throws IOException {
    assertThat(read("").isSet()).isFalse();
    BridgeConfig.Kafka kafka = read("bootstrap_servers = a:9092, b.example:9093\n");
    assertThat(kafka.isSet()).isTrue();
    assertThat(kafka.bootstrapServers()).containsExactly("a:9092", "b.example:9093");
    assertThat(kafka.eventsTopic()).isEqualTo("aibridge.events");
    assertThat(kafka.actionsTopic()).isEqualTo("aibridge.actions.m1");
    assertThat(kafka.resultsTopic()).isEqualTo("aibridge.results");
  }

  @Test
  void takesTheTypeInTheTopicOfEventsAloneAndNoTopicForActionsOverHttp() throws IOException {
    assertThat(read("events_topic = e.${type}\n").eventsTopic()).isEqualTo("e.${type}");
    assertThat(read("actions_topic =\n").actionsTopic()).isEmpty();
  }

  @Test
  void readsThePasswordFromAFileOrTheEnvironmentAndShowsItNowhere() throws IOException {
    Files.writeString(dir.resolve("pw"), "from a file\n");
    String named = "sasl = scram-sha-512\nusername = u\n";
    BridgeConfig.Kafka kafka = read(named + "password_file = " + dir.resolve("pw") + "\n");
    assertThat(kafka.password().reveal()).isEqualTo("from a file");
    assertThat(kafka.sasl()).isEqualTo(BridgeConfig.Kafka.Sasl.SCRAM_SHA_512);
    assertThat(kafka.toString()).doesNotContain("from a file");
    assertThat(read(named + "password_env = PW\n").password().reveal())
        .isEqualTo("from the environment");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bootstrap_servers = a|holds a host without a port",
        "bootstrap_servers = a:0|holds a port that is not between 1 and 65535",
        "events_topic =|is not the name of a topic",
        "events_topic = a b|is not the name of a topic",
        "actions_topic = a.${type}|is not the name of a topic",
        "sasl = gssapi|is no mechanism we know",
        "sasl = plain|is set without username or password",
        "username = u|is set without sasl",
        "tls_client_cert = pom.xml|is set without tls_client_key"
      })
  void refusesWhatCannotWork(String line, String why) {
    assertThatThrownBy(() -> read(line + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(why);
  }
}
