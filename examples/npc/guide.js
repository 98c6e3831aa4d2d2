// The town guide, in callback style: she greets at once and adds what she hears when it comes.

function onTalk(playerId, playerName) {
  mes('[Guide]');
  mes('Good day, ' + playerName + '. The smith is to the east, the healer to the north.');

  var url = '/api/v1/npc/greeting?npc=Guide&player=' + encodeURIComponent(playerName);
  httpget(url, function (body) {
    var text = greetingIn(body);
    mes(text === '' ? 'I have heard no news today.' : 'They say: "' + text + '"');
  });
}

// What comes from outside may be empty, cut off or not JSON at all.
function greetingIn(body) {
  try {
    return String(JSON.parse(body).greeting || '');
  } catch (e) {
    return '';
  }
}
