// The storage lady. Lets the AI service choose her words, and has her own when it is away.

function* onTalk(playerId, playerName) {
  mes('[Kafra Employee]');
  mes('Welcome, ' + playerName + '. The Kafra Corporation is always on your side.');

  // The script waits here; the game does not. An empty answer means: not today.
  var body = yield httpget('/api/v1/npc/greeting?npc=Kafra&player=' + encodeURIComponent(playerName));
  if (body === '') {
    mes('Our fortune teller is away. Come back later.');
    return 'closed';
  }

  var answer = readJson(body);
  if (typeof answer.greeting === 'string') {
    mes('Our fortune teller says: "' + answer.greeting + '"');
  } else {
    mes('Our fortune teller mumbles something.');
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
