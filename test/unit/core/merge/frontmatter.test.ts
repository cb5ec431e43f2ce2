import assert from 'node:assert/strict';
import { mergeText } from '../../../../src/core/merge/text-merge.ts';

/** Merges three frontmatters; the body is the same on all sides. */
function merge(base: string[], local: string[], upstream: string[]) {
  const text = (lines: string[]) => ['---', ...lines, '---', '', '# Skill', ''].join('\n');
  return mergeText(text(base), text(local), text(upstream), { path: 'SKILL.md' });
}

function frontmatter(result: ReturnType<typeof merge>): string[] {
  assert.deepEqual(result.conflicts, []);
  const lines = result.text.split('\n');
  return lines.slice(1, lines.indexOf('---', 1));
}

describe('frontmatter', () => {
  it('is merged by key where its lines touch', () => {
    const result = merge(
      ['name: a', 'model: small', 'color: red'],
      ['name: a', 'model: large', 'color: red'],
      ['name: b', 'model: small', 'color: blue'],
    );
    assert.deepEqual(frontmatter(result), ['name: b', 'model: large', 'color: blue']);
  });

  it("keeps local's order and puts new keys behind the key they follow upstream", () => {
    const result = merge(
      ['name: a', 'model: small'],
      ['model: large', 'name: a'],
      ['name: a', 'license: MIT', 'model: small'],
    );
    assert.deepEqual(frontmatter(result), ['model: large', 'name: a', 'license: MIT']);
  });

  it('keeps comments with the key below them', () => {
    const result = merge(
      ['name: a', 'model: small'],
      ['# who it is', 'name: a', 'model: small'],
      ['name: a', 'model: large'],
    );
    assert.deepEqual(frontmatter(result), ['# who it is', 'name: a', 'model: large']);
  });

  it('takes the larger of two raised versions, nested too, and says so', () => {
    const result = merge(
      ['metadata:', '  version: 1.0.0', '  author: x'],
      ['metadata:', '  version: 1.2.0', '  author: x'],
      ['metadata:', '  version: 1.10.0', '  author: y'],
    );
    assert.deepEqual(frontmatter(result), ['metadata:', '  version: 1.10.0', '  author: y']);
    assert.deepEqual(
      result.decisions.map(({ region, origin, reason }) => [region, origin, reason]),
      [['version', 'upstream', 'Both sides raised version; the larger one stands.']],
    );
  });

  it('treats lists of tools as sets with an order', () => {
    const flow = merge(
      ['tools: [Read, Write, Bash]'],
      ['tools: [Read, Bash, Grep]'],
      ['tools: [Read, Write, Edit, Bash]'],
    );
    assert.deepEqual(frontmatter(flow), ['tools: [Read, Edit, Bash, Grep]']);
    const plain = merge(
      ['allowed-tools: Read, Bash'],
      ['allowed-tools: Read, Grep, Bash'],
      ['allowed-tools: Bash'],
    );
    assert.deepEqual(frontmatter(plain), ['allowed-tools: Grep, Bash']);
    const quoted = merge(["tools: ['a/b', 'c,d']"], ["tools: ['a/b', 'c,d', 'e']"], ["tools: ['f', 'c,d']"]);
    assert.deepEqual(frontmatter(quoted), ["tools: ['f', 'c,d', 'e']"]);
    const block = merge(
      ['tags:', '  - one', '  - two'],
      ['tags:', '  - zero', '  - one', '  - two'],
      ['tags:', '  - one', '  - three'],
    );
    assert.deepEqual(frontmatter(block), ['tags:', '  - zero', '  - one', '  - three']);
  });

  it('merges a description by words', () => {
    const result = merge(
      ['description: Writes reports for the team.'],
      ['description: Writes long reports for the team.'],
      ['description: Writes reports for the whole team.'],
    );
    assert.deepEqual(frontmatter(result), ['description: Writes long reports for the whole team.']);
  });

  it('sees no change in a value that is only written differently', () => {
    const quoted = merge(
      ['description: Draws comics'],
      ['description: Plots graphs and charts of all kinds'],
      ['description: "Draws comics"'],
    );
    assert.deepEqual(frontmatter(quoted), ['description: "Plots graphs and charts of all kinds"']);
    const wrapped = merge(
      ['description: Draws comics and posters'],
      ['description: Plots graphs'],
      ['description: >-', '  Draws comics', '  and posters'],
    );
    assert.deepEqual(frontmatter(wrapped), ['description: Plots graphs']);
  });

  it('refuses two values for one key, and a removed key that the other side changed', () => {
    assert.equal(merge(['model: a'], ['model: b'], ['model: c']).conflicts.length, 1);
    assert.equal(merge(['name: a', 'model: b'], ['name: a'], ['name: a', 'model: c']).conflicts.length, 1);
    assert.equal(merge(['name: a'], ['name: a', 'model: b'], ['name: a', 'model: c']).conflicts.length, 1);
  });

  it('that contradicts in another order is one conflict, in which either side can be taken whole', () => {
    const local = ['name: a', 'description: short', 'license: MIT', 'author: Ann'];
    const upstream = ['description: long', 'author: Bo', 'name: a', 'license: MIT'];
    const result = merge(['name: a', 'description: plain', 'license: MIT'], local, upstream);
    const [conflict] = result.conflicts;
    assert.equal(result.conflicts.length, 1);
    assert.deepEqual(conflict?.local.trimEnd().split('\n'), local);
    assert.deepEqual(conflict.upstream.trimEnd().split('\n'), upstream);
    assert.deepEqual(result.text.split('\n').slice(-4), ['---', '', '# Skill', '']);
  });

  it('is lines like any other where it cannot be read', () => {
    const result = merge(
      ['name: a', 'not yaml at all', 'x: 1'],
      ['name: b', 'not yaml at all', 'x: 1'],
      ['name: a', 'not yaml at all', 'x: 2'],
    );
    assert.deepEqual(frontmatter(result), ['name: b', 'not yaml at all', 'x: 2']);
  });
});
