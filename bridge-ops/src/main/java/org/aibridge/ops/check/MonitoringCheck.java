package org.aibridge.ops.check;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Reason;

/**
 * Checks how operators hear of a trouble: the metrics, and who is told. Runs no program and posts
 * nothing. Problems are warnings: a bridge does its work without anybody who looks.
 */
final class MonitoringCheck {
  private static final int PATIENCE_MS = 500;

  private final Path folder;
  private final Map<String, String> environment;
  private final Consumer<Finding> findings;

  MonitoringCheck(Path folder, Map<String, String> environment, Consumer<Finding> findings) {
    this.folder = folder;
    this.environment = environment;
    this.findings = findings;
  }

  void run(BridgeConfig config) {
    checkPrometheus(config.metrics().prometheus());
    Path textfile = config.metrics().textfile();
    if (textfile != null) {
      checkTextfile(folder.resolve(textfile), config.bridge().serverId());
    }
    BridgeConfig.Notifications notify = config.notifications();
    if (!notify.isSet()) {
      findings.accept(
          Finding.skipped("notify", "nobody is told of troubles ([notify] command, webhook)"));
    }
    if (!notify.command().isEmpty()) {
      checkProgram(notify.command().get(0));
    }
    if (notify.webhook().isPresent()) {
      checkWebhook(URI.create(notify.webhook().reveal()), config);
    }
  }

  private void checkPrometheus(String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
    int port = Integer.parseInt(address.substring(colon + 1));
    boolean answers;
    try (Socket socket = new Socket()) {
      InetAddress at = InetAddress.getByName(host);
      if (!at.isLoopbackAddress()) {
        findings.accept(
            Finding.warning(
                "metrics",
                "'ai-bridge metrics' would answer whoever reaches " + address + ", without a key",
                "set [metrics] prometheus to an address of 127.0.0.1, or guard the port"));
        return;
      }
      socket.connect(new InetSocketAddress(at, port), PATIENCE_MS);
      answers = true;
    } catch (UnknownHostException e) {
      findings.accept(
          Finding.warning(
              "metrics", "no address is known for " + host, "correct [metrics] prometheus"));
      return;
    } catch (IOException e) {
      answers = false;
    }
    findings.accept(
        Finding.ok(
            "metrics",
            "the server opens no port; 'ai-bridge metrics' serves Prometheus at "
                + address
                + (answers ? ", where something answers" : ", and does not run now")));
  }

  private void checkTextfile(Path exporters, String server) {
    String file = exporters.resolve("aibridge_" + server + ".prom").toString();
    if (!Files.isDirectory(exporters)) {
      findings.accept(
          Finding.warning(
              "textfile",
              exporters + " is no folder: the bridge would write no metrics there",
              "make it, or set [metrics] textfile to what the node exporter has as"
                  + " --collector.textfile.directory"));
      return;
    }
    Path probe = exporters.resolve(".ai-bridge-check-" + UUID.randomUUID());
    try {
      PrivateFiles.make(probe);
      Files.delete(probe);
      findings.accept(Finding.ok("textfile", file + " can be written"));
    } catch (IOException e) {
      findings.accept(
          Finding.warning(
              "textfile",
              file + " cannot be written: " + Reason.of(e),
              "run this as the server's user; if that is "
                  + System.getProperty("user.name")
                  + ", let it write into "
                  + exporters));
    }
  }

  private void checkProgram(String program) {
    List<Path> places =
        program.contains("/")
            ? List.of(folder.resolve(program))
            : List.of(environment.getOrDefault("PATH", "").split(File.pathSeparator)).stream()
                .map(place -> Path.of(place, program))
                .toList();
    if (places.stream()
        .anyMatch(place -> Files.isRegularFile(place) && Files.isExecutable(place))) {
      findings.accept(Finding.ok("notify", program + " is told of troubles"));
    } else {
      findings.accept(
          Finding.warning(
              "notify",
              program + " is no program that can be run: nobody would be told of troubles",
              "correct [notify] command, or 'chmod +x' the file"));
    }
  }

  private void checkWebhook(URI webhook, BridgeConfig config) {
    int given = webhook.getPort();
    int port = given >= 0 ? given : webhook.getScheme().equals("https") ? 443 : 80;
    String host = webhook.getRawAuthority().replaceFirst(":[0-9]+$", "").toLowerCase(Locale.ROOT);
    List<String> allowed = config.scriptHttp().allowedHosts();
    if (allowed.contains(host) || allowed.contains(host + ":" + port)) {
      new AllowedHostsCheck(config, findings).runWebhook(host);
    } else {
      findings.accept(
          Finding.warning(
              "notify",
              host + ":" + port + " is not among allowed_hosts: its webhook would not be told",
              "add " + host + " to [script_http] allowed_hosts"));
    }
  }
}
