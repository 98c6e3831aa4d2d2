package org.aibridge.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.wire.DocumentContext;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.event.GameEvent;
import org.aibridge.benchmarks.Scene;

/** Appends to a Chronicle queue on the calling thread. */
final class ChroniclePeer implements Peer {
  static {
    System.setProperty("chronicle.disk.monitor.disable", "true"); // Needs an excluded library.
  }

  private final Path folder = Scene.temporary();
  private final ChronicleQueue queue = ChronicleQueue.single(folder.toString());
  private final ThreadLocal<ExcerptAppender> appenders =
      ThreadLocal.withInitial(queue::createAppender);
  private final ThreadLocal<UnsafeBuffer> buffers =
      ThreadLocal.withInitial(() -> new UnsafeBuffer(new byte[256]));

  @Override
  public boolean offer(int player) {
    GameEvent event = Kill.event(player);
    UnsafeBuffer buffer = buffers.get();
    int length = Kill.encode(event, buffer);
    try (DocumentContext document = appenders.get().writingDocument()) {
      Bytes<?> bytes = document.wire().bytes();
      bytes.write(buffer.byteArray(), 0, length);
    }
    return true;
  }

  @Override
  public void drain() {
    // Nothing to wait for: an appended event is in the queue at once.
  }

  @Override
  public long lost() {
    return 0;
  }

  @Override
  public void close() throws IOException {
    queue.close();
    Scene.delete(folder);
  }
}
