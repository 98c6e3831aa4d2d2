package org.aibridge.examples.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.aibridge.examples.mapserver.AppliedLog;
import org.aibridge.examples.worker.Rules;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** What the demo's account finds when something is wrong on the topics. */
class AccountTest {
  private final Account account = new Account(new Rules());
  private final Map<String, Long> published = new LinkedHashMap<>();
  private final Map<String, AppliedLog.Entry> handled = new LinkedHashMap<>();
  private long count;

  private void published(String type) {
    published.merge(type, 1L, Long::sum);
    count++;
  }

  private void onTopic(long number, String type) {
    String value = "{\"event_type\":\"%s\",\"player_id\":7}".formatted(type);
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("events", 0, 0, "7".getBytes(UTF_8), value.getBytes(UTF_8));
    record.headers().add("event_id", ("map1:" + number).getBytes(UTF_8));
    record.headers().add("event_type", type.getBytes(UTF_8));
    account.event(record);
  }

  private void decided(String id) {
    byte[] value = "{\"action_id\":\"%s\"}".formatted(id).getBytes(UTF_8);
    account.decision(new ConsumerRecord<>("actions", 0, 0, null, value));
  }

  private void handled(String id, int times) {
    handled.put(id, new AppliedLog.Entry("give_reward", times, true));
  }

  private Account.Sums sums() {
    return account.sums(new Account.Seen(published, count, count, handled));
  }

  @Test
  void findsNothingWhereAllIsWell() {
    published("quest_complete");
    published("monster_kill");
    onTopic(1, "quest_complete");
    onTopic(2, "monster_kill");
    onTopic(1, "quest_complete"); // Again, as after a kill.
    decided("act-map1:1-0");
    decided("act-map1:1-0");
    handled("act-map1:1-0", 1);
    account.result("act-map1:1-0", "completed");

    assertThat(sums()).isEqualTo(new Account.Sums(2, 2, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0));
  }

  @Test
  void findsAnEventThatIsNotOnTheTopicAlsoWhereAnotherTypeIsThereInstead() {
    published("monster_kill");
    onTopic(1, "item_drop");

    assertThat(sums().differing()).isEqualTo(2);
  }

  @Test
  void findsAnEventThatWasOvertaken() {
    onTopic(2, "monster_kill");
    onTopic(1, "monster_kill");

    assertThat(sums().outOfOrder()).isEqualTo(1);
  }

  @Test
  void findsADecisionThatIsMissingAndOneThatNobodyAskedFor() {
    onTopic(1, "quest_complete");
    decided("act-map1:9-0");

    assertThat(sums().wrong()).isEqualTo(2);
    assertThat(sums().open()).isEqualTo(1);
  }

  @Test
  void findsADecisionThatWasHandledTwiceAndAResultThatIsNotTrue() {
    decided("a");
    decided("b");
    handled("a", 2);
    account.result("a", "completed");
    account.result("b", "completed");

    assertThat(sums().twice()).isEqualTo(1);
    assertThat(sums().contradicted()).isEqualTo(1);
  }
}
