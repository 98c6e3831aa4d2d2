package org.aibridge.ops.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.ProbeClient;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.Shown;

/** Judges the addresses in scripts by the bridge's own rules. Does not follow symbolic links. */
final class ScriptsCheck {
  private static final String NAME = "scripts";
  private static final int MAX_DEPTH = 32;
  private static final int MAX_FILES = 20_000;
  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_ADDRESSES = 500;
  private static final int MAX_SHOWN = 200;

  /** A body for the path of events, the only path of the bridge to which scripts may post. */
  private static final byte[] BARE_EVENT =
      "{\"event_type\":\"x\"}".getBytes(StandardCharsets.US_ASCII);

  private final BridgeConfig config;
  private final Consumer<Finding> findings;

  /** The addresses that scripts call, each with the places of those calls in the scripts. */
  private final Map<Asked, List<String>> places = new LinkedHashMap<>();

  private int made;
  private int skipped;

  ScriptsCheck(BridgeConfig config, Consumer<Finding> findings) {
    this.config = config;
    this.findings = findings;
  }

  /** Checks the files in {@code folder} and below. */
  void run(Path folder) {
    if (!config.scriptHttp().enabled()) {
      findings.accept(Finding.skipped(NAME, "they may ask nobody ([script_http] enabled = no)"));
      return;
    }
    try {
      Files.walkFileTree(folder, Set.of(), MAX_DEPTH, new Reader(folder));
    } catch (IOException e) {
      findings.accept(
          Finding.failure(NAME, folder + " cannot be read: " + Reason.of(e), "correct --scripts"));
      return;
    }
    try {
      tell(new ProbeClient(config));
    } catch (IOException e) {
      findings.accept(Finding.skipped(NAME, "not judged: " + Reason.sentence(e)));
    }
  }

  private void note(ScriptCalls.Call call, String place) {
    // If only a part of the host name is known, the address cannot be judged.
    if (!call.whole() && !call.address().matches("/.*|[A-Za-z]+://[^/]+/.*")) {
      made++;
    } else if (places.size() < MAX_ADDRESSES) {
      Asked asked = new Asked(call.posts(), call.address(), call.whole());
      places.computeIfAbsent(asked, first -> new ArrayList<>()).add(place);
    }
  }

  private void tell(ProbeClient client) {
    places.forEach((asked, at) -> tell(client, asked, at));
    if (made > 0) {
      findings.accept(
          Finding.ok(
              NAME, "calls that make their address at run time, and are judged then: " + made));
    }
    if (places.isEmpty() && made == 0) {
      findings.accept(Finding.ok(NAME, "no call of httpget or httppost was found"));
    }
    if (places.size() == MAX_ADDRESSES) {
      findings.accept(
          Finding.warning(NAME, "only " + MAX_ADDRESSES + " addresses were judged", ""));
    }
    if (skipped > 0) {
      findings.accept(
          Finding.warning(NAME, "files that cannot be read, or are too large: " + skipped, ""));
    }
  }

  private void tell(ProbeClient client, Asked asked, List<String> at) {
    String refusal = client.scriptRefusal(asked.address(), asked.posts() ? BARE_EVENT : null);
    String more = at.size() > 1 ? " and " + (at.size() - 1) + " more" : "";
    String what =
        (asked.posts() ? "httppost " : "httpget ")
            + Shown.of(config.aiService().apiKey().hideIn(asked.address()), MAX_SHOWN)
            + (asked.whole() ? "" : " ...")
            + " ("
            + at.get(0)
            + more
            + ")";
    findings.accept(
        refusal.isEmpty()
            ? Finding.ok(NAME, what)
            : Finding.warning(
                NAME, what + " would be refused: " + refusal, advice(client, asked, refusal)));
  }

  private static String advice(ProbeClient client, Asked asked, String refusal) {
    HttpUrl url = HttpUrl.parse(asked.address());
    boolean elsewhere = refusal.endsWith("allowed_hosts") || refusal.contains(", where scripts ");
    if (url == null || !elsewhere) {
      return "the script gets \"\"; docs/scripts.md says what it may ask";
    }
    String host = url.host() + ":" + url.port();
    String network = client.networkRefusal(url.host());
    return "if that is an old address of the AI service: [script_http] rewrite = "
        + host
        + "; if not, "
        + (network.endsWith("never go")
            ? "correct it: " + network
            : "allowed_hosts = " + host + (network.isEmpty() ? "" : ", and " + network));
  }

  /** Reads each file; skips what cannot be read. */
  private final class Reader extends SimpleFileVisitor<Path> {
    private final Path folder;
    private int files;

    Reader(Path folder) {
      this.folder = folder;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes about) {
      if (about.isRegularFile()) {
        try {
          read(file, about.size());
        } catch (IOException e) {
          skipped++;
        }
      }
      return ++files < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    private void read(Path file, long size) throws IOException {
      if (size > MAX_BYTES) {
        skipped++;
        return;
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      String name = folder.relativize(file).toString();
      ScriptCalls.of(text).forEach(call -> note(call, name + ":" + call.line()));
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (file.equals(folder)) {
        throw e;
      }
      skipped++;
      return FileVisitResult.CONTINUE;
    }
  }

  /** An address, and whether a script posts to it. */
  private record Asked(boolean posts, String address, boolean whole) {}
}
