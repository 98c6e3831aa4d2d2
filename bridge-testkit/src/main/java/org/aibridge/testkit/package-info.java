/**
 * An AI service made of WireMock scenarios, to try the bridge against; begin with {@link
 * org.aibridge.testkit.FakeAiService}.
 */
package org.aibridge.testkit;
