package org.aibridge.core.dispatch;

/** Receives the events that the AI service accepted. For the dispatcher's thread. */
public interface TakenEvents {
  /** A listener that wants no events. */
  TakenEvents UNWANTED =
      new TakenEvents() {
        @Override
        public boolean isWanted() {
          return false;
        }

        @Override
        public void taken(String eventId, byte[] json) {
          // Nothing to do: nobody listens.
        }

        @Override
        public void missed() {
          // Nothing to do: nobody listens.
        }
      };

  /**
   * True if the next event is to be told of, whose text takes time to make. One that nobody can be
   * told of for want of room counts as missed.
   */
  boolean isWanted();

  /** Reports an event that the service accepted, with its id and its JSON as sent. */
  void taken(String eventId, byte[] json);

  /** Counts an accepted event that is not reported to the listener. Allocates nothing. */
  void missed();
}
