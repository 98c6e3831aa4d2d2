/**
 * What the tests of several modules share: a JVM of its own ({@link
 * org.aibridge.testlib.ChildJvm}), a bridge without one ({@link org.aibridge.testlib.FakeBridge}),
 * what they need of the system ({@link org.aibridge.testlib.Needs}). It knows the api alone, so
 * that core's own tests can use it.
 */
package org.aibridge.testlib;
