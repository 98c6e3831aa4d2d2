package org.aibridge.kafka;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.files.PrivateFiles;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.plain.PlainLoginModule;
import org.apache.kafka.common.security.scram.ScramLoginModule;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes Kafka's clients from the configuration. Reads files once; any thread. Before a client that
 * does not encrypt is made, it {@link #look looks} who answers, which may take some seconds.
 */
final class ClientProperties implements Clients {
  /** The time limit of one request, in milliseconds. */
  private static final int REQUEST_MS = 10_000;

  /** The longest wait of a client for a broker's metadata or for buffer space, in milliseconds. */
  private static final int BLOCK_MS = 5_000;

  /** The linger time in ms; longer than a writer's round, so that only its flush sends. */
  private static final int LINGER_MS = 5_000;

  /** The time after which an unacknowledged record fails and its batch is retried, in ms. */
  static final int DELIVERY_MS = LINGER_MS + REQUEST_MS;

  /** The batch size; above that of a writer's round, so that each partition has one batch. */
  static final int BATCH_BYTES = 262_144;

  /** The request limit; so large that only the topic's own limit takes effect. */
  private static final int MAX_REQUEST_BYTES = 16 << 20;

  private static final int MAX_PEM_BYTES = 1 << 20;

  static final int MEMORY_BYTES = 32 << 20;

  /** What all clients are made with. */
  final Map<String, Object> common = new HashMap<>();

  /** Null where the clients encrypt: what does not know TLS never gets as far as a length. */
  private final BrokerLook brokers;

  /**
   * @throws IOException if a certificate or key cannot be read
   */
  ClientProperties(BridgeConfig config) throws IOException {
    BridgeConfig.Kafka kafka = config.kafka();
    common.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    common.put(CommonClientConfigs.CLIENT_ID_CONFIG, "aibridge-" + config.bridge().serverId());
    common.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MS);
    common.put(
        CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
        config.aiService().connectTimeout().toMillis());
    // Keeps the clients out of the host's JMX, and keeps brokers from collecting their metrics.
    common.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, List.of());
    common.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    brokers =
        kafka.encrypted()
            ? null
            : new BrokerLook(
                kafka.bootstrapServers(), (int) config.aiService().connectTimeout().toMillis());
    boolean sasl = kafka.sasl() != BridgeConfig.Kafka.Sasl.NONE;
    common.put(
        CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
        (sasl ? "SASL_" : "") + (kafka.encrypted() ? "SSL" : "PLAINTEXT"));
    if (sasl) {
      putSasl(kafka);
    }
    if (kafka.encrypted()) {
      putTls(kafka.tls());
    }
  }

  private void putSasl(BridgeConfig.Kafka kafka) {
    boolean plain = kafka.sasl() == BridgeConfig.Kafka.Sasl.PLAIN;
    common.put(SaslConfigs.SASL_MECHANISM, kafka.sasl().name().replace('_', '-'));
    Class<?> module = plain ? PlainLoginModule.class : ScramLoginModule.class;
    common.put(
        SaslConfigs.SASL_JAAS_CONFIG,
        module.getName()
            + " required username="
            + quoted(kafka.username())
            + " password="
            + quoted(kafka.password().reveal())
            + ";");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private void putTls(BridgeConfig.Tls tls) throws IOException {
    if (tls.caCert() != null) {
      common.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
      common.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, text(tls.caCert()));
    }
    if (tls.clientCert() != null) {
      common.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
      common.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, text(tls.clientCert()));
      common.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, text(tls.clientKey()));
    }
  }

  private static String text(Path file) throws IOException {
    return new String(PrivateFiles.readAll(file, MAX_PEM_BYTES), StandardCharsets.US_ASCII);
  }

  @Override
  public boolean look() {
    return brokers != null && brokers.look();
  }

  @Override
  public Producer<byte[], byte[]> producer() {
    look();
    Map<String, Object> all = new HashMap<>(common);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BLOCK_MS);
    all.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MS);
    all.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, MEMORY_BYTES);
    all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MS);
    return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> consumer() {
    look();
    Map<String, Object> all = new HashMap<>(common);
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Admin admin() {
    look();
    Map<String, Object> all = new HashMap<>(common);
    all.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, REQUEST_MS);
    // With its other strategy this client spins while no broker answers, and logs each turn.
    all.put(
        AdminClientConfig.METADATA_RECOVERY_STRATEGY_CONFIG, MetadataRecoveryStrategy.NONE.name);
    return Admin.create(all);
  }

  @Override
  public void close() {
    if (brokers != null) {
      brokers.close();
    }
  }
}
