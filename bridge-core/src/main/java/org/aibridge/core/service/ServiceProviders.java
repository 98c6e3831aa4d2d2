package org.aibridge.core.service;

import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the services that other modules provide. */
public final class ServiceProviders {
  /** One operation on a provider, such as opening its service. */
  @FunctionalInterface
  private interface Step<T> {
    T take(ServiceProvider provider) throws IOException;
  }

  private ServiceProviders() {}

  /**
   * Opens the service called {@code name}.
   *
   * @throws IOException if no module brings it, or it cannot be used, with a sentence that says why
   */
  public static Service open(String name, ServiceSetup setup) throws IOException {
    return with(name, provider -> provider.open(setup));
  }

  /**
   * Checks the service called {@code name}; see {@link ServiceProvider#check}.
   *
   * @throws IOException as {@link #open} does
   */
  public static List<ServiceCheck> check(String name, ServiceSetup setup) throws IOException {
    return with(name, provider -> provider.check(setup));
  }

  private static <T> T with(String name, Step<T> step) throws IOException {
    ClassLoader ours = ServiceProvider.class.getClassLoader();
    try {
      for (ServiceProvider provider : ServiceLoader.load(ServiceProvider.class, ours)) {
        if (provider.name().equals(name)) {
          return step.take(provider);
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
        + "] is configured, and there are no jars for it: put what Maven or Gradle resolve for"
        + " bridge-"
        + name
        + " on the class path, or take the section out";
  }
}
