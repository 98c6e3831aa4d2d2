/**
 * An AI service to try the bridge against: one that was written to the protocol ({@link
 * org.aibridge.fakeservice.PlainService}), one as it is met in the field ({@link
 * org.aibridge.fakeservice.FastApi}), and the HTTP below both, which can break every rule ({@link
 * org.aibridge.fakeservice.LoopbackServer}). It knows nothing of the bridge. Begin with {@link
 * org.aibridge.fakeservice.FieldService}.
 */
package org.aibridge.fakeservice;
