package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.ResultBatch;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceProviders;
import org.aibridge.core.service.Verdict;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service door over Kafka, against a broker of its own. */
@Tag("slow")
class KafkaServiceTest {
  private static final int LIMIT_S = 120;

  private static TestBroker broker;

  @TempDir Path folder;
  private Door door;
  private KafkaService service;

  @BeforeAll
  static void startBroker(@TempDir Path data) throws Exception {
    broker = new TestBroker(data);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @AfterEach
  void close() {
    if (door != null) {
      door.close();
    }
  }

  private void open(String topic) throws Exception {
    door = Door.open(folder, settings(topic));
    service = door.service();
  }

  /** Returns settings with one topic for all. */
  private static String settings(String topic) {
    String untyped = topic.replace(".${type}", "");
    return "bootstrap_servers = %s\nevents_topic = %s\nactions_topic = %s\nresults_topic = %s\n"
        .formatted(broker.address(), topic, untyped, untyped);
  }

  private Verdict send(EventBatch batch) {
    return door.send(batch);
  }

  private Offered ask(int most, String position) {
    return door.ask(most, position);
  }

  private Offered.Records records(int most, String position) {
    Offered offered = ask(most, position);
    for (int i = 0; i < 100 && offered instanceof Offered.Records r && r.records().isEmpty(); i++) {
      offered = ask(most, position); // The first fetch may come back before it has anything.
    }
    return (Offered.Records) offered;
  }

  private static List<String> json(Offered.Records records) {
    return records.records().stream().map(r -> new String(r.json(), UTF_8)).toList();
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), UTF_8);
  }

  private static List<String> ids(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream().map(record -> header(record, "event_id")).toList();
  }

  @Test
  void writesEachEventAsOneRecordWithItsJsonAndItsHeaders() throws Exception {
    broker.create("plain", 3, Map.of());
    open("plain");
    EventBatch batch = Door.batch("b", 3, 7, 8, 7);
    assertThat(send(batch)).isInstanceOf(Verdict.Delivered.class);
    List<ConsumerRecord<byte[], byte[]>> records = broker.read("plain");
    assertThat(ids(records)).containsExactlyInAnyOrder("b:0", "b:1", "b:2");
    for (ConsumerRecord<byte[], byte[]> record : records) {
      EventBatch.Event event =
          batch.events().stream()
              .filter(e -> e.id().equals(header(record, "event_id")))
              .findAny()
              .orElseThrow();
      assertThat(new String(record.value(), UTF_8))
          .isEqualTo("{\"event_id\":\"" + event.id() + "\",\"pad\":\"xxx\"}");
      assertThat(new String(record.key(), UTF_8)).isEqualTo(event.orderKey());
      assertThat(header(record, "event_type")).isEqualTo("login");
      assertThat(header(record, "server_id")).isEqualTo("m1");
      assertThat(header(record, "timestamp")).isEqualTo("" + event.timestampMs());
      assertThat(header(record, "v")).isEqualTo("1");
    }
    assertThat(service.standing(Service.Use.EVENTS).isKeptBack()).isFalse();
  }

  /** A length that no JVM can allocate ends the thread of Kafka's client, which nothing reports. */
  @Test
  @Tag("long")
  void writesAgainAfterSomethingElseHadTheBrokersPort() throws Exception {
    broker.create("port", 1, Map.of());
    open("port");
    assertThat(send(Door.batch("a", 3, 7))).isInstanceOf(Verdict.Delivered.class);
    broker.stop();
    int port = Integer.parseInt(broker.address().split(":")[1]);
    byte[] endless = {0x7f, -1, -1, -1, 0, 0, 0, 0};
    boolean[] asked = {false};
    UnaryOperator<byte[]> brokerToTheLook =
        question -> {
          asked[0] = true;
          return new String(question, UTF_8).contains("aibridge-look")
              ? ByteBuffer.allocate(8)
                  .putInt(10)
                  .putInt(ByteBuffer.wrap(question).getInt(8))
                  .array()
              : endless;
        };
    UnaryOperator<byte[]> web = question -> "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8);
    AtomicReference<UnaryOperator<byte[]>> answers = new AtomicReference<>(brokerToTheLook);
    try (OddPeer peer = new OddPeer(port, question -> answers.get().apply(question))) {
      assertThat(peer.address()).isEqualTo(broker.address());
      while (!asked[0]) {
        assertThat(send(Door.batch("b", 3, 7))).isInstanceOf(Verdict.Later.class);
      }
      assertThat(send(Door.batch("b", 3, 7))).isInstanceOf(Verdict.Later.class);
      answers.set(web);
      Verdict verdict = send(Door.batch("b", 3, 7));
      assertThat(verdict).isInstanceOf(Verdict.Held.class);
      assertThat(verdict.reply().problem())
          .startsWith(peer.address() + " in [kafka] bootstrap_servers is no broker of Kafka");
      service.retryNow();
      assertThat(ask(1, "")).isInstanceOf(Offered.Nothing.class);
    }
    broker.start();
    await()
        .atMost(Duration.ofSeconds(LIMIT_S))
        .until(
            () -> {
              service.retryNow();
              return send(Door.batch("b", 3, 7)) instanceof Verdict.Delivered;
            });
    assertThat(new LinkedHashSet<>(ids(broker.read("port")))).containsExactly("a:0", "b:0");
  }

  @Test
  void putsEachTypeIntoATopicOfItsOwnWhereTheNameSaysSo() throws Exception {
    broker.create("typed.login", 1, Map.of());
    open("typed.${type}");
    assertThat(send(Door.batch("b", 3, 7))).isInstanceOf(Verdict.Delivered.class);
    assertThat(ids(broker.read("typed.login"))).containsExactly("b:0");
  }

  @Test
  void writesNothingAgainThatIsThereWhileATopicIsMissed() throws Exception {
    broker.create("partly.login", 1, Map.of());
    open("partly.${type}");
    EventBatch one = Door.batch("b", 3, 7, 8, 9);
    List<EventBatch.Event> events = new ArrayList<>(one.events());
    EventBatch.Event last = events.remove(2);
    events.add(
        new EventBatch.Event(
            last.id(), "logout", last.orderKey(), last.timestampMs(), last.from(), last.to()));
    EventBatch two = new EventBatch("b", 3, false, one.body(), events);
    for (int i = 0; i < 2; i++) {
      Verdict verdict = send(two);
      assertThat(verdict).isInstanceOf(Verdict.Held.class);
      assertThat(verdict.reply().problem())
          .isEqualTo("Kafka has no topic partly.logout: create it");
      service.retryNow();
    }
    broker.create("partly.logout", 1, Map.of());
    await()
        .atMost(Duration.ofSeconds(LIMIT_S))
        .until(
            () -> {
              service.retryNow(); // A broker may learn of the topic a little later.
              return send(two) instanceof Verdict.Delivered;
            });
    assertThat(ids(broker.read("partly.login"))).containsExactly("b:0", "b:1");
    assertThat(ids(broker.read("partly.logout"))).containsExactly("b:2");
  }

  @Test
  void namesTheOneThatIsTooLargeAndDeliversTheOthersThen() throws Exception {
    broker.create("small", 1, Map.of("max.message.bytes", "20000"));
    open("small");
    EventBatch small = Door.batch("s", 10, 1, 2);
    byte[] noise = new byte[40_000];
    new java.util.Random(7).nextBytes(noise);
    String huge =
        "{\"event_id\":\"h\",\"pad\":\""
            + java.util.Base64.getEncoder().encodeToString(noise)
            + "\"}";
    String body = new String(small.body(), UTF_8).replace("]}", "," + huge + "]}");
    int from = body.indexOf(huge);
    List<EventBatch.Event> events = new ArrayList<>(small.events());
    events.add(new EventBatch.Event("h", "login", "3", 1, from, from + huge.length()));
    EventBatch all = new EventBatch("s", 3, false, body.getBytes(UTF_8), events);
    Verdict verdict = send(all);
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Refused.class,
            refused ->
                assertThat(refused.named())
                    .containsOnlyKeys(2)
                    .hasEntrySatisfying(
                        2, why -> assertThat(why).startsWith("Kafka takes no record of its size")));
    assertThat(send(small)).isInstanceOf(Verdict.Delivered.class);
    assertThat(new HashSet<>(ids(broker.read("small")))).containsExactlyInAnyOrder("s:0", "s:1");
  }

  @Test
  void holdsEverythingWhileThereIsNoSuchTopic() throws Exception {
    open("nowhere");
    Verdict verdict = send(Door.batch("b", 3, 7));
    assertThat(verdict).isInstanceOf(Verdict.Held.class);
    assertThat(verdict.reply().problem()).isEqualTo("Kafka has no topic nowhere: create it");
    assertThat(service.standing(Service.Use.EVENTS).held()).isEqualTo(verdict.reply().problem());
    assertThat(service.events().trySend(Door.batch("c", 3, 7), v -> {})).isPositive();
    broker.create("nowhere", 1, Map.of());
    await()
        .atMost(Duration.ofSeconds(LIMIT_S))
        .until(
            () -> {
              service.retryNow(); // A broker may learn of the topic a little later.
              return send(Door.batch("b", 3, 7)) instanceof Verdict.Delivered;
            });
    assertThat(service.standing(Service.Use.EVENTS).held()).isEmpty();
  }

  @Test
  void holdsEverythingWhileAnAclForbidsIt() throws Exception {
    broker.create("forbidden", 1, Map.of());
    AclBinding denial =
        new AclBinding(
            new ResourcePattern(ResourceType.TOPIC, "forbidden", PatternType.LITERAL),
            new AccessControlEntry(
                "User:ANONYMOUS", "*", AclOperation.WRITE, AclPermissionType.DENY));
    broker.admin().createAcls(List.of(denial)).all().get();
    open("forbidden");
    try {
      Verdict verdict = send(Door.batch("b", 3, 7));
      assertThat(verdict).isInstanceOf(Verdict.Held.class);
      assertThat(verdict.reply().problem())
          .contains("not write to the topic forbidden", "ACL of Write");
      assertThat(verdict.reply().isAnswer()).isTrue();
    } finally {
      broker.admin().deleteAcls(List.of(denial.toFilter())).all().get();
    }
    service.retryNow();
    assertThat(send(Door.batch("b", 3, 7))).isInstanceOf(Verdict.Delivered.class);
  }

  @Test
  void keepsEachPlayersOrderAndLosesNothingWhileTheBrokerGoesAndComesBack() throws Exception {
    broker.create("order", 4, Map.of());
    open("order");
    int batches = 20;
    int size = 400;
    CompletableFuture<Void> down = CompletableFuture.runAsync(broker::stop);
    boolean[] failed = {false};
    for (int i = 0; i < batches; i++) {
      int number = i;
      EventBatch batch =
          Door.batch(
              String.format("%03d", i), 20, IntStream.range(0, size).map(p -> p % 7).toArray());
      if (i == 1) {
        down.join();
      }
      for (boolean delivered = false; !delivered; ) {
        Verdict verdict = send(batch);
        delivered = verdict instanceof Verdict.Delivered;
        if (!delivered) {
          assertThat(verdict).as("batch %d", number).isInstanceOf(Verdict.Later.class);
          assertThat(verdict.reply().failing()).isTrue();
          if (!failed[0]) {
            failed[0] = true;
            assertThat(service.standing(Service.Use.EVENTS).failing()).isTrue();
            broker.start();
          }
        }
      }
    }
    assertThat(failed[0]).as("the broker was missed").isTrue();
    Map<String, Set<String>> byPlayer = new LinkedHashMap<>();
    broker
        .read("order")
        .forEach(
            record ->
                byPlayer
                    .computeIfAbsent(new String(record.key(), UTF_8), k -> new LinkedHashSet<>())
                    .add(header(record, "event_id")));
    for (int player = 0; player < 7; player++) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < batches; i++) {
        for (int e = player; e < size; e += 7) {
          expected.add(String.format("%03d", i) + ":" + e);
        }
      }
      assertThat(byPlayer.get("" + player)).containsExactlyElementsOf(expected);
    }
  }

  @Test
  void readsFromWhereItIsToldAndSaysHowFar() throws Exception {
    broker.create("actions", 1, Map.of());
    broker.write("actions", 1234, "a", "b", "c");
    open("actions");
    assertThat(service.actions().begin(ActionSource.Beginning.OLDEST)).isEmpty();
    Offered.Records begun = (Offered.Records) ask(10, "");
    assertThat(begun.records()).isEmpty();
    assertThat(((Offered.Records) ask(10, "")).position())
        .as("asked again, since the ledger could not note it")
        .isEqualTo(begun.position());
    Offered.Records two = records(2, begun.position());
    assertThat(json(two)).containsExactly("a", "b");
    assertThat(two.records()).extracting(Offered.Record::sinceMs).containsOnly(1234L);
    assertThat(json(records(2, two.records().get(0).position()))).containsExactly("b", "c");
    assertThat(json(records(2, two.position()))).containsExactly("c");
    service.close();
    open("actions");
    assertThat(json(records(9, two.records().get(0).position()))).containsExactly("b", "c");
    service.actions().begin(ActionSource.Beginning.NEWEST);
    Offered.Records newest = (Offered.Records) ask(10, two.position());
    broker.write("actions", 5, "d");
    assertThat(json(records(9, newest.position()))).containsExactly("d");
  }

  @Test
  void readsNothingFromNowhereNorFromWhatIsGoneNorFromAnotherTopicOfTheName() throws Exception {
    broker.create("gone", 1, Map.of());
    broker.write("gone", 5, "a", "b", "c");
    open("gone");
    isHeld(ask(9, ""), "Kafka's topic gone is read from nowhere yet: say where to begin");
    service.retryNow();
    service.actions().begin(ActionSource.Beginning.OLDEST);
    String first = ((Offered.Records) ask(9, "")).position();
    broker
        .admin()
        .deleteRecords(Map.of(new TopicPartition("gone", 0), RecordsToDelete.beforeOffset(2)))
        .all()
        .get();
    Offered none = ask(9, first);
    for (int i = 0; i < 50 && none instanceof Offered.Records; i++) {
      assertThat(((Offered.Records) none).records()).isEmpty();
      none = ask(9, first);
    }
    isHeld(none, "Kafka has no longer what follows offset 0 of gone");
    broker.delete("gone");
    broker.create("gone", 1, Map.of());
    broker.write("gone", 5, "x", "y", "z");
    service.close();
    open("gone");
    isHeld(ask(9, first), "Kafka's topic gone is not the one that was read before");
    assertThat(service.standing(Service.Use.POLLS).failing()).isTrue();
  }

  private static void isHeld(Offered offered, String why) {
    assertThat(offered)
        .isInstanceOfSatisfying(
            Offered.Nothing.class,
            nothing -> {
              assertThat(nothing.why()).isInstanceOf(Verdict.Held.class);
              assertThat(nothing.why().reply().problem()).startsWith(why);
            });
  }

  @Test
  void checksTopicsLimitsAndPermissionsAndChangesNothing() throws Exception {
    broker.create("checked", 3, Map.of("max.message.bytes", "1000"));
    open("checked");
    assertThat(check("checked"))
        .contains(
            "OK Kafka answers, with 1 brokers",
            "OK topic checked: 3 partitions, 1 replicas each",
            "WARNING checked takes what one replica has (min.insync.replicas = 1)",
            "WARNING checked takes records of 1000 bytes (max.message.bytes), and max_event_bytes"
                + " allows 65536",
            "FAILURE actions are read from topics of one partition, and checked has 3");
    assertThat(broker.read("checked")).isEmpty();
    assertThat(check("unchecked")).contains("FAILURE Kafka has no topic unchecked: create it");
  }

  private List<String> check(String topic) throws Exception {
    return ServiceProviders.check("kafka", Door.setup(folder, settings(topic))).stream()
        .map(found -> found.level() + " " + found.detail())
        .toList();
  }

  @Test
  void writesAResultUnderItsActionsId() throws Exception {
    broker.create("results", 1, Map.of());
    open("results");
    byte[] body = "{\"action_id\":\"a1\",\"status\":\"completed\"}".getBytes(UTF_8);
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    assertThat(
            service.actions().tryTell(new ResultBatch("a1:mismatch", 1, body), verdict::complete))
        .isZero();
    assertThat(verdict.orTimeout(LIMIT_S, TimeUnit.SECONDS).join())
        .isInstanceOf(Verdict.Delivered.class);
    ConsumerRecord<byte[], byte[]> record = broker.read("results").get(0);
    assertThat(new String(record.key(), UTF_8)).isEqualTo("a1");
    assertThat(record.value()).isEqualTo(body);
  }
}
