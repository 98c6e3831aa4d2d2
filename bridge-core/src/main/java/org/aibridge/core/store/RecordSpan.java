package org.aibridge.core.store;

import java.util.Optional;

/** Tells which sequences a record has, so that sequences lost to damage can be reported. */
@FunctionalInterface
public interface RecordSpan {
  /** Finds no sequences; for logs whose records have none. */
  RecordSpan NONE = (payload, length) -> Optional.empty();

  /** The sequences from {@code first} to {@code last}, both included. */
  record Span(long first, long last) {}

  /** Returns the sequences in the first {@code length} bytes of an undamaged record. */
  Optional<Span> of(byte[] payload, int length);
}
