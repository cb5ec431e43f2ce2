import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { createWorkspace } from '../../src/app/workspace.ts';
import type { BeaverApi } from '../../src/editor/api.ts';
import { inEnglish } from '../../src/editor/model/translate.ts';
import { openMergeEditor } from '../../src/editor/review/open-document.ts';
import { nodePorts } from '../../src/node/node-ports.ts';

const PLUGIN = 'review-tools';
const SKILL = 'review-notes';

/** What the host does for a review, whatever its page shows: the end-to-end tests look at that. */
describe('the review in the extension host', () => {
  let root: string;
  let folder: string;
  let api: BeaverApi;
  /** As another process sees the workspace. */
  let beaver: BeaverWorkspace;

  before(async () => {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first);
    root = first.uri.fsPath;
    folder = first.uri.toString();
    const extension = vscode.extensions.getExtension<BeaverApi>('beaver-skills.beaver-skills');
    assert.ok(extension);
    api = await extension.activate();
    await api.settled;
    beaver = createWorkspace(nodePorts(), { root, actor: 'elsewhere' });
    release('1.0.0', 'Write in the present tense.');
    await beaver.plugins.enable([PLUGIN]);
    const [placed] = await beaver.skills.targetFolders(SKILL);
    assert.ok(placed);
    writeFileSync(path.join(placed, 'SKILL.md'), text('Write in the first person.'));
    await beaver.skills.capture(SKILL);
    release('1.1.0', 'Write in the past tense.');
    await beaver.plugins.sync();
    await api.refresh();
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of ['skills', '.beaver', '.agents', `plugins/${PLUGIN}`])
      rmSync(path.join(root, name), { recursive: true, force: true });
    await api.refresh();
  });

  function text(line: string): string {
    return `---\nname: ${SKILL}\ndescription: Writes notes.\n---\n\n# Notes\n\n${line}\n`;
  }

  function release(version: string, line: string): void {
    const plugin = path.join(root, 'plugins', PLUGIN);
    mkdirSync(path.join(plugin, 'skills', SKILL), { recursive: true });
    const skills = [{ name: SKILL, path: `skills/${SKILL}` }];
    const manifest = { schema_version: 1, id: PLUGIN, name: PLUGIN, version, skills };
    writeFileSync(path.join(plugin, 'beaver.plugin.json'), JSON.stringify(manifest));
    writeFileSync(path.join(plugin, 'skills', SKILL, 'SKILL.md'), text(line));
  }

  const review = () => vscode.commands.executeCommand('beaver.updates.review', { skillName: SKILL });

  async function draftId(): Promise<string> {
    const { updates } = await beaver.updates.list();
    const id = updates.find(({ skill_name: name }) => name === SKILL)?.draft_id;
    assert.ok(id);
    return id;
  }

  it('opens by a command, once: asked again it comes to the front', async () => {
    await review();
    await review();
    await tabs((open) => open.length === 1);
    await vscode.commands.executeCommand('workbench.action.files.newUntitledFile');
    await tab(({ isActive, input }) => isActive && input instanceof vscode.TabInputText);
    await review();
    await tab(({ isActive, input }) => isActive && input instanceof vscode.TabInputWebview);
    assert.equal(reviewTabs().length, 1);
    assert.equal((await beaver.updates.show(await draftId())).draft.conflicts.length, 1);
  });

  it('opens again after it was closed, on the draft that there is', async () => {
    const before = await draftId();
    await vscode.window.tabGroups.close(reviewTabs());
    await tabs((open) => open.length === 0);
    await review();
    await tabs((open) => open.length === 1);
    assert.equal(await draftId(), before);
  });

  it('shows local beside the result where VS Code has no merge editor, and takes only the result back', async () => {
    const draft = await draftId();
    const original = vscode.commands.getCommands;
    Reflect.set(vscode.commands, 'getCommands', async (filter?: boolean) =>
      (await original(filter)).filter((command) => command !== '_open.mergeEditor'),
    );
    try {
      await openMergeEditor({ folder, draftId: draft, path: 'SKILL.md' }, inEnglish);
    } finally {
      Reflect.set(vscode.commands, 'getCommands', original);
    }
    const diff = await tab((open) => open.input instanceof vscode.TabInputTextDiff);
    assert.equal(diff.label, 'SKILL.md: local and result');
    assert.ok(diff.input instanceof vscode.TabInputTextDiff);
    const { original: local, modified: result } = diff.input;
    assert.equal(
      (await vscode.workspace.openTextDocument(local)).getText(),
      text('Write in the first person.'),
    );
    assert.equal((await vscode.workspace.fs.stat(local)).permissions, vscode.FilePermission.Readonly);
    const settled = text('Write in the first person and the past tense.');
    const document = await vscode.workspace.openTextDocument(result);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(result, new vscode.Range(0, 0, document.lineCount, 0), settled);
    await vscode.workspace.applyEdit(edit);
    assert.equal(await document.save(), true);
    assert.deepEqual((await beaver.updates.show(draft)).draft.conflicts, []);
    await vscode.window.tabGroups.close(diff);
  });

  it('stays open while the draft is approved and published elsewhere, which the window then knows', async () => {
    const draft = await draftId();
    await beaver.updates.approve(draft);
    const { published } = await beaver.updates.publish(draft);
    await api.refresh();
    assert.equal(api.counts().toReview, 0);
    assert.equal(reviewTabs().length, 1);
    const [placed] = await beaver.skills.targetFolders(SKILL);
    assert.match(
      readFileSync(path.join(placed ?? '', 'SKILL.md'), 'utf8'),
      /first person and the past tense/,
    );
    assert.equal((await beaver.skills.show(SKILL)).skill.current_version, published.version);
  });
});

function reviewTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs: open }) => open)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('beaver.review'),
    );
}

/** Resolves when the tabs of reviews are as wanted: VS Code tells of a tab some time after it was asked for it. */
function tabs(wanted: (open: readonly vscode.Tab[]) => boolean): Promise<void> {
  return when(() => (wanted(reviewTabs()) ? true : undefined)).then(() => undefined);
}

function tab(wanted: (open: vscode.Tab) => boolean): Promise<vscode.Tab> {
  return when(() => vscode.window.tabGroups.all.flatMap(({ tabs: open }) => open).find(wanted));
}

/** What is looked for now and after each change of the tabs. */
function when<T>(look: () => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const once = (): void => {
      const found = look();
      if (found === undefined) return;
      subscription.dispose();
      resolve(found);
    };
    const subscription = vscode.window.tabGroups.onDidChangeTabs(once);
    once();
  });
}
