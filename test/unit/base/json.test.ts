import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as z from 'zod';
import { canonicalJson, canonicalJsonLine, type JsonValue, sameJson } from '../../../src/base/json.ts';

const value = fc.jsonValue({ maxDepth: 3 }).map((json): JsonValue => z.json().parse(json));

/** The same data with the keys of every object put in the other way round. */
function turned(json: JsonValue): JsonValue {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(turned);
  return Object.fromEntries(
    Object.entries(json)
      .reverse()
      .map(([key, member]) => [key, member === undefined ? undefined : turned(member)]),
  );
}

describe('Canonical JSON', () => {
  it('sorts keys by code unit at every depth, those that look like numbers too', () => {
    const data = { '10': 1, '9': 2, b: { z: [], a: {} }, '-': 3, B: 'ä', '\u{1F9AB}': 4, '\uFF5E': 5 };
    assert.equal(
      canonicalJsonLine(data),
      '{"-":3,"10":1,"9":2,"B":"ä","b":{"a":{},"z":[]},"\u{1F9AB}":4,"\uFF5E":5}',
    );
    assert.equal(
      canonicalJson({ b: [1, { '10': null, '9': [] }], a: {} }),
      '{\n  "a": {},\n  "b": [\n    1,\n    {\n      "10": null,\n      "9": []\n    }\n  ]\n}\n',
    );
  });

  it('leaves out members that are undefined', () => {
    assert.equal(canonicalJsonLine({ a: undefined, b: 1, c: [{ d: undefined }] }), '{"b":1,"c":[{}]}');
  });

  it('is the same bytes for the same data, in whatever order it was put together', () => {
    fc.assert(
      fc.property(value, (json) => {
        assert.equal(canonicalJson(turned(json)), canonicalJson(json));
        assert.equal(canonicalJsonLine(turned(json)), canonicalJsonLine(json));
      }),
    );
  });

  it('says what it was given, laid out as two spaces and one space do', () => {
    fc.assert(
      fc.property(value, (json) => {
        const [text, line] = [canonicalJson(json), canonicalJsonLine(json)];
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(json)));
        assert.deepEqual(JSON.parse(line), JSON.parse(JSON.stringify(json)));
        assert(!line.includes('\n') && text.endsWith('\n') && !text.endsWith('\n\n'));
        assert.equal(text.length, JSON.stringify(json, undefined, 2).length + 1);
        assert.equal(line.length, JSON.stringify(json).length);
      }),
    );
  });

  it('is compared as it would be written', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        assert.equal(sameJson(a, turned(a)), true);
        assert.equal(sameJson(a, b), canonicalJsonLine(a) === canonicalJsonLine(b));
      }),
    );
    assert.equal(sameJson({ a: 1, b: undefined }, { a: 1 }), true);
    assert.equal(sameJson({ constructor: 1 }, {}), false);
    assert.equal(sameJson([1], { '0': 1 }), false);
  });
});
