/**
 * Text of others: read strictly, and shown without invisible characters; and the answers to
 * operators' commands. Begin with {@link org.aibridge.core.text.Shown}.
 */
package org.aibridge.core.text;
