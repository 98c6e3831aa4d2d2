// Does what scripts do, so that the engine has done it before the first player comes.
var talks = 0;
var known = { Ann: { visits: 0, zeny: 1.5, tags: ['a', 'b'] } };

function* onTalk(id, name) {
  mes('[Warm-up]');
  mes('Welcome, ' + name + ', number ' + ++talks + `, ${id}.`);
  var first = httpget('/warm-up?player=' + encodeURIComponent(name));
  var second = httppost('/warm-up', JSON.stringify({ npc: 'Warm-up', player: name, text: 'Hé "\n', list: [1, 2.5, null] }));
  var answer = readJson((yield first));
  mes(typeof answer.greeting === 'string' ? answer.greeting : 'nothing');
  var lines = yield* notices((yield second), [name, 'x', 'y']);
  for (var i = 0; i < lines.length; i++) {
    mes(lines[i]);
  }
  if ((yield choice('yes:no')) === 'yes') {
    return lines.length + now();
  }
  return 'closed';
}

function* notices(text, list) {
  list.push(text === '' ? 'none' : text);
  list.push((yield text));
  return list.map(function (each) { return String(each).toUpperCase(); });
}

function readJson(text) {
  try {
    var value = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : {};
  } catch (e) {
    return {};
  }
}

function healthy() {
  var status = JSON.parse(ai_bridge_status());
  return status.initialized && status.http_client.healthy;
}

function onCallback(number, flag, nothing, long) {
  httpget('/warm-up', function (body) { mes(body === '' ? 'No news.' : 'News!'); });
  httpget(''); // wrong: reported as a problem
  readJson('{"cut');
  if (talks % 4 === 0 && !healthy()) {
    mes('Away.');
  }
  var parts = 'a,b;c'.split(/[,;]/).concat(['d']).filter(each => each !== 'b').sort();
  const text = parts.join(' ').replace(/(\w) /g, '$1-').trim() + encodeURIComponent('é &?');
  let sum = 0;
  for (let each of [3, 1, 2]) {
    sum += each * Math.floor(number) + (flag ? 1 : 0);
  }
  for (var key in known) {
    known[key].visits += 1;
    sum += known[key].tags.indexOf('b') + Object.keys(known[key]).length;
  }
  switch (text.charAt(0)) {
    case 'a':
      sum = Math.max(sum, parseInt('12', 10), Number('3'), Math.random() * 10 | 0);
      break;
    default:
      sum--;
  }
  if (talks < 3) {
    new Date(long).toLocaleString();
    'a'.localeCompare('b');
  }
  var seen = new Map([['a', 1]]);
  seen.set(text.substring(1, 3), new Set([1, 2]).size);
  return text.slice(0, 20) + sum.toFixed(2) + seen.size + (text.indexOf('-') >= 0) + [...parts].length + nothing;
}

function onMistake() {
  try {
    null.property;
  } catch (e) {
    throw new Error('expected: ' + e.message);
  }
}
