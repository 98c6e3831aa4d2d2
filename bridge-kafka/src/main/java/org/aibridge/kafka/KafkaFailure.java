package org.aibridge.kafka;

import org.aibridge.core.service.Verdict;
import org.aibridge.core.text.CertificateTrouble;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;

/**
 * Why Kafka did not do what it was asked, in a sentence for an operator.
 *
 * @param code the number of Kafka's protocol for it; 0 if no broker answered
 */
record KafkaFailure(Kind kind, int code, String sentence) {
  /** The kinds of failures, by what they mean for a later attempt. */
  enum Kind {
    /** This record can never be written. */
    RECORD,
    /** Nothing can be written or read until somebody removes the cause. */
    HELD,
    /** A later attempt may succeed without any change. */
    LATER,
    /** This process lacks a resource; the failure does not come from Kafka. */
    OURS
  }

  /**
   * Returns what {@code thrown}, by a client that was to use {@code topic}, means.
   *
   * @param write true if it was to be written to, false if read
   */
  static KafkaFailure of(Throwable thrown, String topic, boolean write) {
    Throwable e = cause(thrown);
    int code = e instanceof ApiException api ? Math.max(0, Errors.forException(api).code()) : 0;
    if (e instanceof RecordTooLargeException || e instanceof RecordBatchTooLargeException) {
      return new KafkaFailure(Kind.RECORD, code, "Kafka takes no record of its size: " + words(e));
    }
    if (e instanceof InvalidRecordException || e instanceof SerializationException) {
      return new KafkaFailure(Kind.RECORD, code, "Kafka refuses the record: " + words(e));
    }
    if (e instanceof BufferExhaustedException || e instanceof OutOfMemoryError) {
      return new KafkaFailure(Kind.OURS, 0, "no memory for what goes to Kafka: " + words(e));
    }
    if (e instanceof BrokerLook.NotKafkaException) {
      return held(code, words(e));
    }
    if (e instanceof TopicAuthorizationException) {
      return held(
          code,
          "Kafka lets us not "
              + (write ? "write to" : "read")
              + " the topic "
              + topic
              + ": it needs an ACL of "
              + (write ? "Write" : "Read and Describe")
              + " for this user");
    }
    if (e instanceof AuthorizationException) {
      return held(code, "Kafka does not allow it: " + words(e));
    }
    if (e instanceof SslAuthenticationException) {
      return held(code, "TLS with Kafka's brokers fails: " + tls(e));
    }
    if (e instanceof AuthenticationException) {
      return held(code, "Kafka does not know us by [kafka] username and password: " + words(e));
    }
    if (e instanceof UnknownTopicOrPartitionException) {
      return held(code, "Kafka has no topic " + topic + ": create it");
    }
    if (e instanceof InvalidTopicException) {
      return held(code, "Kafka takes no topic of the name " + topic);
    }
    if (e instanceof NotEnoughReplicasException) {
      return new KafkaFailure(
          Kind.LATER,
          code,
          "Kafka has too few replicas of " + topic + " in sync (min.insync.replicas)");
    }
    if (e instanceof TimeoutException) {
      return new KafkaFailure(Kind.LATER, 0, "Kafka did not answer in time: " + silence(words(e)));
    }
    if (e instanceof RetriableException || !(e instanceof KafkaException)) {
      return new KafkaFailure(Kind.LATER, code, "Kafka fails: " + words(e));
    }
    return e instanceof ApiException
        ? held(code, "Kafka refuses: " + words(e))
        : new KafkaFailure(Kind.LATER, code, "Kafka's client fails: " + words(e));
  }

  /** Returns the verdict on the whole request; the caller judges failures of one record. */
  Verdict verdict(long tookNanos) {
    Verdict.Reply reply = reply(tookNanos);
    return switch (kind) {
      case HELD -> new Verdict.Held(reply);
      case OURS -> new Verdict.NotSent(reply);
      case LATER, RECORD -> new Verdict.Later(reply, false, false);
    };
  }

  Verdict.Reply reply(long tookNanos) {
    return new Verdict.Reply(code, sentence, sentence, sentence, kind == Kind.LATER, tookNanos);
  }

  private static KafkaFailure held(int code, String sentence) {
    return new KafkaFailure(Kind.HELD, code, sentence);
  }

  /** Returns the cause behind a time-out or a wrapper; {@code thrown} itself if there is none. */
  private static Throwable cause(Throwable thrown) {
    Throwable e = thrown;
    while (e.getCause() instanceof ApiException
        && (e instanceof TimeoutException || !(e instanceof ApiException))) {
      e = e.getCause();
    }
    return e;
  }

  /** Returns what {@code words} mean, which name a topic also where no broker has said anything. */
  private static String silence(String words) {
    return words.contains("not present in metadata")
        ? "none of [kafka] bootstrap_servers does, or not as [kafka] tls would have it"
        : words;
  }

  /** Returns why there is no encrypted connection. */
  private static String tls(Throwable e) {
    CertificateTrouble trouble = CertificateTrouble.of(e);
    if (trouble != null) {
      boolean untrusted = trouble == CertificateTrouble.UNTRUSTED;
      return "their " + trouble + (untrusted ? " ([kafka] tls_ca_cert)" : "");
    }
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
  }

  /** Returns the message of a failure, or of the failure that a wrapper contains. */
  private static String words(Throwable e) {
    if (!(e instanceof ApiException) && e.getCause() instanceof KafkaException inner) {
      return words(inner);
    }
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
