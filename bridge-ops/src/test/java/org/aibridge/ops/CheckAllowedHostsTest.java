package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.aibridge.ops.CommandRun.Found;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check} says of the hosts that scripts may ask. */
class CheckAllowedHostsTest {
  @TempDir Path folder;
  private CommandRun run;

  @BeforeEach
  void begin() {
    run = new CommandRun(folder);
  }

  private List<Found> check(FakeAiService service, String... lines) throws Exception {
    run.conf(service.baseUrl(), "[script_http]", String.join("\n", lines));
    return run.check("allowed_hosts");
  }

  @Test
  void saysNothingWhereScriptsMayAskTheServiceAlone(@AiService FakeAiService service)
      throws Exception {
    assertThat(check(service, "")).isEmpty();
    assertThat(check(service, "enabled = no", "allowed_hosts = 127.0.0.1")).isEmpty();
    assertThat(run.run("check")).isZero();
  }

  @Test
  void namesTheAddressAndTheKey(@AiService FakeAiService service) throws Exception {
    Found found = check(service, "allowed_hosts = localhost:80").get(0);
    assertThat(found.level()).isEqualTo("failure");
    assertThat(found.detail())
        .contains("localhost:80: ", "127.0.0.1 is loopback", "[script_http] allowed_networks");
    assertThat(found.advice()).contains("allowed_networks");
    assertThat(run.run("check")).isEqualTo(1);
  }

  @Test
  void isContentWithAnAddressInsideAllowedNetworks(@AiService FakeAiService service)
      throws Exception {
    List<Found> found =
        check(
            service, "allowed_hosts = 127.0.0.1, [::1]:80", "allowed_networks = 127.0.0.0/8, ::1");
    assertThat(found).hasSize(2).allMatch(Found::ok);
    assertThat(found.get(0).detail()).isEqualTo("scripts may ask 127.0.0.1 (127.0.0.1)");
  }

  @Test
  void offersNoSettingForWhatNoneAllows(@AiService FakeAiService service) throws Exception {
    Found found =
        check(service, "allowed_hosts = 169.254.169.254", "allowed_networks = 0.0.0.0/0").get(0);
    assertThat(found.level()).isEqualTo("failure");
    assertThat(found.detail())
        .contains("169.254.169.254 is cloud metadata, where scripts never go");
    assertThat(found.advice()).startsWith("no setting");
  }

  @Test
  void warnsOfAHostWithoutAnAddress(@AiService FakeAiService service) throws Exception {
    Found found = check(service, "allowed_hosts = lore_db.invalid").get(0);
    assertThat(found.level()).isEqualTo("warning");
    assertThat(found.detail()).isEqualTo("no address is known for lore_db.invalid");
  }
}
