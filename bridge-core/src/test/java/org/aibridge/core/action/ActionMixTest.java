package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** One bad action harms no other in the same answer, whatever is bad about it. */
final class ActionMixTest {
  /** Parts of a mutated action that keep to the grammar of brackets and quotes. */
  private static final List<String> WRONG =
      List.of(
          "null",
          "true",
          "-1",
          "2147483648",
          "9223372036854775808",
          "1.5",
          "NaN",
          "1e999",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\x\"",
          "\"\t\"",
          "[]",
          "{}",
          "[[[[]]]]",
          "{\"a\":1,\"a\":2}",
          "[".repeat(5000) + "]".repeat(5000),
          "\"" + "é".repeat(70_000) + "\"",
          "{]",
          "[}",
          "nul",
          "0123",
          "'x'",
          "{\"a\"}",
          "{,}",
          "\"🐉]}\\\"\"");

  @Property(tries = 60)
  void appliesEveryGoodActionAndAnswersEveryBadOne(@ForAll("mixes") List<String> mix)
      throws IOException {
    Path folder = Files.createTempDirectory("actions");
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      List<String> offers = new ArrayList<>();
      List<String> good = new ArrayList<>();
      List<String> bad = new ArrayList<>();
      for (String kind : mix) {
        String id = "é" + offers.size();
        (kind.isEmpty() ? good : bad).add(id);
        offers.add(kind.isEmpty() ? Rig.broadcast(id) : kind.replace("ID", id));
      }
      rig.answerPoll(
          ("{\"x\":\"é🐉\",\"actions\":[" + String.join(" ,\n", offers) + "]}")
              .getBytes(StandardCharsets.UTF_8));
      rig.service.tick();
      assertThat(rig.applied).containsExactlyElementsOf(good);
      List<String> results = rig.acknowledgeResults();
      assertThat(failed(results)).containsExactlyInAnyOrderElementsOf(bad);
      assertThat(results).hasSize(mix.size());
    } finally {
      delete(folder);
    }
  }

  private static List<String> failed(List<String> results) {
    return results.stream()
        .filter(result -> result.split(" ")[1].equals("failed"))
        .map(result -> result.split(" ")[0])
        .collect(Collectors.toList());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Provide
  Arbitrary<List<String>> mixes() {
    Arbitrary<String> wrong = Arbitraries.of(WRONG);
    Arbitrary<String> field = Arbitraries.of("action_type", "payload", "priority", "message", "x");
    Arbitrary<String> bad = Combinators.combine(field, wrong).as(ActionMixTest::bad);
    return Arbitraries.oneOf(Arbitraries.just(""), bad).list().ofMinSize(1).ofMaxSize(30);
  }

  private static String bad(String field, String wrong) {
    String last = "\"action_id\":\"ID\"}";
    return switch (field) {
      case "message" ->
          "{\"action_type\":\"broadcast\",\"payload\":{\"message\":"
              + wrong
              + ",\"type\":[]},"
              + last;
      case "x" ->
          "{\"x\":"
              + wrong
              + ",\"action_type\":\"spawn_monster\",\"payload\":{\"map\":\"m\"},"
              + last;
      case "priority" ->
          "{\"action_type\":\"broadcast\",\"priority\":" + wrong + ",\"payload\":{}," + last;
      default -> "{\"" + field + "\":" + wrong + ",\"nobody_handles\":1," + last;
    };
  }
}
