/**
 * Tells the host what became of its events. Begin with {@link
 * org.aibridge.core.notice.EventNotices}.
 */
package org.aibridge.core.notice;
