package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLHandshakeException;
import org.aibridge.kafka.KafkaFailure.Kind;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

class KafkaFailureTest {
  private static void is(Throwable thrown, Kind kind, String sentence) {
    KafkaFailure failure = KafkaFailure.of(thrown, "t", true);
    assertThat(failure.kind()).as("%s", thrown).isEqualTo(kind);
    assertThat(failure.sentence()).contains(sentence);
  }

  @Test
  void blamesTheRecordForItsSizeAndItsForm() {
    is(new RecordTooLargeException("7 bytes"), Kind.RECORD, "no record of its size: 7 bytes");
    is(new SerializationException("no"), Kind.RECORD, "Kafka refuses the record: no");
  }

  @Test
  void holdsWhereSomebodyMustMendSomething() {
    is(new TopicAuthorizationException("t"), Kind.HELD, "an ACL of Write");
    is(new SaslAuthenticationException("bad"), Kind.HELD, "username and password: bad");
    is(new UnknownTopicOrPartitionException("?"), Kind.HELD, "Kafka has no topic t: create it");
    is(new ProducerFencedException("fenced"), Kind.HELD, "Kafka refuses: fenced");
  }

  @Test
  void tellsWhatIsWrongWithACertificateFromAWrongPassword() {
    is(tls(new CertPathBuilderException("?")), Kind.HELD, "nobody we trust ([kafka] tls_ca_cert)");
    is(
        tls(new CertificateExpiredException("?")),
        Kind.HELD,
        "TLS with Kafka's brokers fails: their certificate has expired");
    is(
        tls(new CertificateException("No name matching b1 found")),
        Kind.HELD,
        "fails: No name matching b1");
  }

  private static Throwable tls(Exception why) {
    SSLHandshakeException failed = new SSLHandshakeException("?");
    failed.initCause(why);
    return new SslAuthenticationException("SSL handshake failed", failed);
  }

  @Test
  void comesBackLaterWhereItMayGoWellByItself() {
    is(new TimeoutException("30 s"), Kind.LATER, "did not answer in time: 30 s");
    is(new TimeoutException("t not present in metadata"), Kind.LATER, "not as [kafka] tls would");
    is(new NetworkException("gone"), Kind.LATER, "Kafka fails: gone");
    is(new NotEnoughReplicasException("1"), Kind.LATER, "min.insync.replicas");
    is(new IllegalStateException("closed"), Kind.LATER, "closed");
  }

  @Test
  void takesAShortageOfOursForOurs() {
    is(new OutOfMemoryError("heap"), Kind.OURS, "no memory");
    is(new BufferExhaustedException("full"), Kind.OURS, "no memory");
  }

  @Test
  void findsTheReasonBehindWhatWrapsIt() {
    UnknownTopicOrPartitionException unknown = new UnknownTopicOrPartitionException("?");
    is(new TimeoutException("after 5000 ms", unknown), Kind.HELD, "Kafka has no topic t");
    is(new ExecutionException(unknown), Kind.HELD, "Kafka has no topic t");
    is(
        new KafkaException("Failed to construct", new ConfigException("no such host")),
        Kind.LATER,
        "no such host");
  }
}
