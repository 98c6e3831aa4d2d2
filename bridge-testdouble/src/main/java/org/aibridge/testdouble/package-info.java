/**
 * A bridge for the unit tests of a map-server. Begin with {@link
 * org.aibridge.testdouble.RecordingBridge}.
 */
@NullMarked
package org.aibridge.testdouble;

import org.jspecify.annotations.NullMarked;
