package org.aibridge.sim;

/** Begins and ends shortages, and knows when the last one ended. */
final class SimFaults {
  private static final String NO_PART = "-";

  private final SimLoop loop;
  private final Shim shim;
  private final SimOracle oracle;
  private int inForce;
  private long endedNanos;
  private long struck;
  private boolean healed;
  private Runnable onEnded = () -> {};

  SimFaults(SimLoop loop, Shim shim, SimOracle oracle) {
    this.loop = loop;
    this.shim = shim;
    this.oracle = oracle;
  }

  /** Sets {@code run}, which is called each time a shortage ends and no other one goes on. */
  void onEnded(Runnable run) {
    this.onEnded = run;
  }

  void fail(Tape.Op op) {
    if (healed) {
      return; // A stop delayed this fault until after heal.
    }
    Call call = Call.valueOf(op.word(0));
    String part = op.word(5);
    int rule =
        shim.add(
            call,
            op.number(2),
            op.number(3),
            Call.Errno.valueOf(op.word(1)).number,
            part.endsWith(NO_PART) ? part.substring(0, part.length() - 1) : part);
    long ms = op.number(4);
    begin(ms, () -> struck += shim.drop(rule));
  }

  void descriptors(long more, long ms) {
    if (healed) {
      return; // A stop delayed this fault until after heal.
    }
    shim.descriptors(more);
    begin(ms, () -> shim.descriptors(-1));
  }

  void blocks(long bytes, long ms) {
    if (healed) {
      return; // A stop delayed this fault until after heal.
    }
    shim.blocks(bytes);
    begin(ms, () -> shim.blocks(-1));
  }

  private void begin(long ms, Runnable end) {
    inForce++;
    shim.arm(true);
    loop.after(
        ms * 1_000_000,
        () -> {
          if (!healed) {
            end.run();
            if (--inForce == 0) {
              ended();
            }
          }
        });
  }

  private void ended() {
    endedNanos = loop.clock.now();
    oracle.trace("shortage over");
    onEnded.run();
  }

  /** Ends all shortages; none begins after this call. */
  void heal() {
    healed = true;
    struck += shim.failed();
    shim.arm(false);
    shim.descriptors(-1);
    shim.blocks(-1);
    if (inForce > 0) {
      inForce = 0;
      ended();
    }
  }

  /** Runs work of the simulation itself, without shortages. */
  void without(Runnable run) {
    shim.arm(false);
    try {
      run.run();
    } finally {
      shim.arm(inForce > 0);
    }
  }

  boolean isShort() {
    return inForce > 0;
  }

  /** The end of the last shortage in ns; {@link Long#MAX_VALUE} while a shortage goes on. */
  long since() {
    return inForce > 0 ? Long.MAX_VALUE : endedNanos;
  }
}
