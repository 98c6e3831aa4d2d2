package org.aibridge.examples.aiservice;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The AI service's command line: {@code --port N --data DIR [--seed N] [--port-file FILE]}.
 *
 * <p>Prints one line when it is ready and nothing else. Arguments it cannot use end it with status
 * 2, a port or a folder it cannot use with status 1, each with one sentence on stderr. SIGTERM ends
 * it within a second; after kill -9 it goes on from the files in {@code --data}.
 */
public final class AiServiceMain {
  private AiServiceMain() {}

  /** Starts the service and returns; the service's threads keep the process alive. */
  public static void main(String[] args) {
    int status = run(args);
    if (status != 0) {
      System.exit(status);
    }
  }

  private static int run(String[] args) {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      return fail(2, e.getMessage());
    }
    try {
      start(options);
      return 0;
    } catch (BindException e) {
      return fail(1, "Port " + options.port() + " of 127.0.0.1 cannot be used: " + e.getMessage());
    } catch (IOException e) {
      return fail(1, "The AI service cannot start: " + e);
    }
  }

  private static void start(Options options) throws IOException {
    AiService service = AiService.start(options.port(), options.data(), options.seed());
    try {
      if (options.portFile() != null) {
        writePort(options.portFile().toAbsolutePath(), service.port());
      }
    } catch (IOException e) {
      service.close();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(service::close, "ai-service shutdown"));
    System.out.println("AI service listening on http://127.0.0.1:" + service.port());
  }

  /** Whoever watches for the file never sees it half-written. */
  private static void writePort(Path file, int port) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(draft, port + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static int fail(int status, String sentence) {
    System.err.println(sentence);
    return status;
  }
}
