import assert from 'node:assert/strict';
import {
  BeaverError,
  distinctFindings,
  type Finding,
  findingFromError,
  isBeaverError,
} from '../../../src/base/errors.ts';

const finding = (code: string, path: string): Finding => ({
  code,
  severity: 'warning',
  message: 'It is off.',
  next_step: 'Mend it.',
  path,
});

describe('A coded error', () => {
  it('is told by its code, and from any other error', () => {
    const error = new BeaverError('torn', 'It is torn.', { nextStep: 'Mend it.' });
    assert.deepEqual(
      [
        isBeaverError(error),
        isBeaverError(error, 'torn'),
        isBeaverError(error, 'gone'),
        isBeaverError(new Error('torn')),
      ],
      [true, true, false, false],
    );
  });

  it('says the same as a finding, about the place that it names itself', () => {
    const cause = new Error('secret');
    const error = new BeaverError('torn', 'It is torn.', { nextStep: 'Mend it.', field: '/a', cause });
    const expected = { code: 'torn', severity: 'error', message: 'It is torn.', next_step: 'Mend it.' };
    assert.deepEqual(findingFromError(error, 'a.json'), { ...expected, path: 'a.json', field: '/a' });
    const placed = new BeaverError('torn', 'It is torn.', { nextStep: 'Mend it.', path: 'b.json' });
    assert.deepEqual(findingFromError(placed, 'a.json'), { ...expected, path: 'b.json' });
  });
});

describe('distinctFindings', () => {
  it('keeps each finding once, where it came first', () => {
    const [a, b, c] = [finding('x', 'a'), finding('x', 'b'), finding('y', 'a')];
    assert.deepEqual(distinctFindings([b, { ...a }, b, c, a, { ...a, field: '/f' }]), [
      b,
      a,
      c,
      { ...a, field: '/f' },
    ]);
  });
});
