package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Offers actions as a service does: new ones with each poll, some old ones beside them, and on
 * demand all actions there ever were, page by page, for ever. Called by threads of connections.
 */
final class ActionOffers implements Behaviour {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int OLD_ONES = 5;
  private static final int PAGE = 1000;

  /** The number of passes that offer all actions at full speed; later passes are slower. */
  private static final int WHOLE_PASSES = 2;

  private static final int MAX_SAID = 80;

  /**
   * A long beginning for ids, so that the ledger soon begins a new file; an id may have 128
   * characters.
   */
  private static final String PREFIX = "a".repeat(110) + "-";

  private final SplittableRandom random;
  private final int capacity;
  private final Map<Integer, String> results = new ConcurrentHashMap<>();
  private final Set<String> contradictions = ConcurrentHashMap.newKeySet();
  private final Behaviour others;
  private int fresh;
  private int offered;
  private boolean again;
  private int page;
  private int passes;
  private volatile int holdMs;

  /**
   * @param capacity the most actions in all
   * @param others answers the requests that are not about actions
   */
  ActionOffers(long seed, int capacity, Behaviour others) {
    this.random = new SplittableRandom(seed);
    this.capacity = capacity;
    this.others = others;
  }

  /** Makes each later poll bring {@code count} new actions. */
  synchronized void freshPerPoll(int count) {
    fresh = count;
  }

  /** Makes the service keep a poll open for {@code ms} milliseconds while it has no actions. */
  void holdEmptyPolls(int ms) {
    holdMs = ms;
  }

  /** From now on, offers no new actions, but offers all old actions again and again. */
  synchronized void offerAllAgain() {
    again = true;
    fresh = 0;
    page = 0;
    passes = 0;
  }

  /** Returns how often all actions were offered since {@link #offerAllAgain}. */
  synchronized int passes() {
    return passes;
  }

  /** Returns how many actions were offered so far. */
  synchronized int offered() {
    return offered;
  }

  /** Returns how many actions have a result. */
  int ended() {
    return results.size();
  }

  /** Returns the numbers of the actions without a result. */
  synchronized BitSet unended() {
    BitSet missing = new BitSet(offered);
    missing.set(0, offered);
    results.keySet().forEach(missing::clear);
    return missing;
  }

  /** Returns how many results begin with {@code begin}. */
  long results(String begin) {
    return results.values().stream().filter(result -> result.startsWith(begin)).count();
  }

  /** Returns the actions that were reported with two different results. */
  Set<String> contradictions() {
    return Set.copyOf(contradictions);
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    String path = exchange.request().path();
    if (path.endsWith("/actions/pending")) {
      List<String> actions = next();
      if (actions.isEmpty()) {
        exchange.hold(holdMs);
      }
      exchange.answer(200, "{\"actions\":[" + String.join(",", actions) + "]}");
    } else if (path.endsWith("/actions/complete")) {
      hear(MAPPER.readTree(new String(exchange.body(), StandardCharsets.UTF_8)));
      exchange.answer(200, "{}");
    } else {
      others.handle(exchange);
    }
  }

  private synchronized List<String> next() {
    List<String> actions = new ArrayList<>();
    for (int i = 0; i < fresh && offered < capacity; i++) {
      actions.add(action(offered++));
    }
    if (again) {
      int size = passes < WHOLE_PASSES ? PAGE : PAGE / 20;
      for (int end = Math.min(page + size, offered); page < end; page++) {
        actions.add(action(page));
      }
      if (page >= offered) {
        page = 0;
        passes++;
      }
    } else if (!actions.isEmpty()) {
      for (int i = 0; i < OLD_ONES; i++) {
        actions.add(action(random.nextInt(offered)));
      }
    }
    return actions;
  }

  private static String action(int number) {
    return "{\"action_id\":\"%s%d\",\"action_type\":\"%s\",\"payload\":{\"fate\":\"%s\"}}"
        .formatted(PREFIX, number, FaultHostMain.CUSTOM_ACTION, FaultHostMain.LONG_MESSAGE);
  }

  private void hear(JsonNode result) {
    int number = AppliedLedger.numberOf(result.path("action_id").asText());
    String said = result.path("status").asText() + " " + result.path("message").asText();
    said = said.substring(0, Math.min(said.length(), MAX_SAID));
    String before = results.putIfAbsent(number, said);
    if (before != null && !before.equals(said)) {
      contradictions.add(number + ": " + before + ", then " + said);
    }
  }
}
