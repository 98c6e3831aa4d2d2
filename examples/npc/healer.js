// The healer. Helps first and asks afterwards; what the bridge says about itself needs no wait.

function* onTalk(playerId, playerName) {
  mes('[Healer]');
  mes('Be well, ' + playerName + '.');

  if (!bridgeIsHealthy()) {
    mes('The spirits are silent.');
    return;
  }
  var body = yield httpget('/api/v1/npc/greeting?npc=Healer&player=' + encodeURIComponent(playerName));
  mes(body === '' ? 'The spirits do not answer.' : 'The spirits are with you.');
}

function bridgeIsHealthy() {
  var status = JSON.parse(ai_bridge_status());
  return status.initialized && status.http_client.healthy;
}
