package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.Logs;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * The journal of a sink that has a route, beside the main one of all that no route names.
 *
 * <p>A visit to the ring is appended to each journal by itself, so a process may die between two of
 * them: which of the ring's events this one has already, its last record and the kinds that it took
 * then tell together. So these kinds are noted in the folder, and those of a changed route come in
 * force only once no ring can hold an event that was moved before: {@link #changeOver}. For the
 * journal's thread.
 */
final class Branch {
  private static final Logger log = Logs.of(Branch.class);
  private static final String NOTE = "routes";
  private static final int NOTE_BYTES = 17;

  final String sink;
  final Journal journal;

  /** The kinds that the configuration routes here. */
  private final long routed;

  /** The events moved here by this process. */
  final TypeCounts types = new TypeCounts();

  /** The ring of the newest record of an earlier process, and how far it came in it. */
  private final long earlierRing;

  private final long earlierEnd;

  /** The kinds of events that are moved to this journal now. */
  private long kinds;

  Branch(String sink, Journal journal, long routed) throws IOException {
    this.sink = sink;
    this.journal = journal;
    this.routed = routed;
    this.kinds = routed;
    this.earlierRing = journal.ringGeneration();
    this.earlierEnd = journal.reachedIn(earlierRing);
    try {
      byte[] noted = PrivateFiles.readAll(note(), NOTE_BYTES);
      kinds = Long.parseUnsignedLong(new String(noted, StandardCharsets.US_ASCII).strip(), 16);
    } catch (NoSuchFileException first) {
      write();
    } catch (NumberFormatException e) {
      log.warn("{} makes no sense, and is written again", note());
      write();
    }
  }

  /** True if the configuration routes any events to this journal. */
  boolean isRouted() {
    return routed != EventKinds.NONE;
  }

  /** The kinds that the configuration routes here. */
  long routed() {
    return routed;
  }

  /** True if this branch takes events of {@code kind} now. */
  boolean takes(long kind) {
    return (kind & kinds) != 0;
  }

  /** True if this journal already has events that {@code ring} will show again. */
  boolean has(RingDrain ring) {
    return ring != null && journal.reachedIn(ring.generation()) > ring.position();
  }

  /** True if an earlier process has moved what now begins in {@code ring}, if it is for here. */
  boolean hadBefore(RingDrain ring) {
    return ring.generation() == earlierRing && earlierEnd > ring.position();
  }

  /** True while the kinds moved here differ from the configured ones. */
  boolean isChanging() {
    return kinds != routed;
  }

  /**
   * Has the configured kinds be moved here from now on. To be called when no ring holds an event
   * that may be in a journal.
   */
  void changeOver() throws IOException {
    long before = kinds;
    kinds = routed;
    boolean noted = false;
    try {
      write();
      noted = true;
    } finally {
      kinds = noted ? routed : before;
    }
  }

  private void write() throws IOException {
    byte[] text = Sentence.of("%016x\n", kinds).getBytes(StandardCharsets.US_ASCII);
    PrivateFiles.note(note(), note().resolveSibling(NOTE + ".new"), text);
  }

  private Path note() {
    return journal.folder().resolve(NOTE);
  }
}
