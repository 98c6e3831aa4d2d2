package org.aibridge.ops.check;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The paths that a service offers, according to FastAPI's OpenAPI document. */
final class OfferedPaths {
  private static final int MAX_PATHS = 2000;
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private final List<String> paths;

  private OfferedPaths(List<String> paths) {
    this.paths = paths;
  }

  /** Reads a document; empty if some paths may be missing, for example because it was cut. */
  static Optional<OfferedPaths> of(String document) {
    try (JsonParser json = JSON.createParser(document)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = json.currentName().equals("paths");
        if (json.nextToken() == JsonToken.START_OBJECT && found) {
          return names(json);
        }
        json.skipChildren();
      }
      return Optional.empty();
    } catch (IOException notOne) {
      return Optional.empty();
    }
  }

  private static Optional<OfferedPaths> names(JsonParser json) throws IOException {
    List<String> names = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      if (names.size() == MAX_PATHS) {
        return Optional.empty();
      }
      names.add(json.currentName());
      json.nextToken();
      json.skipChildren();
    }
    return Optional.of(new OfferedPaths(names));
  }

  boolean has(String path) {
    return paths.contains(path);
  }

  int size() {
    return paths.size();
  }

  /** Returns up to {@code most} paths; those with the most words of {@code path} come first. */
  List<String> nearest(String path, int most) {
    Set<String> wanted = words(path);
    return paths.stream()
        .sorted(Comparator.comparingInt((String each) -> -common(wanted, each)))
        .limit(most)
        .toList();
  }

  private static int common(Set<String> wanted, String path) {
    Set<String> words = words(path);
    words.retainAll(wanted);
    return words.size();
  }

  /** Returns the words of a path; singular and plural count as the same word. */
  private static Set<String> words(String path) {
    return Stream.of(path.split("[^A-Za-z0-9]+"))
        .filter(word -> !word.isEmpty())
        .map(word -> word.endsWith("s") ? word.substring(0, word.length() - 1) : word)
        .collect(Collectors.toCollection(HashSet::new));
  }
}
