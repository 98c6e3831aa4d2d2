package org.aibridge.ops;

import org.aibridge.core.run.Build;
import picocli.CommandLine.IVersionProvider;

/** The version of this program and of the Java that runs it. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "ai-bridge " + Build.words(),
      "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")"
    };
  }
}
