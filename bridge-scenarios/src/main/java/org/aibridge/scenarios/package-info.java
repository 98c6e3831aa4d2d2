/**
 * Plays the testkit's scenarios against a map-server and says whether the bridge did as expected;
 * begin with {@link org.aibridge.scenarios.ScenarioPlayer}.
 */
package org.aibridge.scenarios;
