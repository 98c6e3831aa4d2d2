/**
 * Text of others: read strictly, and shown without invisible characters. Begin with {@link
 * org.aibridge.core.text.Shown}.
 */
package org.aibridge.core.text;
