package org.aibridge.ops.convert;

import java.util.List;
import org.aibridge.core.config.ConfigKey;
import org.aibridge.core.config.ConfigKeys;
import org.aibridge.core.text.Shown;

/** Writes a conversion as a configuration file with comments. */
final class ConvertedFile {
  private final Conversion conversion;
  private final StringBuilder text = new StringBuilder();

  private ConvertedFile(Conversion conversion) {
    this.conversion = conversion;
  }

  /**
   * Returns the text of the file.
   *
   * @param source the file that was converted, and its dialect, in words
   */
  static String of(Conversion conversion, String source) {
    ConvertedFile file = new ConvertedFile(conversion);
    file.comment("The AI bridge's configuration, made by 'ai-bridge convert' of " + source + ".");
    file.comment("Keys that are not here have their defaults: docs/configuration.md.");
    ConfigKeys.sections().keySet().forEach(file::section);
    if (!conversion.notes().isEmpty()) {
      file.text.append('\n');
      file.comment("What became no key here:");
      conversion.notes().forEach(file::comment);
    }
    return file.text.toString();
  }

  private void section(String section) {
    List<ConfigKey> keys =
        ConfigKeys.all().stream()
            .filter(key -> key.section().equals(section))
            .filter(key -> conversion.value(key) != null || conversion.leftOut(key) != null)
            .toList();
    if (!keys.isEmpty()) {
      text.append("\n[").append(section).append("]\n");
      keys.forEach(this::key);
    }
  }

  private void key(ConfigKey key) {
    text.append('\n');
    comment(key.meaning() + (key.unit().isEmpty() ? "" : " In " + key.unit() + "."));
    Conversion.Value left = conversion.leftOut(key);
    if (left != null) {
      comment("Left out: " + left.remark() + "; from " + left.from());
      comment(key.name() + " = " + left.value());
    }
    Conversion.Value value = conversion.value(key);
    if (value != null) {
      String from = value.from().isEmpty() ? "" : "From " + value.from();
      String remark = value.remark().isEmpty() ? "" : " (" + value.remark() + ")";
      comment((from + remark).strip());
      text.append(key.line(value.value()).orElseThrow()).append('\n');
    }
  }

  private void comment(String sentence) {
    text.append("# ").append(Shown.of(sentence)).append('\n');
  }
}
