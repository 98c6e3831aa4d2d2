// The quest board. Two requests at the same time: both are sent before the first `yield`.

function* onTalk(playerId, playerName) {
  mes('[Quest board]');

  var reading = { event_type: 'quest_board_read', player_id: playerId, payload: {} };
  var health = httpget('/api/v1/health');
  var noted = httppost('/api/v1/events/dispatch', JSON.stringify({ events: [reading] }));

  var healthBody = yield health;
  var notedBody = yield noted;
  var lines = yield* notices(healthBody, notedBody);
  for (var i = 0; i < lines.length; i++) {
    mes(lines[i]);
  }
  return lines.length;
}

// A generator can call another one with `yield*`, and that one may wait as well.
function* notices(health, noted) {
  var lines = ['Wanted: 10 jellopies for the healer.'];
  if (health !== '') {
    lines.push('The oracle takes questions today.');
  }
  if (noted === '' && health !== '') {
    var again = yield httpget('/api/v1/health');
    lines.push(again === '' ? 'The ink runs dry.' : 'A fresh page is up.');
  }
  return lines;
}
