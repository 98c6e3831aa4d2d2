package org.aibridge.core.action;

import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.GiveReward;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.http.HttpActionSource;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.http.Wire;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.core.service.Retries;

/**
 * A map-server to be killed: each action's effect is one more in its own byte of a mapped file,
 * which outlives the process.
 */
final class CrashChild {
  static final int MAX_ACTIONS = 1 << 16;

  private CrashChild() {}

  /** Takes the configuration and the file of effects; ends cleanly when its input ends. */
  public static void main(String[] args) throws Exception {
    BridgeConfig config = ConfigReader.read(Path.of(args[0])).config();
    MappedByteBuffer effects = map(Path.of(args[1]));
    BridgeClock clock = BridgeClock.system();
    Worker worker = Threads.OF_JVM.worker("child actions", 1_000_000, 1_000_000);
    ServiceClient client = new ServiceClient(config, clock, "child", Wire.OF_MACHINE);
    ActionService service =
        new ActionService(
            ActionSettings.of(() -> config, Path.of(args[2])),
            new HttpActionSource(client, () -> config, clock),
            () -> new Retries(3, Duration.ofMillis(10), () -> 0.5),
            World.of(clock),
            worker::wake);
    service.onAction(Broadcast.class, action -> apply(effects, action.header().id()));
    service.onAction(GiveReward.class, action -> apply(effects, action.header().id()));
    service.onCustomAction("walk", action -> walk(effects, action));
    worker.assign(service);
    worker.start();
    System.out.println("ready");
    while (System.in.available() == 0) {
      service.tick();
      LockSupport.parkNanos(1_000_000);
    }
    service.beginClosing();
    worker.stop(5000);
    client.close();
    service.close();
    System.exit(0);
  }

  static MappedByteBuffer map(Path file) throws Exception {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, MAX_ACTIONS);
    }
  }

  private static ActionReply apply(MappedByteBuffer effects, String id) {
    int at = Integer.parseInt(id);
    effects.put(at, (byte) (effects.get(at) + 1));
    return ActionReply.done("done");
  }

  private static ActionReply walk(MappedByteBuffer effects, CustomAction action) {
    apply(effects, action.header().id());
    return ActionReply.later(
        CompletableFuture.supplyAsync(
            () -> new ActionReply.Outcome(true, "done"),
            CompletableFuture.delayedExecutor(
                ((Number) action.payload().get("ms")).longValue(), TimeUnit.MILLISECONDS)));
  }
}
