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
 * Has the JDK load at the start the libraries and tables of its own that it would load with the
 * first socket, random number, cipher, local time, and look at itself, which Chronicle takes.
 *
 * <p>Where there is no descriptor for one of them, the class that wanted it stays broken for as
 * long as the process lives, and with it the network, or Chronicle. {@code strace -e openat} of a
 * start tells what there is.
 */
public final class JdkLibraries {
  private static final Logger log = Logs.of(JdkLibraries.class);

  /** More than it takes, and fewer than a bridge needs to run. */
  private static final int DESCRIPTORS = 32;

  private JdkLibraries() {}

  /**
   * Loads them.
   *
   * @param file any that can be read; it is opened to see that there are descriptors
   * @throws IOException if there are none; then nothing was tried, and nothing is broken
   */
  public static void load(Path file) throws IOException {
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
    } catch (Exception | LinkageError e) { // Such as of a time zone that the JDK does not know.
      log.debug("some of the JDK is loaded when it is needed", e);
    }
  }
}
