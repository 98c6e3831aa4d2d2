package org.aibridge.benchmarks.peers;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBrokerCollection;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopicCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponseCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/**
 * Imitates as much of a Kafka broker as a producer needs: one topic, one partition, and every batch
 * acknowledged as soon as it is read. Stores nothing, which favours the producer.
 */
final class MiniBroker implements AutoCloseable {
  private static final short METADATA = 12;
  private static final short PRODUCE = 11;

  private final String topic;
  private final Uuid id = Uuid.randomUuid();
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private long offset;

  MiniBroker(String topic) throws IOException {
    this.topic = topic;
    daemon(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "mini broker");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        daemon(() -> serve(socket));
      } catch (IOException e) {
        return; // The broker is closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      while (true) {
        byte[] request = new byte[in.readInt()];
        in.readFully(request);
        ByteBuffer answer = answer(ByteBuffer.wrap(request));
        byte[] framed = new byte[4 + answer.remaining()];
        ByteBuffer.wrap(framed).putInt(answer.remaining()).put(answer);
        out.write(framed);
      }
    } catch (EOFException e) {
      return; // The producer has closed the connection.
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private ByteBuffer answer(ByteBuffer request) {
    RequestHeader header = RequestHeader.parse(request);
    short version = header.apiVersion();
    ApiMessage body =
        switch (header.apiKey()) {
          case API_VERSIONS -> {
            version = 0;
            yield versions();
          }
          case METADATA -> metadata();
          case PRODUCE -> produced();
          default -> throw new IllegalStateException("asked for " + header.apiKey());
        };
    ResponseHeader answer = header.toResponseHeader();
    ByteBuffer head =
        MessageUtil.toByteBufferAccessor(answer.data(), answer.headerVersion()).buffer();
    ByteBuffer content = MessageUtil.toByteBufferAccessor(body, version).buffer();
    return ByteBuffer.allocate(head.remaining() + content.remaining())
        .put(head)
        .put(content)
        .flip();
  }

  /** Returns the supported API versions as a version 0 response, which every client can read. */
  private static ApiMessage versions() {
    ApiVersionCollection all = new ApiVersionCollection();
    all.add(version(ApiKeys.API_VERSIONS, (short) 0));
    all.add(version(ApiKeys.METADATA, METADATA));
    all.add(version(ApiKeys.PRODUCE, PRODUCE));
    return new ApiVersionsResponseData().setApiKeys(all);
  }

  private static ApiVersion version(ApiKeys key, short newest) {
    return new ApiVersion()
        .setApiKey(key.id)
        .setMinVersion(key.oldestVersion())
        .setMaxVersion(newest);
  }

  private ApiMessage metadata() {
    MetadataResponseBrokerCollection brokers = new MetadataResponseBrokerCollection();
    brokers.add(new MetadataResponseBroker().setNodeId(0).setHost("127.0.0.1").setPort(port()));
    MetadataResponseTopicCollection topics = new MetadataResponseTopicCollection();
    topics.add(
        new MetadataResponseTopic()
            .setName(topic)
            .setTopicId(id)
            .setPartitions(
                List.of(
                    new MetadataResponsePartition()
                        .setPartitionIndex(0)
                        .setLeaderId(0)
                        .setLeaderEpoch(0)
                        .setReplicaNodes(List.of(0))
                        .setIsrNodes(List.of(0)))));
    return new MetadataResponseData()
        .setClusterId("mini")
        .setControllerId(0)
        .setBrokers(brokers)
        .setTopics(topics);
  }

  private synchronized ApiMessage produced() {
    TopicProduceResponseCollection topics = new TopicProduceResponseCollection();
    topics.add(
        new TopicProduceResponse()
            .setName(topic)
            .setPartitionResponses(
                List.of(new PartitionProduceResponse().setIndex(0).setBaseOffset(offset++))));
    return new ProduceResponseData().setResponses(topics);
  }
}
