/**
 * Append-only logs on disk, the only package that knows Chronicle Queue. Begin with {@link
 * org.aibridge.core.store.SegmentLog}.
 */
package org.aibridge.core.store;
