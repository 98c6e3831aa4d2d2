// Bounds the built-in functions of Rhino: `meter` gives each a tariff by its path. Functions that
// ask the script for lengths while they run are replaced by ones whose every step is counted.
(function (meter) {
  'use strict';
  var root = globalThis;
  var gone = ['Continuation', 'Call', 'With', 'Script', 'CallSite', 'JavaException', 'uneval',
    'eval', 'Proxy', 'Reflect', 'BigInt', 'ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array',
    'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'BigInt64Array',
    'BigUint64Array', 'Float32Array', 'Float64Array'];
  for (var i = 0; i < gone.length; i++) {
    delete root[gone[i]];
  }
  // Each element may become an array of its own, at a price that cannot be known beforehand.
  delete Object.groupBy;
  delete Map.groupBy;

  // Rhino puts functions of arrays and texts on their constructors too, which no standard asks.
  [Array, String].forEach(function (constructor) {
    Object.getOwnPropertyNames(constructor).forEach(function (name) {
      if (name !== 'length' && name !== 'name' && name !== 'constructor' && name in constructor.prototype) {
        delete constructor[name];
      }
    });
  });

  var names = Object.getOwnPropertyNames;
  var symbols = Object.getOwnPropertySymbols;
  var descriptor = Object.getOwnPropertyDescriptor;
  var define = Object.defineProperty;
  var prototypeOf = Object.getPrototypeOf;
  var seen = new Map();
  var metered = new Map();
  var todo = [];

  function visit(object, path) {
    if (object !== null && (typeof object === 'object' || typeof object === 'function') && !seen.has(object)) {
      seen.set(object, true);
      todo.push([object, path]);
    }
  }

  function within(object, path, key) {
    var name = path === '' ? String(key) : path + '.' + String(key);
    try {
      object[key]; // Rhino makes some properties at their first use
    } catch (e) {
      return; // a getter that works on other objects alone
    }
    var d = descriptor(object, key);
    if (d === undefined || !('value' in d)) {
      return;
    }
    if (key === 'toSource' && d.configurable) {
      delete object[key];
      return;
    }
    if (typeof d.value === 'function' && d.value !== Function.prototype && (d.writable || d.configurable)) {
      if (!metered.has(d.value)) {
        var priced = meter(name, d.value);
        metered.set(d.value, priced);
        metered.set(priced, priced);
        if (priced !== d.value) {
          copy(d.value, priced);
        }
      }
      define(object, key, { value: metered.get(d.value) });
    }
    visit(descriptor(object, key).value, name);
  }

  function copy(from, to) {
    names(from).concat(symbols(from)).forEach(function (key) {
      if (['length', 'name', 'arity', 'prototype', 'arguments', 'caller'].indexOf(key) < 0) {
        define(to, key, descriptor(from, key));
      }
    });
  }

  function walk() {
    for (var at = 0; at < todo.length; at++) {
      var object = todo[at][0];
      var path = todo[at][1];
      var keys = names(object).concat(symbols(object));
      for (var k = 0; k < keys.length; k++) {
        within(object, path, keys[k]);
      }
      visit(prototypeOf(object), path);
    }
    todo = [];
  }

  var generator = function* () {};
  visit(root, '');
  walk();
  [[].values(), new Map().entries(), new Set().values(), ''[Symbol.iterator](), 'a'.matchAll(/a/g),
    /a/, generator, generator(), function () { return arguments; }(), new Error('')
  ].forEach(function (each) {
    for (var o = each; o !== null; o = prototypeOf(o)) {
      visit(o, '(' + Object.prototype.toString.call(o) + ')');
    }
  });
  walk();

  var join = Function.prototype.call.bind(metered.get(Array.prototype.join));
  var isArray = Array.isArray;

  function replace(object, functions) {
    names(functions).forEach(function (name) {
      define(object, name, { value: functions[name], enumerable: false, writable: true, configurable: true });
    });
  }

  function append(out, array, depth, at) {
    for (var i = 0; i < array.length; i++) {
      if (i in array) {
        if (depth > 0 && isArray(array[i])) {
          at = append(out, array[i], depth - 1, at);
          continue;
        }
        out[at] = array[i];
      }
      at++;
    }
    return at;
  }

  replace(Array.prototype, {
    concat: function concat() {
      var out = [];
      var at = isArray(this) ? append(out, this, 0, 0) : append(out, [this], 0, 0);
      for (var i = 0; i < arguments.length; i++) {
        at = append(out, isArray(arguments[i]) ? arguments[i] : [arguments[i]], 0, at);
      }
      out.length = at;
      return out;
    },
    flat: function flat(depth) {
      var out = [];
      append(out, this, depth === undefined ? 1 : +depth, 0);
      return out;
    },
    flatMap: function flatMap(change, self) {
      var out = [];
      var at = 0;
      for (var i = 0; i < this.length; i++) {
        if (i in this) {
          var value = change.call(self, this[i], i, this);
          at = append(out, isArray(value) ? value : [value], 0, at);
        }
      }
      return out;
    }
  });

  replace(Array, {
    from: function from(items, change, self) {
      var out = [];
      var at = 0;
      if (items[Symbol.iterator] !== undefined) {
        for (var item of items) {
          out[at] = change === undefined ? item : change.call(self, item, at);
          at++;
        }
      } else {
        for (; at < items.length; at++) {
          out[at] = change === undefined ? items[at] : change.call(self, items[at], at);
        }
      }
      return out;
    }
  });

  replace(String, {
    raw: function raw(strings) {
      var parts = [];
      for (var i = 0; i < strings.raw.length; i++) {
        parts[parts.length] = strings.raw[i];
        if (i + 1 < strings.raw.length && i + 1 < arguments.length) {
          parts[parts.length] = arguments[i + 1];
        }
      }
      return join(parts, '');
    }
  });
});
