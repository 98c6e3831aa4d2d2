/**
 * The types against which a map-server compiles: promises, no mechanics. Begin with {@link
 * org.aibridge.api.AiBridge}.
 *
 * <p><b>How it may grow.</b> Within a major version nothing that compiles or runs against these
 * packages stops doing so, but for what is said here to grow:
 *
 * <ul>
 *   <li>Interfaces that only the bridge implements ({@code AiBridge}, {@code ScriptHttp}) get
 *       methods. A host that implements them itself adds those; for tests there is {@code
 *       RecordingBridge} of {@code bridge-testdouble}.
 *   <li>Records that only the bridge makes (the status, {@code EventEnd}, the actions) get
 *       components, and their constructors and patterns change with them; the accessors stay.
 *       Actions keep the shorter constructors that a host's tests call.
 *   <li>{@code Action} gets kinds, and enums get constants: a {@code switch} over them needs a
 *       {@code default}. What a host has no handler for is refused without it.
 *   <li>{@code ActionTarget} never gets another kind.
 *   <li>Package {@code spi} is the bridge's own and changes without notice.
 * </ul>
 *
 * <p>Nothing is {@code null} unless it is marked so.
 */
@NullMarked
package org.aibridge.api;

import org.jspecify.annotations.NullMarked;
