package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.aibridge.api.Position;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.CustomPayload;
import org.aibridge.api.spi.HandlerKeys;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.ActionType.Subject;
import org.junit.jupiter.api.Test;

/** The one table of the kinds of action, held against the api, the keys and the protocol. */
final class ActionKindTest {
  private final List<String> given = new ArrayList<>();

  @Test
  void hasEachTypeOfTheConfigurationAndEachRecordOfTheApi() {
    assertThat(ActionKind.all()).extracting(ActionKind::type).containsExactly(ActionType.values());
    assertThat(ActionKind.all().stream().map(kind -> kind.record().getName()))
        .containsExactlyInAnyOrder(
            Arrays.stream(Action.class.getPermittedSubclasses())
                .map(Class::getName)
                .toArray(String[]::new));
  }

  @Test
  void showsAllThatAHandlerIsGiven() throws Exception {
    for (ActionKind<?> kind : ActionKind.all()) {
      given.clear();
      String shown = ActionKind.shown((Action) make(kind.record())).toString();
      assertThat(given).as("%s", kind.type()).isNotEmpty();
      assertThat(shown).as("%s", kind.type()).contains(given);
    }
  }

  @Test
  void namesWhatTheKeysSayThatItNames() throws Exception {
    for (ActionKind<?> kind : ActionKind.all()) {
      Set<Subject> named = new TreeSet<>();
      Action action = (Action) make(kind.record());
      ActionKind.of(action)
          .subjects()
          .accept(
              action,
              new SubjectVisitor() {
                @Override
                public void player(long id, String name, String key) {
                  named.add(Subject.PLAYER);
                }

                @Override
                public void npc(long id, String name) {
                  named.add(Subject.NPC);
                }

                @Override
                public void map(String map) {
                  named.add(Subject.MAP);
                }
              });
      assertThat(named)
          .as("%s", kind.type())
          .containsExactlyInAnyOrderElementsOf(kind.type().subjects());
    }
  }

  @Test
  void leavesNoNameOfTheContractToCustomHandlers() {
    for (ActionType type : ActionType.values()) {
      if (type != ActionType.CUSTOM) {
        assertThatThrownBy(() -> HandlerKeys.checkCustomName(type.key()))
            .hasMessageContaining("register its record class");
        assertThatCode(() -> HandlerKeys.checkRecord(ActionKind.of(type).record()))
            .doesNotThrowAnyException();
      }
    }
    assertThatThrownBy(() -> HandlerKeys.checkCustomName("broadcast_message"))
        .hasMessageContaining("register its record class");
  }

  @Test
  void standsInTheProtocol() throws Exception {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/protocol.md"))) {
      root = root.getParent();
    }
    String protocol = Files.readString(root.resolve("docs/protocol.md"));
    for (ActionType type : ActionType.values()) {
      if (type != ActionType.CUSTOM) {
        given.clear();
        Action action = (Action) make(ActionKind.of(type).record());
        String row = row(protocol, type);
        ActionKind.shown(action)
            .fieldNames()
            .forEachRemaining(
                field -> assertThat(row).as("%s", type).contains("`" + wire(field) + "`"));
      }
    }
  }

  private static String row(String protocol, ActionType type) {
    String begins = "| `" + type.key() + "`";
    return protocol.lines().filter(line -> line.startsWith(begins)).findFirst().orElseThrow();
  }

  /** The field of the wire from which what is shown as {@code field} comes. */
  private static String wire(String field) {
    return field.equals("z") ? "position" : field;
  }

  @Test
  void showsACustomPayloadInOneOrderHoweverItWasWritten() throws Exception {
    String one = "{\"b\":{\"z\":1,\"a\":[{\"y\":2,\"x\":1.0}]},\"a\":\"\\u0041\"}";
    String other = "{ \"a\": \"A\", \"b\": {\"a\":[{\"x\":1.0,\"y\":2}], \"z\":1} }";
    assertThat(shownCustom(one))
        .isEqualTo(shownCustom(other))
        .isEqualTo(
            "{\"target_player_id\":0,\"target_player_key\":\"\",\"target_map\":\"\",\"payload\":"
                + "{\"a\":\"A\",\"b\":{\"a\":[{\"x\":1.0,\"y\":2}],\"z\":1}}}");
  }

  private static String shownCustom(String payload) throws Exception {
    return ActionKind.shown(
            new ActionDecoder(() -> false)
                .decode(
                    "a",
                    new ObjectMapper()
                        .readTree("{\"action_type\":\"own\",\"payload\":" + payload + "}"),
                    0)
                .action())
        .toString();
  }

  /** A record with a value of its own in each place, the values in {@link #given}. */
  private Object make(Class<?> type) throws Exception {
    RecordComponent[] parts = type.getRecordComponents();
    Object[] values = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = value(parts[i].getType());
    }
    if (type == CustomAction.class) {
      values[1] = CustomPayload.of("{\"npc\":\"p" + given.get(0) + "\"}");
      given.set(0, "p" + given.get(0));
    }
    Constructor<?> constructor =
        type.getDeclaredConstructor(
            Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new));
    return constructor.newInstance(values);
  }

  private Object value(Class<?> type) throws Exception {
    if (type == ActionHeader.class) {
      return new ActionHeader("id", "type", 0, 0);
    }
    if (type == Position.class) {
      return Position.at((int) value(int.class), (int) value(int.class), (int) value(int.class));
    }
    if (type.isRecord()) {
      return make(type);
    }
    if (type == boolean.class) {
      return true;
    }
    if (type == CustomPayload.class) {
      return CustomPayload.of("{}");
    }
    int number = 1000 + given.size();
    String text = (type == String.class ? "t" : "") + number;
    given.add(text);
    if (type == int.class) {
      return number;
    }
    return type == long.class ? (Object) (long) number : text;
  }
}
