package org.aibridge.core.intake;

import java.io.IOException;
import java.nio.file.Path;
import org.aibridge.api.RefusalReason;
import org.aibridge.core.run.RecentTime;

/** The ring of a host that is no part of this process: its file, mapped a second time. */
public final class AttachedRing implements EventSource {
  private final RingFile file;
  private final Refusals refusals = new Refusals();

  /** Why nothing is to be taken; null when events are. */
  public volatile RefusalReason shut;

  private AttachedRing(RingFile file) {
    this.file = file;
  }

  /** The one that a host has made at {@code path}. */
  public static AttachedRing at(Path path) throws IOException {
    return new AttachedRing(RingFile.openExisting(path).orElseThrow());
  }

  @Override
  public boolean hasWaiting() {
    return drain().hasMore();
  }

  @Override
  public RingDrain drain() {
    return new RingDrain(file);
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public boolean isRingLost() {
    return file.isLost() || file.isCut();
  }

  @Override
  public boolean isRingCut() {
    return file.isCut();
  }

  @Override
  public RingDrain renew() throws IOException {
    throw new IOException("the host makes its rings");
  }

  @Override
  public long accepted() {
    return 0;
  }

  @Override
  public Refusals refusals() {
    return refusals;
  }

  @Override
  public RecentTime time() {
    return new RecentTime(System::currentTimeMillis);
  }

  @Override
  public void shut(RefusalReason reason) {
    shut = reason;
  }

  @Override
  public void open() {
    shut = null;
  }

  @Override
  public boolean hasAbandonedClaims() {
    return false;
  }

  @Override
  public boolean seal() {
    return false;
  }
}
