package org.aibridge.examples.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that come with the demo: its configuration and the NPC scripts.
 *
 * <p>Looked for in the folder that the launcher names, then in the working directory, so that a
 * change to them takes effect; else the jar has them.
 */
public final class ShippedFiles {
  /** The system property in which the launcher names the project's folder. */
  static final String HOME = "aibridge.home";

  private static final String NPCS = "npc/";
  private static final String CONF = "conf/ai_bridge.conf";

  private final List<Path> roots;

  ShippedFiles(List<Path> roots) {
    this.roots = List.copyOf(roots);
  }

  /** Returns the files for this process: from the launcher's folder or the working directory. */
  public static ShippedFiles ofProcess() {
    List<Path> roots = new ArrayList<>();
    String home = System.getProperty(HOME, "");
    if (!home.isEmpty()) {
      roots.add(Path.of(home));
    }
    roots.add(Path.of(""));
    return new ShippedFiles(roots);
  }

  /** The project's folder according to the launcher, or else the working directory. */
  Path home() {
    return roots.get(0).toAbsolutePath().normalize();
  }

  /** The configuration that a default run uses. */
  public Shipped configuration() throws IOException {
    return read(CONF, CONF);
  }

  /** The source of an NPC's script. */
  Shipped npc(String file) throws IOException {
    return read("examples/" + NPCS + file, NPCS + file);
  }

  private Shipped read(String inProject, String inJar) throws IOException {
    for (Path root : roots) {
      Path file = root.resolve(inProject);
      if (Files.isRegularFile(file)) {
        return new Shipped(file.toString(), Files.readString(file));
      }
    }
    try (InputStream in = ShippedFiles.class.getResourceAsStream("/" + inJar)) {
      if (in == null) {
        throw new IOException(inProject + " is neither in " + roots + " nor in the jar");
      }
      return new Shipped(
          inJar + " of the jar", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /**
   * A file and what is in it.
   *
   * @param name for people
   */
  public record Shipped(String name, String text) {}
}
