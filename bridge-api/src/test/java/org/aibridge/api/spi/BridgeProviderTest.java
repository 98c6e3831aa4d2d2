package org.aibridge.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.status.BridgeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a start does with the bridges on a class path. The class paths are made here, since on the
 * test's own there is no bridge.
 */
class BridgeProviderTest {
  private static final String TOLD = Told.class.getName();
  private static final String SECOND = Second.class.getName();

  @TempDir Path folder;

  /** Tells what it was started with, and which of its methods were called. */
  public static class Told implements BridgeProvider {
    private static final List<String> CALLS = new ArrayList<>();

    @Override
    public AiBridge start(BridgeSetup setup) {
      CALLS.add(setup.settings().toString());
      CALLS.add(setup.configuration() + " " + (setup.onDelivered() != null) + " " + setup.onDead());
      return (AiBridge)
          Proxy.newProxyInstance(
              AiBridge.class.getClassLoader(),
              new Class<?>[] {AiBridge.class},
              (bridge, method, arguments) -> {
                CALLS.add(method.getName());
                return null;
              });
    }
  }

  /** Another one. */
  public static final class Second extends Told {}

  /** A host that hands over everything at once. */
  public static final class Host implements Callable<String> {
    @Override
    public String call() {
      AiBridge bridge =
          AiBridge.withoutFile()
              .executors(target -> Runnable::run)
              .set("a.text", "b")
              .set("a.number", 7)
              .set("a.on", true)
              .set("a.off", false)
              .set("a.path", Path.of("c"))
              .onDelivered(end -> {})
              .on(Broadcast.class, action -> ActionReply.done())
              .onCustom("weather", action -> ActionReply.done())
              .requireOnline(player -> true)
              .identifyPlayers(name -> 0)
              .start();
      BridgeStatus status = bridge.status();
      if (status != null) {
        Told.CALLS.add(status.state() + " " + status.problem());
      }
      return String.join("\n", Told.CALLS);
    }
  }

  @Test
  void isTheOneThatIsThere() throws Exception {
    assertThat(told(TOLD).lines())
        .containsExactly(
            "{a.text=b, a.number=7, a.on=yes, a.off=no, a.path=c}",
            "null true null",
            "onAction",
            "onCustomAction",
            "requireOnline",
            "identifyPlayers",
            "applyActionsPerTarget",
            "status");
  }

  @Test
  void turnsTheBridgeOffWhereThereIsNotOne() throws Exception {
    assertThat(told(TOLD, SECOND)).contains("OFF the server has 2 bridges");
    assertThat(told()).contains("OFF the server runs without bridge-core");
    assertThat(told("org.aibridge.NotThere")).contains("OFF bridge-core cannot be loaded");
  }

  /** Runs the host on a class path that names {@code providers}; returns what it tells. */
  @SuppressWarnings("unchecked")
  private String told(String... providers) throws Exception {
    String names = String.join("\n", providers);
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(BridgeProvider.class.getName()), names);
    URL[] path = {place(AiBridge.class), place(Host.class), folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      Class<?> host = loader.loadClass(Host.class.getName());
      return ((Callable<String>) host.getDeclaredConstructor().newInstance()).call();
    }
  }

  private static URL place(Class<?> of) {
    return of.getProtectionDomain().getCodeSource().getLocation();
  }
}
