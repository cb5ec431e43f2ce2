import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { OverlayFiles } from '../../../../src/editor/preflight/overlay-files.ts';
import { preflightDocument } from '../../../../src/editor/preflight/preflight-run.ts';
import { NodeFileSystem } from '../../../../src/node/node-files.ts';
import { GOOD, SKILL } from '../../../support/preflight-cases.ts';

describe('the preflight of an open document', () => {
  let base = '';
  const at = (name: string): string => path.join(base, 'plugins', 'comics', ...name.split('/'));
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'beaver-editor-'));
    for (const [name, content] of Object.entries(GOOD)) {
      await mkdir(path.dirname(at(name)), { recursive: true });
      await writeFile(at(name), typeof content === 'string' ? content : JSON.stringify(content));
    }
  });
  afterEach(() => rm(base, { recursive: true, force: true, maxRetries: 5 }));

  const versions = { beaver: '0.1.0', vscode: '1.140.0' };
  const document = 'skills/comic/SKILL.md';
  async function codes(file: string, texts: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const open = new Map(Object.entries(texts).map(([name, text]) => [at(name), text]));
    const found = await preflightDocument({ file: at(file), base, texts: open, versions });
    return [...found].flatMap(([name, findings]) =>
      findings.map(({ code }) => `${path.relative(base, name).split(path.sep).join('/')} ${code}`),
    );
  }

  it('is about the text that the editor shows, saved or not, longer or shorter', async () => {
    assert.deepEqual(await codes(document, {}), []);
    const longer = SKILL.replace('comic\n', 'another-comic\n');
    assert.deepEqual(await codes(document, { [document]: longer }), [
      `plugins/comics/${document} PF-SKILL-NAME-FOLDER`,
    ]);
    assert.deepEqual(await codes(document, { [document]: 'x' }), [
      `plugins/comics/${document} PF-SKILL-FRONTMATTER`,
    ]);
  });

  it('looks for patterns in the open documents alone', async () => {
    const hostile = `${SKILL}\n\u202etxet\n`;
    await writeFile(at(document), hostile);
    assert.deepEqual(await codes('.claude-plugin/plugin.json', {}), []);
    const found = await codes('.claude-plugin/plugin.json', { [document]: hostile });
    assert.deepEqual(found, [`plugins/comics/${document} PF-SAFE-002`]);
  });

  it('is silent about a document that is gone', async () => {
    assert.deepEqual(await codes('skills/gone/SKILL.md', {}), []);
  });

  it('knows the version of VS Code', async () => {
    const manifest = JSON.stringify({ name: 'comics', metadata: { beaver: { engines: { vscode: '>=2' } } } });
    const file = '.claude-plugin/plugin.json';
    assert.deepEqual(await codes(file, { [file]: manifest }), [`plugins/comics/${file} PF-HOST-RANGE`]);
  });

  it('never writes', async () => {
    const files = new OverlayFiles(new NodeFileSystem(), new Map());
    await assert.rejects(files.writeFile());
    await assert.rejects(files.remove());
    await assert.rejects(files.rename());
  });
});
