package org.aibridge.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.service.ServiceCheck;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/** Asks Kafka what a bridge will need: brokers, topics, limits, permissions. For one thread. */
final class KafkaCheck {
  private static final long ANSWER_MS = 10_000;

  /** A generous estimate of a record's bytes beside the event's JSON. */
  private static final int AROUND_BYTES = 1024;

  private final BridgeConfig config;
  private final BridgeConfig.Kafka kafka;
  private final Clients clients;
  private final List<ServiceCheck> found = new ArrayList<>();

  KafkaCheck(BridgeConfig config, Clients clients) {
    this.config = config;
    this.kafka = config.kafka();
    this.clients = clients;
  }

  List<ServiceCheck> run() {
    try {
      ask(clients.admin());
    } catch (Exception e) { // Of the client, or of what it was configured with.
      failed(e, kafka.eventsTopic(), AclOperation.DESCRIBE);
    }
    return found;
  }

  private void ask(Admin admin) throws Exception {
    try {
      int brokers = answer(admin.describeCluster().nodes()).size();
      found.add(ServiceCheck.ok("Kafka answers, with " + brokers + " brokers"));
      if (!kafka.eventsTopic().contains(KafkaEventSink.TYPE)) {
        topic(admin, kafka.eventsTopic(), AclOperation.WRITE);
      }
      if (!kafka.actionsTopic().isEmpty()) {
        topic(admin, kafka.actionsTopic(), AclOperation.READ);
        topic(admin, kafka.resultsTopic(), AclOperation.WRITE);
      }
    } finally {
      admin.close(TopicLook.NO_TIME); // By itself it would wait for its thread without a limit.
    }
  }

  private void topic(Admin admin, String name, AclOperation use) {
    try {
      DescribeTopicsOptions all = new DescribeTopicsOptions().includeAuthorizedOperations(true);
      TopicDescription topic =
          answer(admin.describeTopics(List.of(name), all).allTopicNames()).get(name);
      int partitions = topic.partitions().size();
      int replicas = topic.partitions().get(0).replicas().size();
      found.add(
          ServiceCheck.ok(
              "topic " + name + ": " + partitions + " partitions, " + replicas + " replicas each"));
      if (topic.authorizedOperations() != null && !topic.authorizedOperations().contains(use)) {
        found.add(
            ServiceCheck.failure(
                "this user may not " + word(use) + " " + name, "give it that ACL"));
      }
      if (use == AclOperation.READ && partitions != 1) {
        found.add(
            ServiceCheck.failure(
                "actions are read from topics of one partition, and " + name + " has " + partitions,
                "make it anew with one"));
      }
      if (use == AclOperation.WRITE) {
        limits(admin, name, replicas);
      }
    } catch (Exception e) {
      failed(e, name, use);
    }
  }

  private void limits(Admin admin, String name, int replicas) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
    Config limits;
    try {
      limits = answer(admin.describeConfigs(List.of(resource)).all()).get(resource);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof AuthorizationException)) {
        throw e;
      }
      found.add(
          ServiceCheck.warning(
              "the limits of " + name + " cannot be read: that needs an ACL of DescribeConfigs",
              "the bridge works without it; give it for the time of a check"));
      return;
    }
    int inSync = number(limits, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
    int most = number(limits, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    if (inSync < 2) {
      found.add(
          ServiceCheck.warning(
              name + " takes what one replica has (min.insync.replicas = " + inSync + ")",
              "with one it goes with that broker's disk; set 2, and 3 replicas"));
    } else if (inSync == replicas) {
      found.add(
          ServiceCheck.warning(
              name
                  + " takes nothing while one broker is away (min.insync.replicas = "
                  + inSync
                  + ")",
              "have one replica more"));
    }
    int largest = config.eventDispatcher().maxEventBytes() + AROUND_BYTES;
    if (most < largest) {
      found.add(
          ServiceCheck.warning(
              name
                  + " takes records of "
                  + most
                  + " bytes (max.message.bytes), and max_event_bytes allows "
                  + config.eventDispatcher().maxEventBytes(),
              "raise the one or lower the other; what is too large becomes a dead letter"));
    }
  }

  private static int number(Config limits, String name) {
    return Integer.parseInt(limits.get(name).value());
  }

  private void failed(Exception e, String topic, AclOperation use) {
    Throwable thrown = e instanceof ExecutionException ? e.getCause() : e;
    boolean write = use == AclOperation.WRITE;
    KafkaFailure failure = KafkaFailure.of(thrown, topic, write);
    String advice = "";
    try {
      advice = advice(failure);
    } catch (BrokerLook.NotKafkaException odd) { // Since a client was made.
      failure = KafkaFailure.of(odd, topic, write);
    }
    found.add(ServiceCheck.failure(failure.sentence(), advice));
  }

  /** Brokers tell a client where to connect to, and many tell what only their neighbours reach. */
  private String advice(KafkaFailure failure) {
    boolean silent = failure.kind() == KafkaFailure.Kind.LATER && failure.code() == 0;
    return silent && clients.look()
        ? "[kafka] bootstrap_servers answers, so see that what the brokers tell clients to connect to"
            + " (advertised.listeners) is reached from here"
        : "";
  }

  private static String word(AclOperation use) {
    return use == AclOperation.READ ? "read" : "write to";
  }

  private static <T> T answer(KafkaFuture<T> future) throws Exception {
    return future.get(ANSWER_MS, TimeUnit.MILLISECONDS);
  }
}
