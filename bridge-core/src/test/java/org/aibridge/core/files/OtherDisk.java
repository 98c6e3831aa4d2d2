package org.aibridge.core.files;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;

/**
 * A disk that is not the machine's: its paths are names below {@code /other-disk}, where the
 * machine has nothing, of files in a folder. Who goes past it finds nothing.
 */
public final class OtherDisk extends FileSystem {
  private static final String ROOT = "/other-disk";

  private final Path folder;
  private final Path root = Path.of(ROOT);
  private final Provider provider = new Provider();

  public OtherDisk(Path folder) {
    this.folder = folder;
  }

  /** The path of what lies at {@code name} in the folder. */
  public Path path(String name) {
    return here(root.resolve(name));
  }

  private Path here(Path named) {
    return (Path)
        Proxy.newProxyInstance(
            Path.class.getClassLoader(),
            new Class<?>[] {Path.class},
            (proxy, method, arguments) -> call(named, method, arguments));
  }

  private Object call(Path named, Method method, Object[] arguments) throws Throwable {
    switch (method.getName()) {
      case "getFileSystem":
        return this;
      case "toFile":
        return there(named).toFile(); // What Chronicle asks for.
      case "toRealPath":
        return here(root.resolve(folder.toRealPath().relativize(there(named).toRealPath())));
      default:
        break;
    }
    Object[] bare = arguments == null ? new Object[0] : arguments.clone();
    for (int i = 0; i < bare.length; i++) {
      bare[i] = bare[i] instanceof Path path ? bare(path) : bare[i];
    }
    try {
      return wrapped(method.invoke(named, bare));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Object wrapped(Object result) {
    return result instanceof Path path ? here(path) : result;
  }

  /** The name alone, of a path of this disk or the machine's. */
  private static Path bare(Path path) {
    return Path.of(path.toString());
  }

  /** Where it lies on the machine; nowhere, if it is not below the root. */
  private Path there(Path path) {
    Path named = bare(path);
    return named.startsWith(ROOT) ? folder.resolve(root.relativize(named)) : named;
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return folder.getFileSystem().supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return here(Path.of(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    throw new UnsupportedOperationException();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return folder.getFileSystem().getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }

  private final class Provider extends FileSystemProvider {
    @Override
    public String getScheme() {
      return "other";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return FileChannel.open(there(path), options, attributes);
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return Files.newByteChannel(there(path), options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
      DirectoryStream<Path> all = Files.newDirectoryStream(there(path));
      return new DirectoryStream<>() {
        @Override
        public Iterator<Path> iterator() {
          return StreamSupport.stream(all.spliterator(), false)
              .map(file -> here(root.resolve(folder.relativize(file))))
              .iterator();
        }

        @Override
        public void close() throws IOException {
          all.close();
        }
      };
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
      Files.createDirectory(there(path), attributes);
    }

    @Override
    public void createLink(Path link, Path existing) throws IOException {
      Files.createLink(there(link), there(existing));
    }

    @Override
    public void delete(Path path) throws IOException {
      Files.delete(there(path));
    }

    @Override
    public void copy(Path from, Path to, CopyOption... options) throws IOException {
      Files.copy(there(from), there(to), options);
    }

    @Override
    public void move(Path from, Path to, CopyOption... options) throws IOException {
      Files.move(there(from), there(to), options);
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
      return Files.isSameFile(there(one), there(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      return Files.isHidden(there(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      return Files.getFileStore(there(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      there(path).getFileSystem().provider().checkAccess(there(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return Files.getFileAttributeView(there(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      return Files.readAttributes(there(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
        throws IOException {
      return Files.readAttributes(there(path), names, options);
    }

    @Override
    public void setAttribute(Path path, String name, Object value, LinkOption... options)
        throws IOException {
      Files.setAttribute(there(path), name, value, options);
    }
  }
}
