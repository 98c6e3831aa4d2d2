package org.aibridge.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The fenced blocks of a page, each by the heading above it and its number below that heading: "The
 * key is wrong 2". Any thread.
 */
final class Page {
  private static final String PROMPT = "$ ";
  private static final Pattern PROGRAM = Pattern.compile("^(\\./)?ai-bridge ");

  private final Map<String, List<String>> blocks = new LinkedHashMap<>();
  private final Set<String> used = ConcurrentHashMap.newKeySet();

  /** A command as it is typed, without the program, and what the page shows of its output. */
  record Command(String line, List<String> shown) {}

  Page(Path file) throws IOException {
    String heading = "";
    int number = 0;
    List<String> block = null;
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith("```")) {
        if (block == null) {
          block = new ArrayList<>();
          blocks.put(heading + " " + ++number, block);
          block.add(line.substring(3));
        } else {
          block = null;
        }
      } else if (block != null) {
        block.add(line);
      } else if (line.startsWith("#")) {
        heading = line.replaceFirst("^#+ ", "");
        number = 0;
      }
    }
  }

  /** Returns the names of the blocks with commands or output, in the order of the page. */
  List<String> names() {
    return blocks.entrySet().stream()
        .filter(block -> !block.getValue().get(0).equals("xml"))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns the lines of a block, and notes that it is tried. */
  List<String> lines(String name) {
    List<String> block = blocks.get(name);
    if (block == null) {
      throw new AssertionError("the page has no block " + name + "; it has " + names());
    }
    used.add(name);
    return block.subList(1, block.size());
  }

  /** Returns the names of the blocks that were asked for. */
  Set<String> used() {
    return used;
  }

  /** Returns the commands of a block; of one without any, {@code status} with all its lines. */
  List<Command> commands(String name) {
    List<Command> commands = new ArrayList<>();
    for (String line : lines(name)) {
      if (line.startsWith(PROMPT)) {
        String typed = PROGRAM.matcher(line.substring(PROMPT.length())).replaceFirst("");
        commands.add(new Command(typed, new ArrayList<>()));
      } else {
        if (commands.isEmpty()) {
          commands.add(new Command("status", new ArrayList<>()));
        }
        commands.get(commands.size() - 1).shown().add(line);
      }
    }
    return commands;
  }
}
