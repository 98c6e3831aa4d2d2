package org.aibridge.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The options with which the JVM must be started for the bridge.
 *
 * <p>The options stand in {@code conf/jvm.options}, which is also a resource of this jar, as they
 * are for a server on the class path. Where the libraries are modules, each package must be open to
 * these instead. Nothing here runs a class that needs the options, so they can be checked before
 * the bridge starts. Any thread but the game's may call the methods, which read a resource.
 */
public final class JvmFlags {
  private static final String RESOURCE = "jvm.options";
  private static final String UNNAMED = "ALL-UNNAMED";
  private static final Pattern FLAG =
      Pattern.compile("--add-(opens|exports)=([^/]+)/([^=]+)=" + UNNAMED);

  /** One class from each library that accesses internals of the JDK. */
  private static final List<String> REACHING =
      List.of(
          "net.openhft.chronicle.core.Jvm",
          "net.openhft.chronicle.bytes.SyncMode",
          "net.openhft.chronicle.wire.WireKey",
          "net.openhft.chronicle.queue.RollCycle",
          "org.agrona.DirectBuffer");

  /** The JDK modules that a runtime made by jlink must contain. */
  static final List<String> MODULES =
      List.of("java.logging", "java.management", "java.naming", "jdk.unsupported");

  private JvmFlags() {}

  /** Returns every {@code --add-opens} and {@code --add-exports} option this JVM needs. */
  public static List<String> needed() {
    return read().lines().map(String::strip).filter(s -> FLAG.matcher(s).matches()).toList();
  }

  /** Returns the needed options that are not in force, as arguments of a command line. */
  public static List<String> missing() {
    Set<Module> reaching = reaching();
    List<String> missing = new ArrayList<>();
    String modules = absent(JvmFlags::isInThisJava);
    if (!modules.isEmpty()) {
      boolean named = reaching.stream().anyMatch(Module::isNamed);
      missing.add("--add-modules=" + (named ? "ALL-MODULE-PATH," : "") + modules);
    }
    for (String flag : needed()) {
      if (!reaching.stream().allMatch(module -> isInForce(flag, module))) {
        missing.add(flag.replace(UNNAMED, names(reaching)));
      }
    }
    return missing;
  }

  /**
   * Returns one sentence for whoever starts the server, with what to add in each way of starting
   * it; empty when nothing is missing.
   */
  public static String sentence() {
    String lacking = absent(name -> !isInThisJava(name));
    if (!lacking.isEmpty()) {
      return "This Java was made without modules the AI bridge needs; make it with jlink"
          + " --add-modules "
          + lacking;
    }
    List<String> missing = missing();
    if (missing.isEmpty()) {
      return "";
    }
    String what = "This JVM was started without options the AI bridge needs; add ";
    String options = String.join(" ", missing);
    if (reaching().stream().anyMatch(Module::isNamed)) {
      return what + "to the java command, or to JDK_JAVA_OPTIONS: " + options;
    }
    return what
        + "@conf/jvm.options to the java command, or to JDK_JAVA_OPTIONS; or to the manifest of the"
        + " jar that is started"
        + attribute("Add-Exports", "exports", missing)
        + attribute("Add-Opens", "opens", missing)
        + "; or: "
        + options;
  }

  private static String attribute(String name, String kind, List<String> missing) {
    String packages =
        missing.stream()
            .map(FLAG::matcher)
            .filter(parts -> parts.matches() && parts.group(1).equals(kind))
            .map(parts -> parts.group(2) + "/" + parts.group(3))
            .collect(Collectors.joining(" "));
    return packages.isEmpty() ? "" : " '" + name + ": " + packages + "'";
  }

  /** Returns the modules of the libraries that access internals of the JDK. */
  private static Set<Module> reaching() {
    Set<Module> modules = new LinkedHashSet<>();
    for (String type : REACHING) {
      try {
        modules.add(Class.forName(type, false, JvmFlags.class.getClassLoader()).getModule());
      } catch (ClassNotFoundException | LinkageError e) {
        continue; // Libraries reports jars that are missing altogether.
      }
    }
    return modules.isEmpty() ? Set.of(JvmFlags.class.getModule()) : modules;
  }

  private static String names(Set<Module> modules) {
    return modules.stream()
        .map(module -> module.isNamed() ? module.getName() : UNNAMED)
        .distinct()
        .collect(Collectors.joining(","));
  }

  /**
   * Returns the needed modules of the JDK that are not there, of those that {@code which} names.
   */
  private static String absent(Predicate<String> which) {
    return MODULES.stream()
        .filter(name -> ModuleLayer.boot().findModule(name).isEmpty())
        .filter(which)
        .collect(Collectors.joining(","));
  }

  private static boolean isInThisJava(String module) {
    return ModuleFinder.ofSystem().find(module).isPresent();
  }

  /** True if the option is in force, or if this JVM lacks the option's module or package. */
  private static boolean isInForce(String flag, Module reaching) {
    Matcher parts = FLAG.matcher(flag);
    if (!parts.matches()) {
      throw new IllegalArgumentException(flag);
    }
    String name = parts.group(3);
    Optional<Module> module =
        ModuleLayer.boot()
            .findModule(parts.group(2))
            .filter(found -> found.getPackages().contains(name));
    return module.isEmpty()
        || (parts.group(1).equals("opens")
            ? module.get().isOpen(name, reaching)
            : module.get().isExported(name, reaching));
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
