package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceProviders;
import org.aibridge.core.service.Verdict;
import org.aibridge.testlib.Certificates;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service door against a broker that encrypts, asks who we are, and allows nothing more. */
@Tag("long")
class KafkaSecurityTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** With what the format of a JAAS line has to keep apart. */
  private static final String PASSWORD = "s3cret\\ \"; '=";

  private static TestBroker broker;
  private static Certificates made;
  private static Path strangersCa;

  @TempDir Path folder;

  @BeforeAll
  static void startBroker(@TempDir Path data) throws Exception {
    made = new Certificates(Files.createDirectory(data.resolve("ours")));
    made.sign("broker", "EC", "-ext", "san=ip:127.0.0.1");
    made.sign("elsewhere", "EC", "-ext", "san=dns:elsewhere.example,ip:192.0.2.1");
    made.sign("expired", "EC", "-ext", "san=ip:127.0.0.1", "-startdate", "-9d", "-validity", "3");
    made.sign("map1", "EC");
    strangersCa = new Certificates(Files.createDirectory(data.resolve("strangers"))).authority();
    broker =
        new TestBroker(
            Files.createDirectory(data.resolve("kafka")),
            List.of(
                new TestBroker.Listener("SECURE", "SASL_SSL", sasl(tls("broker"))),
                new TestBroker.Listener("ELSEWHERE", "SSL", tls("elsewhere")),
                new TestBroker.Listener("EXPIRED", "SSL", tls("expired")),
                new TestBroker.Listener("MUTUAL", "SSL", mutual(tls("broker")))),
            Map.of(
                "allow.everyone.if.no.acl.found",
                "false",
                "super.users",
                "User:ANONYMOUS;User:CN=map1"));
    addUser("map1", ScramMechanism.SCRAM_SHA_256);
    addUser("map1", ScramMechanism.SCRAM_SHA_512);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  private static void addUser(String user, ScramMechanism how) throws Exception {
    UserScramCredentialUpsertion added =
        new UserScramCredentialUpsertion(user, new ScramCredentialInfo(how, 4096), PASSWORD);
    broker.admin().alterUserScramCredentials(List.of(added)).all().get();
  }

  private static Map<String, String> tls(String name) throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("ssl.keystore.type", "PEM");
    settings.put("ssl.keystore.certificate.chain", Files.readString(made.certificate(name)));
    settings.put("ssl.keystore.key", Files.readString(made.key(name)));
    return settings;
  }

  private static Map<String, String> mutual(Map<String, String> tls) throws Exception {
    tls.put("ssl.client.auth", "required");
    tls.put("ssl.truststore.type", "PEM");
    tls.put("ssl.truststore.certificates", Files.readString(made.authority()));
    return tls;
  }

  private static Map<String, String> sasl(Map<String, String> tls) {
    String quoted = PASSWORD.replace("\\", "\\\\").replace("\"", "\\\"");
    tls.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512");
    tls.put(
        "plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_map1=\""
            + quoted
            + "\";");
    for (String how : List.of("scram-sha-256", "scram-sha-512")) {
      tls.put(
          how + ".sasl.jaas.config",
          "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    }
    return tls;
  }

  /** Returns the settings of a topic for all over TLS. */
  private static String encrypted(String listener, String topic, Path ca) {
    return """
    bootstrap_servers = %s
    events_topic = %s
    actions_topic = %2$s.in
    results_topic = %2$s
    tls = yes
    tls_ca_cert = %s
    """
        .formatted(broker.address(listener), topic, ca);
  }

  private static String as(String user, String how, String password, String topic) {
    return encrypted("SECURE", topic, made.authority())
        + "sasl = %s\nusername = %s\npassword = %s\n".formatted(how, user, password);
  }

  /** Makes a topic for events and results, and one for actions; nobody may use them yet. */
  private static void create(String topic) throws Exception {
    broker.create(topic, 1, Map.of());
    broker.create(topic + ".in", 1, Map.of());
  }

  private static AclBinding acl(String topic, String user, AclOperation what) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
        new AccessControlEntry("User:" + user, "*", what, AclPermissionType.ALLOW));
  }

  /** Gives a user what docs/kafka.md says that it needs, and not more. */
  private static void allow(String topic, String user) throws Exception {
    List<AclBinding> acls =
        List.of(
            acl(topic, user, AclOperation.WRITE),
            acl(topic, user, AclOperation.DESCRIBE),
            acl(topic + ".in", user, AclOperation.READ),
            acl(topic + ".in", user, AclOperation.DESCRIBE));
    broker.admin().createAcls(acls).all().get();
  }

  private static Verdict.Reply isHeld(Verdict verdict, String why) {
    assertThat(verdict).isInstanceOf(Verdict.Held.class);
    assertThat(verdict.reply().problem()).contains(why).doesNotContain("s3cret");
    return verdict.reply();
  }

  /** Sends until all is held: on a busy machine a first try may end without any answer. */
  private static Verdict held(Door door) {
    return await()
        .atMost(LIMIT)
        .until(() -> door.send(Door.batch("b", 3, 7)), Verdict.Held.class::isInstance);
  }

  /** The same for asking. */
  private static Verdict heldAsking(Door door) {
    return await()
        .atMost(LIMIT)
        .until(() -> ((Offered.Nothing) door.ask(9, "x:0")).why(), Verdict.Held.class::isInstance);
  }

  private static void untilDelivered(Door door) {
    await()
        .atMost(LIMIT)
        .until(
            () -> {
              door.service().retryNow(); // A broker may learn of it a little later.
              return door.send(Door.batch("b", 3, 7)) instanceof Verdict.Delivered;
            });
    assertThat(door.service().standing(Service.Use.EVENTS).held()).isEmpty();
  }

  private List<String> check(String settings) throws Exception {
    return ServiceProviders.check("kafka", Door.setup(folder, settings)).stream()
        .map(found -> found.level() + " " + found.detail())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "scram-sha-256", "scram-sha-512"})
  void writesAndReadsWithTheRightPasswordAndTheAclsOfTheDocs(String how) throws Exception {
    String topic = "right." + how;
    create(topic);
    allow(topic, "map1");
    broker.write(topic + ".in", 1, "{}");
    String settings = as("map1", how, PASSWORD, topic);
    try (Door door = Door.open(folder, settings)) {
      assertThat(door.send(Door.batch("b", 3, 7, 8))).isInstanceOf(Verdict.Delivered.class);
      assertThat(broker.read(topic)).hasSize(2);
      door.service().actions().begin(ActionSource.Beginning.OLDEST);
      String position = ((Offered.Records) door.ask(9, "")).position();
      await()
          .atMost(LIMIT)
          .until(() -> ((Offered.Records) door.ask(9, position)).records().size() == 1);
    }
    assertThat(check(settings))
        .contains(
            "OK Kafka answers, with 1 brokers",
            "OK topic " + topic + ": 1 partitions, 1 replicas each",
            "OK topic " + topic + ".in: 1 partitions, 1 replicas each")
        .noneMatch(line -> line.startsWith("FAILURE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "scram-sha-256", "scram-sha-512"})
  void holdsAllWithAWrongPasswordAndSaysSo(String how) throws Exception {
    String topic = "wrong." + how;
    create(topic);
    allow(topic, "map1");
    String settings = as("map1", how, "s3cret-of-old", topic);
    String said = "Kafka does not know us by [kafka] username and password: ";
    try (Door door = Door.open(folder, settings)) {
      Verdict.Reply reply = isHeld(held(door), said);
      assertThat(reply.failing()).isFalse();
      assertThat(door.service().standing(Service.Use.EVENTS).held()).isEqualTo(reply.problem());
      isHeld(heldAsking(door), said);
    }
    assertThat(check(settings)).singleElement().asString().startsWith("FAILURE " + said);
    assertThat(broker.read(topic)).isEmpty();
  }

  @Test
  void goesOnOnceTheUserIsThere() throws Exception {
    create("late");
    allow("late", "latecomer");
    try (Door door = Door.open(folder, as("latecomer", "scram-sha-512", PASSWORD, "late"))) {
      isHeld(held(door), "does not know us by [kafka] username and password");
      addUser("latecomer", ScramMechanism.SCRAM_SHA_512);
      untilDelivered(door);
    }
  }

  @Test
  void holdsWhatNoAclAllowsAndGoesOnOnceOneDoes() throws Exception {
    create("acl");
    broker.write("acl.in", 1, "{}");
    try (Door door = Door.open(folder, as("map1", "plain", PASSWORD, "acl"))) {
      isHeld(held(door), "not write to the topic acl: it needs an ACL");
      isHeld(heldAsking(door), "not read the topic acl.in: it needs");
      allow("acl", "map1");
      untilDelivered(door);
      List<AclBinding> write = List.of(acl("acl", "map1", AclOperation.WRITE));
      broker.admin().deleteAcls(List.of(write.get(0).toFilter())).all().get();
      await().atMost(LIMIT).until(() -> door.send(Door.batch("c", 3, 7)) instanceof Verdict.Held);
      broker.admin().createAcls(write).all().get();
      untilDelivered(door);
      door.service().actions().begin(ActionSource.Beginning.OLDEST);
      await().atMost(LIMIT).until(() -> door.ask(9, "") instanceof Offered.Records);
    }
    List<String> limited = check(as("map1", "plain", PASSWORD, "acl"));
    assertThat(limited)
        .contains("WARNING the limits of acl cannot be read: that needs an ACL of DescribeConfigs");
  }

  @Test
  void holdsAllWhereTheBrokersCertificateIsOfAnUnknownAuthority() throws Exception {
    create("stranger");
    String settings = encrypted("SECURE", "stranger", strangersCa);
    try (Door door = Door.open(folder, settings)) {
      isHeld(
          held(door),
          "TLS with Kafka's brokers fails: their certificate is signed by nobody we trust"
              + " ([kafka] tls_ca_cert)");
    }
    assertThat(check(settings)).singleElement().asString().startsWith("FAILURE TLS with Kafka's");
  }

  @Test
  void holdsAllWhereTheBrokersCertificateIsOfAnotherHostOrExpired() throws Exception {
    create("other");
    try (Door door = Door.open(folder, encrypted("ELSEWHERE", "other", made.authority()))) {
      isHeld(held(door), "TLS with Kafka's brokers fails: No subject alt");
    }
    try (Door door = Door.open(folder, encrypted("EXPIRED", "other", made.authority()))) {
      isHeld(held(door), "fails: their certificate has expired");
    }
  }

  @Test
  void showsItsOwnCertificateWhereTheBrokersAskForOne() throws Exception {
    create("mutual");
    String settings = encrypted("MUTUAL", "mutual", made.authority());
    String own =
        "tls_client_cert = %s\ntls_client_key = %s\n"
            .formatted(made.certificate("map1"), made.key("map1"));
    try (Door door = Door.open(folder, settings + own)) {
      assertThat(door.send(Door.batch("b", 3, 7))).isInstanceOf(Verdict.Delivered.class);
    }
    try (Door door = Door.open(folder, settings)) {
      isHeld(held(door), "TLS with Kafka's brokers fails: ");
    }
  }

  /** To Kafka's client alone it would be a length, and an error for want of memory. */
  @Test
  void holdsAllWhereTheBrokersWantTls() throws Exception {
    String plain = "bootstrap_servers = %s\nevents_topic = mixed\n";
    try (Door door = Door.open(folder, plain.formatted(broker.address("ELSEWHERE")))) {
      isHeld(held(door), "it wants TLS; set [kafka] tls = yes");
    }
  }

  /** Kafka's client tells no more of it than that nobody answers. */
  @Test
  void waitsWhereItEncryptsAndTheBrokersDoNot() throws Exception {
    create("mixed");
    String tls = "bootstrap_servers = %s\nevents_topic = mixed\ntls = yes\ntls_ca_cert = %s\n";
    try (Door door = Door.open(folder, tls.formatted(broker.address(), made.authority()))) {
      Verdict verdict = door.send(Door.batch("b", 3, 7));
      assertThat(verdict).isInstanceOf(Verdict.Later.class);
      assertThat(verdict.reply().problem()).contains("did not answer in time", "[kafka] tls");
    }
  }

  @Test
  void holdsWhatGoesToATopicThatWasDeletedAndGoesOnOnceItIsThereAgain() throws Exception {
    create("deleted");
    String plain = "bootstrap_servers = %s\nevents_topic = deleted\n".formatted(broker.address());
    try (Door door = Door.open(folder, plain)) {
      assertThat(door.send(Door.batch("a", 3, 7))).isInstanceOf(Verdict.Delivered.class);
      broker.delete("deleted");
      List<String> said = new ArrayList<>();
      await()
          .atMost(LIMIT)
          .until(
              () -> {
                Verdict verdict = door.send(Door.batch("b", 3, 7));
                said.add(verdict.reply().problem());
                return verdict instanceof Verdict.Held;
              });
      assertThat(said.get(said.size() - 1)).isEqualTo("Kafka has no topic deleted: create it");
      broker.create("deleted", 1, Map.of());
      untilDelivered(door);
      assertThat(broker.read("deleted"))
          .extracting(r -> new String(r.headers().lastHeader("event_id").value(), UTF_8))
          .contains("b:0");
    }
  }
}
