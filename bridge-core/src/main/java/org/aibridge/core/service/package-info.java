/**
 * The service door: what the stages know of the AI service, whatever engine lies behind it.
 *
 * <p>Dispatch offers batches of events to an {@link org.aibridge.core.service.EventSink} and acts
 * on verdicts. Actions come from an {@link org.aibridge.core.service.ActionSource}, which takes
 * their results. A {@link org.aibridge.core.service.Service} has one of each, and other modules
 * bring theirs through a {@link org.aibridge.core.service.ServiceProvider}. Nothing here knows how
 * any of it travels.
 */
package org.aibridge.core.service;
