/**
 * The interface through which the API finds the bridge. Begin with {@link
 * org.aibridge.api.spi.BridgeProvider}.
 */
package org.aibridge.api.spi;
