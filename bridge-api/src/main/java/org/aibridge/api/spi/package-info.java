/** The API's door to the bridge. Begin with {@link org.aibridge.api.spi.BridgeProvider}. */
@NullMarked
package org.aibridge.api.spi;

import org.jspecify.annotations.NullMarked;
