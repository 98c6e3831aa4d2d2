// The town guide, in callback style: she greets at once and adds news when they come.

function onTalk(playerId, playerName) {
  mes('[Guide]');
  mes('Good day, ' + playerName + '. The smith is to the east, the healer to the north.');

  httpget('/api/v1/health', function (body) {
    mes(body === '' ? 'I have heard no news today.' : 'The messenger has arrived, all roads are open.');
  });
}
