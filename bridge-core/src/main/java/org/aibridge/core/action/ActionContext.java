package org.aibridge.core.action;

import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;

/** The objects that the parts of the actions stage share. Actions thread only. */
record ActionContext(
    ActionLedger ledger,
    PendingActions pending,
    ResultReporter reporter,
    ActionAudit audit,
    ActionStats stats,
    BridgeClock clock,
    LogThrottle throttle) {}
