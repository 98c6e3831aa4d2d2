/**
 * The decisions of the AI service, and the way in which a map-server applies them. Begin with
 * {@link org.aibridge.api.action.ActionHandler}.
 */
@NullMarked
package org.aibridge.api.action;

import org.jspecify.annotations.NullMarked;
