package org.aibridge.core.action;

import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;

/** What the parts of the actions stage have in common. For the actions thread. */
record ActionContext(
    ActionLedger ledger,
    PendingActions pending,
    ResultReporter reporter,
    ActionAudit audit,
    ActionStats stats,
    BridgeClock clock,
    LogThrottle throttle) {}
