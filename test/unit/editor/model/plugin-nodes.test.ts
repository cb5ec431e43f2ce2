import assert from 'node:assert/strict';
import {
  childrenOf,
  pluginRoots,
  pluginsOf,
  pluginState,
} from '../../../../src/editor/model/plugin-nodes.ts';
import {
  offeredSkill,
  samplePlugin,
  sampleSkill,
  sampleSnapshot,
  sampleUpdate,
} from '../../../support/editor-samples.ts';
import { BeaverError, type Finding } from '../../../../src/base/errors.ts';
import { presentPluginNode } from '../../../../src/editor/model/plugin-items.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';

const finding = (path: string, part: Partial<Finding> = {}): Finding => ({
  code: 'manifest_invalid',
  severity: 'error',
  message: 'The manifest is not valid JSON.',
  next_step: 'Repair the file.',
  path,
  ...part,
});

describe('pluginState', () => {
  const cases: readonly [string, Parameters<typeof samplePlugin>[1], string][] = [
    ['in sync', {}, 'synced'],
    ['found but never enabled', { enabled: false, status: 'discovered' }, 'available'],
    ['disabled again', { enabled: false, status: 'disabled' }, 'disabled'],
    ['paused', { updates_paused: true, status: 'paused' }, 'paused'],
    [
      'paused with an update that was found before',
      { updates_paused: true, skills: [sampleSkill('a', { pending_candidate_id: 'c' })] },
      'paused',
    ],
    ['with an update', { skills: [sampleSkill('a', { pending_candidate_id: 'c' })] }, 'updates'],
    ['with a skill whose name is taken', { skills: [sampleSkill('a', { status: 'conflict' })] }, 'conflict'],
    ['failed', { last_error: 'it broke' }, 'error'],
    ['gone', { status: 'missing', last_error: 'it broke' }, 'missing'],
    ['gone while disabled', { status: 'missing', enabled: false }, 'missing'],
  ];
  for (const [what, part, expected] of cases) {
    it(`tells a plugin that is ${what}`, () => {
      assert.equal(pluginState(samplePlugin('p', part)), expected);
    });
  }
});

describe('the Plugins tree', () => {
  it('shows the plugins of a single folder without a folder above them', () => {
    const roots = pluginRoots([sampleSnapshot({ plugins: [samplePlugin('one'), samplePlugin('two')] })]);
    assert.deepEqual(
      roots.map((node) => node.kind === 'plugin' && node.pluginId),
      ['one', 'two'],
    );
  });

  it('groups by folder in a workspace with several, and says how much waits in each', () => {
    const a = sampleSnapshot({ folder: 'file:///a', name: 'a', updates: [sampleUpdate('s')] });
    const b = sampleSnapshot({ folder: 'file:///b', name: 'b', plugins: [samplePlugin('two')] });
    const roots = pluginRoots([a, b]);
    assert.deepEqual(
      roots.map((node) => node.kind === 'folder' && [node.name, node.toReview]),
      [
        ['a', 1],
        ['b', 0],
      ],
    );
    const [, second] = roots;
    assert.ok(second);
    assert.deepEqual(
      childrenOf(second, [a, b]).map((node) => node.kind),
      ['plugin'],
    );
  });

  it('shows nothing without a folder', () => {
    assert.deepEqual(pluginRoots([]), []);
  });

  it('gives each skill its update and its mark', () => {
    const update = sampleUpdate('lint', { candidate_id: 'c1' });
    const snapshot = sampleSnapshot({
      plugins: [
        samplePlugin('p', {
          skills: [sampleSkill('lint', { pending_candidate_id: 'c1' }), sampleSkill('test')],
        }),
      ],
      updates: [update],
      marks: new Map([['test', 'edited']]),
    });
    const [plugin] = pluginsOf(snapshot);
    assert.ok(plugin?.kind === 'plugin');
    assert.deepEqual(
      plugin.skills.map(({ skillName, update: waiting, mark }) => [skillName, waiting?.candidate_id, mark]),
      [
        ['lint', 'c1', undefined],
        ['test', undefined, 'edited'],
      ],
    );
  });

  it('does not offer an update for review that was rejected', () => {
    const snapshot = sampleSnapshot({
      plugins: [samplePlugin('p', { skills: [sampleSkill('lint', { pending_candidate_id: 'c1' })] })],
      updates: [sampleUpdate('lint', { candidate_id: 'c1', status: 'rejected' })],
    });
    const [plugin] = pluginsOf(snapshot);
    assert.ok(plugin?.kind === 'plugin');
    assert.equal(plugin.skills[0]?.update, undefined);
  });

  it('lists a package that could not be read, with the next step below it', () => {
    const broken = finding('plugins/broken/beaver.plugin.json');
    const snapshot = sampleSnapshot({ plugins: [samplePlugin('good')], errors: [broken] });
    const [, node] = pluginsOf(snapshot);
    assert.ok(node?.kind === 'broken');
    assert.deepEqual(
      childrenOf(node, [snapshot]).map((child) => child.kind === 'nextStep' && child.finding.next_step),
      ['Repair the file.'],
    );
  });

  it('keeps a finding about a file of a listed plugin at that plugin', () => {
    const own = finding('plugins/good/skills/a/SKILL.md', { severity: 'warning' });
    const nodes = pluginsOf(sampleSnapshot({ plugins: [samplePlugin('good')], errors: [own] }));
    assert.equal(nodes.length, 1);
    assert.ok(nodes[0]?.kind === 'plugin');
    assert.deepEqual(nodes[0].findings, [own]);
  });

  it('finds the package of a manifest in a dialect folder, and of a collection without one', () => {
    const plugins = [
      samplePlugin('claude', { manifest_path: 'plugins/claude/.claude-plugin/plugin.json' }),
      samplePlugin('loose', { manifest_path: 'plugins/loose', skills: [offeredSkill('x')] }),
    ];
    const errors = [finding('plugins/claude/skills/a'), finding('plugins/loose/skills/x')];
    const nodes = pluginsOf(sampleSnapshot({ plugins, errors }));
    assert.deepEqual(
      nodes.map((node) => node.kind === 'plugin' && node.findings.length),
      [1, 1],
    );
  });

  it('does not take a plugin whose name starts the same for the owner of a finding', () => {
    const nodes = pluginsOf(
      sampleSnapshot({ plugins: [samplePlugin('rel')], errors: [finding('plugins/release/plugin.json')] }),
    );
    assert.deepEqual(
      nodes.map(({ kind }) => kind),
      ['plugin', 'broken'],
    );
  });

  it('says why a folder cannot be read at all', () => {
    const failure = new BeaverError('skills_directory_outside', 'Outside.', {
      nextStep: 'Set it.',
      field: 'beaver.skillsDirectory',
    });
    const [node] = pluginsOf(sampleSnapshot({ phase: 'failed', failure }));
    assert.ok(node?.kind === 'broken');
    const { label, description } = presentPluginNode(node, inEnglish);
    assert.deepEqual([label, description], ['beaver.skillsDirectory', 'Outside.']);
  });

  it('leaves remarks about packages that nobody listed out', () => {
    const nodes = pluginsOf(sampleSnapshot({ errors: [finding('plugins/x', { severity: 'info' })] }));
    assert.deepEqual(nodes, []);
  });
});
