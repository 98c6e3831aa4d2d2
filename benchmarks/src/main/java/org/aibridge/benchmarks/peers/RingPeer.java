package org.aibridge.benchmarks.peers;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** A ring in memory. An offer only copies encoded bytes, the least work that a peer can do. */
final class RingPeer implements Peer {
  private static final int CAPACITY = 1 << 24;

  private final ManyToOneRingBuffer ring =
      new ManyToOneRingBuffer(
          new UnsafeBuffer(
              ByteBuffer.allocateDirect(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH)));
  private final UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(256));
  private final int length;
  private final Drainer drainer = new Drainer(() -> ring.read((t, b, i, n) -> {}));

  RingPeer() {
    length = Kill.encode(Kill.event(150_001), bytes);
  }

  @Override
  public boolean offer(int player) {
    return ring.write(1, bytes, 0, length);
  }

  @Override
  public void drain() {
    while (ring.size() > 0) {
      Thread.yield();
    }
  }

  @Override
  public long lost() {
    return 0;
  }

  @Override
  public void close() {
    drainer.close();
  }
}
