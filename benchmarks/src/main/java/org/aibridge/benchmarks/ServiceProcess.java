package org.aibridge.benchmarks;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.benchmarks.LocalService.Mood;

/**
 * Runs a {@link LocalService} in a process of its own, so that its garbage and its compiler do not
 * burden the measured process, as with a service on another machine. For one thread at a time.
 */
public final class ServiceProcess implements Closeable {
  private final Process process;
  private final BufferedReader answers;
  private final String url;

  /** Starts the process and waits until it accepts requests. */
  public ServiceProcess() throws IOException {
    process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    ServiceProcess.class.getName()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    url = answer();
  }

  /** Runs the service; reads one mood per line from the standard input until the input ends. */
  public static void main(String[] args) throws IOException {
    try (LocalService service = new LocalService()) {
      BufferedReader moods =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
      System.out.println(service.url());
      for (String mood = moods.readLine(); mood != null; mood = moods.readLine()) {
        service.behave(Mood.valueOf(mood));
        System.out.println(mood);
      }
    }
    System.exit(0); // Hanging responses would keep the JVM alive.
  }

  /** The base URL of the service. */
  public String url() {
    return url;
  }

  /** Changes the behaviour of the service, and waits until the change is in force. */
  public void behave(Mood mood) throws IOException {
    OutputStream orders = process.getOutputStream();
    orders.write((mood + "\n").getBytes(StandardCharsets.US_ASCII));
    orders.flush();
    answer();
  }

  private String answer() throws IOException {
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the service's process has ended");
    }
    return answer;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
