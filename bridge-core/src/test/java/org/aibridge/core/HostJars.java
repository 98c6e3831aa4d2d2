package org.aibridge.core;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.aibridge.host.HostMain;

/** The jars of a server that has nothing but what Maven resolves for bridge-core. */
final class HostJars {
  private HostJars() {}

  /** Returns what the build found: jars of others, and the api as a jar or a folder of classes. */
  static List<Path> resolved() throws IOException {
    String path = Files.readString(Path.of("target/host.classpath")).strip();
    return Stream.of(path.split(File.pathSeparator)).map(Path::of).toList();
  }

  /**
   * Copies all into {@code folder}, with core and a server, and returns the jars. Each has a folder
   * of its own, since some of Chronicle's name others beside them in their manifests.
   */
  static List<Path> in(Path folder) throws IOException {
    List<Path> jars = new ArrayList<>();
    for (Path one : resolved()) {
      Path own = Files.createDirectory(folder.resolve("" + jars.size()));
      Path copy = own.resolve(one.getFileName().toString());
      if (Files.isDirectory(one)) {
        copy = jar(folder.resolve("bridge-api.jar"), one, Map.of(MODULE, "org.aibridge.api"));
      } else {
        Files.copy(one, copy);
      }
      jars.add(copy);
    }
    Path core = Path.of("target/classes");
    jars.add(jar(folder.resolve("bridge-core.jar"), core, Map.of(MODULE, "org.aibridge.core")));
    jars.add(jar(folder.resolve("host.jar"), server(folder.resolve("host")), Map.of()));
    return jars;
  }

  static final String MODULE = "Automatic-Module-Name";

  private static Path server(Path folder) throws IOException {
    String name = HostMain.class.getName().replace('.', '/') + ".class";
    Path to = folder.resolve(name);
    Files.createDirectories(to.getParent());
    Files.copy(Path.of("target/test-classes", name), to);
    return folder;
  }

  /** Makes a jar of the files below {@code classes}. */
  static Path jar(Path jar, Path classes, Map<String, String> attributes) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), of(attributes));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
      }
    }
    return jar;
  }

  /** Makes one jar of many, as a shading plug-in does. */
  static Path fat(Path jar, List<Path> jars, Map<String, String> attributes) throws IOException {
    Set<String> seen = new HashSet<>();
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, of(attributes))) {
      out.setLevel(Deflater.NO_COMPRESSION);
      for (Path one : jars) {
        try (JarFile in = new JarFile(one.toFile())) {
          for (JarEntry entry : in.stream().filter(e -> !e.isDirectory()).toList()) {
            boolean kept = !entry.getName().matches("META-INF/MANIFEST.MF|(.*/)?module-info.class");
            if (kept && seen.add(entry.getName())) {
              out.putNextEntry(new JarEntry(entry.getName()));
              in.getInputStream(entry).transferTo(out);
            }
          }
        }
      }
    }
    return jar;
  }

  private static Manifest of(Map<String, String> attributes) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
    return manifest;
  }
}
