package org.aibridge.core.event;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Base64;
import org.agrona.DirectBuffer;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;

/** Writes an event's bytes as the JSON object of the contract. For one thread at a time. */
public final class EventJson {
  private static final Parts[] PARTS = parts();
  private static final byte[][] PRIORITIES = priorities();
  private static final byte[] EVENT_ID = ascii("{\"event_id\":\"");
  private static final byte[] EVENT_TYPE = ascii("\",\"event_type\":\"");
  private static final byte[] PLAYER_ID = ascii("\",\"player_id\":");
  private static final byte[] TYPE_FIRST = ascii("{\"event_type\":\"");
  private static final byte[] PLAYER_ID_TEXT = ascii("\",\"player_id\":\"");
  private static final byte[] CUSTOM = ascii("custom");
  private static final byte[] PLAYER_KEY = ascii(",\"player_key\":\"");
  private static final byte[] X = ascii(",\"position\":{\"x\":");
  private static final byte[] Y = ascii(",\"y\":");
  private static final byte[] Z = ascii(",\"z\":");
  private static final byte[] QUOTE = ascii("\"");
  private static final byte[] MAP = ascii(",\"map\":\"");
  private static final byte[] TIMESTAMP = ascii(",\"timestamp\":");
  private static final byte[] PRIORITY = ascii(",\"priority\":\"");
  private static final byte[] PAYLOAD = ascii("\",\"payload\":");
  private static final byte[] UNKNOWN = ascii("unknown");
  private static final byte[] BYTES = ascii("\",\"payload\":{\"bytes\":\"");
  private static final byte[] CUT_FROM = ascii(",\"cut_from\":");
  private static final byte[] END = ascii("}");

  /** The most bytes of an unknown event that are kept; no version accepts larger events. */
  private static final int MAX_UNKNOWN_BYTES = 1_100_000;

  private final byte[] idPrefix;
  private final EventForm form;
  private final ByteSink timestampText = new ByteSink(20);
  private long timestamp;
  private long largestPlayer;

  /** Creates a writer for events of server {@code serverId}, which must need no JSON escaping. */
  public EventJson(String serverId) {
    this(serverId, EventForm.CONTRACT);
  }

  /** Creates a writer for events in {@code form}. */
  public EventJson(String serverId, EventForm form) {
    this.form = form;
    this.idPrefix = ascii(serverId + ":");
    timestampText.putNumber(timestamp);
  }

  /** Returns the form in which this writer writes events. */
  public EventForm form() {
    return form;
  }

  /** Returns the largest player id that was written as a JSON number so far. */
  public long largestPlayer() {
    return largestPlayer;
  }

  /**
   * Appends the event at {@code index} as one JSON object; a replayed event keeps its earlier id.
   */
  public void write(long sequence, DirectBuffer event, int index, ByteSink out) {
    if (ReplayedEvent.is(event, index)) {
      ReplayedEvent.write(event, index, form, out);
      return;
    }
    int text1Length = event.getInt(index + EventCodec.TEXT1_LENGTH, LITTLE_ENDIAN);
    int text1 = index + EventCodec.HEADER + event.getByte(index + EventCodec.MAP_LENGTH);
    Parts parts = PARTS[EventCodec.type(event, index).ordinal()];

    if (form.eventIds()) {
      out.put(EVENT_ID).put(idPrefix).putNumber(sequence).put(EVENT_TYPE);
    } else {
      out.put(TYPE_FIRST);
    }
    if (parts == null && form.namedCustomEvents()) {
      out.put(event, text1, text1Length);
    } else if (parts == null) {
      out.put(CUSTOM);
    } else {
      out.put(parts.name);
    }
    head(event, index, out);
    out.put(PRIORITY).put(PRIORITIES[EventCodec.priority(event, index).ordinal()]).put(PAYLOAD);
    payload(event, index, text1, text1Length, parts, out);
    out.put(END);
  }

  /**
   * Appends an event that a later version wrote as one JSON object: what any version can read of
   * it, and its bytes in base64, as many as a dead letter has room for.
   */
  public void writeUnknown(long sequence, DirectBuffer event, int index, int length, ByteSink out) {
    int from = RecordPart.is(event, index) ? EventCodec.HEADER : 0;
    byte[] bytes = new byte[Math.min(length - from, MAX_UNKNOWN_BYTES)];
    event.getBytes(index + from, bytes);
    out.put(EVENT_ID).put(idPrefix).putNumber(sequence).put(EVENT_TYPE).put(UNKNOWN);
    head(event, index, out);
    out.put(PRIORITY).put(PRIORITIES[EventCodec.priority(event, index).ordinal()]);
    out.put(BYTES).put(Base64.getEncoder().encode(bytes)).put(QUOTE);
    if (bytes.length < length - from) {
      out.put(CUT_FROM).putNumber(length - from);
    }
    out.put(END).put(END);
  }

