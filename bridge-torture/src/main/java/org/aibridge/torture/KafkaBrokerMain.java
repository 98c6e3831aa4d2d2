package org.aibridge.torture;

import java.io.IOException;
import kafka.Kafka;

/** Kafka's own main, in a process that ends when nobody holds its standard input any more. */
final class KafkaBrokerMain {
  private KafkaBrokerMain() {}

  /** Runs the broker of the properties file {@code args[0]}. */
  public static void main(String[] args) {
    Thread watch = new Thread(KafkaBrokerMain::awaitOrphaned, "orphaned");
    watch.setDaemon(true);
    watch.start();
    Kafka.main(args);
  }

  private static void awaitOrphaned() {
    try {
      while (System.in.read() >= 0) {
        continue;
      }
    } catch (IOException e) {
      System.err.println("the parent is gone: " + e);
    }
    Runtime.getRuntime().halt(FaultHostMain.ORPHANED);
  }
}
