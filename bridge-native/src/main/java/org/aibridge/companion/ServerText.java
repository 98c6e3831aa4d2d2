package org.aibridge.companion;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Texts of a server in the charset of its players' clients. What one side does not have is replaced
 * and counted. For one thread, but for the counter.
 */
final class ServerText {
  private static final char REPLACEMENT = '\uFFFD';

  /** The maximum number of bytes for one character in any charset that a server may use. */
  static final int MAX_CHARACTER = 4;

  private static final String ASCII =
      IntStream.rangeClosed(' ', '~').mapToObj(Character::toString).collect(Collectors.joining());

  private final CharsetDecoder decoder;
  private final CharsetEncoder encoder;
  private final AtomicLong replaced;

  ServerText(Charset charset, AtomicLong replaced) {
    this.decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    this.encoder =
        charset
            .newEncoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE)
            .replaceWith(new byte[] {'?'});
    this.replaced = replaced;
  }

  /**
   * Returns the charset of that name; null if there is none, or one in which ASCII's bytes do not
   * stand for ASCII, as the names in a ring do.
   */
  static Charset charset(String name) {
    try {
      Charset charset = Charset.forName(name);
      return charset.canEncode()
              && charset.newEncoder().maxBytesPerChar() <= MAX_CHARACTER
              && ASCII.equals(charset.decode(ByteBuffer.wrap(ASCII.getBytes(US_ASCII))).toString())
          ? charset
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Decodes {@code bytes}; puts U+FFFD in place of bytes that are invalid in the charset. */
  String decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length * 2 + 2);
    decoder.reset();
    CoderResult result = decoder.decode(in, out, true);
    while (result.isError()) {
      in.position(in.position() + result.length());
      out.put(REPLACEMENT);
      replaced.incrementAndGet();
      result = decoder.decode(in, out, true);
    }
    decoder.flush(out);
    return out.flip().toString();
  }

  /**
   * Returns {@code text} for the server: without zero bytes, which end a text in C, and cut at a
   * character once it is longer than {@code max} bytes.
   */
  byte[] encode(String text, int max) {
    String whole = text.indexOf('\0') < 0 ? text : text.replace('\0', ' ');
    ByteBuffer out =
        ByteBuffer.allocate((int) Math.min(max, whole.length() * (long) MAX_CHARACTER + 8));
    CharBuffer in = CharBuffer.wrap(whole);
    encoder.reset();
    if (encoder.encode(in, out, true).isUnderflow()) {
      encoder.flush(out);
    }
    out.flip();
    byte[] bytes = new byte[out.remaining()];
    out.get(bytes);
    countReplaced(whole, in.position());
    return bytes;
  }

  private void countReplaced(String text, int to) {
    CharsetEncoder asker = encoder.charset().newEncoder();
    if (asker.canEncode(text.subSequence(0, to))) {
      return;
    }
    text.substring(0, to)
        .codePoints()
        .filter(point -> !asker.canEncode(Character.toString(point)))
        .forEach(point -> replaced.incrementAndGet());
  }
}
