package org.aibridge.core.service;

import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.World;

/**
 * What a service is opened with.
 *
 * @param config the configuration in force, which a reload replaces
 * @param threads the beginning of the names of the service's threads
 */
public record ServiceSetup(Supplier<BridgeConfig> config, World world, String threads) {}
