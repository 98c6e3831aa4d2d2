package org.aibridge.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sinks, kept over Kafka. */
class KafkaSinkContractTest extends SinkContract {
  private static TestBroker broker;
  private static int topics;

  private final String topic = "contract." + topics++;

  @BeforeAll
  static void startBroker(@TempDir Path data) throws Exception {
    broker = new TestBroker(data);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Override
  String settings() throws Exception {
    broker.create(topic, 3, Map.of());
    return "[ai_service]\nbase_url = http://127.0.0.1:1\n[kafka]\nactions_topic =\n"
        + "bootstrap_servers = %s\nevents_topic = %s\n".formatted(broker.address(), topic);
  }

  @Override
  void limit() throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    ConfigEntry most = new ConfigEntry("max.message.bytes", "" + MOST_BYTES);
    broker
        .admin()
        .incrementalAlterConfigs(
            Map.of(resource, List.of(new AlterConfigOp(most, AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  private AclBinding denial() {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
        new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.WRITE, AclPermissionType.DENY));
  }

  @Override
  void forbid() throws Exception {
    broker.admin().createAcls(List.of(denial())).all().get();
  }

  @Override
  void allow() throws Exception {
    broker.admin().deleteAcls(List.of(denial().toFilter())).all().get();
  }

  @Override
  void stop() {
    broker.stop();
  }

  @Override
  void start() throws Exception {
    broker.start();
  }

  @Override
  List<JsonNode> taken() throws Exception {
    List<JsonNode> events = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : broker.read(topic)) {
      events.add(new ObjectMapper().readTree(record.value()));
    }
    return events;
  }
}
