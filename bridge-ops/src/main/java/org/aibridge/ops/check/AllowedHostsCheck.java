package org.aibridge.ops.check;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.AddressRules;

/**
 * Checks whether scripts may reach the current addresses of the {@code allowed_hosts}, and so may
 * the webhook of {@code [notify]}, which goes through the same gates.
 */
final class AllowedHostsCheck {
  private static final String NAME = "allowed_hosts";

  private final BridgeConfig.ScriptHttp scripts;
  private final Duration timeout;
  private final Consumer<Finding> findings;

  AllowedHostsCheck(BridgeConfig config, Consumer<Finding> findings) {
    this.scripts = config.scriptHttp();
    this.timeout = config.aiService().connectTimeout();
    this.findings = findings;
  }

  void run() {
    if (scripts.enabled()) {
      scripts.allowedHosts().forEach(host -> findings.accept(check(host)));
    }
  }

  /** Checks the host of a webhook that is among {@code allowed_hosts}. A trouble is a warning. */
  void runWebhook(String host) {
    Finding found = check(host);
    findings.accept(
        found.level() == Finding.Level.OK
            ? Finding.ok("notify", "a webhook at " + host + " is told of troubles")
            : Finding.warning(
                "notify", found.detail() + "; a webhook there would not be told", found.advice()));
  }

  private Finding check(String allowed) {
    HttpUrl url = HttpUrl.parse("http://" + allowed);
    if (url == null) {
      return Finding.failure(NAME, allowed + " cannot be asked", "correct the host");
    }
    try {
      List<InetAddress> addresses =
          Bounded.call(
              timeout,
              () -> Arrays.stream(InetAddress.getAllByName(url.host())).distinct().toList());
      return judge(allowed, addresses);
    } catch (IOException e) {
      return Finding.warning(
          NAME,
          "no address is known for " + allowed,
          "correct the host, or its entry at the name server");
    } catch (TimeoutException e) {
      return Finding.warning(
          NAME,
          "the name server has not answered for "
              + allowed
              + " within "
              + timeout.toMillis()
              + " ms",
          "see whether this machine reaches its name server (/etc/resolv.conf)");
    }
  }

  private Finding judge(String allowed, List<InetAddress> addresses) {
    AddressRules rules = new AddressRules(scripts.allowedNetworks());
    List<String> refusals =
        addresses.stream().map(rules::refusal).filter(refusal -> !refusal.isEmpty()).toList();
    if (refusals.isEmpty()) {
      String shown =
          addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
      return Finding.ok(NAME, "scripts may ask " + allowed + " (" + shown + ")");
    }
    String advice =
        refusals.stream().allMatch(refusal -> refusal.endsWith("allowed_networks"))
            ? "if it shall be asked, add the address or its network to [script_http] allowed_networks"
            : "no setting lets scripts go there; correct the host, or its entry at the name server";
    String detail = allowed + ": " + String.join("; ", refusals);
    return refusals.size() == addresses.size()
        ? Finding.failure(NAME, detail, advice)
        : Finding.warning(NAME, detail, advice);
  }
}
