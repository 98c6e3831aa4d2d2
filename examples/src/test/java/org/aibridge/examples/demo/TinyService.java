package org.aibridge.examples.demo;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A child process for tests: binds its port, says so, and notes each start and clean stop. */
final class TinyService {
  private TinyService() {}

  public static void main(String... arguments) throws Exception {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.length; i += 2) {
      given.put(arguments[i], arguments[i + 1]);
    }
    Path notes = Path.of(given.get("--data")).resolve("notes");
    Files.createDirectories(notes.getParent());
    int port = Integer.parseInt(given.get("--port"));
    try (ServerSocket socket = new ServerSocket(port, 10, InetAddress.getByName("127.0.0.1"))) {
      note(notes, "started with seed " + given.get("--seed"));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> note(notes, "stopped")));
      Files.writeString(Path.of(given.get("--port-file")), port + "\n");
      while (true) {
        socket.accept().close();
      }
    }
  }

  private static void note(Path notes, String what) {
    try {
      Files.write(notes, List.of(what), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
