package org.aibridge.benchmarks.sim;

import org.aibridge.benchmarks.LocalService.Mood;

/** The state of the AI service and of the journal's disk. */
public enum State {
  HEALTHY("healthy", Mood.HEALTHY),
  SLOW("slow (800 ms)", Mood.SLOW),
  HANGING("hanging", Mood.HANGING),
  DOWN("down", null),
  FLAPPING("flapping", Mood.FLAPPING),
  SLOW_DISK("healthy, journal's disk busy", Mood.HEALTHY);

  private final String title;
  private final Mood mood;

  State(String title, Mood mood) {
    this.title = title;
    this.mood = mood;
  }

  /** The state's name for the report. */
  public String title() {
    return title;
  }

  /** The service's mood; null if no service runs. */
  Mood mood() {
    return mood;
  }
}
