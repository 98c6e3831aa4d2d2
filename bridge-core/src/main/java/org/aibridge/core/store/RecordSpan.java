package org.aibridge.core.store;

import java.util.Optional;

/** Tells which sequences a record has, to report those that a damaged file has lost. */
@FunctionalInterface
public interface RecordSpan {
  /** Finds no sequences, for logs whose records have none. */
  RecordSpan NONE = (payload, length) -> Optional.empty();

  /** The sequences from {@code first} to {@code last}, both included. */
  record Span(long first, long last) {}

  /** Returns the sequences in the first {@code length} bytes of a record with a good checksum. */
  Optional<Span> of(byte[] payload, int length);
}
