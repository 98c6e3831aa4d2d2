package org.aibridge.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An AI service out of its mind: each poll is answered with all of its actions that it has no
 * result of, in one answer, and of a hundred of them one is good.
 *
 * <p>It makes them as it sends them, so that their number costs it nothing.
 */
final class HostileFeed implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int LONG_TEXT = 10 << 20;
  private static final int DEPTH = 5000;

  /** What an action is like, and the result that is due to it. */
  enum Kind {
    GOOD("broadcast", "{\"message\":\"good\"}", "completed done"),
    UNKNOWN_TYPE("no_such_type", "{}", "unknown action type"),
    MISSING_FIELD("give_reward", "{\"zeny\":5}", "player_key is missing"),
    MISSING_TYPE("", "{}", "action_type must be a text"),
    DUPLICATE_KEY("broadcast", "{\"message\":\"a\",\"message\":\"b\"}", "unreadable: Duplicate"),
    NOT_A_NUMBER("spawn_monster", monster("NaN"), "unreadable: "),
    INFINITE("spawn_monster", monster("1e999"), "amount must be a whole number"),
    FRACTION("spawn_monster", monster("1.5"), "amount must be a whole number"),
    NEGATIVE("spawn_monster", monster("-5"), "amount must be a whole number from 1 to 100"),
    TWO_TO_THE_31("give_reward", reward("2147483648"), "zeny must be a whole number from 0 to"),
    OVER_THE_CAP("give_reward", reward("100001"), "above give_reward.max_zeny"),
    PLAYER_AS_TEXT(
        "create_quest", "{\"quest_id\":1,\"player_id\":\"x\"}", "player_id must be a whole number"),
    WRONG_MAP("set_map_flag", "{\"map\":\"nowhere\",\"flag\":\"pvp\"}", "not among maps_allowed"),
    CONTROL_CHARACTER("broadcast", "{\"message\":\"a\\u0000b\"}", "without control characters"),
    PAYLOAD_AN_ARRAY("broadcast", "[1,2]", "payload must be an object"),
    /** The id of the good one before it, with another content. */
    REUSED_ID("broadcast", "{\"message\":\"another\"}", "mismatch: "),
    DEEP("broadcast", null, "unreadable: "),
    LONG("broadcast", null, "longer than"),
    /** There is nobody to send a result to. */
    NO_ID("broadcast", "{\"message\":\"nobody\"}", null);

    private final String type;
    private final String payload;
    private final String reason;

    Kind(String type, String payload, String reason) {
      this.type = type;
      this.payload = payload;
      this.reason = reason;
    }

    private static String monster(String amount) {
      return "{\"map\":\"prontera\",\"monster_id\":1002,\"amount\":" + amount + "}";
    }

    private static String reward(String zeny) {
      return "{\"player_id\":5,\"zeny\":" + zeny + "}";
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final int count;
  private final BitSet ended = new BitSet();
  private final Map<String, Integer> results = new TreeMap<>();
  private final Map<String, String> wrong = new TreeMap<>();
  private int polls;
  private int least;

  HostileFeed(int count) throws IOException {
    this.count = count;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/api/v1/actions/pending", this::offer);
    server.createContext("/api/v1/actions/complete", this::hear);
    server.setExecutor(threads);
    server.start();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What action {@code number} is like; of the costly ones there are few. */
  static Kind kind(int number) {
    int place = number % 100;
    if (number % 1000 == 60) {
      return Kind.DEEP;
    }
    if (number % 400_000 == 777) {
      return Kind.LONG;
    }
    return switch (place) {
      case 0 -> Kind.GOOD;
      case 1 -> Kind.REUSED_ID;
      case 2 -> Kind.UNKNOWN_TYPE;
      case 3 -> Kind.NO_ID;
      default -> REFUSED[place % REFUSED.length];
    };
  }

  private static final Kind[] REFUSED = {
    Kind.MISSING_FIELD,
    Kind.MISSING_TYPE,
    Kind.DUPLICATE_KEY,
    Kind.NOT_A_NUMBER,
    Kind.INFINITE,
    Kind.FRACTION,
    Kind.NEGATIVE,
    Kind.TWO_TO_THE_31,
    Kind.OVER_THE_CAP,
    Kind.PLAYER_AS_TEXT,
    Kind.WRONG_MAP,
    Kind.CONTROL_CHARACTER,
    Kind.PAYLOAD_AN_ARRAY
  };

  /** How many of the actions have their result. */
  synchronized int ended() {
    return ended.cardinality();
  }

  synchronized boolean isOver() {
    return ended.cardinality() == count;
  }

  synchronized int polls() {
    return polls;
  }

  /** How many results there were of each kind. */
  synchronized Map<String, Integer> results() {
    return new TreeMap<>(results);
  }

  /** Results that are not what was due, one of each kind. */
  synchronized Map<String, String> wrong() {
    return new TreeMap<>(wrong);
  }

  private void offer(HttpExchange exchange) throws IOException {
    synchronized (this) {
      polls++;
    }
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), 1 << 16)) {
      out.write("{\"max_results\":1000,\"actions\":[".getBytes(StandardCharsets.UTF_8));
      String comma = "";
      for (int next = next(0); next < count; next = next(next + 1)) {
        out.write(comma.getBytes(StandardCharsets.UTF_8));
        write(next, out);
        comma = ",";
      }
      out.write("]}".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The bridge has read as much of it as it cares to.
    } finally {
      exchange.close();
    }
  }

  private synchronized int next(int from) {
    return ended.nextClearBit(from);
  }

  private static void write(int number, OutputStream out) throws IOException {
    Kind kind = kind(number);
    StringBuilder text = new StringBuilder("{");
    if (kind != Kind.NO_ID) {
      text.append("\"action_id\":\"h-").append(kind == Kind.REUSED_ID ? number - 1 : number);
      text.append("\",");
    }
    text.append("\"action_type\":\"").append(kind.type).append("\",\"payload\":");
    switch (kind) {
      case DEEP -> text.append("{\"message\":" + "[".repeat(DEPTH) + "]".repeat(DEPTH) + "}");
      case LONG -> {
        out.write(text.append("{\"message\":\"").toString().getBytes(StandardCharsets.UTF_8));
        byte[] piece = "x".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < LONG_TEXT; i += piece.length) {
          out.write(piece);
        }
        text.setLength(0);
        text.append("\"}");
      }
      default -> text.append(kind.payload);
    }
    out.write(text.append('}').toString().getBytes(StandardCharsets.UTF_8));
  }

  private void hear(HttpExchange exchange) throws IOException {
    JsonNode body = MAPPER.readTree(exchange.getRequestBody().readAllBytes());
    synchronized (this) {
      if (body.isArray()) {
        body.forEach(this::hear);
      } else {
        hear(body);
      }
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void hear(JsonNode result) {
    int number = Integer.parseInt(result.path("action_id").asText().substring("h-".length()));
    String said = result.path("status").asText() + " " + result.path("message").asText();
    if (said.contains(Kind.REUSED_ID.reason)) {
      number++;
    }
    Kind kind = kind(number);
    if (!said.contains(kind.reason)) {
      wrong.put(kind.name(), "h-" + number + " " + said);
    }
    if (!ended.get(number)) {
      ended.set(number);
      results.merge(kind.name(), 1, Integer::sum);
    }
    dropUnnamed(number);
  }

  /** Who reads this far has seen what stands before. */
  private void dropUnnamed(int before) {
    least = ended.nextClearBit(least);
    for (int i = least; i < Math.min(before, count); i = ended.nextClearBit(i + 1)) {
      if (kind(i) == Kind.NO_ID) {
        ended.set(i);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
