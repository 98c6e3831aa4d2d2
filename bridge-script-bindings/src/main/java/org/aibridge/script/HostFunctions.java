package org.aibridge.script;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The host's functions for one call of a script, such as {@code mes} bound to one player.
 *
 * <p>Not safe for several threads; each call of a script copies the functions.
 */
public final class HostFunctions {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]{0,63}");

  private final Map<String, HostFunction> byName = new LinkedHashMap<>();

  /** Returns an object without functions, for scripts that use only the commands of the bridge. */
  public static HostFunctions none() {
    return new HostFunctions();
  }

  /**
   * Adds a function that takes its arguments as a list; replaces an earlier one of that name.
   *
   * @throws IllegalArgumentException if {@code name} is no plain JavaScript name, or is a command's
   */
  public HostFunctions on(String name, HostFunction function) {
    Objects.requireNonNull(function, "function");
    if (!NAME.matcher(name).matches() || ScriptCommand.named(name).isPresent()) {
      throw new IllegalArgumentException("not a name for a host function: " + name);
    }
    byName.put(name, function);
    return this;
  }

  /** Adds a function like {@code mes} that takes a text and returns nothing. */
  public HostFunctions text(String name, Consumer<String> function) {
    Objects.requireNonNull(function, "function");
    return on(
        name,
        args -> {
          function.accept(args.isEmpty() ? "" : String.valueOf(args.get(0)));
          return null;
        });
  }

  /**
   * Adds a lambda of any public functional interface, one of {@code java.util.function} or the
   * host's own.
   *
   * <p>The engine never sees the lambda: a script function calls the lambda through this library,
   * which converts the arguments to the interface's parameters. So the same lambda works in every
   * engine, and no script can reach Java through it.
   *
   * @throws IllegalArgumentException if {@code lambda} implements no functional interface, more
   *     than one, or one that this library cannot call
   */
  public HostFunctions bind(String name, Object lambda) {
    return on(name, LambdaFunction.of(lambda));
  }

  Map<String, HostFunction> copy() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }
}
