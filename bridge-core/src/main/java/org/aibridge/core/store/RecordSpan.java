package org.aibridge.core.store;

import java.util.Optional;

/** Tells which sequences a record holds, so that the report of a damaged file can name the lost. */
@FunctionalInterface
public interface RecordSpan {
  /** For records that have no sequences. */
  RecordSpan NONE = (payload, length) -> Optional.empty();

  /** The sequences from {@code first} to {@code last}, both included. */
  record Span(long first, long last) {}

  /** What the record in the first {@code length} bytes holds; the record's sum is good. */
  Optional<Span> of(byte[] payload, int length);
}
