package org.aibridge.script;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A command that NPC scripts can call. */
public enum ScriptCommand {
  /** {@code httpget(url$)}: returns the answer's body, or {@code ""} on any failure. */
  HTTPGET("httpget", "s", ""),
  /** {@code httppost(url$, json$)}: returns the answer's body, or {@code ""} on any failure. */
  HTTPPOST("httppost", "ss", ""),
  /** {@code ai_bridge_status()}: returns the bridge's state as JSON. */
  STATUS("ai_bridge_status", "", ""),
  /** {@code ai_bridge_reload()}: returns 1 after a reload, 0 if the old configuration stays. */
  RELOAD("ai_bridge_reload", "", 0);

  private static final Map<String, ScriptCommand> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(c -> c.commandName, Function.identity()));

  private final String commandName;
  private final String signature;
  private final Object failed;

  ScriptCommand(String commandName, String signature, Object failed) {
    this.commandName = commandName;
    this.signature = signature;
    this.failed = failed;
  }

  /** Returns the command that scripts call {@code name}; empty if there is none. */
  public static Optional<ScriptCommand> named(String name) {
    return Optional.ofNullable(name == null ? null : BY_NAME.get(name));
  }

  /** The command's name in scripts, such as {@code httpget}. */
  public String commandName() {
    return commandName;
  }

  /** One letter for each argument, {@code s} for a text; empty for a command without arguments. */
  public String signature() {
    return signature;
  }

  /** What a script gets if the command fails: {@code ""} or 0. */
  public Object failed() {
    return failed;
  }
}
