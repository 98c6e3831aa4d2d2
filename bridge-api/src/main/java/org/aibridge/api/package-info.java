/**
 * The types against which a map-server compiles: promises, no mechanics. Begin with {@link
 * org.aibridge.api.AiBridge}.
 */
package org.aibridge.api;
