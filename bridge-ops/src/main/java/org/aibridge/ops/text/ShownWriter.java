package org.aibridge.ops.text;

import java.io.PrintWriter;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;

/**
 * Makes invisible characters visible in all that commands print, whoever wrote the text: the last
 * filter before the console. Lets line ends and tabs pass, so a caller that prints a line of
 * foreign text must clean that text itself. JSON keeps its meaning. On a console that knows ASCII
 * alone all other letters are escaped as well: the console would print a question mark for each,
 * and different texts would look alike.
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
   * Wraps {@code out}, unless it is a {@code ShownWriter} already.
   *
   * @param unicode whether {@code out} can show more than ASCII
   */
  public static ShownWriter of(PrintWriter out, boolean unicode) {
    return out instanceof ShownWriter shown ? shown : new ShownWriter(out, unicode);
  }

  /** The unfiltered writer, for output that must not change: colours and exported letters. */
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

  /**
   * True for a line end or a tab; a carriage return alone is neither, since it overwrites a line.
   */
  private static boolean isLayout(String text, int at, int end) {
    char c = text.charAt(at);
    return c == '\n' || c == '\t' || c == '\r' && at + 1 < end && text.charAt(at + 1) == '\n';
  }
}
