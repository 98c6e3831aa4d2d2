package org.aibridge.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.extension.ResponseTransformerV2;
import com.github.tomakehurst.wiremock.http.QueryParameter;
import com.github.tomakehurst.wiremock.http.Request;
import com.github.tomakehurst.wiremock.http.Response;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Offers each action with every poll until a result for it has been acknowledged.
 *
 * <p>It is the {@code action-feed} transformer of mappings that answer a poll: to the {@code
 * actions} of the mapping's body it adds those that were offered at run time, and leaves out those
 * that are done. It keeps to {@code limit}, and to {@code wait_ms} where the mapping has the
 * parameter {@code longPoll}. For any thread.
 */
final class ActionFeed implements ResponseTransformerV2 {
  /** The longest time that a poll is held, in milliseconds. */
  private static final long MAX_WAIT_MS = 60_000;

  private final Map<String, JsonNode> offered = new LinkedHashMap<>();
  private final List<ReceivedRequest> results = new ArrayList<>();
  private final Set<String> done = new HashSet<>();
  private int interruptions;

  @Override
  public String getName() {
    return "action-feed";
  }

  @Override
  public boolean applyGlobally() {
    return false;
  }

  /** Offers an action, even one that is already done. */
  synchronized void offer(JsonNode action) {
    String id = action.path("action_id").asText();
    if (id.isEmpty()) {
      throw new IllegalArgumentException("an action needs an \"action_id\": " + action);
    }
    settleResults();
    done.remove(id);
    offered.put(id, action);
    notifyAll();
  }

  /** Notes a result; its action is done as soon as the service acknowledges the result. */
  synchronized void report(ReceivedRequest result) {
    results.add(result);
  }

  /** Answers all held polls with the actions that are on offer. */
  synchronized void releasePolls() {
    interruptions++;
    notifyAll();
  }

  @Override
  public Response transform(Response response, ServeEvent event) {
    if (response.getFault() != null
        || response.getStatus() != 200
        || !(JsonText.parseOrMissing(response.getBody()) instanceof ObjectNode body)) {
      return response;
    }
    boolean holds = event.getTransformerParameters().getBoolean("longPoll", false);
    long waitMs = holds ? number(event.getRequest(), "wait_ms", 0) : 0;
    long limit = number(event.getRequest(), "limit", Integer.MAX_VALUE);
    body.set("actions", await(body.path("actions"), Math.min(waitMs, MAX_WAIT_MS), limit));
    return Response.Builder.like(response)
        .but()
        .body(body.toString().getBytes(StandardCharsets.UTF_8))
        .build();
  }

  private static long number(Request request, String name, long otherwise) {
    QueryParameter parameter = request.queryParameter(name);
    boolean usable = parameter.isPresent() && parameter.firstValue().matches("[0-9]{1,9}");
    return usable ? Long.parseLong(parameter.firstValue()) : otherwise;
  }

  private synchronized ArrayNode await(JsonNode standing, long waitMs, long limit) {
    long deadline = System.nanoTime() + waitMs * 1_000_000;
    int before = interruptions;
    ArrayNode open = open(standing, limit);
    while (open.isEmpty() && interruptions == before) {
      long leftMs = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0 || !pause(leftMs)) {
        break;
      }
      open = open(standing, limit);
    }
    return open;
  }

  private boolean pause(long ms) {
    try {
      wait(ms);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private ArrayNode open(JsonNode standing, long limit) {
    settleResults();
    Map<String, JsonNode> all = new LinkedHashMap<>();
    standing.forEach(action -> all.put(action.path("action_id").asText(), action));
    all.putAll(offered);
    all.keySet().removeAll(done);
    ArrayNode open = JsonText.MAPPER.createArrayNode();
    all.values().stream().limit(limit).forEach(open::add);
    return open;
  }

  /** Marks the actions of newly acknowledged results as done. */
  private void settleResults() {
    for (ReceivedRequest result : List.copyOf(results)) {
      if (result.isAcknowledged()) {
        String id = result.json().path("action_id").asText();
        done.add(id);
        offered.remove(id);
        results.remove(result);
      }
    }
  }
}
