/** One picture of the bridge, as JSON. Begin with {@link org.aibridge.core.status.StatusJson}. */
package org.aibridge.core.status;
