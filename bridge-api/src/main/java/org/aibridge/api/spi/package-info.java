/** The interfaces between API and core. Begin with {@link org.aibridge.api.spi.BridgeProvider}. */
@NullMarked
package org.aibridge.api.spi;

import org.jspecify.annotations.NullMarked;
