import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSkillDocument } from '../../../src/core/skill-document.ts';

const codesOf = (text: string): readonly string[] =>
  parseSkillDocument(text).findings.map((finding) => finding.code);

describe('parseSkillDocument', () => {
  it('parts the frontmatter from the body, both as they are', () => {
    const document = parseSkillDocument(
      '---\nname: comic # a comment\ntools:\n  - draw\n---\n\n# Comic\n---\n',
    );
    assert.deepEqual(document, {
      frontmatter: { name: 'comic', tools: ['draw'] },
      frontmatterText: 'name: comic # a comment\ntools:\n  - draw\n',
      body: '\n# Comic\n---\n',
      findings: [],
    });
  });

  it('takes byte order marks and every line end, and says so', () => {
    for (const end of ['\r\n', '\r']) {
      const document = parseSkillDocument(`\ufeff---${end}name: comic${end}---${end}# Comic${end}`);
      assert.deepEqual([document.frontmatter, document.body], [{ name: 'comic' }, `# Comic${end}`]);
      assert.deepEqual(
        document.findings.map((finding) => finding.code),
        ['byte_order_mark', 'carriage_returns'],
      );
    }
  });

  it('reads values whose colons have no quotes, over several lines too', () => {
    const document = parseSkillDocument(
      '---\nname: comic\ndescription: Use when: a story\n  needs panels: "many"\nlicense: MIT\n---\n',
    );
    assert.deepEqual(document.frontmatter, {
      name: 'comic',
      description: 'Use when: a story needs panels: "many"',
      license: 'MIT',
    });
    assert.deepEqual(
      document.findings.map(({ code, severity, field }) => [code, severity, field]),
      [['frontmatter_repaired', 'info', 'description']],
    );
  });

  it('knows a document without a frontmatter, or with one that is empty or does not end', () => {
    assert.deepEqual(codesOf('# Comic\n'), ['frontmatter_missing']);
    assert.deepEqual(codesOf(''), ['frontmatter_missing']);
    assert.deepEqual(codesOf('---\nname: comic\n'), ['frontmatter_unclosed']);
    assert.deepEqual(codesOf('---'), ['frontmatter_unclosed']);
    assert.deepEqual(codesOf('----\nname: comic\n---\n'), ['frontmatter_missing']);
    assert.deepEqual([codesOf('---\n---\nbody'), parseSkillDocument('---\n---\nbody').body], [[], 'body']);
    assert.equal(parseSkillDocument('# Comic\n').frontmatterText, null);
  });

  it('uses a document whose frontmatter cannot be read, and says where it is off', () => {
    const document = parseSkillDocument(
      '---\nname: comic\ntools: [draw\n---\n# Comic\n',
      'plugins/a/SKILL.md',
    );
    assert.deepEqual([document.frontmatter, document.body], [{}, '# Comic\n']);
    const [finding] = document.findings;
    assert.deepEqual(
      [finding?.code, finding?.severity, finding?.path, finding?.field],
      ['frontmatter_unreadable', 'warning', 'plugins/a/SKILL.md', 'tools'],
    );
    assert.deepEqual(codesOf('---\n- a\n- b\n---\n'), ['frontmatter_not_a_map']);
    assert.deepEqual(codesOf('---\njust words\n---\n'), ['frontmatter_not_a_map']);
  });

  it('bounds what a hostile frontmatter can cost', () => {
    const aliases = Array.from(
      { length: 30 },
      (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`,
    );
    const bomb = `---\na0: &a0 [x, x]\n${aliases.join('\n')}\n---\n`;
    assert.deepEqual([codesOf(bomb), parseSkillDocument(bomb).frontmatter], [['frontmatter_unreadable'], {}]);
    assert.deepEqual(codesOf(`---\na: ${'['.repeat(5_000)}\n---\n`), ['frontmatter_unreadable']);
    assert.deepEqual(codesOf(`---\na: ${'x'.repeat(32_769)}\n---\n`), ['frontmatter_too_long']);
  });

  it('makes plain data only, whatever the tags and keys', () => {
    const { frontmatter } = parseSkillDocument(
      '---\n__proto__: {polluted: true}\nwhen: 2026-11-20\ncode: !!js/function "x"\n---\n',
    );
    assert.equal(Object.getPrototypeOf(frontmatter), Object.prototype);
    assert.equal(Reflect.get({}, 'polluted'), undefined);
    assert.equal(frontmatter['when'], '2026-11-20');
    assert.equal(frontmatter['code'], 'x');
  });

  it('never throws, and loses no text', () => {
    const piece = fc.constantFrom(
      '---',
      '...',
      '\n',
      '\r\n',
      '\r',
      'name: a',
      ': ',
      '- ',
      '[',
      '{',
      '&a',
      '*a',
      '"',
      '\ufeff',
      ' ',
      'text',
      '<<: *a',
      '|',
      '>',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const { body, frontmatterText } = parseSkillDocument(text);
        assert.ok(text.endsWith(body));
        if (frontmatterText === null) assert.equal(body, text.replace(/^\ufeff/, ''));
        else assert.ok(text.includes(frontmatterText));
      }),
      { numRuns: 500 },
    );
  });
});
