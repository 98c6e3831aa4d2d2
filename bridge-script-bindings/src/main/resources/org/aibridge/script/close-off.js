// Removes what engines offer beside JavaScript, and returns the ways to Java that are left.
(function () {
  'use strict';
  var root = globalThis;
  var names = ['Packages', 'Java', 'JavaAdapter', 'JavaImporter', 'getClass', 'java', 'javax', 'org',
    'com', 'edu', 'net', 'javafx', 'jdk', 'Polyglot', 'Graal', 'load', 'loadWithNewGlobal',
    'importClass', 'importPackage', 'print', 'console', 'quit', 'exit', 'read', 'readFully',
    'readline', '$EXEC', '__FILE__', '__LINE__', '__DIR__'];
  var harmless = ['print', 'console', 'Graal', '__FILE__', '__LINE__', '__DIR__'];
  var left = '';
  for (var i = 0; i < names.length; i++) {
    try {
      delete root[names[i]];
    } catch (e) {
      try {
        root[names[i]] = undefined;
      } catch (fixed) {
        // The check below reports it.
      }
    }
    if (typeof root[names[i]] !== 'undefined' && harmless.indexOf(names[i]) < 0) {
      left += ' ' + names[i];
    }
  }
  return left;
})();
