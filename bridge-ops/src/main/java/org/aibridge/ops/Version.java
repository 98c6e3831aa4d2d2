package org.aibridge.ops;

import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version of this program, from its jar, and of the Java it runs on. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "ai-bridge " + ours(),
      "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")"
    };
  }

  /** The version from the jar's manifest; classes outside a jar have none. */
  private static String ours() {
    return Objects.requireNonNullElse(
        Version.class.getPackage().getImplementationVersion(), "(not from a jar)");
  }
}
