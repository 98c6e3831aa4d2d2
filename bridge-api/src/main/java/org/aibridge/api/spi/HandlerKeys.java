package org.aibridge.api.spi;

import java.util.Arrays;
import java.util.Locale;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.CustomAction;
import org.jspecify.annotations.Nullable;

/** Checks the action types under which a host registers handlers; also if the bridge is off. */
public final class HandlerKeys {
  /** The older name of the action type {@code broadcast}. */
  private static final String OLDER_NAME = "broadcast_message";

  private HandlerKeys() {}

  /** Throws if {@code type} is not an action record of the contract. */
  public static void checkRecord(Class<?> type) {
    if (type == CustomAction.class || !isKind(type)) {
      throw new IllegalArgumentException(
          "type must be one of the action records, custom ones go to onCustomAction; was "
              + type.getName());
    }
  }

  /** Throws if {@code name} cannot be the name of a custom action type. */
  public static void checkCustomName(@Nullable String name) {
    if (name == null || !name.matches("[a-z0-9_]{1,64}")) {
      throw new IllegalArgumentException(
          "actionType must be of the form [a-z0-9_]{1,64}, was " + name);
    }
    if (name.equals(OLDER_NAME)
        || Arrays.stream(Action.class.getPermittedSubclasses())
            .anyMatch(type -> isNamed(type, name))) {
      throw new IllegalArgumentException(
          name + " is one of the contract's own: register its record class");
    }
  }

  private static boolean isNamed(Class<?> type, String name) {
    String typeName = type.getSimpleName().replaceAll("(?<=.)(?=[A-Z])", "_");
    return type != CustomAction.class && typeName.toLowerCase(Locale.ROOT).equals(name);
  }

  private static boolean isKind(Class<?> type) {
    return Arrays.asList(Action.class.getPermittedSubclasses()).contains(type);
  }
}
