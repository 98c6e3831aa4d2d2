package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.aibridge.api.AiBridge;
import org.aibridge.api.status.BridgeState;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.deadletter.LetterCommands;
import org.aibridge.core.operator.CommandSender;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.live.Server;

/** Finds the owner of the dead letters: the running server, or otherwise this process. */
final class DeadLetterOwners {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private DeadLetterOwners() {}

  /**
   * Returns the running server; if none runs, makes this process the owner, which cannot replay.
   */
  static DeadLetterOwner open(Surroundings surroundings, LetterPlace place) throws IOException {
    OptionalLong owner = place.server(surroundings).owner();
    if (owner.isPresent()) {
      return new Live(place.server(surroundings), null);
    }
    return new Own(place.server(surroundings), place.letters(surroundings));
  }

  /**
   * Returns the running server; if none runs, ends the command with advice to use {@code --direct}.
   */
  static DeadLetterOwner live(Surroundings surroundings, LetterPlace place) throws IOException {
    Path journal = place.server(surroundings).journal();
    if (place.server(surroundings).owner().isEmpty()) {
      throw Trouble.failed(
          "no bridge runs in %s: start the server, or send from here with --direct"
              .formatted(journal));
    }
    return new Live(place.server(surroundings), null);
  }

  /**
   * Starts a bridge in this process, which runs until the owner is closed. Like the server's bridge
   * it also sends what waits in the journal, and in the same order.
   */
  static DeadLetterOwner direct(Surroundings surroundings, LetterPlace place) throws IOException {
    OptionalLong owner = place.server(surroundings).owner();
    if (owner.isPresent()) {
      throw Trouble.usage(
          "the bridge runs with pid %d and sends itself: leave --direct out"
              .formatted(owner.getAsLong()));
    }
    AiBridge bridge = AiBridge.start(place.server(surroundings).file());
    if (bridge.status().state() == BridgeState.OFF) {
      String problem = bridge.status().problem();
      bridge.close();
      throw Trouble.failed("no bridge can be started here: " + problem);
    }
    return new Live(place.server(surroundings), bridge);
  }

  /** A running bridge: in another process or, as {@code ours}, started by this command. */
  private record Live(Server server, AiBridge ours) implements DeadLetterOwner {
    @Override
    public ObjectNode ask(ObjectNode command) throws IOException {
      return new CommandSender(server.journal(), World.ofJvm())
          .ask(LetterCommands.GROUP, command, PATIENCE);
    }

    @Override
    public boolean isThere() throws IOException {
      return ours != null || server.owner().isPresent();
    }

    @Override
    public void close() {
      if (ours != null) {
        ours.close();
      }
    }
  }

  /** This process, which owns the dead letters while no bridge runs. */
  private static final class Own implements DeadLetterOwner {
    private final DeadLetterStore store;
    private final LetterCommands owner;

    Own(Server server, Path folder) throws IOException {
      BridgeConfig config = server.config();
      BridgeConfig.DeadLetters settings = config.deadLetters();
      store =
          DeadLetterStore.open(
              folder,
              new DeadLetterStore.Limits(
                  (long) settings.maxMb() << 20,
                  (long) config.journal().reserveMb() << 20,
                  settings.retention(),
                  settings.trash(),
                  config.journal().isSynced()),
              World.ofJvm());
      owner =
          new LetterCommands(
              store,
              Runnable::run,
              events ->
                  CompletableFuture.completedFuture(
                      new LetterCommands.Sent(0, "no bridge runs here")),
              settings::maxReplays);
    }

    @Override
    public ObjectNode ask(ObjectNode command) throws IOException {
      try {
        return owner.answer(command).toCompletableFuture().get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } catch (ExecutionException e) {
        throw new IOException(Reason.sentence(e.getCause()), e);
      }
    }

    @Override
    public boolean isThere() {
      return true;
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
