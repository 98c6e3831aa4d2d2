package org.aibridge.ops.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigKey;
import org.aibridge.core.config.ConfigKeys;
import org.aibridge.core.config.ConfigProblem;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.config.Dialect;
import org.aibridge.core.config.WrittenSettings;

/**
 * Turns what a file says into settings that load, and notes what of it did not become one. No note
 * holds the value of a secret.
 */
final class Conversion {
  private static final ConfigKey BASE_URL = ForeignKeys.key("ai_service.base_url");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:(\\w+)://)?(\\[[^\\]]*]|[^/:]*)(?::([0-9]*))?(/.*)?");
  private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,2}");
  private static final int MAX_SECONDS = 600;
  private static final String HTTP_PORT = "8000";
  private static final int MAX_UNREAD = 20;
  private static final String PUT_IT_HERE = "put the address of the AI service here";

  /** Remarks on keys of the flat file format that set no key of the bridge. */
  private static final Map<String, String> DECIDES =
      Map.of(
          "ai_sidecar_tls_enabled", "is in the scheme of base_url",
          "ai_sidecar_enable_local_cache", "is in cache_ttl",
          "import", "what that file sets is here");

  private final Map<ConfigKey, Value> values = new HashMap<>();
  private final Map<ConfigKey, Value> leftOut = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> shortfalls = new ArrayList<>();
  private BridgeConfig config;

  private Conversion() {}

  /** Converts the settings read from a file. */
  static Conversion of(WrittenSettings file) {
    Conversion conversion = new Conversion();
    if (file.dialect().isOurs()) {
      file.settings()
          .forEach(s -> conversion.values.put(s.key(), new Value(s.value(), s.from(), "")));
      ForeignFile.of(file.lines()).settings().stream()
          .filter(setting -> file.dialect() == Dialect.FLAT)
          .filter(setting -> file.notes().stream().noneMatch(note -> isOf(note, setting)))
          .forEach(conversion::noteThatDecides);
      conversion.notes.addAll(file.notes());
      Optional.ofNullable(conversion.values.get(BASE_URL)).ifPresent(conversion::complete);
    } else {
      conversion.readForeign(ForeignFile.of(file.lines()));
    }
    if (!conversion.isEmpty()) {
      Optional.ofNullable(conversion.values.get(BASE_URL)).ifPresent(conversion::correctPort);
      conversion.leaveOutWhatDoesNotLoad();
    }
    return conversion;
  }

  /** True if the file has no setting that the bridge knows. */
  boolean isEmpty() {
    return values.isEmpty();
  }

  /** Returns sentences on settings that the bridge knows but cannot use as they were written. */
  List<String> shortfalls() {
    return shortfalls;
  }

  /** Returns the value for {@code key} in the bridge's own notation; null if there is none. */
  Value value(ConfigKey key) {
    Value value = values.get(key);
    String shown = value == null ? null : key.shown().apply(config);
    return shown == null ? value : value.with(shown);
  }

  /** Returns the value for {@code key} that cannot be loaded; null if there is no such value. */
  Value leftOut(ConfigKey key) {
    return leftOut.get(key);
  }

  /** Returns sentences on settings that the bridge does not know. */
  List<String> notes() {
    return notes;
  }

  private void readForeign(ForeignFile file) {
    Map<String, ForeignFile.Setting> meant = new LinkedHashMap<>();
    for (ForeignFile.Setting setting : file.settings()) {
      Optional<String> meaning = ForeignKeys.meaning(setting.name());
      if (meaning.isEmpty()) {
        note(setting, ForeignKeys.reason(setting.name()));
      } else if (setting.value().isEmpty()) {
        note(setting, "is empty");
      } else {
        ForeignFile.Setting before = meant.put(meaning.get(), setting);
        if (before != null) {
          note(before, "means the same as line " + setting.line() + ", which counts");
        }
      }
    }
    file.unread().stream()
        .limit(MAX_UNREAD)
        .forEach(line -> notes.add("line " + line + ": is no setting"));
    if (file.unread().size() > MAX_UNREAD) {
      notes.add("and " + (file.unread().size() - MAX_UNREAD) + " more lines");
    }
    ForeignFile.Setting port = meant.remove(ForeignKeys.PORT);
    meant.forEach((meaning, setting) -> put(ForeignKeys.key(meaning), setting, port));
    if (port != null && !values.containsKey(BASE_URL)) {
      note(port, "stands without a host");
    }
  }

  /** True if {@code note} is the file reader's remark on {@code setting}. */
  private static boolean isOf(String note, ForeignFile.Setting setting) {
    return note.contains(":" + setting.line() + ": " + setting.name() + ":");
  }

  private void noteThatDecides(ForeignFile.Setting setting) {
    String decides = DECIDES.get(setting.name());
    if (decides != null) {
      note(setting, decides);
    }
  }

  private void note(ForeignFile.Setting setting, String reason) {
    notes.add(from(setting) + ": " + reason);
  }

  private static String from(ForeignFile.Setting setting) {
    return "line " + setting.line() + ": " + setting.name();
  }

  private void put(ConfigKey key, ForeignFile.Setting setting, ForeignFile.Setting port) {
    String value = setting.value();
    String from = from(setting);
    if (key.equals(BASE_URL)) {
      values.put(key, address(value, from, port));
    } else if (key.unit().equals("ms") && isSeconds(value)) {
      values.put(key, new Value(value + "000", from, "taken as seconds"));
    } else {
      values.put(key, new Value(value, from, ""));
    }
  }

  /** True for a number that must be seconds, since it is too small for milliseconds. */
  private static boolean isSeconds(String value) {
    return SECONDS.matcher(value).matches() && Integer.parseInt(value) <= MAX_SECONDS;
  }

  /** Completes an address: older programs wrote only a host, or a host and a port. */
  private Value address(String value, String from, ForeignFile.Setting port) {
    Matcher parts = ADDRESS.matcher(value);
    if (!parts.matches()) {
      return new Value(value, port == null ? from : from + " and " + from(port), "");
    }
    String scheme = parts.group(1) == null ? "http" : parts.group(1).replaceFirst("^grpc", "http");
    String its = parts.group(3);
    String known = its;
    String remark = "";
    if (its == null && port != null) {
      known = port.value();
      remark = "the port is of line " + port.line() + ": " + port.name();
    } else if (its == null && parts.group(1) == null) {
      known = HTTP_PORT;
      remark = "without a port: " + HTTP_PORT + " is what such services have";
    } else if (port != null) {
      note(port, "the address has a port of its own");
    }
    String path = parts.group(4) == null ? "" : parts.group(4);
    String at = known == null ? "" : ":" + known;
    return new Value(scheme + "://" + parts.group(2) + at + path, from, remark);
  }

  /** Adds a missing scheme to an address in one of the bridge's own files. */
  private void complete(Value address) {
    if (!address.value().isEmpty() && !address.value().contains("://")) {
      Value whole = address(address.value(), address.from(), null);
      values.put(BASE_URL, whole.remarked("without a scheme: taken as http"));
    }
  }

  private void correctPort(Value address) {
    String corrected = address.value().replaceFirst("(?<=[^/]):50051(?=/|$)", ":" + HTTP_PORT);
    if (!corrected.equals(address.value())) {
      String remark =
          "port 50051 is for gRPC, which the bridge does not speak; "
              + HTTP_PORT
              + " is where such services mostly speak HTTP";
      values.put(BASE_URL, address.with(corrected).remarked(remark));
    }
  }

  private void leaveOutWhatDoesNotLoad() {
    // Each round either completes the configuration or leaves out at least one key.
    for (int round = 0; config == null && round <= ConfigKeys.all().size(); round++) {
      Map<String, String> inCode = new HashMap<>();
      values.forEach((key, value) -> inCode.put(name(key), value.value()));
      try {
        config = ConfigReader.read(new ConfigSource(null, inCode)).config();
      } catch (ConfigException e) {
        e.problems().forEach(this::leaveOut);
      }
    }
    for (ConfigKey key : List.copyOf(values.keySet())) {
      if (key.line(values.get(key).value()).isEmpty()) {
        leaveOut(key, "cannot be written in one line");
      }
    }
  }

  private void leaveOut(ConfigProblem problem) {
    ConfigKey key =
        ConfigKeys.all().stream()
            .filter(each -> problem.key().equals("set(\"" + name(each) + "\")"))
            .findFirst()
            .orElse(null);
    if (key == null) { // a configuration without a file can lack only one thing
      shortfalls.add(BASE_URL.label() + " is made up: " + PUT_IT_HERE);
      Value empty = values.getOrDefault(BASE_URL, new Value("", "", ""));
      values.put(BASE_URL, empty.with("http://127.0.0.1:" + HTTP_PORT).remarked(PUT_IT_HERE));
    } else {
      leaveOut(key, problem.message());
    }
  }

  private void leaveOut(ConfigKey key, String reason) {
    Value value = values.remove(key);
    if (value != null) {
      shortfalls.add(key.label() + " is left out: " + reason + "; from " + value.from());
      boolean secret = key.type() == ConfigKey.Type.SECRET || key.type() == ConfigKey.Type.URL;
      leftOut.put(key, (secret ? value.with("...") : value).remarked(reason));
    }
  }

  private static String name(ConfigKey key) {
    return key.section() + "." + key.name();
  }

  /**
   * What a key is set to.
   *
   * @param from what set it, in words
   * @param remark what was done to the value, or why it does not load
   */
  record Value(String value, String from, String remark) {
    Value with(String changed) {
      return new Value(changed, from, remark);
    }

    Value remarked(String more) {
      return new Value(value, from, remark.isEmpty() ? more : more + "; " + remark);
    }

    /** Returns the setting's place without its value, which may be a secret. */
    @Override
    public String toString() {
      return from;
    }
  }
}
