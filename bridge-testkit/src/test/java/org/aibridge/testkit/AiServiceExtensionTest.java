package org.aibridge.testkit;

import static org.aibridge.testkit.Client.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

@TestMethodOrder(OrderAnnotation.class)
class AiServiceExtensionTest {
  private static FakeAiService ofTheClass;
  private static FakeAiService ofTheFirstTest;

  private FakeAiService beforeEach;

  @BeforeAll
  static void shareOneForTheClass(@AiService("forbidden") FakeAiService service) {
    ofTheClass = service;
  }

  @BeforeEach
  void takeTheOneOfTheTest(@AiService FakeAiService service) {
    beforeEach = service;
  }

  @Test
  @Order(1)
  void startsTheScenarioThatTheParameterNames(@AiService("down") FakeAiService service)
      throws IOException {
    assertThat(new Client(service).dispatch(event("s:1")).statusCode()).isEqualTo(503);
    ofTheFirstTest = beforeEach;
  }

  @Test
  @Order(2)
  void closesTheServiceAfterItsTest() {
    assertThat(beforeEach).isNotSameAs(ofTheFirstTest);
    assertThatThrownBy(new Client(ofTheFirstTest)::health).isInstanceOf(ConnectException.class);
  }

  @Test
  void givesTheSameServiceToTheSameAnnotation(
      @AiService FakeAiService same, @AiService(id = "other") FakeAiService other) {
    assertThat(same).isSameAs(beforeEach);
    assertThat(other).isNotSameAs(same);
  }

  @Test
  void keepsTheServiceOfTheClassForEveryTest(@AiService("forbidden") FakeAiService service)
      throws IOException {
    assertThat(service).isSameAs(ofTheClass);
    assertThat(new Client(service).dispatch().statusCode()).isEqualTo(403);
  }

  @AfterAll
  static void closedTheLastServiceOfATest() {
    assertThatThrownBy(ofTheFirstTest::restart).isInstanceOf(IllegalStateException.class);
  }
}
