/**
 * Reads {@code ai_bridge.conf} into one immutable tree, or says everything that is wrong with the
 * file.
 *
 * <p>Begin with {@link org.aibridge.core.config.ConfigReader}; every key stands in {@link
 * org.aibridge.core.config.ConfigKeys}.
 */
package org.aibridge.core.config;
