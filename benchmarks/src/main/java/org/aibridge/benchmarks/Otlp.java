package org.aibridge.benchmarks;

/** Counts the log records of an OTLP export request in protobuf; reads each byte once. */
final class Otlp {
  /** The field numbers on the path to a log record: resource_logs, scope_logs, log_records. */
  private static final int[] PATH = {1, 2, 2};

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int NESTED = 2;
  private static final int FIXED32 = 5;

  private final byte[] bytes;
  private int at;
  private long records;
  private long sum;

  private Otlp(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The number of log records in an export request. */
  static long countRecords(byte[] request) {
    Otlp reader = new Otlp(request);
    reader.message(0, request.length);
    return reader.records;
  }

  private void message(int level, int end) {
    while (at < end) {
      int tag = (int) varint();
      switch (tag & 7) {
        case VARINT -> sum += varint();
        case FIXED64 -> at += 8;
        case FIXED32 -> at += 4;
        case NESTED -> nested(level, tag >>> 3);
        default -> throw new IllegalArgumentException("a field of wire type " + (tag & 7));
      }
    }
  }

  private void nested(int level, int field) {
    int end = Math.toIntExact(varint());
    end += at;
    if (level < PATH.length && field == PATH[level]) {
      if (level == PATH.length - 1) {
        records++;
      }
      message(level + 1, end);
    } else if (level == PATH.length && (field == 5 || field == 6)) {
      message(level + 1, end); // A record's body and attributes.
    } else {
      for (; at < end; at++) {
        sum += bytes[at];
      }
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
