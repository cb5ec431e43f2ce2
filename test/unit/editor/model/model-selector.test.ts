import assert from 'node:assert/strict';
import { modelSelector } from '../../../../src/editor/model/model-selector.ts';

describe('The setting beaver.model', () => {
  it('selects by vendor, family and id, as much as it says', () => {
    assert.deepEqual(modelSelector(''), {});
    assert.deepEqual(modelSelector(' acme '), { vendor: 'acme' });
    assert.deepEqual(modelSelector('acme/large'), { vendor: 'acme', family: 'large' });
    assert.deepEqual(modelSelector('acme/large/large-2'), { vendor: 'acme', family: 'large', id: 'large-2' });
    assert.deepEqual(modelSelector('hub//org/model'), { vendor: 'hub', id: 'org/model' });
  });
});
