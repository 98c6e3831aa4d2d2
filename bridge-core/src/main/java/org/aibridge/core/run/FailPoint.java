package org.aibridge.core.run;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Moments at which a dying process leaves its files half changed; a test can make it die there.
 *
 * <p>The system property {@value #PROPERTY} arms one moment, {@code name[@folder][:nth]}: the
 * process halts, as if killed, when it comes to the moment for the nth time (in the log in that
 * folder). The property is no key of the configuration, and an invalid value arms nothing.
 *
 * <p>The property is read once, when this class loads. No class that runs on the game thread comes
 * to one of these moments.
 */
public enum FailPoint {
  /** The journal has a record of events, and the ring still has these events. */
  JOURNAL_APPENDED,
  /** The service has acknowledged a batch, but the cursor is not updated yet. */
  ANSWERED,
  /** A dead letter is stored, but the cursor has not passed its event yet. */
  LETTER_KEPT,
  /** A log is about to begin a new file. */
  ROLL_BEGUN,
  /** A new file exists, and its first record has a header but no content yet. */
  FILE_BEGUN,
  /** A record has a header but no content yet. */
  RECORD_BEGUN,
  /** A record has its content, but is not marked complete yet. */
  RECORD_WRITTEN,
  /** The cursor has passed a file that is not deleted yet. */
  CURSOR_SAVED,
  /** A file is deleted, but the counts in memory still include it. */
  FILE_DELETED;

  /** The system property that arms a fail point when the process starts. */
  public static final String PROPERTY = "aibridge.failpoint";

  /** The exit code of a process that was killed with {@code kill -9}. */
  static final int EXIT = 137;

  /**
   * Ends this process at the fail point that {@value #PROPERTY} names; never without the property.
   */
  public static final Moments ARMED = armed(Setting.parse(System.getProperty(PROPERTY, "")));

  private static Moments armed(Setting setting) {
    AtomicInteger times = new AtomicInteger();
    return (point, folder) -> {
      if (point == setting.point
          && (setting.folder.isEmpty() || setting.folder.equals(folder))
          && times.incrementAndGet() == setting.nth) {
        Runtime.getRuntime().halt(EXIT);
      }
    };
  }

  /** The parsed property; {@code point} is null if no fail point is armed. */
  record Setting(FailPoint point, String folder, int nth) {
    private static final Setting NONE = new Setting(null, "", 0);

    static Setting parse(String text) {
      int colon = text.indexOf(':');
      String where = colon < 0 ? text : text.substring(0, colon);
      int at = where.indexOf('@');
      String name = at < 0 ? where : where.substring(0, at);
      try {
        return new Setting(
            valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')),
            at < 0 ? "" : where.substring(at + 1),
            colon < 0 ? 1 : Integer.parseInt(text.substring(colon + 1)));
      } catch (IllegalArgumentException e) {
        return NONE;
      }
    }
  }
}
