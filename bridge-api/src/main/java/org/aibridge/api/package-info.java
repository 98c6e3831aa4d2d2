/**
 * What a map-server compiles against: promises, no mechanics. Begin with {@link
 * org.aibridge.api.AiBridge}.
 */
package org.aibridge.api;
