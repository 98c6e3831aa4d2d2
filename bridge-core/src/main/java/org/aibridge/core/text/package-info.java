/**
 * Text of others: read strictly, shown without what nobody sees. Begin with {@link
 * org.aibridge.core.text.Shown}.
 */
package org.aibridge.core.text;
