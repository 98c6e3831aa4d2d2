// The storage lady. Asks how the AI service is before she mentions it.

function* onTalk(playerId, playerName) {
  mes('[Kafra Employee]');
  mes('Welcome, ' + playerName + '. The Kafra Corporation is always on your side.');

  // The script waits here; the game does not. An empty answer means: not today.
  var body = yield httpget('/api/v1/health');
  if (body === '') {
    mes('Our fortune teller is away. Come back later.');
    return 'closed';
  }

  var health = readJson(body);
  if (health.status === 'healthy') {
    mes('The stars are well today, and so is our fortune teller.');
  } else {
    mes('Our fortune teller looks pale: "' + (health.status || 'no word') + '".');
  }
  return 'open';
}

// What comes from outside may be cut off or not JSON at all.
function readJson(text) {
  try {
    var value = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : {};
  } catch (e) {
    return {};
  }
}
