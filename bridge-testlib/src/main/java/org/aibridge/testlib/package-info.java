/**
 * What the tests of several modules share: a JVM of its own ({@link
 * org.aibridge.testlib.ChildJvm}), certificates ({@link org.aibridge.testlib.Certificates}), what
 * they need of the system ({@link org.aibridge.testlib.Needs}). It knows nothing of ours, so that
 * core's own tests can use it.
 */
package org.aibridge.testlib;
