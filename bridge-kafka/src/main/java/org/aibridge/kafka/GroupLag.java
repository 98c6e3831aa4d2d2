package org.aibridge.kafka;

import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;

/**
 * Asks Kafka now and then how many events the AI's consumer group has still to read. Its thread may
 * wait for a broker, and nobody waits for it; what fails is known as unknown.
 */
final class GroupLag implements Duty {
  private static final Logger log = Logs.of(GroupLag.class);

  /** The time between two askings, in nanoseconds. */
  private static final long PAUSE_NANOS = 30_000_000_000L;

  private static final long ANSWER_MS = 10_000;
  private static final long UNKNOWN = -1;

  private final String group;
  private final String topic;
  private final Supplier<Admin> maker;
  private final BridgeClock clock;
  private volatile long lag = UNKNOWN;
  private volatile boolean closing;

  /** Null until it is needed, and after an error. */
  private volatile Admin admin;

  private long nextNanos;
  private boolean complained;

  /**
   * @param topic where events go, perhaps with {@link KafkaEventSink#TYPE} in it
   */
  GroupLag(String group, String topic, Supplier<Admin> maker, BridgeClock clock) {
    this.group = group;
    this.topic = topic;
    this.maker = maker;
    this.clock = clock;
    this.nextNanos = clock.nanos();
  }

  /** Returns how many records the group has still to read, as of the last answer. Any thread. */
  OptionalLong get() {
    long now = lag;
    return now == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(now);
  }

  @Override
  public int runOnce() {
    if (closing || mayRestNanos() > 0) {
      return 0;
    }
    try {
      lag = ask();
      complained = false;
    } catch (Throwable e) { // Kafka's client throws errors, too.
      lag = UNKNOWN;
      drop();
      if (!complained && !closing) {
        log.warn("Kafka does not tell how far the group {} has read: {}", group, Reason.of(e));
        complained = true;
      }
    }
    nextNanos = clock.nanos() + PAUSE_NANOS;
    return 1;
  }

  @Override
  public long mayRestNanos() {
    return nextNanos - clock.nanos();
  }

  private long ask() throws Exception {
    Admin now = admin;
    if (now == null) {
      now = maker.get();
      admin = now;
      if (closing) {
        drop(); // Its end may have come before there was anything to end.
        return UNKNOWN;
      }
    }
    Map<TopicPartition, OffsetAndMetadata> read =
        answer(now.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
    Set<TopicPartition> all = partitions(now, read.keySet());
    Set<TopicPartition> unread = new HashSet<>(all);
    unread.removeAll(read.keySet());
    Map<TopicPartition, Long> begins = offsets(now, unread, OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = offsets(now, all, OffsetSpec.latest());
    long sum = 0;
    for (TopicPartition partition : all) {
      OffsetAndMetadata done = read.get(partition);
      sum +=
          Math.max(0, ends.get(partition) - (done == null ? begins.get(partition) : done.offset()));
    }
    return sum;
  }

  /**
   * Returns the events' partitions; where each type has a topic, those that the group has read and
   * that are still there: what a group has read is kept for days after a topic was deleted, and
   * Kafka's client looks for such a topic until its time is up.
   */
  private Set<TopicPartition> partitions(Admin now, Set<TopicPartition> read) throws Exception {
    if (!topic.contains(KafkaEventSink.TYPE)) {
      return partitions(answer(now.describeTopics(Set.of(topic)).allTopicNames()).get(topic));
    }
    String[] parts = topic.split(Pattern.quote(KafkaEventSink.TYPE), 2);
    Set<String> names =
        read.stream()
            .map(TopicPartition::topic)
            .filter(name -> name.startsWith(parts[0]) && name.endsWith(parts[1]))
            .collect(Collectors.toSet());
    Set<TopicPartition> there = partitions(now.describeTopics(names).topicNameValues());
    there.retainAll(read);
    return there;
  }

  /** Returns the partitions of those topics that exist. */
  static Set<TopicPartition> partitions(Map<String, KafkaFuture<TopicDescription>> topics)
      throws Exception {
    Set<TopicPartition> there = new HashSet<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> one : topics.entrySet()) {
      try {
        there.addAll(partitions(answer(one.getValue())));
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
      }
    }
    return there;
  }

  private static Set<TopicPartition> partitions(TopicDescription topic) {
    return topic.partitions().stream()
        .map(one -> new TopicPartition(topic.name(), one.partition()))
        .collect(Collectors.toSet());
  }

  private static Map<TopicPartition, Long> offsets(
      Admin now, Set<TopicPartition> partitions, OffsetSpec which) throws Exception {
    Map<TopicPartition, OffsetSpec> asked =
        partitions.stream().collect(Collectors.toMap(Function.identity(), one -> which));
    return answer(now.listOffsets(asked).all()).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, one -> one.getValue().offset()));
  }

  private static <T> T answer(KafkaFuture<T> future) throws Exception {
    return future.get(ANSWER_MS, TimeUnit.MILLISECONDS);
  }

  /** Ends an asking under way. Any thread; waits for no broker. */
  void beginClosing() {
    closing = true;
    drop();
  }

  private void drop() {
    Admin old = admin;
    admin = null;
    if (old != null) {
      old.close(TopicLook.NO_TIME);
    }
  }
}
