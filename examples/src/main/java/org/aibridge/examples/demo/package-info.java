/**
 * The demo: a busy map-server, an AI service, an outage, and the sums at the end. Begin with {@link
 * org.aibridge.examples.demo.DemoMain}.
 */
package org.aibridge.examples.demo;
