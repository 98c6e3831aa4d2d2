// Finds every function within reach of a script and calls each with hostile things. The functions
// it needs for that it takes before, so that what a call spoils does not spoil the next one.
var sweep = (function () {
  'use strict';
  var names = Object.getOwnPropertyNames;
  var symbols = Object.getOwnPropertySymbols;
  var descriptor = Object.getOwnPropertyDescriptor;
  var prototypeOf = Object.getPrototypeOf;
  var call = Function.prototype.call.bind(Function.prototype.apply);
  var define = Object.defineProperty;
  var begins;
  var ends;
  var functions = [];
  var paths = [];
  var seen = new Map();
  var todo = [];

  function visit(value, path) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) {
      return;
    }
    seen.set(value, true);
    todo.push([value, path]);
  }

  function reach(value, path) {
    if (typeof value === 'function') {
      functions.push(value);
      paths.push(path);
    }
  }

  function look() {
    var next = todo.shift();
    var value = next[0];
    reach(value, next[1]);
    var keys = names(value).concat(symbols(value));
    for (var i = 0; i < keys.length; i++) {
      var path = next[1] + '.' + String(keys[i]);
      try {
        value[keys[i]];
      } catch (e) {
        // A getter, which is for other objects.
      }
      var d = descriptor(value, keys[i]);
      if (d !== undefined) {
        visit(d.value, path);
        reach(d.get, path + ' get'); // Rhino makes them anew each time: there is no end to walking them
        reach(d.set, path + ' set');
      }
    }
    visit(prototypeOf(value), next[1] + '.__proto__');
  }

  visit(globalThis, '');
  [[].values(), new Map().entries(), new Set().values(), ''[Symbol.iterator](), 'a'.matchAll(/a/g), /a/,
    function* () {}, (function* () {})(), function () { return arguments; }(), new Error(''),
    Promise.resolve(1), (function () {}).bind(null), Symbol('x'), new Date(0)
  ].forEach(function (each, i) {
    visit(Object(each), '(' + i + ')');
  });

  // Made bit by bit in calls of their own.
  var big = 'x'.repeat(131072);
  var dense = [];
  var texts = [];
  var wide = {};
  var chain = {};
  var tree = ['leaf'];
  for (var t = 0; t < 26; t++) {
    tree = [tree, tree];
  }
  var grown = 0;

  function grow() {
    for (var i = 0; i < 1000; i++, grown++) {
      dense[grown] = 'text ' + grown;
      texts[grown] = big;
      wide['key ' + grown] = grown;
      if (i % 50 === 0) {
        chain = Object.create(chain);
      }
    }
    return grown;
  }

  function sparse(length) {
    var a = [1];
    a.length = length;
    return a;
  }

  function endless() {
    var it = { next: Object };
    it[Symbol.iterator] = function () {
      return it;
    };
    return it;
  }

  function growing() {
    var a = [1, 2, 3];
    var b = [];
    define(a, 0, { get: function () { b.length = 4000000000; return 1; } });
    return [a, b];
  }

  var things = [
    function () { return { length: 1e15 }; },
    function () { return { length: 4294967295, 0: 'a' }; },
    function () { return { get length() { return 1e15; } }; },
    function () { return { length: { valueOf: function () { return 1e15; } } }; },
    function () { return big; },
    function () { return Object('a'.repeat(65536)); },
    function () { return 'a'.repeat(60000) + 'b'; },
    function () { return { toString: function () { return big; } }; },
    function () { return { valueOf: function f() { return this + ''; }, toString: function () { return '' + this; } }; },
    function () { return sparse(4294967295); },
    function () { return sparse(100000); },
    function () { return [sparse(4294967295), sparse(4294967295)]; },
    function () { return dense; },
    function () { return texts; },
    function () { return wide; },
    function () { return chain; },
    function () { return tree; },
    growing,
    endless,
    function () { return { raw: { length: 1e15 } }; },
    function () { return { size: 1e15, has: Object, keys: endless }; },
    function () { return { then: function (done) { done(this); } }; },
    function () { return 1e15; },
    function () { return 1e9; },
    function () { return -1; },
    function () { return NaN; },
    function () { return Infinity; },
    function () { return 120000; },
    function () { return null; },
    function () { return undefined; },
    function () { return ''; },
    function () { return Symbol.iterator; },
    function () { return /(a+)+$/; },
    function () { return /(?:)/g; },
    function () { return /./g; },
    function () { return '$`$\'$&'.repeat(1000); },
    function () { return '[\0-\uffff]'.repeat(100); },
    function () { return '{"a":['.repeat(20000); },
    function () { return '[' + '1,'.repeat(60000) + '1]'; },
    function () { return '\ufdfa'.repeat(131072); },
    function () { return Object; },
    function () { return function () { return big; }; },
    function () { return function () { return sparse(4294967295); }; },
    function () { return function () { return 1; }; },
    function () { return new Map(dense.slice(0, 2000).map(function (x) { return [x, x]; })); },
    function () { return new Set(dense.slice(0, 2000)); },
    function () { return new Date(8.64e15); },
    function () { return Promise.resolve(1); },
    function () { return (function* () { for (;;) { yield big; } })(); },
    function () { return function () { return arguments; }(big, big, big); },
    function () { return globalThis; }
  ];

  return {
    look: function () {
      for (var i = 0; i < 20 && todo.length > 0; i++) {
        look();
      }
      return todo.length;
    },
    grow: grow,
    count: function () { return functions.length; },
    things: function () { return things.length; },
    path: function (index) { return paths[index]; },
    attack: function (index, self, first, second, third) {
      begins = begins || begin;
      ends = ends || end;
      var object = things[self]();
      var args = [];
      [first, second, third].forEach(function (each) {
        if (each >= 0) {
          args[args.length] = things[each]();
        }
      });
      begins();
      if (self % 7 === 0 && first === second) {
        new (functions[index])(args[0], args[1]);
      } else {
        call(functions[index], object, args);
      }
      ends();
    }
  };
})();
function look() { return sweep.look(); }
function grow() { return sweep.grow(); }
function count() { return sweep.count(); }
function things() { return sweep.things(); }
function path(index) { return sweep.path(index); }
function attack(index, self, first, second, third) { sweep.attack(index, self, first, second, third); }
