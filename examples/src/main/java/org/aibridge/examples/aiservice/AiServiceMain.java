package org.aibridge.examples.aiservice;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The AI service's command line, {@code ai-bridge service fake}.
 *
 * <p>Prints one line when it is ready and nothing else. Arguments it cannot use end it with status
 * 2, a port or a folder it cannot use with status 1, each with one sentence on stderr. SIGTERM ends
 * it within a second; after kill -9 it goes on from the files in {@code --data}.
 */
public final class AiServiceMain {
  private static final String HELP =
      """
      Runs an AI service on this machine: it decides what shall happen by rules of thumb.

        --port N              the port, 0 for any free one (0)
        --data DIR            where it writes down what it took (a temporary folder)
        --seed N              of its dice (1)
        --port-file FILE      where it writes its port once it serves
        --profile NAME        bridge: written to docs/protocol.md; fastapi: as it is met in the field (bridge)

      With --profile fastapi:
        --api-key KEY         the key it wants in X-API-Key (none)
        --per-minute N        how many requests it takes in a minute, 0 for any number (100)
        --player-id TYPE      number, int32 or text (number)
        --extra WORD          ignore or forbid fields that it does not know (ignore)
        --without PATH,...    paths that it lacks, such as /api/v1/events/dispatch
      """;

  private AiServiceMain() {}

  /** Serves until the process ends. */
  public static void main(String[] args) throws InterruptedException {
    PrintWriter out = new PrintWriter(System.out, true);
    if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
      out.print(HELP);
      out.flush();
      return;
    }
    int status = serve(out, new PrintWriter(System.err, true), args);
    if (status != 0) {
      System.exit(status);
    }
  }

  /** What {@code --help} prints. */
  public static String help() {
    return HELP;
  }

  /**
   * Serves until the process ends; comes back with an exit status if it cannot begin.
   *
   * @throws InterruptedException when the thread is interrupted, while it goes on serving
   */
  public static int serve(PrintWriter out, PrintWriter err, String... args)
      throws InterruptedException {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      return 2;
    }
    try {
      start(options, out);
    } catch (BindException e) {
      err.println("Port " + options.port() + " of 127.0.0.1 cannot be used: " + e.getMessage());
      return 1;
    } catch (IOException e) {
      err.println("The AI service cannot start: " + e);
      return 1;
    }
    Thread.currentThread().join();
    return 0;
  }

  private static void start(Options options, PrintWriter out) throws IOException {
    AiService service = AiService.start(options);
    try {
      if (options.portFile() != null) {
        writePort(options.portFile().toAbsolutePath(), service.port());
      }
    } catch (IOException e) {
      service.close();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(service::close, "ai-service shutdown"));
    out.println("AI service listening on http://127.0.0.1:" + service.port());
  }

  /** Writes the file atomically, so that no process that waits for it reads half of it. */
  private static void writePort(Path file, int port) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(draft, port + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
