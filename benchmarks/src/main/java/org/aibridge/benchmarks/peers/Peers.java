package org.aibridge.benchmarks.peers;

import java.util.List;

/** The peers to compare; each has a name and says which events a killed process loses. */
public enum Peers {
  BRIDGE("the bridge: make the event, and publish", "nothing") {
    @Override
    public Peer open() throws Exception {
      return new BridgePeer();
    }
  },
  RING("bare Agrona ring, bytes at hand (the limit)", "all that waits") {
    @Override
    public Peer open() {
      return new RingPeer();
    }
  },
  OLDER("older bridge: event + JSON, mutex, deque, condition", "all that waits") {
    @Override
    public Peer open() {
      return new OlderPeer();
    }
  },
  ARRAY_BLOCKING_QUEUE("ArrayBlockingQueue", "all that waits") {
    @Override
    public Peer open() {
      return QueuePeer.arrayBlocking();
    }
  },
  DISRUPTOR("Disruptor, bytes into the slot", "all that waits") {
    @Override
    public Peer open() {
      return new DisruptorPeer();
    }
  },
  JCTOOLS("JCTools MpscArrayQueue", "all that waits") {
    @Override
    public Peer open() {
      return QueuePeer.jctools();
    }
  },
  CHRONICLE("Chronicle append on the caller", "nothing") {
    @Override
    public Peer open() throws Exception {
      return new ChroniclePeer();
    }
  },
  OPENTELEMETRY("OpenTelemetry BatchLogRecordProcessor", "all that waits") {
    @Override
    public Peer open() {
      return new OpenTelemetryPeer();
    }
  },
  KAFKA("Kafka producer, send", "all that is not acknowledged") {
    @Override
    public Peer open() throws Exception {
      return new KafkaPeer();
    }
  },
  SEGMENT("Segment analytics, enqueue", "all that waits") {
    @Override
    public Peer open() throws Exception {
      return new SegmentPeer();
    }
  },
  OKHTTP("OkHttp enqueue, a request an event", "all that is not answered") {
    @Override
    public Peer open() throws Exception {
      return new OkHttpPeer();
    }
  };

  private final String title;
  private final String lossOnKill;

  Peers(String title, String lossOnKill) {
    this.title = title;
    this.lossOnKill = lossOnKill;
  }

  /** The peer's description for the report. */
  public String title() {
    return title;
  }

  /** Returns a text that says which events are lost when {@code kill -9} ends the process. */
  public String lossOnKill() {
    return lossOnKill;
  }

  /** Starts a peer. */
  public abstract Peer open() throws Exception;

  /** True if an offer to the peer takes thousands of times as long as one to the bridge. */
  public boolean isSlow() {
    return List.of(OKHTTP, SEGMENT, KAFKA).contains(this);
  }
}
