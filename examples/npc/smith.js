// The smith. Tells the AI service what was forged and repeats what it thinks of it. Such a post is
// sent once and may get lost; what must never get lost is an event that the map-server publishes.

var forged = 0;

function* onTalk(playerId, playerName) {
  mes('[Smith]');
  mes('Hold the tongs, ' + playerName + '.');
  forged++;

  var message = { npc: 'Smith', player: playerName, text: 'I forged blade number ' + forged + '.' };
  var answer = yield httppost('/api/v1/npc/chat', JSON.stringify(message));

  mes('That makes ' + forged + ' today.');
  mes(answer === '' ? 'Nobody will hear of it, though.' : 'Word of your blade is out: ' + reply(answer));
  return forged;
}

function reply(body) {
  try {
    return String(JSON.parse(body).reply || 'no comment.');
  } catch (e) {
    return 'but the letter is torn.';
  }
}
