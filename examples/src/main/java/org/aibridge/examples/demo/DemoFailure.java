package org.aibridge.examples.demo;

/** Thrown if the demo cannot go on; the message is a sentence for whoever started it. */
public final class DemoFailure extends Exception {
  private static final long serialVersionUID = 1;

  public DemoFailure(String sentence) {
    super(sentence);
  }

  public DemoFailure(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
