package org.aibridge.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
@Timeout(60)
class PeersTest {
  @ParameterizedTest
  @EnumSource
  void bringsThroughWhatItIsHanded(Peers each) throws Exception {
    try (Peer peer = each.open()) {
      for (int i = 0; i < 1000; i++) {
        assertThat(peer.offer(150_000 + i)).isTrue();
      }
      peer.drain();
      assertThat(peer.lost()).isZero();
    }
  }
}
