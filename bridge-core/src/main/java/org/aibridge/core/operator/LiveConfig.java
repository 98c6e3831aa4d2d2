package org.aibridge.core.operator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.api.ReloadResult;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigKey;
import org.aibridge.core.config.ConfigKeys;
import org.aibridge.core.config.ConfigProblem;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigResult;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.Sentence;

/** The settings in force; a reload replaces all of them or none. */
public final class LiveConfig {
  /** Passes new settings to the HTTP client, the only part of the bridge that can reject them. */
  @FunctionalInterface
  public interface Acceptor {
    /** Applies {@code config}. */
    void accept(BridgeConfig config) throws IOException;
  }

  private final ConfigSource source;
  private volatile BridgeConfig config;

  /** Creates the settings for the start; {@code source} says where they came from. */
  public LiveConfig(ConfigSource source, BridgeConfig config) {
    this.source = source;
    this.config = config;
  }

  /** Returns the settings in force. Any thread; never blocks. */
  public BridgeConfig get() {
    return config;
  }

  /**
   * Reads the source again; keys that need a restart keep their old values and are named in the
   * result. Blocks on files: not for the game thread.
   */
  ReloadResult reload(Acceptor acceptor) {
    try {
      ConfigResult result = ConfigReader.read(source);
      List<String> notes = new ArrayList<>(result.warnings());
      for (ConfigKey key : ConfigKeys.waitingForRestart(config, result.config())) {
        notes.add(
            Sentence.of(
                "[%s] %s has changed and takes effect at the next start",
                key.section(), key.name()));
      }
      if (result.config().aiService().baseUrl() == null) {
        return new ReloadResult(
            ReloadResult.Outcome.REJECTED,
            List.of(
                Sentence.of(
                    "%s: [ai_service] base_url is missing; enabled = no takes effect at the next start, until then it is required",
                    source)));
      }
      BridgeConfig merged = ConfigKeys.withoutRestartKeys(config, result.config());
      acceptor.accept(merged);
      config = merged;
      return new ReloadResult(ReloadResult.Outcome.RELOADED, notes);
    } catch (ConfigException e) {
      return new ReloadResult(
          ReloadResult.Outcome.REJECTED,
          Stream.concat(e.problems().stream().map(ConfigProblem::toString), e.warnings().stream())
              .toList());
    } catch (IOException e) {
      return new ReloadResult(ReloadResult.Outcome.REJECTED, List.of(Reason.sentence(e)));
    }
  }
}
