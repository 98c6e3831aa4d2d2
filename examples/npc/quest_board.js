// The quest board. Two requests at the same time: both are sent before the first `yield`.

function* onTalk(playerId, playerName) {
  mes('[Quest board]');

  var question = { npc: 'Quest Board', player: playerName, text: 'Is there work for me?' };
  var greeting = httpget('/api/v1/npc/greeting?npc=Quest%20Board&player=' + encodeURIComponent(playerName));
  var advice = httppost('/api/v1/npc/chat', JSON.stringify(question));

  var greetingBody = yield greeting;
  var adviceBody = yield advice;
  var lines = yield* notices(greetingBody, adviceBody, question);
  for (var i = 0; i < lines.length; i++) {
    mes(lines[i]);
  }
  return lines.length;
}

// A generator can call another one with `yield*`, and that one may wait as well.
function* notices(greeting, advice, question) {
  var lines = ['Wanted: 10 jellopies for the healer.'];
  if (greeting !== '') {
    lines.push('The oracle takes questions today.');
  }
  if (advice === '' && greeting !== '') {
    advice = yield httppost('/api/v1/npc/chat', JSON.stringify(question));
  }
  lines.push(advice === '' ? 'The ink runs dry.' : 'A fresh page is up.');
  return lines;
}
