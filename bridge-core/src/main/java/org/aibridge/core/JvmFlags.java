package org.aibridge.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The options with which the JVM must be started for the bridge.
 *
 * <p>The options stand in {@code conf/jvm.options}, which is also a resource of this jar. Nothing
 * here loads a class that needs the options, so they can be checked before the bridge starts. Any
 * thread but the game's may call the methods, which read a resource.
 */
public final class JvmFlags {
  private static final String RESOURCE = "jvm.options";
  private static final Pattern FLAG =
      Pattern.compile("--add-(opens|exports)=([^/]+)/([^=]+)=ALL-UNNAMED");

  private JvmFlags() {}

  /** Returns every {@code --add-opens} and {@code --add-exports} option this JVM needs. */
  public static List<String> needed() {
    return read().lines().map(String::strip).filter(s -> FLAG.matcher(s).matches()).toList();
  }

  /** Returns the options of {@link #needed} that are not in force in this JVM; empty for none. */
  public static List<String> missing() {
    return needed().stream().filter(flag -> !inForce(flag)).toList();
  }

  /**
   * Returns one sentence for whoever starts the server, with the exact line to add; empty when
   * nothing is missing.
   */
  public static String sentence() {
    List<String> missing = missing();
    return missing.isEmpty()
        ? ""
        : "This JVM was started without options the AI bridge needs; add @conf/jvm.options to the"
            + " java command, or: "
            + String.join(" ", missing);
  }

  /** True if the option is in force, or if this JVM lacks the option's module or package. */
  private static boolean inForce(String flag) {
    Matcher parts = FLAG.matcher(flag);
    if (!parts.matches()) {
      throw new IllegalArgumentException(flag);
    }
    String name = parts.group(3);
    Module us = JvmFlags.class.getClassLoader().getUnnamedModule();
    Optional<Module> module =
        ModuleLayer.boot()
            .findModule(parts.group(2))
            .filter(found -> found.getPackages().contains(name));
    return module.isEmpty()
        || (parts.group(1).equals("opens")
            ? module.get().isOpen(name, us)
            : module.get().isExported(name, us));
  }

  private static String read() {
    try (InputStream in = JvmFlags.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("bridge-core's jar lacks " + RESOURCE);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
