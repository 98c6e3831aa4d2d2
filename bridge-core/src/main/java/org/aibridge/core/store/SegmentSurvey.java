package org.aibridge.core.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.aibridge.core.text.Sentence;

/**
 * The saved and the lost records of a damaged segment.
 *
 * <p>One process wrote the segment, so its sequences have no gaps: exactly the sequences missing
 * between two saved records are lost.
 */
final class SegmentSurvey {
  private final RecordSpan spans;
  private final List<RecordSpan.Span> gaps = new ArrayList<>();
  private RecordSpan.Span all;
  private long saved;
  private long sequences;

  SegmentSurvey(RecordSpan spans) {
    this.spans = spans;
  }

  void onSaved(byte[] payload, int length) {
    saved++;
    Optional<RecordSpan.Span> span = spans.of(payload, length);
    span.ifPresent(this::add);
  }

  private void add(RecordSpan.Span span) {
    sequences += span.last() - span.first() + 1;
    if (all != null && span.first() > all.last() + 1) {
      gaps.add(new RecordSpan.Span(all.last() + 1, span.first() - 1));
    }
    all = new RecordSpan.Span(all == null ? span.first() : all.first(), span.last());
  }

  long saved() {
    return saved;
  }

  /** The number of sequences in the saved records. */
  long sequences() {
    return sequences;
  }

  /** The number of lost records; a lower bound if the file does not tell the exact number. */
  long lost(SegmentCheck.Result result) {
    long written = Math.max(result.written(), result.records());
    return Math.max(gaps.size(), written - saved);
  }

  String report(Path file, Path kept, SegmentCheck.Result result, long epochMs) {
    StringBuilder text = new StringBuilder();
    line(text, "file", file);
    line(text, "kept as", kept);
    line(text, "found", Instant.ofEpochMilli(epochMs));
    line(text, "first damage", "byte " + result.position());
    line(text, "records saved", saved);
    line(text, "records lost", lost(result));
    if (all != null) {
      line(text, "sequences saved", range(all) + (gaps.isEmpty() ? "" : ", but for those lost"));
      gaps.forEach(gap -> line(text, "sequences lost", range(gap)));
      if (lost(result) > gaps.size()) {
        line(text, "sequences lost", "more before " + all.first() + " or after " + all.last());
      }
      line(text, "event ids", "<server_id>:<sequence>");
    }
    return text.toString();
  }

  private static String range(RecordSpan.Span span) {
    return Sentence.of("%d-%d (%d)", span.first(), span.last(), span.last() - span.first() + 1);
  }

  private static void line(StringBuilder text, String name, Object value) {
    text.append(Sentence.of("%-16s %s%n", name, value));
  }
}
