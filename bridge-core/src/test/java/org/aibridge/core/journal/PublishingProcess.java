package org.aibridge.core.journal;

import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;

/**
 * A process that publishes until it is killed.
 *
 * <p>Each publisher notes in the ledger, a mapped file, how many of its events were accepted: their
 * numbers are 0, 1, 2 and so on. The ledger's last field says that publishing has begun.
 */
final class PublishingProcess {
  static final int PUBLISHERS = 2;
  static final int LEDGER_BYTES = 4096;
  static final int BEGUN_AT = 2048;

  private PublishingProcess() {}

  /** Arguments: folder, and whether events are moved into the journal. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    boolean moving = Boolean.parseBoolean(args[1]);
    UnsafeBuffer ledger = new UnsafeBuffer(ledger(folder));
    Intake intake = Intake.create(folder.resolve("ring"), 1000, 65_536, new Refusals());
    BridgeClock clock = BridgeClock.system();
    Journal journal =
        moving
            ? Journal.open(
                folder.resolve("journal"), new StoreLimits(4 << 20, 0, 0), 4, World.of(clock))
            : null;
    for (int p = 0; p < PUBLISHERS; p++) {
      int publisher = p;
      Thread thread = new Thread(() -> publish(intake, publisher, ledger));
      thread.setDaemon(true);
      thread.start();
    }
    JournalDuty duty =
        moving
            ? new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {})
            : null;
    while (true) {
      if (duty == null) {
        Thread.sleep(1000);
      } else {
        duty.runOnce();
      }
    }
  }

  static MappedByteBuffer ledger(Path folder) throws Exception {
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve("ledger"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, LEDGER_BYTES);
    }
  }

  private static void publish(Intake intake, int publisher, UnsafeBuffer ledger) {
    long next = 0;
    while (true) {
      if (intake.publish(Events.numbered(next, publisher, (int) (next * 31 % 700)))) {
        ledger.putLongVolatile(publisher * 64, ++next);
        ledger.putLongVolatile(BEGUN_AT, 1);
      }
    }
  }
}
