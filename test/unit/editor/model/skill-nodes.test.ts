import assert from 'node:assert/strict';
import type { SkillPayload } from '../../../../src/app/payloads.ts';
import {
  presentManagedSkill,
  presentVersion,
  versionNodes,
} from '../../../../src/editor/model/skill-nodes.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';

const HASH = 'ab'.repeat(32);
const version = (name: string, reason: string, provenance: Record<string, unknown> = {}) => ({
  version: name,
  tree_hash: HASH,
  content_hash: HASH,
  created_at: '2026-11-01T10:00:00.000Z',
  reason,
  provenance,
});
const SKILL: SkillPayload = {
  name: 'release-notes',
  description: 'Writes notes.',
  source_kind: 'plugin',
  plugin_id: 'writing-tools',
  status: 'active',
  current_version: 'v0002',
  tree_hash: HASH,
  content_hash: HASH,
  provenance: {},
  lineage: [],
  versions: [
    version('v0001', 'plugin_initial_mirror'),
    version('v0002', 'captured_local_edit'),
    version('v0003', 'plugin_update', {
      merge_mode: 'three_way',
      plugin_id: 'writing-tools',
      plugin_version: '1.3.0',
      reviewed_by: 'ada',
    }),
  ],
  targets: [],
};
const shown = versionNodes('file:///w', SKILL).map((node) =>
  presentVersion(node, (iso) => iso.slice(0, 10), inEnglish),
);

describe('The versions of a managed skill', () => {
  it('stand newest first, each with what made it, and the current one is marked', () => {
    assert.deepEqual(
      shown.map(({ label, description }) => `${label}: ${description}`),
      [
        'v0003: update merged · 2026-11-01',
        'v0002: current · edited locally · 2026-11-01',
        'v0001: as the plugin released it · 2026-11-01',
      ],
    );
    assert.deepEqual(
      shown.map(({ context }) => context),
      ['version earlier', 'version current', 'version earlier'],
    );
  });

  it('tell where they come from and who reviewed them', () => {
    assert.deepEqual(shown[0]?.tooltip.lines, [
      'update merged',
      'From writing-tools · 1.3.0',
      'Reviewed by ada',
      '2026-11-01',
    ]);
  });

  it('are told to a screen reader without the icon', () => {
    assert.equal(shown[1]?.spoken, 'v0002, current, edited locally, 2026-11-01');
  });
});

describe('A managed skill', () => {
  it('says which version is current and whose it is', () => {
    const node = { kind: 'managedSkill', folder: 'f', skillName: SKILL.name, folderName: undefined } as const;
    assert.equal(
      presentManagedSkill({ ...node, skill: SKILL }, inEnglish).description,
      'v0002 · from writing-tools',
    );
    const own = { ...SKILL, plugin_id: null, status: 'disabled' } as const;
    assert.equal(
      presentManagedSkill({ ...node, skill: own }, inEnglish).description,
      'v0002 · your own · disabled',
    );
  });
});
