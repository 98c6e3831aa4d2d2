/**
 * The service door: what the stages know of the AI service, whatever engine lies behind it.
 *
 * <p>Dispatch offers batches of events and acts on verdicts. Nothing here knows how a batch
 * travels.
 */
package org.aibridge.core.service;
