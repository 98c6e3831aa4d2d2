package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.GiveReward;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator decides, on a server that runs and on one that does not. */
@Tag("slow")
class ActionsCommandTest {
  private static final String REWARD =
      "{\"action_id\":\"%s\",\"action_type\":\"give_reward\","
          + "\"payload\":{\"player_id\":7,\"zeny\":100}}";

  @TempDir Path folder;
  private final List<String> applied = new CopyOnWriteArrayList<>();

  private CommandRun conf(FakeAiService service) throws Exception {
    return new CommandRun(folder)
        .conf(
            service.baseUrl(),
            "path = " + folder.resolve("journal"),
            "ring_path = " + folder.resolve("ring"),
            "reserve_mb = 1",
            "[event_dispatcher]",
            "dlq_path = " + folder.resolve("dlq"),
            "[action_executor]",
            "ledger_path = " + folder.resolve("ledger"),
            "poll_interval = 20",
            "[action_limits]",
            "approve = give_reward");
  }

  private AiBridge start(CommandRun run) {
    AiBridge bridge = AiBridge.start(run.confFile());
    assertThat(bridge.status().problem()).isEmpty();
    bridge.onAction(
        GiveReward.class,
        action -> {
          applied.add(action.header().id());
          return ActionReply.done("given");
        });
    return bridge;
  }

