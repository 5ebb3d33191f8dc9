import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AccountFlow } from '../../Frontend/js/app/vanilla/flow.js';
import { SCREENS } from '../../Frontend/js/app/vanilla/screens.js';

for (const [name, screen] of Object.entries(SCREENS)) {
  test(`${name} does something, leads on, and says of each field what it is`, () => {
    assert.equal(typeof AccountFlow.prototype[screen.act], 'function');
    for (const { to, does } of screen.links) {
      if (does) assert.equal(typeof AccountFlow.prototype[does], 'function');
      else assert.ok(to === 'profile' || to in SCREENS, to);
    }
    for (const field of screen.fields) assert.ok(field.label && (field.autocomplete || field.type === 'checkbox'), field.name);
  });
}
