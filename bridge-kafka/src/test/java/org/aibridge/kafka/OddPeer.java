package org.aibridge.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Something at a port of 127.0.0.1 that is no broker: answers each request as it is told to. */
final class OddPeer implements AutoCloseable {
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final UnaryOperator<byte[]> answers;

  /**
   * @param port 0 for any
   * @param answers the answer to what came first, after which it hangs up; null for none, ever
   */
  OddPeer(int port, UnaryOperator<byte[]> answers) throws IOException {
    this.server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    this.answers = answers;
    start(this::listen);
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "odd peer");
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        start(() -> answer(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      byte[] question = new byte[1024];
      int length = Math.max(0, in.read(question));
      byte[] answer = answers.apply(java.util.Arrays.copyOf(question, length));
      if (answer == null) {
        in.read(question);
        return;
      }
      socket.getOutputStream().write(answer);
      socket.getOutputStream().flush();
      socket.shutdownOutput();
      in.read(question);
    } catch (IOException e) {
      // It was closed.
    } finally {
      open.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
