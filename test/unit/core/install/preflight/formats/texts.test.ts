import assert from 'node:assert/strict';
import { toGithub } from '../../../../../../src/core/install/preflight/formats/github.ts';
import { toJunit } from '../../../../../../src/core/install/preflight/formats/junit.ts';
import { toMarkdown } from '../../../../../../src/core/install/preflight/formats/markdown.ts';
import { DRAFTS, sampleReport } from '../../../../../support/preflight-report.ts';

describe('toGithub', () => {
  it('writes one command for each finding, the heaviest first, and the count', () => {
    const lines = toGithub(sampleReport()).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => line.replace(/ .*/, '')),
      ['::error', '::warning', '::notice', '1'],
    );
    assert.match(
      lines[0] ?? '',
      /^::error file=plugins\/a\/a b\/100%25\.json,line=5,endLine=5,col=13,endColumn=16,title=PF-SCHEMA-TYPE::/,
    );
    assert.match(lines[1] ?? '', /line=2,endLine=3,title=PF-LINK-BROKEN::/);
  });

  it('lets no text end its command and begin another', () => {
    const draft = {
      code: 'PF-LINK-BROKEN',
      file: 'a\n::error::x',
      message: 'b\r\n::set-output name=c::d',
    } as const;
    const output = toGithub(sampleReport([draft]));
    assert.deepEqual(
      output
        .split(/\r\n|\r|\n/)
        .filter((line) => line.startsWith('::') && !line.startsWith('::warning file=')),
      [],
    );
  });

  it('shows ten of a kind and counts the rest, as GitHub does', () => {
    const many = Array.from({ length: 13 }, (_, index) => ({
      code: 'PF-LINK-BROKEN' as const,
      file: `${index}.md`,
    }));
    const lines = toGithub(sampleReport(many)).split('\n');
    assert.equal(lines.filter((line) => line.startsWith('::warning')).length, 10);
    assert.ok(lines.includes('3 more of the kind "warning" are in the report.'));
  });
});

describe('toJunit', () => {
  it('makes a failure of what blocks and keeps the rest in the output', () => {
    const xml = toJunit(sampleReport());
    assert.match(xml, /<testsuites name="beaver preflight" tests="3" failures="1" errors="0">/);
    assert.match(xml, /name="PF-SCHEMA-TYPE"[^>]*><failure type="PF-SCHEMA-TYPE"/);
    assert.match(xml, /name="PF-LINK-BROKEN"[^>]*><system-out>/);
  });

  it('has a case that passed for a plugin without findings', () => {
    assert.match(
      toJunit(sampleReport([])),
      /tests="1" failures="0"[^]*<testcase classname="plugins\/a" name="preflight"\/>/,
    );
  });

  it('is well-formed whatever the texts hold', () => {
    const draft = {
      code: 'PF-LINK-BROKEN',
      file: 'a"<&>\u0007.md',
      message: '<b> & "c" ]]> \u0001\ud800',
    } as const;
    const xml = toJunit(sampleReport([draft]));
    assert.doesNotMatch(xml, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/u);
    // Every tag that is opened is closed, and nothing else looks like one.
    const open: string[] = [];
    for (const [, close, name = '', self] of xml.matchAll(/<(\/?)([a-z-]+)(?: [^<>]*?)?(\/?)>/g)) {
      if (self === '/') continue;
      if (close === '') open.push(name);
      else assert.equal(open.pop(), name);
    }
    assert.deepEqual(open, []);
    assert.equal(
      xml
        .replace(/^<\?xml[^>]*>/, '')
        .replace(/<\/?[a-z-]+(?: [^<>]*?)?\/?>/g, '')
        .includes('<'),
      false,
    );
  });
});

describe('toMarkdown', () => {
  it('has a row for each finding that counts, cells that end where they should, and the verdict', () => {
    const text = toMarkdown(sampleReport());
    assert.match(text, /^### Beaver preflight: failed\n/);
    const rows = text.split('\n').filter((line) => /^\| (?:error|warning|info) /.test(line));
    assert.equal(rows.length, DRAFTS.length);
    for (const row of rows) assert.equal(row.match(/(?<!\\)\|/g)?.length, 6, row);
  });

  it('leaves out what is suppressed and says how many', () => {
    const text = toMarkdown(sampleReport(undefined, { ignore: [{ code: 'PF-S*', glob: undefined }] }));
    assert.match(text, /passed/);
    assert.match(text, /2 suppressed/);
    assert.doesNotMatch(text, /PF-SCHEMA-TYPE/);
  });
});
