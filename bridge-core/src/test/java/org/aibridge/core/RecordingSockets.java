package org.aibridge.core;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Notes where every {@link Socket} of this JVM connects to, and that a channel for the network was
 * made at all; everything works as before.
 *
 * <p>Needs {@code java.net} and {@code sun.nio.ch} opened, and {@link Channels} as the JVM's
 * selector provider.
 */
final class RecordingSockets extends SocketImpl {
  private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

  private final SocketImpl real = newReal();

  @SuppressWarnings("deprecation") // Nothing takes its place.
  static void install() throws IOException {
    Socket.setSocketImplFactory(RecordingSockets::new);
  }

  /** The places, each {@code host:port}, or {@code channel} and who made it. */
  static List<String> seen() {
    return SEEN.stream().distinct().sorted().toList();
  }

  private static SocketImpl newReal() {
    try {
      var constructor =
          Class.forName("sun.nio.ch.NioSocketImpl").getDeclaredConstructor(boolean.class);
      constructor.setAccessible(true);
      return (SocketImpl) constructor.newInstance(false);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Object call(String name, Class<?>[] types, Object... arguments) throws IOException {
    try {
      Method method = SocketImpl.class.getDeclaredMethod(name, types);
      method.setAccessible(true);
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private Object callQuietly(String name) {
    try {
      return call(name, new Class<?>[0]);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected void create(boolean stream) throws IOException {
    call("create", new Class<?>[] {boolean.class}, stream);
  }

  @Override
  protected void connect(String host, int port) throws IOException {
    SEEN.add(host + ":" + port);
    call("connect", new Class<?>[] {String.class, int.class}, host, port);
  }

  @Override
  protected void connect(InetAddress address, int port) throws IOException {
    SEEN.add(address.getHostAddress() + ":" + port);
    call("connect", new Class<?>[] {InetAddress.class, int.class}, address, port);
  }

  @Override
  protected void connect(SocketAddress address, int timeout) throws IOException {
    InetSocketAddress place = (InetSocketAddress) address;
    SEEN.add(place.getAddress().getHostAddress() + ":" + place.getPort());
    call("connect", new Class<?>[] {SocketAddress.class, int.class}, address, timeout);
  }

  @Override
  protected void bind(InetAddress host, int port) throws IOException {
    call("bind", new Class<?>[] {InetAddress.class, int.class}, host, port);
  }

  @Override
  protected void listen(int backlog) throws IOException {
    call("listen", new Class<?>[] {int.class}, backlog);
  }

  @Override
  protected void accept(SocketImpl s) throws IOException {
    call("accept", new Class<?>[] {SocketImpl.class}, s);
  }

  @Override
  protected InputStream getInputStream() throws IOException {
    return (InputStream) call("getInputStream", new Class<?>[0]);
  }

  @Override
  protected OutputStream getOutputStream() throws IOException {
    return (OutputStream) call("getOutputStream", new Class<?>[0]);
  }

  @Override
  protected int available() throws IOException {
    return (int) call("available", new Class<?>[0]);
  }

  @Override
  protected void close() throws IOException {
    call("close", new Class<?>[0]);
  }

  @Override
  protected void shutdownInput() throws IOException {
    call("shutdownInput", new Class<?>[0]);
  }

  @Override
  protected void shutdownOutput() throws IOException {
    call("shutdownOutput", new Class<?>[0]);
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    call("sendUrgentData", new Class<?>[] {int.class}, data);
  }

  @Override
  protected boolean supportsUrgentData() {
    return (boolean) callQuietly("supportsUrgentData");
  }

  @Override
  protected FileDescriptor getFileDescriptor() {
    return (FileDescriptor) callQuietly("getFileDescriptor");
  }

  @Override
  protected InetAddress getInetAddress() {
    return (InetAddress) callQuietly("getInetAddress");
  }

  @Override
  protected int getPort() {
    return (int) callQuietly("getPort");
  }

  @Override
  protected int getLocalPort() {
    return (int) callQuietly("getLocalPort");
  }

  @Override
  protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
    call("setOption", new Class<?>[] {SocketOption.class, Object.class}, name, value);
  }

  @Override
  public void setOption(int id, Object value) throws SocketException {
    real.setOption(id, value);
  }

  @Override
  public Object getOption(int id) throws SocketException {
    return real.getOption(id);
  }

  /** The JVM's selector provider that notes every channel for the network. */
  public static final class Channels extends SelectorProvider {
    private final SelectorProvider real = newRealProvider();

    private static SelectorProvider newRealProvider() {
      try {
        return (SelectorProvider)
            Class.forName("sun.nio.ch.DefaultSelectorProvider").getMethod("get").invoke(null);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void note() {
      SEEN.add(
          "channel "
              + Arrays.stream(new Throwable().getStackTrace())
                  .skip(2)
                  .limit(6)
                  .map(StackTraceElement::toString)
                  .toList());
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
      note();
      return real.openDatagramChannel();
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
      note();
      return real.openDatagramChannel(family);
    }

    @Override
    public Pipe openPipe() throws IOException {
      return real.openPipe();
    }

    @Override
    public AbstractSelector openSelector() throws IOException {
      return real.openSelector();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
      note();
      return real.openServerSocketChannel();
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
      note();
      return real.openSocketChannel();
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
      noteUnlessLocal(family);
      return real.openServerSocketChannel(family);
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
      noteUnlessLocal(family);
      return real.openSocketChannel(family);
    }

    /** One that leads to a file leads to no network. */
    private static void noteUnlessLocal(ProtocolFamily family) {
      if (family != StandardProtocolFamily.UNIX) {
        note();
      }
    }
  }
}
