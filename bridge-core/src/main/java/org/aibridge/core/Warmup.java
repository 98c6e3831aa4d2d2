package org.aibridge.core;

import java.nio.ByteBuffer;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.api.AiBridge;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.intake.Refusals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads, while the server boots, the classes that the game thread will need: loading a class reads
 * a file and takes a lock.
 */
final class Warmup {
  private static final Logger log = LoggerFactory.getLogger(Warmup.class);
  private static final int MAX_EVENT_BYTES = 1024;
  private static final int RING_BYTES = 16 << 10;

  /** What a tick and a script's call need and no other method reaches before. */
  private static final List<String> CLASSES =
      List.of(
          "org.aibridge.api.action.ActionReply$Outcome",
          "org.aibridge.api.action.ActionReply$Pending",
          "org.aibridge.api.script.ScriptAnswer",
          "org.aibridge.core.action.ActionResult$End",
          "org.aibridge.core.action.ActionLimitCheck",
          "org.aibridge.core.action.ActionTask$Completion",
          "org.aibridge.core.action.Ended",
          "org.aibridge.core.script.ScriptHttpService$Call",
          "org.aibridge.core.script.ScriptHttpService$Done");

  private Warmup() {}

  /** Goes the ways of the game thread once, as far as that changes nothing. */
  static void run(AiBridge bridge) {
    bridge.statusJson();
    int ringBytes = RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH;
    ManyToOneRingBuffer ring =
        new ManyToOneRingBuffer(new UnsafeBuffer(ByteBuffer.allocateDirect(ringBytes)));
    List.of(
            GameEvent.mapChange(1, "prontera", "geffen"),
            GameEvent.itemDrop(1, "prontera", 501, 1),
            GameEvent.custom("warm_up", 1, "prontera", "{\"a\":[1,\"\u00e9\\n\",true,null]}"))
        .forEach(event -> publish(ring, event));
    new Refusals().refuse(null, RefusalReason.MALFORMED);
    CLASSES.forEach(Warmup::load);
  }

  private static void publish(ManyToOneRingBuffer ring, GameEvent event) {
    int length = EventCodec.measure(event, MAX_EVENT_BYTES);
    int index = ring.tryClaim(1, length);
    EventCodec.encode(event, ring.buffer(), index);
    ring.commit(index);
  }

  private static void load(String name) {
    try {
      Class.forName(name);
    } catch (ClassNotFoundException e) {
      log.debug("{} is loaded when it is needed", name);
    }
  }
}
