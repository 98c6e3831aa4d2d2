package org.aibridge.torture;

import java.io.IOException;
import java.util.List;
import org.aibridge.fakeservice.Call;

/** One request while a {@link Behaviour} handles it. For the thread of its connection. */
public final class Exchange extends Call {
  private static final long NONE = -1;
  private static final int SMALL_BUFFER = 64 << 10;

  private final ScriptedService service;
  private final SeenRequest request;
  private long order = NONE;

  Exchange(ScriptedService service, Head head) throws IOException {
    super(head);
    this.service = service;
    this.request =
        new SeenRequest(
            nanos(),
            method(),
            path(),
            header("idempotency-key"),
            header("x-api-key"),
            connection());
  }

  public SeenRequest request() {
    return request;
  }

  /** Returns how many dispatches with this idempotency key have arrived, this one included. */
  public int timesSeen() {
    return service.timesSeen(request.key());
  }

  /** Returns the events in the body, without committing them. */
  public List<CommittedEvent> events() throws IOException {
    return ScriptedService.events(body());
  }

  /** Commits the events of this request. */
  public void commit() throws IOException {
    promise();
    service.commit(order, request.key(), body());
    order = NONE;
  }

  /** Reserves this batch's place in the order of commits; the batch is committed later. */
  public void promise() {
    if (order == NONE) {
      order = service.reserve();
    }
  }

  /** Sends a hostile answer and closes the connection. */
  public void write(HostileAnswers.Kind kind) throws IOException {
    body();
    // The buffer is small, since the bridge may never read the answer.
    socket().setSendBufferSize(SMALL_BUFFER);
    kind.bytes().write(socket().getOutputStream());
    hangUp();
  }

  /**
   * Waits {@code ms} milliseconds, or until the service closes or {@code releaseHeld} is called.
   */
  public void hold(long ms) {
    service.hold(ms);
  }
}
