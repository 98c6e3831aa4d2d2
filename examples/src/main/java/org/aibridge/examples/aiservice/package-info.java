/**
 * An AI service to talk to: a process of its own that knows the wire protocol and nothing of the
 * bridge. Begin with {@link org.aibridge.examples.aiservice.AiServiceMain}.
 */
package org.aibridge.examples.aiservice;
