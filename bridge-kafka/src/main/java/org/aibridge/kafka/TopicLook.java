package org.aibridge.kafka;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** Asks Kafka which topic has a name now. For one thread, but for {@link #close}. */
class TopicLook implements AutoCloseable {
  /**
   * A topic.
   *
   * @param id what tells it from earlier ones of its name
   */
  record Topic(String id, int partitions) {}

  /** As good as none; with none at all Kafka's client waits for its thread without a limit. */
  static final Duration NO_TIME = Duration.ofMillis(1);

  /**
   * After so many failures a client is made anew: this one knows only the brokers of its last
   * answer.
   */
  private static final int ANEW = 10;

  private final Supplier<Admin> maker;
  private final Runnable brokers;
  private volatile Admin admin;
  private volatile boolean closed;

  /** The failures in a row. */
  private int failed;

  /**
   * @param brokers throws if what answers at the brokers' addresses is none; may wait for it
   */
  TopicLook(Supplier<Admin> maker, Runnable brokers) {
    this.maker = maker;
    this.brokers = brokers;
  }

  /**
   * Returns the topic called {@code name}; waits for the answer.
   *
   * @throws KafkaException if there is none, or no answer
   */
  Topic look(String name, Duration most) {
    if (failed > 0 && admin != null) {
      lookAgain();
    }
    Admin asked = admin;
    if (asked == null) {
      asked = maker.get();
      admin = asked;
    }
    if (closed) {
      close();
    }
    try {
      TopicDescription found =
          asked
              .describeTopics(List.of(name))
              .allTopicNames()
              .get(most.toMillis(), TimeUnit.MILLISECONDS)
              .get(name);
      failed = 0;
      return new Topic(found.topicId().toString(), found.partitions().size());
    } catch (ExecutionException e) {
      missed(asked);
      throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
    } catch (java.util.concurrent.TimeoutException | InterruptedException e) {
      missed(asked);
      throw new TimeoutException("no broker answered within " + most.toMillis() + " ms", e);
    }
  }

  /** Leaves no client behind that would go on connecting to what is no broker. */
  private void lookAgain() {
    try {
      brokers.run();
    } catch (KafkaException e) {
      drop();
      throw e;
    }
  }

  private void missed(Admin asked) {
    if (++failed % ANEW == 0) {
      asked.close(NO_TIME);
      admin = null;
    }
  }

  /** Ends a question under way, and any that comes. Any thread; waits for no broker. */
  @Override
  public void close() {
    closed = true;
    drop();
  }

  private void drop() {
    Admin last = admin;
    admin = null;
    if (last != null) {
      last.close(NO_TIME);
    }
  }
}
