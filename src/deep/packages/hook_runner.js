// Runs one JavaScript hook of the article's form, `module.exports = function (callback) { ... }`, in a confined process that `deep.packages.hooks` starts.
// Standard input holds the context as JSON, as in hook_runner.py. The hook is done when it calls back, when the promise it returned settles, or, if it
// takes no callback, when nothing is left to do.
'use strict';

const fs = require('fs');

const given = JSON.parse(fs.readFileSync(0, 'utf8'));
const microapp = { identifier: given.microapp.identifier, version: given.microapp.version, basePath: given.microapp.path };
const self = {
  microservice: microapp,
  property: given.property,
  microapps: given.microapps,
  moment: given.moment,
  isBefore: given.isBefore,
  isAfter: !given.isBefore,
};

let isDone = false;

function done(error) {
  isDone = true;
  if (error) {
    console.error(error.stack || error);
    process.exitCode = 1;
  }
}

const loaded = require(given.hook);
const hook = loaded && loaded.default ? loaded.default : loaded;
if (typeof hook !== 'function') {
  console.error('the hook exports no function');
  process.exit(1);
}

const result = hook.call(self, done);
if (result && typeof result.then === 'function') {
  result.then(() => done(), (reason) => done(reason || new Error('the hook was rejected')));
} else if (hook.length === 0) {
  isDone = true;
}

process.on('exit', () => {
  if (!isDone) {
    console.error('the hook ended without calling its callback');
    process.exitCode = 1;
  }
});
