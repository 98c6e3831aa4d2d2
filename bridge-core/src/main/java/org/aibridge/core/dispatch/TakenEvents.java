package org.aibridge.core.dispatch;

/** Is told of the events that the AI service has taken. For the dispatcher's thread. */
public interface TakenEvents {
  /** Wants to know nothing. */
  TakenEvents UNWANTED =
      new TakenEvents() {
        @Override
        public boolean isWanted() {
          return false;
        }

        @Override
        public void taken(String eventId, byte[] json) {
          // Nobody asks.
        }

        @Override
        public void missed() {
          // Nobody asks.
        }
      };

  /**
   * True if the next event is to be told of, whose text takes time to make. One that nobody can be
   * told of for want of room counts as missed.
   */
  boolean isWanted();

  /** Notes an event as it was sent. */
  void taken(String eventId, byte[] json);

  /** Counts an event that could not be told of. Allocates nothing. */
  void missed();
}
