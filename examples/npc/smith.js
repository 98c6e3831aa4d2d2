// The smith. Tells the AI service what was forged. Such a post is sent once and may get lost; what
// must never get lost is an event that the map-server itself publishes.

var forged = 0;

function* onTalk(playerId, playerName) {
  mes('[Smith]');
  mes('Hold the tongs, ' + playerName + '.');
  forged++;

  var event = {
    event_type: 'npc_forge',
    player_id: playerId,
    priority: 'low',
    payload: { forged_today: forged }
  };
  var answer = yield httppost('/api/v1/events/dispatch', JSON.stringify({ events: [event] }));

  mes('That makes ' + forged + ' today.');
  mes(answer === '' ? 'Nobody will hear of it, though.' : 'Word of your blade is out.');
  return forged;
}
