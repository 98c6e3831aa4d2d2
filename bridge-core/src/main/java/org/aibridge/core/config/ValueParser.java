package org.aibridge.core.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.api.event.EventType;
import org.aibridge.core.text.Shown;

/** Parses a written value; says why when the value cannot be used. */
final class ValueParser {
  static final String YES_NO_WORDS = "yes, no, true, false, on or off";

  /** The characters that RFC 9110 allows in a header name, for a character class of a regex. */
  static final String TOKEN_CHARACTERS = "!#$%&'*+.^_`|~0-9A-Za-z-";

  /** The longest name of an item or monster, in bytes. */
  private static final int MAX_NAME_BYTES = 64;

  private static final Pattern TOKEN = Pattern.compile("[" + TOKEN_CHARACTERS + "]{1,128}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9_.-]{1,249}");
  private static final Pattern URL_PATH =
      Pattern.compile("(?=.{1,256}$)(/(?!\\.+(/|$))[A-Za-z0-9_~!$&'()*+,;=:@.-]+)+/?");
  private static final Pattern FILTER_RULE =
      Pattern.compile(
          "([a-z0-9_]{1,64}|\\*)(?:@([\\x21-\\x2b\\x2d-\\x7e]{1,64}))?\\s+"
              + "(send|drop|1:[1-9][0-9]{0,8})");
  private static final Pattern GAME_NAME = Pattern.compile("[A-Za-z0-9_@#.-]{1,64}");
  private static final Pattern ACTION_TYPE = Pattern.compile("[a-z0-9_]{1,64}");
  private static final Pattern ID_RANGE =
      Pattern.compile("([0-9]{1,10})(?:\\s*-\\s*([0-9]{1,10}))?");
  private static final long MAX_ID = 0xFFFF_FFFFL;
  private static final int MAX_LABEL = 64;
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");
  private static final Pattern NEGATIVE = Pattern.compile("-[0-9]+");
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[^\\]]*]|[^:]*)(?::([0-9]{1,5})?)?");
  private static final int MAX_URL_LENGTH = 2048;
  private static final int MAX_SECRET_LENGTH = 4096;

  private static final Set<String> OUR_HEADERS =
      Set.of(
          "accept",
          "accept-encoding",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "idempotency-key",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "x-server-id");

  private ValueParser() {}

  static String range(long min, long max, String unit) {
    return "a whole number from " + min + " to " + max + " (" + unit + ")";
  }

  static boolean yesNo(String text) throws InvalidValue {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "yes", "true", "on", "1" -> true;
      case "no", "false", "off", "0" -> false;
      default -> throw new InvalidValue("is neither yes nor no");
    };
  }

  static long number(String text, long min, long max) throws InvalidValue {
    boolean negative = NEGATIVE.matcher(text).matches();
    if (!negative && !DIGITS.matcher(text).matches()) {
      throw new InvalidValue("is not a whole number in plain digits");
    }
    long value;
    try {
      value = Long.parseLong(text);
    } catch (NumberFormatException tooLong) {
      throw new InvalidValue("is out of range");
    }
    if (negative || value < min || value > max) {
      throw new InvalidValue("is out of range");
    }
    return value;
  }

  static String name(String text) throws InvalidValue {
    if (!NAME.matcher(text).matches()) {
      throw new InvalidValue("is not a name");
    }
    return text;
  }

  static String optionalName(String text) throws InvalidValue {
    return text.isEmpty() ? text : name(text);
  }

  static String header(String text) throws InvalidValue {
    if (!TOKEN.matcher(text).matches()) {
      throw new InvalidValue("is not the name of a header");
    }
    if (OUR_HEADERS.contains(text.toLowerCase(Locale.ROOT))) {
      throw new InvalidValue("is a header the bridge sets itself");
    }
    return text;
  }

  static BridgeConfig.Compression compression(String text) throws InvalidValue {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "none" -> BridgeConfig.Compression.NONE;
      case "gzip" -> BridgeConfig.Compression.GZIP;
      default -> throw new InvalidValue("is no compression we know");
    };
  }

  static Profile profile(String text) throws InvalidValue {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "bridge" -> Profile.BRIDGE;
      case "fastapi" -> Profile.FASTAPI;
      default -> throw new InvalidValue("is no profile we know");
    };
  }

  /** Parses rules that say which events are sent. */
  static List<BridgeConfig.FilterRule> filter(String text) throws InvalidValue {
    List<BridgeConfig.FilterRule> rules = new ArrayList<>();
    for (String rule : text.isBlank() ? new String[0] : text.split(",", -1)) {
      Matcher parts = FILTER_RULE.matcher(rule.strip());
      if (!parts.matches()) {
        throw new InvalidValue("holds '" + rule.strip() + "', which is no rule");
      }
      String map = parts.group(2) == null ? "" : parts.group(2);
      rules.add(new BridgeConfig.FilterRule(parts.group(1), map, oneIn(parts.group(3))));
    }
    return List.copyOf(rules);
  }

  /** Parses types of events; {@code *} means all types. */
  static List<EventType> eventTypes(String text) throws InvalidValue {
    Set<EventType> types = EnumSet.noneOf(EventType.class);
    for (String part : text.isBlank() ? new String[0] : text.split(",", -1)) {
      String name = part.strip();
      if (name.equals("*")) {
        types.addAll(EnumSet.allOf(EventType.class));
      } else {
        types.add(eventType(name));
      }
    }
    return List.copyOf(types);
  }

  private static EventType eventType(String name) throws InvalidValue {
    for (EventType type : EventType.values()) {
      if (nameOf(type).equals(name)) {
        return type;
      }
    }
    throw new InvalidValue("holds '" + name + "', which is no type of event");
  }

  /** Returns the name of a type in routes: {@code custom} for all custom events. */
  static String nameOf(EventType type) {
    return type == EventType.CUSTOM ? "custom" : type.wireName();
  }

  private static int oneIn(String word) {
    return switch (word) {
      case "send" -> 1;
      case "drop" -> 0;
      default -> Integer.parseInt(word.substring(2));
    };
  }

  /** Returns true if {@code text} is {@code yes}, false if it is {@code no}; throws otherwise. */
  static boolean either(String text, String yes, String no) throws InvalidValue {
    if (!text.equalsIgnoreCase(yes) && !text.equalsIgnoreCase(no)) {
      throw new InvalidValue("is neither " + yes + " nor " + no);
    }
    return text.equalsIgnoreCase(yes);
  }

  /** Parses a path below {@code base_url}; an empty text means none. */
  static String urlPath(String text) throws InvalidValue {
    if (!text.isEmpty() && !URL_PATH.matcher(text).matches()) {
      throw new InvalidValue(
          "is no path that begins with a slash and has no query and no dot segment");
    }
    return text;
  }

  static BridgeConfig.Durability durability(String text) throws InvalidValue {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "process" -> BridgeConfig.Durability.PROCESS;
      case "os" -> BridgeConfig.Durability.OS;
      default -> throw new InvalidValue("is no durability we know");
    };
  }

  static BridgeConfig.ActionLimits.Mode mode(String text) throws InvalidValue {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "apply" -> BridgeConfig.ActionLimits.Mode.APPLY;
      case "dry_run" -> BridgeConfig.ActionLimits.Mode.DRY_RUN;
      case "off" -> BridgeConfig.ActionLimits.Mode.OFF;
      default -> throw new InvalidValue("is no mode we know");
    };
  }

  /** Parses names of things in the game, such as maps. The names are case-sensitive. */
  static List<String> names(String text) throws InvalidValue {
    Set<String> names = new LinkedHashSet<>();
    for (String part : parts(text)) {
      if (!GAME_NAME.matcher(part).matches()) {
        throw new InvalidValue("holds something that is not a name");
      }
      names.add(part);
    }
    return List.copyOf(names);
  }

  /** Parses types of actions; replaces an older name by the current one. */
  static List<String> types(String text) throws InvalidValue {
    Set<String> types = new LinkedHashSet<>();
    for (String part : parts(text)) {
      if (!ACTION_TYPE.matcher(part).matches()) {
        throw new InvalidValue("holds something that is not the type of an action");
      }
      types.add(ActionType.known(part));
    }
    return List.copyOf(types);
  }

  /**
   * Parses labels of the script engine, such as {@code Guard::OnKill}; upper and lower case differ.
   */
  static List<String> labels(String text) throws InvalidValue {
    Set<String> labels = new LinkedHashSet<>();
    for (String part : parts(text)) {
      if (part.isEmpty() || part.codePointCount(0, part.length()) > MAX_LABEL) {
        throw new InvalidValue("holds something that is not a label");
      }
      labels.add(part);
    }
    return List.copyOf(labels);
  }

  static IdRanges ids(String text) throws InvalidValue {
    List<IdRanges.Range> ranges = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String part : parts(text)) {
      if (isNameOfThing(part)) {
        names.add(part);
        continue;
      }
      Matcher range = ID_RANGE.matcher(part);
      if (!range.matches()) {
        throw new InvalidValue(
            "holds something that is neither a number, a range such as 501-510, nor a name that"
                + " begins with a letter");
      }
      long first = number(range.group(1), 1, MAX_ID);
      long last = range.group(2) == null ? first : number(range.group(2), 1, MAX_ID);
      if (last < first) {
        throw new InvalidValue("holds a range that ends before it begins");
      }
      ranges.add(new IdRanges.Range(first, last));
    }
    return new IdRanges(ranges, names);
  }

  /** True for a name of at most 64 bytes that begins with a letter, and so is no number. */
  private static boolean isNameOfThing(String text) {
    return !text.isEmpty()
        && Character.isLetter(text.codePointAt(0))
        && text.codePoints().noneMatch(Shown::isUnseen)
        && text.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
  }

  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      parts.add(LineSyntax.strip(part));
    }
    return parts;
  }

  /** Parses a URL and removes trailing slashes; null for an empty text. */
  static URI url(String text) throws InvalidValue {
    if (text.isEmpty()) {
      return null;
    }
    URI url = parseUrl(text);
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new InvalidValue("does not begin with http:// or https://");
    }
    // Checked before the host: in some texts with an @, the class URI finds no host.
    if (text.indexOf('@') >= 0) {
      throw new InvalidValue("holds a user name, or an @ that looks like one");
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new InvalidValue("holds a query or a fragment");
    }
    // The class URI finds no host in an authority with an underscore.
    String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
    Matcher host = AUTHORITY.matcher(authority);
    if (!host.matches() || !Hosts.isHost(host.group(1))) {
      throw new InvalidValue(
          "has no host of letters, digits, dots, hyphens and underscores, or a wrong port");
    }
    if (!isPort(host.group(2))) {
      throw new InvalidValue("has a port that is not between 1 and 65535");
    }
    return URI.create(scheme + withoutTrailingSlashes(text.substring(scheme.length())));
  }

  private static URI parseUrl(String text) throws InvalidValue {
    if (text.length() > MAX_URL_LENGTH) {
      throw new InvalidValue("is too long");
    }
    if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new InvalidValue("holds a blank or a character that is not ASCII");
    }
    try {
      return new URI(text);
    } catch (URISyntaxException notOne) {
      throw new InvalidValue("is not a URL");
    }
  }

  private static String withoutTrailingSlashes(String text) {
    int end = text.length();
    while (text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end);
  }

  static List<String> hosts(String text) throws InvalidValue {
    Set<String> hosts = new LinkedHashSet<>();
    for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      hosts.add(host(LineSyntax.strip(part)));
    }
    return List.copyOf(hosts);
  }

  private static String host(String text) throws InvalidValue {
    Matcher host = AUTHORITY.matcher(text);
    if (!host.matches() || !Hosts.isHost(host.group(1)) || text.endsWith(":")) {
      throw new InvalidValue("holds something that is not a host");
    }
    if (!isPort(host.group(2))) {
      throw new InvalidValue("holds a port that is not between 1 and 65535");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static boolean isPort(String text) {
    return text == null || Integer.parseInt(text) > 0 && Integer.parseInt(text) <= 65_535;
  }

  static List<String> networks(String text) throws InvalidValue {
    Set<String> networks = new LinkedHashSet<>();
    try {
      for (String part : text.isEmpty() ? new String[0] : text.split("\\s*,\\s*|\\s+", -1)) {
        Network.of(part);
        networks.add(part);
      }
    } catch (IllegalArgumentException notOne) {
      throw new InvalidValue(notOne.getMessage());
    }
    return List.copyOf(networks);
  }

  /** Parses an API key, which must fit into a header; removes white space around it. */
  static Secret secret(String text) throws InvalidValue {
    String key = text.strip();
    if (key.length() > MAX_SECRET_LENGTH) {
      throw new InvalidValue("is longer than " + MAX_SECRET_LENGTH + " characters");
    }
    // Checks the text before strip(), so that a line break at the end is reported.
    if (!text.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 0x7f) || key.indexOf('\t') >= 0) {
      throw new InvalidValue("holds a line break or another character that is not printable ASCII");
    }
    return key.isEmpty() ? Secret.NONE : new Secret(key);
  }

  /** Parses a host and a port. */
  static String address(String text) throws InvalidValue {
    String address = host(text);
    if (!address.matches(".*:[0-9]+")) {
      throw new InvalidValue("has no port");
    }
    return address;
  }

  /** Parses hosts with ports, separated by commas. */
  static List<String> addresses(String text) throws InvalidValue {
    Set<String> addresses = new LinkedHashSet<>();
    for (String part : parts(text)) {
      if (!part.matches(".*:[0-9]+")) {
        throw new InvalidValue("holds a host without a port");
      }
      addresses.add(host(part));
    }
    return List.copyOf(addresses);
  }

  /** Parses a topic's name; {@code key} decides if it may be empty, or contain an event's type. */
  static String topic(String text, ConfigKey key) throws InvalidValue {
    boolean typed = key == ConfigKeys.EVENTS_TOPIC;
    String name = typed ? text.replace("${type}", "type") : text;
    if (text.isEmpty() && key == ConfigKeys.ACTIONS_TOPIC) {
      return text;
    }
    if (!TOPIC.matcher(name).matches() || name.matches("[.]{1,2}")) {
      throw new InvalidValue("is not the name of a topic");
    }
    return text;
  }

  static BridgeConfig.Kafka.Sasl sasl(String text) throws InvalidValue {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "none" -> BridgeConfig.Kafka.Sasl.NONE;
      case "plain" -> BridgeConfig.Kafka.Sasl.PLAIN;
      case "scram-sha-256" -> BridgeConfig.Kafka.Sasl.SCRAM_SHA_256;
      case "scram-sha-512" -> BridgeConfig.Kafka.Sasl.SCRAM_SHA_512;
      default -> throw new InvalidValue("is no mechanism we know");
    };
  }

  /** Parses a text of one line. */
  static String words(String text) throws InvalidValue {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidValue("holds a control character");
    }
    return text;
  }

  /** Parses a program and its arguments. Quotes mean nothing, since no shell reads the text. */
  static List<String> command(String text) throws InvalidValue {
    return text.isEmpty() ? List.of() : List.of(words(text).split(" +"));
  }

  /** Parses a URL that may hold a key and a query. */
  static Secret secretUrl(String text) throws InvalidValue {
    if (!text.isEmpty()) {
      URI url = parseUrl(text);
      if (url.getRawFragment() != null) {
        throw new InvalidValue("holds a fragment");
      }
      url(text.split("[?]", 2)[0]);
    }
    return text.isEmpty() ? Secret.NONE : new Secret(text);
  }
}
