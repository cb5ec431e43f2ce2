import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import type { BeaverApi } from '../../src/editor/api.ts';
import { nodePorts } from '../../src/node/node-ports.ts';

const PLUGIN = 'host-tools';
const SKILL = 'host-notes';
const LINES = [
  '# Notes',
  '',
  'Write in the present tense.',
  '',
  '## Steps',
  '',
  '1. Read the diff.',
  '2. Write the notes.',
  '',
];

describe('commands on a real workspace', () => {
  let root: string;
  let api: BeaverApi;
  /** As another process sees the workspace. */
  let beaver: BeaverWorkspace;

  before(async () => {
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    root = folder.uri.fsPath;
    release('1.0.0', LINES);
    const extension = vscode.extensions.getExtension<BeaverApi>('beaver-skills.beaver-skills');
    assert.ok(extension);
    api = await extension.activate();
    await api.settled;
    await api.refresh();
    beaver = createWorkspace(nodePorts(), { root, actor: 'host test' });
  });

  afterEach(() => {
    restoreDialogs();
  });

  after(async () => {
    for (const name of ['skills', '.beaver', '.agents'])
      rmSync(path.join(root, name), { recursive: true, force: true });
    rmSync(path.join(root, 'plugins', PLUGIN), { recursive: true, force: true });
    await api.refresh();
  });

  /** Puts this release of the plugin where its package is. */
  function release(version: string, lines: readonly string[]): void {
    const folder = path.join(root, 'plugins', PLUGIN);
    mkdirSync(path.join(folder, 'skills', SKILL), { recursive: true });
    const manifest = {
      schema_version: 1,
      id: PLUGIN,
      name: 'Host Tools',
      version,
      skills: [{ name: SKILL, path: `skills/${SKILL}` }],
    };
    writeFileSync(path.join(folder, 'beaver.plugin.json'), JSON.stringify(manifest));
    const frontmatter = ['---', `name: ${SKILL}`, 'description: Writes notes.', '---', ''];
    writeFileSync(path.join(folder, 'skills', SKILL, 'SKILL.md'), [...frontmatter, ...lines].join('\n'));
  }

  /** Resolves when the condition holds, which is looked at after each change that the extension tells of. */
  function until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const subscription = api.onDidChange(() => {
        look();
      });
      const look = (): void => {
        if (!holds()) return;
        subscription.dispose();
        resolve();
      };
      look();
    });
  }

  async function plugin(): Promise<
    Awaited<ReturnType<BeaverWorkspace['plugins']['list']>>['plugins'][number]
  > {
    const found = (await beaver.plugins.list()).plugins.find(({ id }) => id === PLUGIN);
    assert.ok(found);
    return found;
  }

  async function placedFile(): Promise<string> {
    const [folder] = await beaver.skills.targetFolders(SKILL);
    assert.ok(folder);
    return path.join(folder, 'SKILL.md');
  }

  it('enable a plugin and put its skills where agents read them', async () => {
    await vscode.commands.executeCommand('beaver.plugins.enable', { pluginId: PLUGIN });
    assert.equal((await plugin()).enabled, true);
    assert.match(readFileSync(await placedFile(), 'utf8'), /Write in the present tense/);
  });

  it('open a skill where an edit of it can be captured', async () => {
    await vscode.commands.executeCommand('beaver.skills.openSkill', { skillName: SKILL });
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, await placedFile());
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('capture an edit as the next version', async () => {
    appendFileSync(await placedFile(), '3. Ask a person to read them.\n');
    await vscode.commands.executeCommand('beaver.skills.capture', { skillName: SKILL });
    assert.equal((await beaver.skills.show(SKILL)).skill.current_version, 'v0002');
  });

  it('pause and resume the updates of a plugin', async () => {
    await vscode.commands.executeCommand('beaver.plugins.pause', { pluginId: PLUGIN });
    assert.equal((await plugin()).updates_paused, true);
    await vscode.commands.executeCommand('beaver.plugins.resume', { pluginId: PLUGIN });
    assert.equal((await plugin()).updates_paused, false);
  });

  it('find a release by themselves once its package has changed', async () => {
    release(
      '1.1.0',
      LINES.map((line) => (line.startsWith('Write in') ? 'Write in the past tense.' : line)),
    );
    await until(() => api.counts().toReview === 1);
    const { updates } = await beaver.updates.list();
    assert.deepEqual(
      updates.map(({ skill_name: name, merge_mode: mode }) => [name, mode]),
      [[SKILL, 'three_way']],
    );
  });

  it('prepare the draft and open its review', async () => {
    await vscode.commands.executeCommand('beaver.updates.review', { skillName: SKILL });
    const [update] = (await beaver.updates.list()).updates;
    assert.ok(update?.draft_id);
    await tabOpened(
      (tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.includes('beaver.review'),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('follow what another process publishes', async () => {
    const [update] = (await beaver.updates.list()).updates;
    assert.ok(update?.draft_id);
    await beaver.updates.approve(update.draft_id);
    await beaver.updates.publish(update.draft_id);
    await until(() => api.counts().toReview === 0);
    const text = readFileSync(await placedFile(), 'utf8');
    assert.match(text, /past tense/);
    assert.match(text, /Ask a person/);
  });

  it('compare two versions in the diff editor', async () => {
    await vscode.commands.executeCommand('beaver.skills.compareVersions', {
      skillName: SKILL,
      version: 'v0001',
    });
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputTextDiff);
    assert.match(input.original.path, /v0001\/SKILL\.md$/);
    assert.match(input.modified.path, /v0003\/SKILL\.md$/);
    await staysAsItIs(input.modified, 'v0003');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('open a version of a skill to read only', async () => {
    await vscode.commands.executeCommand('beaver.skills.openVersion', { skillName: SKILL, version: 'v0001' });
    const uri = vscode.window.activeTextEditor?.document.uri;
    assert.ok(uri);
    assert.match(uri.path, /v0001\/SKILL\.md$/);
    await staysAsItIs(uri, 'v0001');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('reveal a skill that is placed nowhere to read only, and say how agents get to see it', async () => {
    const placed = await placedFile();
    rmSync(path.dirname(placed), { recursive: true });
    const told = answer('showInformationMessage', undefined);
    await vscode.commands.executeCommand('beaver.skills.reveal', { skillName: SKILL });
    const uri = vscode.window.activeTextEditor?.document.uri;
    assert.ok(uri);
    assert.match(uri.path, /v0003\/SKILL\.md$/);
    await staysAsItIs(uri, 'v0003');
    assert.match(told.join(), /A sync places it in the folders of beaver\.runtimeTargets/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('beaver.plugins.sync');
    assert.match(readFileSync(placed, 'utf8'), /past tense/);
  });

  /** Types into the editor on screen, edits its document, saves it and writes to it: a version is immutable (invariant 2). */
  async function staysAsItIs(uri: vscode.Uri, version: string): Promise<void> {
    const file = path.join(beaver.skills.versionFolder(SKILL, version), 'SKILL.md');
    const before = readFileSync(file, 'utf8');
    const document = await vscode.workspace.openTextDocument(uri);
    assert.equal(document.getText(), before);
    assert.equal(vscode.workspace.fs.isWritableFileSystem(uri.scheme), false);
    await vscode.commands.executeCommand('type', { text: 'typed' });
    assert.deepEqual([document.getText(), document.isDirty], [before, false]);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'edited');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, Buffer.from('written')));
    await assert.rejects(async () => vscode.workspace.fs.delete(uri));
    assert.equal(readFileSync(file, 'utf8'), before);
  }

  it('roll back only when a person agrees', async () => {
    const asked = answer('showWarningMessage', undefined);
    await vscode.commands.executeCommand('beaver.skills.rollback', { skillName: SKILL, version: 'v0001' });
    assert.equal((await beaver.skills.show(SKILL)).skill.current_version, 'v0003');
    assert.match(String(asked[0]?.[0]), /Roll host-notes back to v0001\?/);
    restoreDialogs();
    answer('showWarningMessage', 'Roll Back');
    await vscode.commands.executeCommand('beaver.skills.rollback', { skillName: SKILL, version: 'v0001' });
    assert.equal((await beaver.skills.show(SKILL)).skill.current_version, 'v0001');
  });

  it('reject an update with its reason', async () => {
    release(
      '1.2.0',
      LINES.map((line) => (line.startsWith('Write in') ? 'Write whatever you like.' : line)),
    );
    await until(() => api.counts().toReview === 1);
    answer('showInputBox', '  We have a style guide. ');
    await vscode.commands.executeCommand('beaver.updates.reject', { skillName: SKILL });
    assert.equal(api.counts().toReview, 0);
    const rejected = (await beaver.updates.list()).updates.find(({ status }) => status === 'rejected');
    assert.ok(rejected?.draft_id);
    assert.equal(
      (await beaver.updates.show(rejected.draft_id)).draft.review?.reason,
      'We have a style guide.',
    );
  });

  it('disable only when a person agrees, and say which skills it is about', async () => {
    const asked = answer('showWarningMessage', undefined);
    await vscode.commands.executeCommand('beaver.plugins.disable', { pluginId: PLUGIN });
    assert.equal((await plugin()).enabled, true);
    assert.match(JSON.stringify(asked[0]?.[1]), new RegExp(SKILL));
    restoreDialogs();
    answer('showWarningMessage', 'Disable');
    await vscode.commands.executeCommand('beaver.plugins.disable', { pluginId: PLUGIN });
    assert.equal((await plugin()).enabled, false);
  });

  it('adopt a skill, which then stays without its plugin', async () => {
    await vscode.commands.executeCommand('beaver.plugins.enable', { pluginId: PLUGIN });
    answer('showWarningMessage', 'Adopt');
    await vscode.commands.executeCommand('beaver.plugins.adopt', { pluginId: PLUGIN, skillName: SKILL });
    const { skill } = await beaver.skills.show(SKILL);
    assert.deepEqual([skill.source_kind, skill.status], ['managed', 'active']);
  });

  it('tell what went wrong, what to do, and where the log is', async () => {
    const told = answer('showErrorMessage', undefined);
    await vscode.commands.executeCommand('beaver.plugins.pause', { pluginId: 'not-there' });
    assert.match(String(told[0]?.[0]), /no such plugin any more\. Refresh and choose again\./);
    assert.ok(told[0]?.includes('Show Log'));
  });
});

/** Resolves when there is such a tab. VS Code tells of a tab some time after it was asked to open it. */
function tabOpened(matches: (tab: vscode.Tab) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).some(matches)) return;
      subscription.dispose();
      resolve();
    };
    const subscription = vscode.window.tabGroups.onDidChangeTabs(look);
    look();
  });
}

type Dialog = 'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage' | 'showInputBox';
const originals = new Map<Dialog, unknown>();

/** Answers a dialog in place of a person. Gives back what it was shown with, one entry for each time. */
function answer(dialog: Dialog, value: string | undefined): readonly (readonly unknown[])[] {
  const shown: (readonly unknown[])[] = [];
  if (!originals.has(dialog)) originals.set(dialog, vscode.window[dialog]);
  Reflect.set(vscode.window, dialog, (...args: unknown[]) => {
    shown.push(args);
    return Promise.resolve(value);
  });
  return shown;
}

function restoreDialogs(): void {
  for (const [dialog, original] of originals) Reflect.set(vscode.window, dialog, original);
  originals.clear();
}