  /** Appends the fields between the type and the priority: player, map, place and time. */
  private void head(DirectBuffer event, int index, ByteSink out) {
    int flags = event.getByte(index + EventCodec.FLAGS);
    int mapLength = event.getByte(index + EventCodec.MAP_LENGTH);
    long player = EventCodec.playerId(event, index);
    if (player == GameEvent.NO_PLAYER) {
      out.put(QUOTE);
    } else if (form.textPlayerIds()) {
      out.put(PLAYER_ID_TEXT).putNumber(player).put(QUOTE);
    } else {
      out.put(PLAYER_ID).putNumber(player);
      largestPlayer = Math.max(largestPlayer, player);
    }
    if ((flags & EventCodec.HAS_KEY) != 0) {
      int key = EventCodec.keyAt(event, index);
      out.put(PLAYER_KEY).putEscaped(event, key + 1, event.getByte(key) & 0xFF).put(QUOTE);
    }
    if (mapLength > 0) {
      out.put(MAP).putEscaped(event, index + EventCodec.HEADER, mapLength).put(QUOTE);
    }
    if ((flags & EventCodec.HAS_PLACE) != 0) {
      place(event, EventCodec.placeAt(event, index), flags, out);
    }
    out.put(TIMESTAMP);
    timestamp(event.getLong(index + EventCodec.TIMESTAMP, LITTLE_ENDIAN), out);
  }

  private static void place(DirectBuffer event, int at, int flags, ByteSink out) {
    out.put(X).putNumber(event.getInt(at, LITTLE_ENDIAN));
    out.put(Y).putNumber(event.getInt(at + 4, LITTLE_ENDIAN));
    if ((flags & EventCodec.HAS_HEIGHT) != 0) {
      out.put(Z).putNumber(event.getInt(at + 8, LITTLE_ENDIAN));
    }
    out.put(END);
  }

  /**
   * Appends a timestamp. Its text is kept for the next event: neighbours often have the same
   * timestamp, and it is the longest number.
   */
  private void timestamp(long value, ByteSink out) {
    // An earlier call may have left the text empty after an error, such as an OutOfMemoryError.
    if (value != timestamp || timestampText.length() == 0) {
      timestampText.truncate(0).putNumber(value);
      timestamp = value;
    }
    out.put(timestampText);
  }

  private void payload(
      DirectBuffer event, int index, int text1, int text1Length, Parts parts, ByteSink out) {
    int text2 = text1 + text1Length;
    int text2Length = event.getInt(index + EventCodec.TEXT2_LENGTH, LITTLE_ENDIAN);
    if (parts == null && form.namedCustomEvents()) {
      out.put(event, text2, text2Length);
      return;
    }
    if (parts == null) {
      NamedPayload.write(event, text1, text1Length, text2, text2 + text2Length, out);
      return;
    }
    boolean named = (event.getByte(index + EventCodec.FLAGS) & EventCodec.NAMED) != 0;
    int numbers = 0;
    int texts = 0;
    for (int i = 0; i < parts.kinds.length; i++) {
      if (named && i == 0) {
        out.put(parts.nameHead).putEscaped(event, text1, text1Length).put(QUOTE);
        numbers++;
        continue;
      }
      out.put(parts.heads[i]);
      switch (parts.kinds[i]) {
        case LITERAL -> {}
        case NUMBER ->
            out.putNumber(
                event.getLong(
                    index + (numbers++ == 0 ? EventCodec.NUMBER1 : EventCodec.NUMBER2),
                    LITTLE_ENDIAN));
        case TEXT -> {
          boolean first = texts++ == 0;
          out.putEscaped(event, first ? text1 : text2, first ? text1Length : text2Length);
          out.put(QUOTE);
        }
      }
    }
    out.put(END);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  private static byte[][] priorities() {
    Priority[] all = Priority.values();
    byte[][] names = new byte[all.length][];
    for (Priority p : all) {
      names[p.ordinal()] = ascii(p.wireName());
    }
    return names;
  }

  private static Parts[] parts() {
    EventType[] all = EventType.values();
    Parts[] parts = new Parts[all.length];
    for (EventType type : all) {
      parts[type.ordinal()] = type == EventType.CUSTOM ? null : Parts.of(type);
    }
    return parts;
  }

  /** The fixed text for one type: its name, and the text before each payload value. */
  private static final class Parts {
    private final byte[] name;
    private final byte[][] heads;

    /** The text before the event's name, for types whose first number is replaced by a name. */
    private final byte[] nameHead;

    private final EventType.FieldKind[] kinds;

    private Parts(byte[] name, byte[][] heads, byte[] nameHead, EventType.FieldKind[] kinds) {
      this.name = name;
      this.heads = heads;
      this.nameHead = nameHead;
      this.kinds = kinds;
    }

    static Parts of(EventType type) {
      int count = type.fields().size();
      byte[][] heads = new byte[count][];
      EventType.FieldKind[] kinds = new EventType.FieldKind[count];
      for (int i = 0; i < count; i++) {
        EventType.Field field = type.fields().get(i);
        kinds[i] = field.kind();
        String lead = (i == 0 ? "{\"" : ",\"") + field.name() + "\":";
        heads[i] =
            ascii(
                switch (field.kind()) {
                  case LITERAL -> lead + "\"" + field.literal() + "\"";
                  case NUMBER -> lead;
                  case TEXT -> lead + "\"";
                });
      }
      byte[] nameHead = ascii("{\"" + type.fields().get(0).textName() + "\":\"");
      return new Parts(ascii(type.wireName()), heads, nameHead, kinds);
    }
  }
}
