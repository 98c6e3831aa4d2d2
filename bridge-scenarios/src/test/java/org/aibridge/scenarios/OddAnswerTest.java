package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.aibridge.testkit.AiServiceScenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OddAnswerTest {
  @Test
  void joinsLinesAndCountsTheBody() {
    OddAnswer answer =
        of(
            "{'name': 'n', 'taken': true, 'answer': ['HTTP/1.1 200', 'Content-Length: ?', '', '<ab*2>', '<é*3>']}");
    assertThat(answer.text()).isEqualTo("HTTP/1.1 200\r\nContent-Length: 11\r\n\r\n<ab*2>\r\nééé");
    assertThat(answer.bytes()).endsWith(0xE9, 0xE9, 0xE9);
    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void leavesATextAsItIs() {
    OddAnswer answer =
        of("{'name': 'n', 'taken': false, 'answer': 'HTTP/1.1 503\\nContent-Length: ?\\n\\n'}");
    assertThat(new String(answer.bytes(), StandardCharsets.US_ASCII))
        .isEqualTo("HTTP/1.1 503\nContent-Length: ?\n\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'name': 'n', 'taken': true}                              | must each have name, taken and answer
          {'name': 'n', 'answer': ''}                               | must each have name, taken and answer
          {'name': 'n', 'taken': 1, 'answer': ''}                   | taken must be true or false, was 1
          {'name': 'n', 'taken': true, 'answer': '', 'tkaen': true} | has the key
          {'name': 'n', 'taken': true, 'answer': '\\u2028'}         | n has a character that is no byte
          """)
  void saysWhatIsWrongWithOne(String json, String why) {
    assertThatThrownBy(() -> of(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("play.answers")
        .hasMessageContaining(why);
  }

  @Test
  void areEachWithANameOfItsOwnInTheScenarioThatComesAlong() {
    Plan plan = Plan.of(AiServiceScenario.named("odd-answers").about());
    assertThat(plan.answers())
        .hasSizeGreaterThan(80)
        .extracting(OddAnswer::name)
        .doesNotHaveDuplicates();
    assertThat(plan.answers()).filteredOn(OddAnswer::taken).hasSizeGreaterThan(20);
  }

  private static OddAnswer of(String json) {
    return OddAnswer.of(Json.read(json.replace('\'', '"')));
  }
}
