package org.aibridge.testkit;

import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.RequestListener;
import com.github.tomakehurst.wiremock.http.Response;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Remembers every request in the order in which their answers were decided.
 *
 * <p>Its own journal and not WireMock's, because it has to outlive a server that is killed and
 * started again. A request is in it before its answer leaves, so a client that holds an answer
 * finds its request here. For any thread.
 */
final class RequestRecorder implements RequestListener {
  private final int limit;
  private final Consumer<ReceivedRequest> onResult;
  private final ArrayDeque<ReceivedRequest> journal = new ArrayDeque<>();

  private volatile Consumer<ReceivedRequest> listener = received -> {};

  RequestRecorder(int limit, Consumer<ReceivedRequest> onResult) {
    this.limit = limit;
    this.onResult = onResult;
  }

  @Override
  public void requestReceived(Request request, Response response) {
    ReceivedRequest received = new ReceivedRequest(request, response, System.nanoTime());
    remember(received);
    if (received.path().equals(Endpoints.COMPLETE)) {
      onResult.accept(received);
    }
    listener.accept(received);
  }

  void onRequest(Consumer<ReceivedRequest> newListener) {
    listener = newListener;
  }

  private synchronized void remember(ReceivedRequest received) {
    if (journal.size() == limit) {
      journal.removeFirst();
    }
    journal.addLast(received);
  }

  synchronized List<ReceivedRequest> all() {
    return List.copyOf(journal);
  }

  List<ReceivedRequest> to(String path) {
    return all().stream().filter(request -> request.path().equals(path)).toList();
  }

  synchronized void forget() {
    journal.clear();
  }

  synchronized void abandonUnanswered() {
    journal.forEach(ReceivedRequest::abandonUnlessAnswered);
  }
}
