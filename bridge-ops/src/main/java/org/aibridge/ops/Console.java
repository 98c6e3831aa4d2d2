package org.aibridge.ops;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.aibridge.core.run.Reason;

/** A standard stream that remembers why a write failed; a {@code PrintWriter} does not. */
final class Console extends FilterOutputStream {
  private String problem = "";

  Console(OutputStream out) {
    super(out);
  }

  /** Why the last write failed; empty if none failed. */
  String problem() {
    return problem;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    try {
      out.write(bytes, from, count);
    } catch (IOException e) {
      problem = Reason.of(e);
      throw e;
    }
  }
}
