package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.core.config.BridgeConfig;

/** Checks whether users other than the owner can read a file with the API key. */
final class ApiKeyFileCheck {
  private static final String NAME = "api key";
  private static final Pattern SETTING =
      Pattern.compile("\\s*(import|(?:ai_sidecar_)?api_key(?:_file)?)\\s*[=:]\\s*(.*)");
  private static final Pattern VALUE =
      Pattern.compile("\"([^\"]*)\".*|'([^']*)'.*|(.*?)(?:\\s+(?:#|;|//).*)?");

  private final Path folder;
  private final Consumer<Finding> findings;

  ApiKeyFileCheck(Path folder, Consumer<Finding> findings) {
    this.folder = folder;
    this.findings = findings;
  }

  void run(Path file, BridgeConfig config) {
    if (!config.aiService().apiKey().isPresent()) {
      findings.accept(Finding.ok(NAME, "none is configured, requests carry none"));
      return;
    }
    Set<Path> holders = new LinkedHashSet<>();
    search(file, config.aiService().apiKey().reveal(), new LinkedHashSet<>(), holders);
    if (holders.isEmpty()) {
      findings.accept(Finding.ok(NAME, "comes from the environment"));
    }
    holders.forEach(holder -> findings.accept(finding(holder)));
  }

  /**
   * Adds to {@code holders} each file that has {@code key}: this file, its imports, the key file.
   */
  private void search(Path file, String key, Set<Path> seen, Set<Path> holders) {
    if (!seen.add(file)) {
      return;
    }
    for (String line : lines(file)) {
      Matcher setting = SETTING.matcher(line);
      if (setting.matches()) {
        String value = value(setting.group(2));
        switch (setting.group(1).replace("ai_sidecar_", "")) {
          case "api_key" -> {
            if (value.equals(key)) {
              holders.add(file);
            }
          }
          case "import" -> path(value, file, seen, key, holders);
          default -> keyFile(value, key, holders);
        }
      }
    }
  }

  private void path(String value, Path importer, Set<Path> seen, String key, Set<Path> holders) {
    try {
      search(importer.resolveSibling(value).normalize(), key, seen, holders);
    } catch (InvalidPathException e) {
      return; // This import has an invalid path, so the configuration was read without it too.
    }
  }

  private void keyFile(String value, String key, Set<Path> holders) {
    if (value.isEmpty()) {
      return;
    }
    Path named = folder.resolve(value);
    List<String> lines = lines(named);
    if (!lines.isEmpty() && lines.get(0).strip().equals(key)) {
      holders.add(named);
    }
  }

  private static String value(String rest) {
    Matcher parts = VALUE.matcher(rest.strip());
    if (!parts.matches()) {
      return "";
    }
    for (int group = 1; group <= 3; group++) {
      if (parts.group(group) != null) {
        return parts.group(group).strip();
      }
    }
    return "";
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isRegularFile(file)
          ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList()
          : List.of();
    } catch (IOException e) {
      return List.of(); // The configuration check reports the error.
    }
  }

  private static Finding finding(Path file) {
    Set<PosixFilePermission> permissions = permissions(file);
    if (permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.GROUP_READ)) {
      return Finding.warning(
          NAME,
          file
              + " holds it and can be read by others ("
              + PosixFilePermissions.toString(permissions)
              + ")",
          "chmod 600 " + quoted(file));
    }
    return Finding.ok(NAME, "stands in " + file + ", which its owner alone can read");
  }

  /** Returns the file's POSIX permissions; empty if it has none or they cannot be read. */
  private static Set<PosixFilePermission> permissions(Path file) {
    try {
      PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
      return view == null ? Set.of() : view.readAttributes().permissions();
    } catch (IOException e) {
      return Set.of();
    }
  }

  /** Returns the file's path, quoted for a shell if necessary. */
  private static String quoted(Path file) {
    String text = file.toString();
    return text.matches("[A-Za-z0-9_./+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
