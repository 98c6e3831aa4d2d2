package org.aibridge.core.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.aibridge.core.config.BridgeConfig;

/**
 * The address of a script's request, and the reason why the script may not ask it.
 *
 * <p>The {@code url} that is judged is the very object that OkHttp sends, so that judge and sender
 * cannot read a text in different ways. Services and their proxies decode a path once, twice or not
 * at all, take a backslash for a slash, cut {@code ;x} off a segment, or fold letters. So a path is
 * judged after all decoding, and a segment that any service might take for a dot segment counts as
 * one.
 *
 * @param url the URL to ask; null if the script's text is no URL
 * @param problem why a script may not ask {@code url}; empty when it may
 */
record ScriptAddress(HttpUrl url, String problem) {
  /** An absolute URL without a user name; group 1 is the text after the host and port. */
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?i)https?://[^/\\\\?#@]++(/.*)", Pattern.DOTALL);

  /** The most times that a path is decoded: no service needs more, and each time costs CPU. */
  private static final int MAX_DECODINGS = 8;

  private static final String DOTS = "the path holds a dot segment";

  /**
   * Judges a request of a script.
   *
   * @param text an absolute URL, or a path that is appended to {@code base_url}
   */
  static ScriptAddress of(Places places, String text) {
    HttpUrl base = places.base;
    HttpUrl url = resolve(base, text);
    if (url == null) {
      return new ScriptAddress(null, "not an http or https URL, nor a path");
    }
    if (!isService(base, url)) {
      String where = authority(url);
      Matcher old = ABSOLUTE.matcher(text.strip());
      if (old.matches() && isAmong(places.rewritten, url)) {
        return of(places, old.group(1));
      }
      boolean known = isAmong(places.hosts, url);
      return new ScriptAddress(url, known ? "" : where + " is not among allowed_hosts");
    }
    return new ScriptAddress(url, problem(places, url, text));
  }

  private static boolean isAmong(Set<String> hosts, HttpUrl url) {
    return hosts.contains(authority(url)) || hosts.contains(host(url));
  }

  /** True if the address is exactly the bridge's own path for events. */
  boolean takesEvents(Places places) {
    return url != null
        && isService(places.base, url)
        && url.encodedPath().equals(withoutLastSlash(places.base.encodedPath()) + places.events);
  }

  /**
   * The places by which an address is judged.
   *
   * @param base the {@code base_url} of the AI service
   * @param hosts the other hosts that scripts may ask, as {@link #hosts} returns them
   * @param rewritten the hosts whose addresses mean the AI service, in the same notation
   * @param own the bridge's own paths below {@code base}, as {@link #segments} returns them
   * @param events that of events, as it is configured
   */
  record Places(
      HttpUrl base,
      Set<String> hosts,
      Set<String> rewritten,
      List<List<String>> own,
      String events) {
    static Places of(HttpUrl base, BridgeConfig config) {
      BridgeConfig.Paths paths = config.aiService().paths();
      return new Places(
          base,
          ScriptAddress.hosts(config.scriptHttp().allowedHosts()),
          ScriptAddress.hosts(config.scriptHttp().rewrite()),
          List.of(segments(paths.events()), segments(paths.actions()), segments(paths.results())),
          paths.events());
    }
  }

  static HttpUrl resolve(HttpUrl base, String text) {
    if (text.startsWith("/")) {
      return HttpUrl.parse(withoutLastSlash(base.toString()) + text);
    }
    return HttpUrl.parse(text);
  }

  static boolean isService(HttpUrl base, HttpUrl url) {
    return url.host().equals(base.host())
        && url.port() == base.port()
        && url.scheme().equals(base.scheme());
  }

  /** Returns the {@code allowed_hosts} in the notation of {@link HttpUrl}. */
  static Set<String> hosts(List<String> allowed) {
    Set<String> hosts = new HashSet<>();
    for (String host : allowed) {
      HttpUrl url = HttpUrl.parse("http://" + host + "/");
      if (url != null) {
        hosts.add(host.matches(".*:[0-9]+") ? authority(url) : host(url));
      }
    }
    return hosts;
  }

  private static String problem(Places places, HttpUrl url, String text) {
    // Judges the original text, because OkHttp has resolved the dot segments in the URL.
    String problem = problemWithin(text.strip().split("[?#]", 2)[0]);
    String root = withoutLastSlash(places.base.encodedPath());
    String path = url.encodedPath();
    if (problem.isEmpty() && !path.equals(root) && !path.startsWith(root + "/")) {
      problem = "the path is not below that of base_url";
    }
    if (!problem.isEmpty()) {
      return problem;
    }
    String below = path.substring(root.length());
    problem = problemWithin(below);
    return problem.isEmpty() ? problemWithOwn(places.own, segments(decoded(below))) : problem;
  }

  /**
   * Returns why a script may not ask the bridge's own paths; empty when it may. A path below one
   * counts too: some services route by the beginning.
   */
  private static String problemWithOwn(List<List<String>> owns, List<String> segments) {
    for (List<String> own : owns) {
      if (segments.size() >= own.size() && segments.subList(0, own.size()).equals(own)) {
        return "the path is one of the bridge's own";
      }
    }
    return "";
  }

  private static String problemWithin(String path) {
    String decoded = decoded(path);
    if (decoded == null) {
      return "the path is not UTF-8, or encoded more than " + MAX_DECODINGS + " times";
    }
    if (decoded.chars().anyMatch(Character::isISOControl)) {
      return "the path holds a control character";
    }
    for (String piece : decoded.split("[/\\\\;?#]")) {
      String bare = piece.strip();
      if (!bare.isEmpty() && bare.chars().allMatch(c -> c == '.')) {
        return DOTS;
      }
    }
    return "";
  }

  /**
   * Returns the path after all decoding, with letters in their plain forms; null if it is not UTF-8
   * or is encoded too often.
   */
  private static String decoded(String path) {
    String now = path;
    for (int i = 0; i <= MAX_DECODINGS; i++) {
      String next = decodedOnce(now);
      if (next == null || next.equals(now)) {
        return next;
      }
      now = Normalizer.normalize(next, Normalizer.Form.NFKC);
    }
    return null;
  }

  private static String decodedOnce(String text) {
    StringBuilder decoded = new StringBuilder();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); ) {
      int unit = hex(text, i, "%u", 4);
      int octet = unit < 0 ? hex(text, i, "%", 2) : -1;
      if (octet >= 0) {
        bytes.write(octet);
        i += 3;
      } else {
        if (!flush(bytes, decoded)) {
          return null;
        }
        decoded.append(unit < 0 ? text.charAt(i) : (char) unit);
        i += unit < 0 ? 1 : 6;
      }
    }
    return flush(bytes, decoded) ? decoded.toString() : null;
  }

  /** Returns the value of {@code digits} hex digits after {@code mark}; -1 if they are missing. */
  private static int hex(String text, int at, String mark, int digits) {
    int start = at + mark.length();
    if (!text.regionMatches(true, at, mark, 0, mark.length()) || start + digits > text.length()) {
      return -1;
    }
    int value = 0;
    for (int i = start; i < start + digits; i++) {
      int digit = text.charAt(i) < 128 ? Character.digit(text.charAt(i), 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = 16 * value + digit;
    }
    return value;
  }

  private static boolean flush(ByteArrayOutputStream bytes, StringBuilder decoded) {
    try {
      decoded.append(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())));
      bytes.reset();
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Splits a path as lenient services do: ignores case, parameters and empty segments. */
  private static List<String> segments(String decoded) {
    return Arrays.stream(decoded.split("[?#]", 2)[0].split("[/\\\\]"))
        .map(segment -> segment.split(";", 2)[0].replaceAll("^\\s+|[\\s.]+$", ""))
        .map(segment -> segment.toLowerCase(Locale.ROOT))
        .filter(segment -> !segment.isEmpty())
        .toList();
  }

  /** Returns {@code host:port}, with an IPv6 host in brackets. */
  static String authority(HttpUrl url) {
    return host(url) + ":" + url.port();
  }

  private static String host(HttpUrl url) {
    return url.host().indexOf(':') < 0 ? url.host() : "[" + url.host() + "]";
  }

  private static String withoutLastSlash(String text) {
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }
}
