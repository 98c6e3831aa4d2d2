package org.aibridge.core.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * An open file; on the machine's disk, no interrupt of a thread closes it. {@link PrivateFiles}
 * opens it. For one thread.
 */
public interface DiskFile extends Closeable {
  /**
   * Reads bytes at position {@code at}; returns their number, or below 0 at the end of the file.
   */
  int read(byte[] to, int offset, int count, long at) throws IOException;

  /** Writes all of {@code bytes} at position {@code at}. */
  void write(byte[] bytes, long at) throws IOException;

  long size() throws IOException;

  /** Cuts the file to {@code size} bytes, or extends it with zeros. */
  void setSize(long size) throws IOException;

  /**
   * A file on the machine's disk, opened without a channel, since an interrupt would close that.
   */
  record Machines(RandomAccessFile file) implements DiskFile {
    @Override
    public int read(byte[] to, int offset, int count, long at) throws IOException {
      file.seek(at);
      return file.read(to, offset, count);
    }

    @Override
    public void write(byte[] bytes, long at) throws IOException {
      file.seek(at);
      file.write(bytes);
    }

    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public void setSize(long size) throws IOException {
      file.setLength(size);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** A file of a file system other than the JVM's default, such as a simulated disk. */
  record Others(FileChannel channel) implements DiskFile {
    @Override
    public int read(byte[] to, int offset, int count, long at) throws IOException {
      return channel.read(ByteBuffer.wrap(to, offset, count), at);
    }

    @Override
    public void write(byte[] bytes, long at) throws IOException {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left, at + left.position());
      }
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void setSize(long size) throws IOException {
      if (size > channel.size()) {
        write(new byte[1], size - 1);
      }
      channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
