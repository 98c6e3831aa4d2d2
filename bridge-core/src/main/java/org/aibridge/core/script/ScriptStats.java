package org.aibridge.core.script;

import java.util.concurrent.atomic.LongAdder;

/** Counters of scripts' calls. Any thread. */
public final class ScriptStats {
  final LongAdder requests = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder cached = new LongAdder();

  public long requests() {
    return requests.sum();
  }

  public long refused() {
    return refused.sum();
  }

  public long failed() {
    return failed.sum();
  }

  public long cached() {
    return cached.sum();
  }
}
