package org.aibridge.kafka;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.Utils;

/** A record before it has a partition. Never changes. */
record Unsent(String topic, byte[] key, byte[] value, List<Header> headers) {
  /** The most bytes of a record's own fields: lengths, offset and time. */
  private static final int FIELDS_BYTES = 40;

  /** The most bytes of the two lengths of a header. */
  private static final int HEADER_BYTES = 10;

  /** Returns the most bytes that the record takes in a batch, uncompressed. */
  int bytes() {
    int bytes = FIELDS_BYTES + key.length + value.length;
    for (Header header : headers) {
      bytes += HEADER_BYTES + header.key().length() + header.value().length;
    }
    return bytes;
  }

  /** Returns the record's partition of {@code count}: the one that Kafka's client would choose. */
  int partition(int count) {
    return Utils.toPositive(Utils.murmur2(key)) % count;
  }

  ProducerRecord<byte[], byte[]> in(int partition) {
    return new ProducerRecord<>(topic, partition, key, value, headers);
  }
}
