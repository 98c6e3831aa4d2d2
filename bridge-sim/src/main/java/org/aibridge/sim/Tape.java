package org.aibridge.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run as it is played: settings, and operations with their times. Holds the operations and not
 * the random numbers they were drawn with, so that a kept tape keeps its meaning.
 *
 * <p>The text has a line {@code name = value} for each setting and a line {@code at kind words} for
 * each operation, with {@code at} in milliseconds; {@code #} begins a comment.
 */
record Tape(Map<String, String> settings, List<Op> ops) {
  /** An operation {@code atMs} milliseconds after the beginning. */
  record Op(long atMs, String kind, List<String> words) {
    static Op of(long atMs, String kind, Object... words) {
      List<String> texts = new ArrayList<>();
      for (Object word : words) {
        texts.add(word.toString());
      }
      return new Op(atMs, kind, texts);
    }

    String word(int at) {
      return words.get(at);
    }

    long number(int at) {
      return Long.parseLong(words.get(at));
    }

    @Override
    public String toString() {
      return (atMs + " " + kind + " " + String.join(" ", words)).strip();
    }
  }

  Tape {
    settings = new LinkedHashMap<>(settings);
    ops = ops.stream().sorted(Comparator.comparingLong(Op::atMs)).toList();
  }

  static Tape parse(String text) {
    Map<String, String> settings = new LinkedHashMap<>();
    List<Op> ops = new ArrayList<>();
    for (String whole : text.split("\n")) {
      String line = whole.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int sign = line.indexOf(" = ");
      if (sign > 0 && !Character.isDigit(line.charAt(0))) {
        settings.put(line.substring(0, sign), line.substring(sign + 3));
      } else {
        String[] words = line.split(" ");
        ops.add(
            new Op(Long.parseLong(words[0]), words[1], List.of(words).subList(2, words.length)));
      }
    }
    return new Tape(settings, ops);
  }

  long number(String name, long otherwise) {
    String value = settings.get(name);
    return value == null ? otherwise : Long.parseLong(value);
  }

  Tape with(List<Op> others) {
    return new Tape(settings, others);
  }

  Tape with(String name, String value) {
    Map<String, String> others = new LinkedHashMap<>(settings);
    if (value == null) {
      others.remove(name);
    } else {
      others.put(name, value);
    }
    return new Tape(others, ops);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    settings.forEach((name, value) -> text.append(name).append(" = ").append(value).append('\n'));
    ops.forEach(op -> text.append(op).append('\n'));
    return text.toString();
  }
}