  private static void until(AiBridge bridge, BooleanSupplier holds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      bridge.tick();
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static boolean hears(FakeAiService service, String id, String status) {
    return service.results().stream()
        .anyMatch(
            result ->
                result.path("action_id").asText().equals(id)
                    && result.path("status").asText().equals(status));
  }

  @Test
  void holdsATypeUntilTheOperatorSaysYesToARunningServer(@AiService FakeAiService service)
      throws Exception {
    CommandRun run = conf(service);
    service.offerActions("[" + REWARD.formatted("r1") + "," + REWARD.formatted("r2") + "]");
    try (AiBridge bridge = start(run)) {
      until(bridge, () -> bridge.status().actions().polled() >= 2);
      assertThat(run.run("actions", "pending")).isZero();
      assertThat(run.out).contains("r1  give_reward", "\"zeny\":100", "2 actions");
      assertThat(applied).isEmpty();
      assertThat(run.run("actions", "approve", "r1")).as(run.err).isZero();
      until(bridge, () -> hears(service, "r1", "completed"));
      assertThat(run.run("actions", "deny", "r2")).isZero();
      until(bridge, () -> hears(service, "r2", "failed"));
      assertThat(run.run("actions", "approve", "r2")).isEqualTo(1);
      assertThat(run.err).contains("r2 does not wait for approval");
    }
    assertThat(applied).containsExactly("r1");
  }

  /** Ids that are options, commands, files of arguments, two lines, or look like another. */
  private static final List<String> ODD_IDS =
      List.of(
          "--all",
          "-h",
          "--",
          "-",
          "; rm -rf ~",
          "$(reboot)",
          "`id`",
          "@/etc/hostname",
          "=ls",
          "it's",
          "a\\b",
          "a b",
          "~",
          "!!",
          "*",
          "#r",
          "r1\u202E\u2066",
          "r1\u200B",
          "r1\u00A0",
          "\u202E1r",
          "help",
          "{\"id\":1}");

  @Test
  void showsNoTwoActionsAlikeWhereTheConsoleKnowsAsciiAlone(@AiService FakeAiService service)
      throws Exception {
    CommandRun run = conf(service);
    run.unicode = false;
    String offer =
        "{\"action_id\":\"%s\",\"action_type\":\"give_reward\",\"payload\":{\"player_name\":\"%s\","
            + "\"zeny\":1}}";
    List<String> ids = List.of("\u00E9", "?", "\\\\u00E9");
    service.offerActions(
        "[%s]"
            .formatted(
                String.join(
                    ",", ids.stream().map(id -> offer.formatted(id, id + "nna")).toList())));
    try (AiBridge bridge = start(run)) {
      until(bridge, () -> bridge.status().actions().polled() >= ids.size());
      assertThat(run.run("actions", "pending")).isZero();
      assertThat(run.out)
          .contains("(an id that this console cannot write", "'?'", "$'\\\\u00E9'")
          .contains("\"\\u00E9nna\"", "\"?nna\"", "\"\\\\u00E9nna\"");
      assertThat(run.out.chars()).allMatch(c -> c < 0x80);
      assertThat(run.run("actions", "pending", "-o", "json")).isZero();
      assertThat(run.out.chars()).allMatch(c -> c < 0x80);
      assertThat(new ObjectMapper().readTree(run.out).path("actions").findValuesAsText("id"))
          .containsExactlyInAnyOrder("\u00E9", "?", "\\u00E9");
    }
  }

  @Test
  void takesEachIdAsItWasPrinted(@AiService FakeAiService service) throws Exception {
    CommandRun run = conf(service);
    ObjectMapper json = new ObjectMapper();
    ArrayNode offers = json.createArrayNode();
    for (String id : ODD_IDS) {
      offers
          .addObject()
          .put("action_id", id)
          .put("action_type", "give_reward")
          .putObject("payload")
          .put("player_id", offers.size())
          .put("zeny", 1);
    }
    service.offerActions(offers.toString());
    try (AiBridge bridge = start(run)) {
      until(bridge, () -> bridge.status().actions().polled() >= ODD_IDS.size());
      assertThat(run.run("actions", "pending")).isZero();
      List<String> lines = run.out.lines().limit(ODD_IDS.size()).toList();
      assertThat(run.out.lines().skip(ODD_IDS.size()))
          .containsExactly(
              ODD_IDS.size() + " actions", "ai-bridge actions approve ID    # or deny");
      approveAtOnce(lines);
      until(bridge, () -> applied.size() == ODD_IDS.size());
    }
    assertThat(applied).containsExactlyInAnyOrderElementsOf(ODD_IDS);
  }

  /** Four operators at once, as many as a server hears: it looks once a second. */
  private void approveAtOnce(List<String> lines) throws Exception {
    ExecutorService operators = Executors.newFixedThreadPool(4);
    try {
      List<Callable<String>> commands =
          lines.stream().map(line -> (Callable<String>) () -> approve(line)).toList();
      for (Future<String> complaint : operators.invokeAll(commands)) {
        assertThat(complaint.get()).isEmpty();
      }
    } finally {
      operators.shutdown();
    }
  }

  /** Answers what was complained about. */
  private String approve(String line) throws Exception {
    String pasted = line.substring(0, line.indexOf("  give_reward"));
    List<String> args = new ArrayList<>(List.of("actions", "approve"));
    args.addAll(words(pasted));
    CommandRun run = new CommandRun(folder);
    int exit = run.run(args.toArray(String[]::new));
    return exit == 0 ? "" : pasted + ": " + run.err;
  }

  /** The words that a shell makes of what was printed; each must be whole and do nothing. */
  private static List<String> words(String pasted) throws Exception {
    Process bash =
        new ProcessBuilder("bash", "-c", "printf '%s\\0' " + pasted)
            .redirectErrorStream(true)
            .start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(out).isZero();
    return List.of(out.split("\0"));
  }

  /** The service wrote 2,000 harmless characters before what counts. */
  @Test
  void showsAsTextAndAsJsonWhatWouldBeGiven(@AiService FakeAiService service) throws Exception {
    CommandRun run = conf(service);
    service.offerActions(
        "[{\"action_id\":\"reward-of-1-zeny\",\"action_type\":\"give_reward\",\"note\":\"1 zeny to"
            + " player 5"
            + ".".repeat(2000)
            + "\",\"payload\":{\"player_id\":5,\"zeny\":100000,\"item_id\":501,"
            + "\"quantity\":10}}]");
    String fields =
        "{\"player_id\":5,\"player_name\":\"\",\"player_key\":\"\",\"item_id\":501,\"item\":\"\",\"quantity\":10,"
            + "\"zeny\":100000,\"base_exp\":0,\"job_exp\":0}";
    try (AiBridge bridge = start(run)) {
      until(bridge, () -> bridge.status().actions().polled() >= 1);
      assertThat(run.run("actions", "pending")).isZero();
      assertThat(run.out.lines().toList().get(0))
          .startsWith("reward-of-1-zeny  give_reward  waits for ")
          .endsWith("s  " + fields);
      assertThat(run.run("actions", "pending", "-o", "json")).isZero();
      assertThat(run.out).contains("\"action\":" + fields).doesNotContain("1 zeny to");
    }
    assertThat(Files.readString(folder.resolve("journal/actions-audit.jsonl")))
        .contains("\"what\":" + fields);
  }

  @Test
  void settlesInTheLedgerItselfWhenNoServerRuns(@AiService FakeAiService service) throws Exception {
    CommandRun run = conf(service);
    service.offerActions("[" + REWARD.formatted("r1") + "," + REWARD.formatted("r2") + "]");
    try (AiBridge bridge = start(run)) {
      until(bridge, () -> bridge.status().actions().polled() >= 2);
    }
    assertThat(run.run("actions", "pending")).as(run.err).isZero();
    assertThat(run.out).contains("2 actions");
    assertThat(run.run("actions", "approve", "r1")).as(run.err).isZero();
    assertThat(run.run("actions", "approve", "r2")).as(run.err).isZero();
    assertThat(run.run("actions", "pending")).isZero();
    assertThat(run.out).contains("r1  give_reward  approved, waits for ", "2 actions");
    assertThat(run.run("actions", "approve", "r1")).isEqualTo(1);
    assertThat(run.err).contains("r1 is approved");
    assertThat(run.run("actions", "deny", "r2")).as(run.err).isZero();
    assertThat(run.run("actions", "in-doubt")).isZero();
    assertThat(run.out).contains("0 actions");
    try (AiBridge bridge = start(run)) {
      until(bridge, () -> hears(service, "r1", "completed") && hears(service, "r2", "failed"));
    }
    assertThat(applied).containsExactly("r1");
  }

  @Test
  void takesAnIdThatBeginsWithADashBehindItsOptions(@AiService FakeAiService service)
      throws Exception {
    CommandRun run = conf(service);
    start(run).close();
    assertThat(run.run("actions", "resolve", "--applied", "--", "-x")).isEqualTo(1);
    assertThat(run.err).contains("-x is not in doubt");
  }

  @Test
  void readsFromAPlaceWhereActionsComeFromALogAlone(@AiService FakeAiService service)
      throws Exception {
    CommandRun run = conf(service);
    try (AiBridge bridge = start(run)) {
      assertThat(bridge.status().initialized()).isTrue();
      assertThat(run.run("actions", "read-from", "newest")).isEqualTo(1);
      assertThat(run.err).contains("the AI service keeps no log of actions");
    }
    assertThat(run.run("actions", "read-from", "oldest")).isEqualTo(1);
    assertThat(run.err).contains("no server runs that could ask from where");
    assertThat(run.run("actions", "read-from", "yesterday")).isEqualTo(2);
  }

  @Test
  void saysThatThereIsNothingToResolve(@AiService FakeAiService service) throws Exception {
    CommandRun run = conf(service);
    start(run).close();
    assertThat(run.run("actions", "resolve", "x", "--applied")).isEqualTo(1);
    assertThat(run.err).contains("x is not in doubt");
  }

  /** As with every other command, options stand where one types them. */
  @Test
  void takesItsOptionsBehindTheVerbToo(@AiService FakeAiService service) throws Exception {
    CommandRun run = conf(service);
    start(run).close();
    String conf = run.confFile().toString();
    assertThat(run.run("actions", "in-doubt", "--conf", conf, "-o", "json")).isZero();
    assertThat(run.out).contains("\"ok\":true");
    assertThat(run.run("actions", "--conf", conf, "pending")).isZero();
    assertThat(run.run("actions", "pending", "--conf", "no.conf")).isEqualTo(1);
    assertThat(run.err).contains("no.conf is not there");
  }

  @Test
  void wantsToKnowHowItEnded(@AiService FakeAiService service) throws Exception {
    assertThat(conf(service).run("actions", "resolve", "x")).isEqualTo(2);
    assertThat(conf(service).run("actions", "resolve", "x", "--applied", "--not-applied"))
        .isEqualTo(2);
  }

  @Test
  void saysWhereNoServerHasRun(@AiService FakeAiService service) throws Exception {
    CommandRun run = conf(service);
    assertThat(run.run("actions", "pending")).isEqualTo(1);
    assertThat(run.err).contains("no server has run");
  }
}
