package org.aibridge.core.config;

import java.util.Map;

/** Translates the settings of the flat dialect into the keys of {@link ConfigKeys}. */
final class FlatMeaning {
  private final Map<FlatKey, Entry> entries;
  private final Settings settings;
  private final ProblemList problems;

  FlatMeaning(Map<FlatKey, Entry> entries, Settings settings, ProblemList problems) {
    this.entries = entries;
    this.settings = settings;
    this.problems = problems;
  }

  void apply() {
    applyEndpoint(yesNo(FlatKeys.TLS_ENABLED));
    applyCache(yesNo(FlatKeys.LOCAL_CACHE));
    entries.forEach(
        (key, entry) -> {
          if (key.target() != null) {
            settings.put(key.target(), entry);
          }
        });
  }

  private void applyEndpoint(boolean tls) {
    Entry endpoint = entries.get(FlatKeys.ENDPOINT);
    String url = endpoint == null ? "" : endpoint.value();
    if (!tls && !startsWith(url, "https://")) {
      FlatKeys.TLS_FILES.stream()
          .filter(key -> entries.containsKey(key) && !entries.get(key).value().isEmpty())
          .forEach(key -> drop(key, FlatKeys.TLS_ENABLED));
    }
    if (tls && startsWith(url, "http://")) {
      settings.reject(
          endpoint,
          FlatKeys.ENDPOINT.target(),
          "https://, or the host alone",
          "begins with http:// while " + FlatKeys.TLS_ENABLED.name() + " is yes");
    }
    if (!url.isEmpty() && !url.contains("://")) {
      String scheme = tls ? "https://" : "http://";
      entries.put(FlatKeys.ENDPOINT, endpoint.withValue(scheme + url));
    }
  }

  private void applyCache(boolean cache) {
    Entry ttl = entries.get(FlatKeys.CACHE_TTL);
    if (!cache) {
      drop(FlatKeys.CACHE_TTL, FlatKeys.LOCAL_CACHE);
    } else if (ttl == null) {
      Entry on = entries.get(FlatKeys.LOCAL_CACHE);
      String value = FlatKeys.DEFAULT_CACHE_TTL_SECONDS;
      entries.put(
          FlatKeys.CACHE_TTL,
          new Entry(
              on.file(),
              on.line(),
              on.label(),
              value,
              value,
              FlatKeys.CACHE_TTL.scale(),
              FlatKeys.CACHE_TTL.unit()));
    }
  }

  private void drop(FlatKey key, FlatKey deciding) {
    Entry entry = entries.remove(key);
    if (entry != null) {
      settings.warn(entry, "has no effect unless " + deciding.name() + " is yes");
    }
  }

  private boolean yesNo(FlatKey key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      return false;
    }
    try {
      return ValueParser.yesNo(entry.value());
    } catch (InvalidValue bad) {
      problems.error(
          entry.file(),
          entry.line(),
          entry.label(),
          Printable.text(entry.given()),
          ValueParser.YES_NO_WORDS,
          bad.getMessage());
      return false;
    }
  }

  private static boolean startsWith(String url, String scheme) {
    return url.regionMatches(true, 0, scheme, 0, scheme.length());
  }
}
