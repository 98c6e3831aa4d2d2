package org.aibridge.benchmarks.peers;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jctools.queues.MpscArrayQueue;

/** A queue of references to byte arrays, one array per event. */
final class QueuePeer implements Peer {
  private static final int CAPACITY = 1 << 17;

  private final Queue<byte[]> queue;
  private final Drainer drainer;

  private QueuePeer(Queue<byte[]> queue) {
    this.queue = queue;
    this.drainer = new Drainer(() -> queue.poll() == null ? 0 : 1);
  }

  static QueuePeer arrayBlocking() {
    return new QueuePeer(new ArrayBlockingQueue<>(CAPACITY));
  }

  static QueuePeer jctools() {
    return new QueuePeer(new MpscArrayQueue<>(CAPACITY));
  }

  @Override
  public boolean offer(int player) {
    return queue.offer(Kill.bytes(player));
  }

  @Override
  public void drain() {
    while (!queue.isEmpty()) {
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
