package org.aibridge.core.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.aibridge.core.files.Disk;

/** The dialect of {@code key: value} lines that may import other files. */
final class FlatDialect {
  static final int MAX_DEPTH = 16;
  static final int MAX_FILES = 64;

  private final Settings settings;
  private final ProblemList problems;

  /** The settings in the order of first appearance; a later line replaces an earlier one. */
  private final Map<FlatKey, Entry> entries = new LinkedHashMap<>();

  /** The real paths of the files being read, outermost first. */
  private final List<Path> open = new ArrayList<>();

  private int filesRead;

  FlatDialect(Settings settings, ProblemList problems) {
    this.settings = settings;
    this.problems = problems;
  }

  void read(ConfigFile file) {
    readLines(file);
    new FlatMeaning(entries, settings, problems).apply();
  }

  private void readLines(ConfigFile file) {
    filesRead++;
    open.add(identity(file.path()));
    for (int i = 0; i < file.lines().size(); i++) {
      String text = LineSyntax.strip(file.lines().get(i));
      if (!LineSyntax.saysNothing(text)) {
        line(file.path(), i + 1, text);
      }
    }
    open.remove(open.size() - 1);
  }

  private void line(Path file, int line, String text) {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      // Does not show the line, which could be half of a wrapped secret.
      problems.error(file, line, "", "", "key: value", "is neither a setting nor a comment");
      return;
    }
    String name = LineSyntax.strip(text.substring(0, colon)).toLowerCase(Locale.ROOT);
    String rest = text.substring(colon + 1);
    FlatKey key = FlatKeys.all().get(name);
    if (FlatKeys.hasNoEffect(name)) {
      String belongs = Printable.name(name) + " belongs to the older sidecar, no effect";
      problems.warn(file, line, belongs + ofGrpc(rest));
    } else if (name.equals("import") || key != null) {
      setting(file, line, name, key, rest);
    } else {
      warnUnknown(file, line, name);
    }
  }

  /** Returns a hint that the bridge speaks HTTP, if an ignored value asks for gRPC; else empty. */
  private static String ofGrpc(String rest) {
    String word = LineSyntax.strip(rest).split("[\\s\"']", 2)[0];
    return word.equalsIgnoreCase("grpc") ? "; " + FlatKeys.HTTP_ALONE : "";
  }

  private void setting(Path file, int line, String name, FlatKey key, String rest) {
    try {
      String value = LineSyntax.value(rest);
      if (key == null) {
        readImport(file, line, value);
      } else {
        problems.warnOfCut(file, line, name, key.target(), rest);
        put(key, new Entry(file, line, name, value, value, key.scale(), key.unit()));
      }
    } catch (InvalidValue bad) {
      problems.error(file, line, name, "", "", bad.getMessage());
    }
  }

  private void put(FlatKey key, Entry entry) {
    Entry before = entries.put(key, entry);
    if (before != null && before.file().equals(entry.file())) {
      problems.warn(entry.file(), entry.line(), Settings.duplicate(before, entry));
    }
  }

  private void warnUnknown(Path file, int line, String name) {
    String hint = IniDialect.hint(NearestName.of(name, List.copyOf(FlatKeys.all().keySet())), "%s");
    problems.warn(file, line, IniDialect.unknown(name, Printable.name(name), hint));
  }

  private void readImport(Path importer, int line, String value) throws InvalidValue {
    Path imported = place(importer, line, new PathParser(importer).path(value));
    if (imported == null) {
      return;
    }
    String refusal = refusal(imported);
    if (!refusal.isEmpty()) {
      importError(importer, line, imported, refusal);
      return;
    }
    try {
      ConfigFile file = ConfigFile.load(imported);
      if (Dialect.hasSections(file)) {
        importError(importer, line, imported, "it holds [sections], not key: value lines");
        return;
      }
      Dialect dialect = Dialect.of(file);
      if (!dialect.isOurs()) {
        importError(
            importer,
            line,
            imported,
            "it " + dialect.refusal() + "; import " + Dialect.remedy(file));
        return;
      }
      readLines(file);
    } catch (ConfigFile.Unusable unusable) {
      unusableImport(importer, line, imported, unusable);
    }
  }

  /**
   * Returns the file that an import names: as map-servers find it, from the working folder, or else
   * beside the importing file. Null if there is none, which is a warning as it is there.
   */
  private Path place(Path importer, int line, Path named) {
    Path here = named.normalize();
    Path beside = importer.resolveSibling(named).normalize();
    if (Disk.exists(here)) {
      if (Disk.exists(beside) && !identity(beside).equals(identity(here))) {
        problems.warn(
            importer,
            line,
            "import: of two files " + whole(here) + " counts, not " + whole(beside));
      }
      return here;
    }
    if (Disk.exists(beside)) {
      return beside;
    }
    boolean one = whole(here).equals(whole(beside));
    String places = whole(here) + (one ? "" : " nor " + whole(beside));
    problems.warn(importer, line, "import: there is no file " + places + ", nothing is imported");
    return null;
  }

  private static String whole(Path file) {
    return Printable.text(file.toAbsolutePath().toString());
  }

  private String refusal(Path imported) {
    if (open.contains(identity(imported))) {
      return "it is being imported already, the imports run in a circle";
    }
    if (open.size() > MAX_DEPTH) {
      return "imports are nested more than " + MAX_DEPTH + " deep";
    }
    return filesRead >= MAX_FILES ? "more than " + MAX_FILES + " files are imported" : "";
  }

  private void unusableImport(
      Path importer, int line, Path imported, ConfigFile.Unusable unusable) {
    if (unusable.line() > 0) {
      problems.error(
          imported, unusable.line(), "", "", "plain text in UTF-8", unusable.getMessage());
    } else {
      importError(importer, line, imported, unusable.getMessage());
    }
  }

  private void importError(Path importer, int line, Path imported, String reason) {
    String given = Printable.text(imported.toString());
    problems.error(importer, line, "import", given, "a file of key: value lines", reason);
  }

  /** Returns the real path of a file, which is the same for all names of the file. */
  private static Path identity(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException missing) {
      return path.toAbsolutePath().normalize();
    }
  }
}
