package org.aibridge.core.http;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import okhttp3.OkHttpClient;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceProviders;
import org.aibridge.core.service.ServiceSetup;

/**
 * The network below the gates, and the threads that wait for it. A simulation puts a service in its
 * own process here; all that is above stays as it is.
 */
public interface Wire {
  /** The machine's network, with one thread for each call under way. */
  Wire OF_MACHINE =
      new Wire() {
        @Override
        public OkHttpClient client(OkHttpClient plain) {
          return plain;
        }

        @Override
        public ExecutorService threads(ThreadFactory factory) {
          return CallThreads.pool(factory);
        }
      };

  /** Returns a client with the settings of {@code plain} whose calls use this wire. */
  OkHttpClient client(OkHttpClient plain);

  /** Returns a pool that starts each task at once, on a new thread of {@code factory}. */
  ExecutorService threads(ThreadFactory factory);

  /**
   * Opens the service of another engine, which has a network of its own.
   *
   * @throws IOException as {@link ServiceProviders#open} does
   */
  default Service open(String engine, ServiceSetup setup) throws IOException {
    return ServiceProviders.open(engine, setup);
  }
}
