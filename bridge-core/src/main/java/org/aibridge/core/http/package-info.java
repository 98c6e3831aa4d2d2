/**
 * The AI service over HTTP; the only package that knows OkHttp and Resilience4j. Begin with {@link
 * org.aibridge.core.http.ServiceClient}.
 */
package org.aibridge.core.http;
