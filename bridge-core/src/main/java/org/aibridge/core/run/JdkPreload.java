package org.aibridge.core.run;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import javax.crypto.Cipher;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * Makes the JDK load, at the start, the libraries and tables that it would otherwise load with the
 * first socket, random number, cipher or local time, or when Chronicle first reads the JVM's
 * arguments.
 *
 * <p>If there is no descriptor when one of these is loaded, the class that needs it stays broken
 * until the process ends, and with it the network or Chronicle. {@code strace -e openat} of a start
 * lists them.
 */
public final class JdkPreload {
  private static final Logger log = Logs.of(JdkPreload.class);

  /** The free descriptors required here: loading needs fewer, a running bridge more. */
  private static final int DESCRIPTORS = 32;

  private JdkPreload() {}

  /**
   * Loads them.
   *
   * @throws IOException if there are too few; then nothing was loaded, and nothing is broken
   */
  public static void load() throws IOException {
    requireDescriptors();
    try {
      Class.forName("sun.nio.ch.Net", true, null);
      Class.forName("sun.nio.ch.UnixDomainSockets", true, null);
      InetAddress.getLoopbackAddress();
      new SecureRandom().nextLong();
      Cipher.getMaxAllowedKeyLength("AES");
      ZoneId.systemDefault().getRules();
      TimeZone.getDefault();
      ManagementFactory.getRuntimeMXBean().getInputArguments();
      Reason.prepare();
      // Loading can fail, for example if the JDK does not know the machine's time zone.
    } catch (Exception | LinkageError e) {
      log.debug("some of the JDK is loaded when it is needed", e);
    }
  }

  /**
   * Checks that there are enough descriptors for a start, and loads nothing.
   *
   * @throws IOException if there are too few
   */
  public static void requireDescriptors() throws IOException {
    // Opens any readable file many times, to see whether there are enough descriptors.
    Path home = Path.of(System.getProperty("java.home"));
    Path file = home.resolve("lib").resolve("modules");
    if (!file.toFile().canRead()) { // For example, in a JDK built by its own developers.
      file = home.resolve("release");
    }
    List<InputStream> held = new ArrayList<>();
    try {
      while (held.size() < DESCRIPTORS) {
        held.add(new FileInputStream(file.toFile()));
      }
    } catch (IOException e) {
      throw new IOException(
          Sentence.of("a start needs %d free descriptors: %s", DESCRIPTORS, Reason.of(e)));
    } finally {
      for (InputStream one : held) {
        one.close();
      }
    }
  }
}
