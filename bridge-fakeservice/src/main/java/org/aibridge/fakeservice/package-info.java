/**
 * HTTP over plain sockets for services that are made up, which can break every rule. It knows
 * nothing of the bridge. Begin with {@link org.aibridge.fakeservice.LoopbackServer}.
 */
package org.aibridge.fakeservice;
