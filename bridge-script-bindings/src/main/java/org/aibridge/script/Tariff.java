package org.aibridge.script;

import java.util.Arrays;
import java.util.Set;
import org.mozilla.javascript.BoundFunction;
import org.mozilla.javascript.Callable;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Undefined;

/**
 * The price of a call of a built-in function, in instructions of the turn.
 *
 * <p>The price is the most that the call can take, computed from its arguments: nothing is metered
 * while the function runs. A function for which this is impossible, because it calls the script
 * while it runs, is replaced by one of {@code meter.js}.
 */
interface Tariff {
  /** The price of every call in instructions; an instruction takes some tens of nanoseconds. */
  int CALL = 20;

  /** The functions whose time does not depend on their arguments. */
  Set<String> CONSTANT =
      Set.of(
          "Array.isArray",
          "Array.prototype.at",
          "Array.prototype.entries",
          "Array.prototype.keys",
          "Array.prototype.pop",
          "Array.prototype.push",
          "Array.prototype.values",
          "Function.prototype.call",
          "Map.prototype.delete",
          "Map.prototype.get",
          "Map.prototype.has",
          "Map.prototype.set",
          "Object.getPrototypeOf",
          "Object.is",
          "Object.prototype.hasOwnProperty",
          "Object.prototype.valueOf",
          "Set.prototype.add",
          "Set.prototype.delete",
          "Set.prototype.has",
          "String",
          "String.prototype.at",
          "String.prototype.charAt",
          "String.prototype.charCodeAt",
          "String.prototype.codePointAt",
          "String.prototype.endsWith",
          "String.prototype.slice",
          "String.prototype.startsWith",
          "String.prototype.substr",
          "String.prototype.substring",
          "String.prototype.toString",
          "String.prototype.valueOf",
          "Symbol",
          "isFinite",
          "isNaN");

  /** Charges for the call, and calls {@code builtIn}, perhaps with equivalent arguments. */
  Object call(RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn);

  /**
   * Returns the tariff of one function.
   *
   * @param path the path of the function, such as {@code Array.prototype.sort}
   */
  static Tariff of(String path) {
    if (CONSTANT.contains(path) || path.startsWith("Math.") || path.startsWith("Number.")) {
      return (turn, scope, self, args, builtIn) -> {
        turn.spend(CALL + args.length);
        return builtIn.call(turn, scope, self, args);
      };
    }
    return switch (path) {
      case "Array" -> ArrayTariffs::construct;
      case "Array.prototype.join", "Array.prototype.toString", "Array.prototype.toLocaleString" ->
          ArrayTariffs::join;
      case "Array.prototype.sort", "Array.prototype.toSorted" -> ArrayTariffs::sort;
      case "Array.prototype.shift", "Array.prototype.unshift" -> ArrayTariffs::shift;
      case "Function.prototype.apply" -> ArrayTariffs::apply;
      case "JSON.parse" -> JsonTariffs::parse;
      case "JSON.stringify" -> JsonTariffs::stringify;
      case "RegExp", "RegExp.prototype.compile" -> TextTariffs::compile;
      case "RegExp.prototype.Symbol(Symbol.replace)" -> TextTariffs::replaceBy;
      case "String.prototype.concat" -> TextTariffs::concat;
      case "String.prototype.match", "String.prototype.matchAll", "String.prototype.search" ->
          TextTariffs::match;
      case "String.prototype.repeat" -> TextTariffs::repeat;
      case "String.prototype.padStart", "String.prototype.padEnd" -> TextTariffs::pad;
      case "String.prototype.replace", "String.prototype.replaceAll" -> TextTariffs::replace;
      case "String.prototype.includes",
          "String.prototype.indexOf",
          "String.prototype.lastIndexOf",
          "String.prototype.split" ->
          TextTariffs::find;
      case "String.prototype.localeCompare" -> TextTariffs::compare;
      case "Date.prototype.toLocaleDateString",
          "Date.prototype.toLocaleString",
          "Date.prototype.toLocaleTimeString",
          "Function.prototype.toString",
          "Function.prototype.bind" ->
          Tariff::slow;
      default -> byPrefix(path);
    };
  }

  private static Tariff byPrefix(String path) {
    if (path.startsWith("Array.prototype.")) {
      return ArrayTariffs::each;
    }
    if (path.startsWith("String.prototype.")) {
      return TextTariffs::each;
    }
    return path.startsWith("Object.") ? Tariff::properties : Tariff::linear;
  }

  /** Charges for the total size of the receiver and the arguments. */
  private static Object linear(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    long cost = CALL + args.length + weight(self);
    for (Object each : args) {
      cost += weight(each);
    }
    turn.spend(cost);
    return builtIn.call(turn, scope, self, args);
  }

  /** Charges for each property of each argument, since a property may become an object. */
  private static Object properties(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    long cost = CALL;
    for (Object each : args) {
      cost += 32 * properties(each);
    }
    turn.spend(cost);
    return builtIn.call(turn, scope, self, args);
  }

  private static Object slow(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    turn.spend(self instanceof BoundFunction ? 5_000 : 1_000 + args.length);
    return builtIn.call(turn, scope, self, args);
  }

  /** Returns the price, in instructions, of reading all of {@code value}. */
  static long weight(Object value) {
    if (value instanceof NativeArray array) {
      return 2L * RhinoTurn.elements(array.getLength());
    }
    return textLength(value) / 16;
  }

  private static long properties(Object value) {
    if (value instanceof NativeArray array) {
      return RhinoTurn.elements(array.getLength()) + array.size();
    }
    return value instanceof ScriptableObject object
        ? textLength(value) + object.size()
        : textLength(value);
  }

  /** Returns the length of a text or of a String object; 0 for anything else. */
  static int textLength(Object value) {
    if (value instanceof CharSequence text) {
      return RhinoTurn.text(text.length());
    }
    boolean wrapped = value instanceof Scriptable object && object.getClassName().equals("String");
    return wrapped
            && ((Scriptable) value).get("length", (Scriptable) value) instanceof Number length
        ? RhinoTurn.text(length.longValue())
        : 0;
  }

  /** Returns a function that charges {@code instructions} and calls {@code function}. */
  static Callable priced(int instructions, Callable function) {
    return new PricedFunction(instructions, function);
  }

  /** Returns a copy of {@code args} with {@code value} at {@code index}. */
  static Object[] with(Object[] args, int index, Object value) {
    Object[] changed = new Object[Math.max(args.length, index + 1)];
    Arrays.fill(changed, Undefined.instance);
    System.arraycopy(args, 0, changed, 0, args.length);
    changed[index] = value;
    return changed;
  }
}
