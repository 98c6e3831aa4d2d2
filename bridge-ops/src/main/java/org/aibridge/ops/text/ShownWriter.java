package org.aibridge.ops.text;

import java.io.PrintWriter;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/**
 * A console that shows no character nobody sees, whoever wrote it: the last gate behind all that
 * commands print. It lets line ends and tabs pass, so whoever prints a line of others' text cleans
 * that by itself. JSON stays the JSON it was. Where the console knows ASCII alone other letters are
 * escaped as well: it would write the same question mark for each, and two texts would look alike.
 */
public final class ShownWriter extends PrintWriter {
  private final PrintWriter raw;
  private final boolean unicode;

  private ShownWriter(PrintWriter raw, boolean unicode) {
    super(raw, true);
    this.raw = raw;
    this.unicode = unicode;
  }

  /**
   * In front of {@code out}, if it is not one already.
   *
   * @param unicode whether {@code out} can show more than ASCII
   */
  public static ShownWriter of(PrintWriter out, boolean unicode) {
    return out instanceof ShownWriter shown ? shown : new ShownWriter(out, unicode);
  }

  /** What is behind it, for colours and for letters byte for byte. */
  public PrintWriter raw() {
    return raw;
  }

  @Override
  public void write(int c) {
    write(Character.toString((char) c));
  }

  @Override
  public void write(char[] text, int from, int count) {
    write(new String(text, from, count));
  }

  @Override
  public void write(String text, int from, int count) {
    int begin = from;
    for (int i = from; i < from + count; i++) {
      if (isLayout(text, i, from + count)) {
        put(text.substring(begin, i));
        super.write(text, i, 1);
        begin = i + 1;
      }
    }
    put(text.substring(begin, from + count));
  }

  private void put(String text) {
    String shown = unicode ? Shown.of(text) : ascii(Shown.of(text));
    super.write(shown, 0, shown.length());
  }

  private static String ascii(String text) {
    StringBuilder ascii = new StringBuilder(text.length());
    for (char c : text.toCharArray()) {
      ascii.append(c < 0x80 ? Character.toString(c) : Sentence.of("\\u%04X", (int) c));
    }
    return ascii.toString();
  }

  /** A line end, or a tab; a return without one would let a line be written over. */
  private static boolean isLayout(String text, int at, int end) {
    char c = text.charAt(at);
    return c == '\n' || c == '\t' || c == '\r' && at + 1 < end && text.charAt(at + 1) == '\n';
  }
}
