import assert from 'node:assert/strict';
import { MemoryWorkspace } from '../../../support/memory-workspace.ts';
import { skillText } from '../../../support/temp-workspace.ts';

const skill = (name: string, use = 'First.') => ({ 'SKILL.md': skillText(name, { Use: use }) });

describe('A sync', () => {
  it('is silent about an adopted skill that the plugin still brings, and leaves it alone', async () => {
    const workspace = new MemoryWorkspace();
    const beaver = workspace.open();
    await workspace.plugin('kit', '1.0.0', { one: skill('one'), two: skill('two') });
    await beaver.plugins.enable(['kit']);
    await beaver.plugins.adopt('kit', 'one');
    await workspace.plugin('kit', '2.0.0', { one: skill('one', 'Second.'), two: skill('two') });
    const { sync } = await beaver.plugins.sync();
    assert.deepEqual([sync.findings, sync.mirrored, sync.candidates_created], [[], [], []]);
    assert.equal(await workspace.text('.agents/skills/one/SKILL.md'), skill('one')['SKILL.md']);
  });

  it('tells of a new skill whose name belongs to another plugin’s adopted skill', async () => {
    const workspace = new MemoryWorkspace();
    const beaver = workspace.open();
    await workspace.plugin('kit', '1.0.0', { one: skill('one') });
    await workspace.plugin('other', '1.0.0', { two: skill('two') });
    await beaver.plugins.enable(['kit', 'other']);
    await beaver.plugins.adopt('kit', 'one');
    await workspace.plugin('other', '2.0.0', { one: skill('one', 'Other.'), two: skill('two') });
    const { sync } = await beaver.plugins.sync();
    assert.deepEqual(
      sync.findings.map(({ code, path }) => [code, path]),
      [['skill_name_taken', 'plugins/other/beaver.plugin.json']],
    );
  });

  it('says once what is off with the workspace, however many skills meet it', async () => {
    const workspace = new MemoryWorkspace();
    const beaver = workspace.open({ runtimeTargets: ['.agents/skills', '../skills'] });
    const skills = Object.fromEntries(['one', 'two', 'three'].map((name) => [name, skill(name)]));
    await workspace.plugin('kit', '1.0.0', skills);
    await beaver.plugins.enable(['kit']);
    await workspace.files.remove(workspace.path('.agents'));
    const { sync } = await beaver.plugins.sync();
    assert.deepEqual(
      sync.findings.map(({ code, path }) => [code, path]),
      [['target_outside_workspace', '../skills']],
    );
    assert.equal(await workspace.text('.agents/skills/three/SKILL.md'), skill('three')['SKILL.md']);
  });
});
