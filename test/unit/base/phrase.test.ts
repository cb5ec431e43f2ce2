import assert from 'node:assert/strict';
import { filled } from '../../../src/base/phrase.ts';

describe('A sentence with places', () => {
  it('is filled by name, as often as a name occurs, and literally', () => {
    assert.equal(filled('{a} and {b}, {a}', { a: '$&', b: 2 }), '$& and 2, $&');
  });

  it('keeps a place that nothing fills', () => {
    assert.equal(filled('{a} {toString}', {}), '{a} {toString}');
  });
});
