package org.aibridge.core.operator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.ReloadResult;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigKey;
import org.aibridge.core.config.ConfigKeys;
import org.aibridge.core.config.ConfigProblem;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigResult;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.Sentence;

/** The settings in force; a reload replaces all of them or none. */
public final class LiveConfig {
  /** Gives new settings to the HTTP client; no other part of the bridge can reject settings. */
  @FunctionalInterface
  public interface Acceptor {
    /** Applies {@code config}. */
    void accept(BridgeConfig config) throws IOException;
  }

  private final Path file;
  private volatile BridgeConfig config;

  /** Creates the settings at the start, and notes the file from which they came. */
  public LiveConfig(Path file, BridgeConfig config) {
    this.file = file;
    this.config = config;
  }

  /** Returns the settings in force. Any thread; never blocks. */
  public BridgeConfig get() {
    return config;
  }

  /**
   * Reads the file; keys that need a restart keep their old values and are named in the result.
   * Blocks on files: not for the game thread.
   */
  ReloadResult reload(Acceptor acceptor) {
    try {
      ConfigResult result = ConfigReader.read(file);
      List<String> notes = new ArrayList<>(result.warnings());
      for (ConfigKey key : ConfigKeys.waitingForRestart(config, result.config())) {
        notes.add(
            Sentence.of(
                "[%s] %s has changed and takes effect at the next start",
                key.section(), key.name()));
      }
      if (result.config().aiService().baseUrl() == null) {
        return new ReloadResult(
            false,
            List.of(
                Sentence.of(
                    "%s: [ai_service] base_url is missing; enabled = no takes effect at the next start, until then it is required",
                    file)));
      }
      BridgeConfig merged = ConfigKeys.withoutRestartKeys(config, result.config());
      acceptor.accept(merged);
      config = merged;
      return new ReloadResult(true, notes);
    } catch (ConfigException e) {
      return new ReloadResult(false, e.problems().stream().map(ConfigProblem::toString).toList());
    } catch (IOException e) {
      return new ReloadResult(false, List.of(Reason.sentence(e)));
    }
  }
}
