import assert from 'node:assert/strict';
import { lineKinds, syntaxOf } from '../../../../src/core/merge/line-kinds.ts';

describe('lineKinds', () => {
  it('tells frontmatter, headings, lists, tables, code and text apart', () => {
    const lines = [
      '---',
      'name: x',
      '---',
      '# Head',
      '',
      '- item',
      '1. item',
      '| a |',
      '```sh',
      '# not a head',
      '```',
      'text',
    ];
    assert.deepEqual(lineKinds(lines, 'markdown'), [
      ...['frontmatter', 'frontmatter', 'frontmatter', 'heading', 'blank', 'list', 'list', 'table'],
      ...['code', 'code', 'code', 'text'],
    ]);
  });

  it('closes a fence only with a fence of its own kind and length', () => {
    const lines = ['````md', '```', 'inner', '```', '````', 'text'];
    assert.deepEqual(lineKinds(lines, 'markdown'), ['code', 'code', 'code', 'code', 'code', 'text']);
  });

  it('takes a rule without an end for no frontmatter', () => {
    assert.deepEqual(lineKinds(['---', 'text'], 'markdown'), ['text', 'text']);
  });
});

describe('syntaxOf', () => {
  it('goes by the name, and without one by the beginning of the text', () => {
    assert.equal(syntaxOf('SKILL.md', '{}'), 'markdown');
    assert.equal(syntaxOf('plugin.json', ''), 'data');
    assert.equal(syntaxOf('scripts/run.py', ''), 'code');
    assert.equal(syntaxOf(undefined, '{\n  "name": "x"\n}\n'), 'data');
    assert.equal(syntaxOf(undefined, '#!/bin/sh\n'), 'code');
    assert.equal(syntaxOf(undefined, '---\nname: x\n---\n'), 'markdown');
    assert.equal(syntaxOf(undefined, '[link](x)\n'), 'markdown');
  });
});
