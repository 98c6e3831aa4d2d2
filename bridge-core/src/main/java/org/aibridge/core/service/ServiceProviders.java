package org.aibridge.core.service;

import java.io.IOException;
import java.util.ServiceLoader;

/** Finds the services that other modules bring. */
public final class ServiceProviders {
  private ServiceProviders() {}

  /**
   * Opens the service called {@code name}.
   *
   * @throws IOException if no module brings it, or it cannot be used, with a sentence that says why
   */
  public static Service open(String name, ServiceSetup setup) throws IOException {
    ClassLoader ours = ServiceProvider.class.getClassLoader();
    try {
      for (ServiceProvider provider : ServiceLoader.load(ServiceProvider.class, ours)) {
        if (provider.name().equals(name)) {
          return provider.open(setup);
        }
      }
    } catch (LinkageError e) {
      throw new IOException(missing(name) + " (" + e.getMessage() + " is missing)", e);
    }
    throw new IOException(missing(name));
  }

  private static String missing(String name) {
    return "["
        + name
        + "] is configured, and the server runs without the jars for it: put what Maven or Gradle"
        + " resolve for bridge-"
        + name
        + " on the class path, or take the section out";
  }
}
