package org.aibridge.fakeservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a value must be, by the rules of pydantic 2 in its lax mode.
 *
 * <p>Finds all that is wrong and not just the first, in pydantic's words: {@code type}, {@code
 * loc}, {@code msg}, {@code input} and {@code ctx}.
 */
@FunctionalInterface
public interface Schema {
  /** Adds all mistakes in the value at {@code loc} to {@code errors}. */
  void check(JsonNode value, ArrayNode loc, ArrayNode errors);

  /**
   * A field of a model.
   *
   * @param required whether it must be there
   */
  record Field(String name, boolean required, Schema schema) {}

  /** Accepts only texts. */
  static Schema text() {
    return (value, loc, errors) -> {
      if (!value.isTextual()) {
        error(errors, "string_type", loc, "Input should be a valid string", value);
      } else if (!java.nio.charset.StandardCharsets.UTF_8
          .newEncoder()
          .canEncode(value.textValue())) {
        String said =
            "Input should be a valid string, unable to parse raw data as a unicode string";
        error(errors, "string_unicode", loc, said, value);
      }
    };
  }

  /** Accepts a whole number: 5, 5.0, "5", " 5.0 " or true. */
  static Schema integer(long min, long max) {
    return (value, loc, errors) -> {
      BigInteger number = Integers.of(value, loc, errors);
      if (number == null) {
        return;
      }
      if (number.compareTo(BigInteger.valueOf(min)) < 0) {
        String said = "Input should be greater than or equal to " + min;
        error(errors, "greater_than_equal", loc, said, value).putObject("ctx").put("ge", min);
      } else if (number.compareTo(BigInteger.valueOf(max)) > 0) {
        String said = "Input should be less than or equal to " + max;
        error(errors, "less_than_equal", loc, said, value).putObject("ctx").put("le", max);
      }
    };
  }

  /** Accepts any JSON object. */
  static Schema dict() {
    return (value, loc, errors) -> {
      if (!value.isObject()) {
        error(errors, "dict_type", loc, "Input should be a valid dictionary", value);
      }
    };
  }

  /** Accepts what {@code schema} accepts, and null. */
  static Schema optional(Schema schema) {
    return (value, loc, errors) -> {
      if (!value.isNull()) {
        schema.check(value, loc, errors);
      }
    };
  }

  /** Accepts an array whose elements {@code each} accepts. */
  static Schema list(Schema each) {
    return (value, loc, errors) -> {
      if (!value.isArray()) {
        error(errors, "list_type", loc, "Input should be a valid list", value);
        return;
      }
      for (int i = 0; i < value.size(); i++) {
        each.check(value.get(i), loc.deepCopy().add(i), errors);
      }
    };
  }

  /**
   * An object with fields.
   *
   * @param forbidsExtra whether other fields are refused, and not ignored
   */
  static Schema model(boolean forbidsExtra, List<Field> fields) {
    return (value, loc, errors) -> {
      if (!value.isObject()) {
        String said = "Input should be a valid dictionary or object to extract fields from";
        error(errors, "model_attributes_type", loc, said, value);
        return;
      }
      for (Field field : fields) {
        ArrayNode at = loc.deepCopy().add(field.name);
        if (value.has(field.name)) {
          field.schema.check(value.get(field.name), at, errors);
        } else if (field.required) {
          error(errors, "missing", at, "Field required", value);
        }
      }
      List<String> known = fields.stream().map(Field::name).toList();
      value
          .properties()
          .forEach(
              given -> {
                if (forbidsExtra && !known.contains(given.getKey())) {
                  ArrayNode at = loc.deepCopy().add(given.getKey());
                  String said = "Extra inputs are not permitted";
                  error(errors, "extra_forbidden", at, said, given.getValue());
                }
              });
    };
  }

  /** Adds an error to {@code errors}, and returns it. */
  static ObjectNode error(
      ArrayNode errors, String type, ArrayNode loc, String said, JsonNode input) {
    ObjectNode error = errors.addObject().put("type", type);
    error.set("loc", loc);
    error.put("msg", said);
    error.set("input", input);
    return error;
  }

  /** Reads whole numbers as pydantic does. */
  final class Integers {
    private static final Pattern WHOLE = Pattern.compile("([+-]?[0-9]+(?:_[0-9]+)*)(?:\\.0+)?");

    private Integers() {}

    private static BigInteger of(JsonNode value, ArrayNode loc, ArrayNode errors) {
      if (value.isBoolean()) {
        return value.booleanValue() ? BigInteger.ONE : BigInteger.ZERO;
      }
      if (value.isTextual()) {
        var whole = WHOLE.matcher(value.textValue().strip());
        if (whole.matches()) {
          return new BigInteger(whole.group(1).replaceAll("[_+]", ""));
        }
        String said = "Input should be a valid integer, unable to parse string as an integer";
        error(errors, "int_parsing", loc, said, value);
      } else if (!value.isNumber()) {
        error(errors, "int_type", loc, "Input should be a valid integer", value);
      } else if (!Double.isFinite(value.doubleValue())) {
        error(errors, "finite_number", loc, "Input should be a finite number", value);
      } else {
        BigDecimal number = value.decimalValue();
        if (number.stripTrailingZeros().scale() <= 0) {
          return number.toBigInteger();
        }
        String said = "Input should be a valid integer, got a number with a fractional part";
        error(errors, "int_from_float", loc, said, value);
      }
      return null;
    }
  }
}
