import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { isBeaverError } from '../../../src/base/errors.ts';
import { parseJsonWithComments } from '../../../src/cli/jsonc.ts';
import { readWorkspaceSettings } from '../../../src/cli/settings.ts';

describe('JSON with comments', () => {
  it('reads comments, trailing commas and a byte order mark', () => {
    const text = '\uFEFF// one\n{ "a": [1, /* two */ 2,], // three\n "b": "x", }\n';
    assert.deepEqual(parseJsonWithComments(text), { a: [1, 2], b: 'x' });
  });

  it('leaves what looks like a comment or a comma alone inside a string', () => {
    const value = { url: 'https://example.org/*x*/', odd: ',} ", // \\' };
    assert.deepEqual(parseJsonWithComments(JSON.stringify(value)), value);
  });

  it('takes an empty file, or one of comments only, for no settings', () => {
    assert.deepEqual(parseJsonWithComments(' // nothing yet\n'), {});
  });

  it('refuses what is not JSON even so', () => {
    assert.throws(() => parseJsonWithComments('{ "a": 1'), SyntaxError);
  });
});

describe('the settings of a workspace folder', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'beaver-settings-'));
    await mkdir(path.join(root, '.vscode'));
  });
  afterEach(() => rm(root, { recursive: true }));
  const write = (text: string) => writeFile(path.join(root, '.vscode', 'settings.json'), text);

  it('are none without a file', async () => {
    assert.deepEqual(await readWorkspaceSettings(root), {});
    assert.deepEqual(await readWorkspaceSettings(path.join(root, 'nowhere')), {});
  });

  it('are those that the editor uses, and no others', async () => {
    await write(`{
      // where skills live
      "beaver.skillsDirectory": "managed",
      "beaver.pluginSearchPaths": ["../shared-plugins"],
      "beaver.runtimeTargets": [".claude/skills"],
      "beaver.ignoredTargetFiles": ["*.log"],
      "beaver.limits.maxFiles": 10,
      "beaver.gates.review": "clean_fast_forwards",
      "beaver.gates.replay": "required",
      "beaver.autoSync": true,
      "editor.fontSize": 14,
    }`);
    assert.deepEqual(await readWorkspaceSettings(root), {
      skillsDirectory: 'managed',
      pluginSearchPaths: ['../shared-plugins'],
      runtimeTargets: ['.claude/skills'],
      ignoredTargetFiles: ['*.log'],
      limits: { maxFiles: 10 },
      gates: { review: 'clean_fast_forwards', replay: 'required' },
    });
  });

  it('leave the runtime targets to be found when the list is empty', async () => {
    await write('{"beaver.runtimeTargets": []}');
    assert.deepEqual(await readWorkspaceSettings(root), {});
  });

  it('are refused when the file cannot be understood, instead of falling back to another folder', async () => {
    await write('{"beaver.skillsDirectory": ');
    await assert.rejects(readWorkspaceSettings(root), (error) => isBeaverError(error, 'settings_unreadable'));
  });

  it('are refused by name when one is of the wrong kind', async () => {
    await write('{"beaver.skillsDirectory": 7}');
    await assert.rejects(
      readWorkspaceSettings(root),
      (error) => isBeaverError(error, 'setting_invalid') && error.field === 'beaver.skillsDirectory',
    );
  });
});
