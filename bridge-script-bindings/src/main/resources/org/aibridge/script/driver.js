// Runs inside each NPC script's engine, before the script. Java gets one object with the functions
// at the end; the script gets the commands as global functions. `port` is the only Java object here
// and must stay in this closure: it is never an argument, never the `this` of a function that a
// script could have replaced, and returns nothing but texts, numbers and flags.
(function (port) {
  'use strict';
  var root = globalThis;
  var applyTo = Function.prototype.call.bind(Function.prototype.apply);
  var waiting = Object.create(null); // generators by run
  var callbacks = Object.create(null); // functions by ticket

  // The result of a command that answers later; `yield` turns it into the answer. A script can make
  // one with any ticket: Java gives an answer only to the call that asked.
  function Answer(ticket) {
    this.ticket = ticket;
  }
  Answer.prototype = Object.create(null);
  Answer.prototype.toString = function () {
    throw new TypeError('this answer comes later: write "yield" before the call, inside function*');
  };
  Object.freeze(Answer.prototype);

  function push(value) {
    switch (typeof value) {
      case 'string':
        port.apply('text', value);
        return true;
      case 'number':
        port.apply('number', value);
        return true;
      case 'boolean':
        port.apply('flag', value);
        return true;
      default:
        port.apply('none', null);
        return value === undefined || value === null;
    }
  }

  // Reads what Java has laid out. Some engines wrap texts and flags: makes them the script's own.
  function read() {
    switch ('' + port.apply('kind', null)) {
      case 'text':
        return '' + port.apply('value', null);
      case 'number':
        return +port.apply('value', null);
      case 'true':
        return true;
      case 'false':
        return false;
      default:
        return null;
    }
  }

  function call(name, args) {
    var count = args.length;
    var callback = count > 0 && typeof args[count - 1] === 'function' ? args[--count] : null;
    port.apply('begin', null);
    for (var i = 0; i < count; i++) {
      if (!push(args[i])) {
        if (args[i] instanceof Answer) {
          args[i].toString();
        }
        throw new TypeError(name + ' takes texts, numbers and flags; see JSON.stringify for the rest');
      }
    }
    var outcome = '' + port.apply(callback ? 'callback' : 'call', name);
    if (outcome === 'value') {
      return read();
    }
    var result = read();
    if (outcome === 'error') {
      throw new Error(result);
    }
    if (!callback) {
      return new Answer(result);
    }
    callbacks[result] = callback;
  }

  function run(id, fn, args) {
    var result = applyTo(fn, undefined, args);
    var generator = typeof result === 'object' && result !== null && typeof result.next === 'function';
    if (generator) {
      drive(id, result, undefined);
    } else {
      end(id, result);
    }
  }

  function drive(id, generator, value) {
    while ('' + port.apply('step', id) === 'go') {
      var step = generator.next(value);
      if (step.done) {
        end(id, step.value);
        return;
      }
      value = step.value;
      if (value instanceof Answer) {
        var outcome = '' + port.apply('await', +value.ticket);
        if (outcome === 'later') {
          waiting[id] = generator;
        }
        if (outcome !== 'value') {
          return;
        }
        value = read();
      }
    }
  }

  function end(id, value) {
    port.apply('begin', null);
    push(value);
    port.apply('end', id);
  }

  return {
    define: function (name) {
      if (!(name in root)) {
        root[name] = function () {
          return call(name, arguments);
        };
      }
    },
    root: root,
    has: function (name) {
      return typeof root[name] === 'function';
    },
    start: function (id, name) {
      var args = [];
      while ('' + port.apply('more', null) === 'yes') {
        args[args.length] = read();
      }
      run(id, root[name], args);
    },
    callback: function (id, ticket) {
      var fn = callbacks[ticket];
      delete callbacks[ticket];
      run(id, fn, [read()]);
    },
    resume: function (id) {
      var generator = waiting[id];
      delete waiting[id];
      drive(id, generator, read());
    },
    forget: function (id, ticket) {
      delete waiting[id];
      delete callbacks[ticket];
    }
  };
})(__aiBridgePort);
