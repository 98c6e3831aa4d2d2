/** The API's door to the bridge. Begin with {@link org.aibridge.api.spi.BridgeProvider}. */
package org.aibridge.api.spi;
