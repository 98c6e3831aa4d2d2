package org.aibridge.benchmarks.peers;

import com.lmax.disruptor.EventTranslatorOneArg;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.SleepingWaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.event.GameEvent;

/** A multi-producer Disruptor; a producer encodes each event directly into a slot of the ring. */
final class DisruptorPeer implements Peer {
  private static final class Slot {
    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[256]);
    private int length;
  }

  private static final int SLOTS = 1 << 16;

  private final Disruptor<Slot> disruptor =
      new Disruptor<>(
          Slot::new,
          SLOTS,
          task -> {
            Thread thread = new Thread(task, "disruptor");
            thread.setDaemon(true);
            return thread;
          },
          ProducerType.MULTI,
          new SleepingWaitStrategy(100, 1_000_000));
  private final RingBuffer<Slot> ring;
  private final EventTranslatorOneArg<Slot, GameEvent> fill =
      (slot, sequence, event) -> slot.length = Kill.encode(event, slot.bytes);
  private long read;

  DisruptorPeer() {
    disruptor.handleEventsWith((slot, sequence, endOfBatch) -> read += slot.length);
    ring = disruptor.start();
  }

  @Override
  public boolean offer(int player) {
    return ring.tryPublishEvent(fill, Kill.event(player));
  }

  @Override
  public void drain() {
    while (ring.remainingCapacity() < SLOTS) {
      Thread.yield();
    }
  }

  @Override
  public long lost() {
    return 0;
  }

  @Override
  public void close() {
    disruptor.shutdown();
  }
}
