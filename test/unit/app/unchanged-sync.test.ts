import assert from 'node:assert/strict';
import { appendFile, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { WorkspaceOptions } from '../../../src/app/api.ts';
import { recallSync } from '../../../src/app/unchanged-sync.ts';
import { NodeFileSystem } from '../../../src/node/node-files.ts';
import { quickPorts } from '../../support/doctored-workspace.ts';
import { TempWorkspace } from '../../support/temp-workspace.ts';

/** Enough for the threads to look at them. */
const PLUGINS = 40;
const VERSION = '1.2.3';
const document = (name: string): string => `---\nname: ${name}\ndescription: ${name}\n---\n\n# ${name}\n`;

describe('a sync that would answer the same again', () => {
  let temp: TempWorkspace;
  // What was written a moment ago counts as quiet.
  const ports = { ...quickPorts(), clock: { now: () => Date.now() + 10_000 } };

  const open = (options: Partial<WorkspaceOptions> = {}) =>
    temp.open(ports, { version: VERSION, ...options });
  const recalled = (options: Partial<WorkspaceOptions> = {}) =>
    recallSync(new NodeFileSystem(), { root: temp.root, version: VERSION, ...options });
  const inside = (...parts: readonly string[]): string => path.join(temp.root, ...parts);

  before(async () => {
    temp = await TempWorkspace.create();
    for (let index = 0; index < PLUGINS; index++)
      await temp.plugin(`p${index}`, '1.0.0', { [`s${index}`]: { 'SKILL.md': document(`s${index}`) } });
    await open().plugins.enable(Array.from({ length: PLUGINS }, (_, index) => `p${index}`));
  });

  beforeEach(async () => {
    // The first takes in what the test before has changed.
    await open().plugins.sync();
    await open().plugins.sync();
    assert.ok((await recalled()) !== undefined, 'nothing was kept');
  });

  after(() => temp.dispose());

  it('is answered from what was kept, word for word, for whoever asks', async () => {
    const answer = await open().plugins.sync();
    assert.equal(answer.plugins.length, PLUGINS);
    assert.deepEqual(await recalled(), answer);
    assert.deepEqual(await recalled({ actor: 'somebody else', mayWrite: () => false }), answer);
    await open({ actor: 'somebody', home: inside('home') }).plugins.sync();
    assert.deepEqual(await recalled(), answer);
  });

  it('is not kept by a sync that did something', async () => {
    await rm(inside('.beaver', 'cache', 'sync.json'));
    await temp.plugin('p1', '1.1.0', { s1: { 'SKILL.md': `${document('s1')}More.\n` } });
    const { sync } = await open().plugins.sync();
    assert.equal(sync.candidates_created.length, 1);
    assert.equal(await recalled(), undefined);
  });

  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    'a skill of a plugin': () => appendFile(inside('plugins', 'p2', 'skills', 's2', 'SKILL.md'), 'More.\n'),
    'the time of a file of a plugin': () => utimes(inside('plugins', 'p3', 'skills', 's3', 'SKILL.md'), 1, 1),
    'a new file in a plugin': () => writeFile(inside('plugins', 'p4', 'skills', 's4', 'new.md'), 'new\n'),
    'a new plugin': () => temp.plugin('newer', '1.0.0', { newer: { 'SKILL.md': document('newer') } }),
    'a package that is gone': () => rename(inside('plugins', 'p5'), inside('p5')),
    'a manifest': () => appendFile(inside('plugins', 'p6', 'beaver.plugin.json'), '\n'),
    'what is published': () => appendFile(inside('skills', 's7', 'current.json'), '\n'),
    'the state of the plugins': () => open().plugins.pause('p8'),
    'what agents read': () => rm(inside('.agents', 'skills', 's9'), { recursive: true }),
    'a folder that agents read': () => temp.write('.claude/skills/own', { 'SKILL.md': document('own') }),
    'something staged': () => temp.write('.beaver/staging/plugin-skills/t1', { 'left.txt': 'left' }),
    'the kept file': async () => {
      const file = inside('.beaver', 'cache', 'sync.json');
      await writeFile(file, (await readFile(file, 'utf8')).replace('"synced"', '"Synced"'));
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`is done anew after a change of ${what}`, async () => {
      await change();
      assert.equal(await recalled(), undefined);
      await rm(inside('.beaver', 'staging'), { recursive: true, force: true });
    });
  }

  it('is done anew with other settings, and by another version', async () => {
    assert.equal(await recalled({ runtimeTargets: ['.github/skills'] }), undefined);
    assert.equal(await recalled({ limits: { maxFiles: 5 } }), undefined);
    assert.equal(await recalled({ version: '1.2.4' }), undefined);
    assert.equal(await recallSync(new NodeFileSystem(), { root: temp.root }), undefined);
  });
});
