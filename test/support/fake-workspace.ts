import type { LookPayload, VersionsPayload } from '../../src/app/package-look-payloads.ts';
import type { Resolution } from '../../src/core/install/install-deps.ts';
import type { AutoUpdatePayload, WhyPayload } from '../../src/app/upkeep-payloads.ts';
import type { BeaverWorkspace, DraftDetail, DraftDocument } from '../../src/app/api.ts';
import type { MarketplacePayload, OfferedPluginPayload } from '../../src/app/marketplace-payloads.ts';
import type { InstallOutcomePayload } from '../../src/app/install-payloads.ts';
import type {
  DraftPayload,
  MergeProposalPayload,
  PluginPayload,
  ProposalPayload,
  ReplayPayload,
  SkillListPayload,
  SkillPayload,
  SyncPayload,
  UpdatePayload,
} from '../../src/app/payloads.ts';
import type { Finding } from '../../src/base/errors.ts';
import { mergeText } from '../../src/core/merge/text-merge.ts';

/** One call of the workspace: `plugins.enable` and what it was given. */
export interface RecordedCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface FakeWorkspaceContent {
  readonly plugins?: readonly PluginPayload[];
  readonly errors?: readonly Finding[];
  readonly sync?: Partial<SyncPayload['sync']>;
  readonly marketplace?: MarketplacePayload;
  readonly skill?: SkillPayload;
  readonly captureFindings?: readonly Finding[];
  readonly updates?: readonly UpdatePayload[];
  readonly draft?: DraftPayload;
  readonly proposal?: ProposalPayload;
  readonly documents?: readonly DraftDocument[];
  readonly install?: InstallOutcomePayload;
  readonly mergeProposal?: MergeProposalPayload;
  readonly doctor?: { readonly findings: readonly Finding[]; readonly fixed: readonly string[] };
  /** Thrown by every method, in place of an answer. */
  readonly failure?: Error;
}

/** A BeaverWorkspace that writes down how it is called and answers what it was given. It keeps no rules: those are the real one's. */
export function fakeWorkspace(content: FakeWorkspaceContent = {}): {
  readonly workspace: BeaverWorkspace;
  readonly calls: readonly RecordedCall[];
} {
  const calls: RecordedCall[] = [];
  const answer = <T>(method: string, args: readonly unknown[], value: T): Promise<T> => {
    calls.push({ method, args });
    return content.failure === undefined ? Promise.resolve(value) : Promise.reject(content.failure);
  };
  const plugins = [...(content.plugins ?? [aPlugin()])];
  const errors = [...(content.errors ?? [])];
  const skill = content.skill ?? aSkill();
  const draft = content.draft ?? aDraft();
  const detail: DraftDetail = {
    draft,
    documents: content.documents ?? [aDocument()],
    files: [],
    proposal: content.mergeProposal ?? null,
  };
  const pluginNamed = (id: string): PluginPayload =>
    plugins.find((plugin) => plugin.id === id) ?? aPlugin({ id });
  const market = content.marketplace ?? aMarketplace();
  const sync: SyncPayload['sync'] = {
    status: 'synced',
    mirrored: [],
    candidates_created: [],
    candidates_superseded: [],
    already_applied: [],
    reconciled: [],
    captured: [],
    published: [],
    findings: [],
    ...content.sync,
  };
  const workspace: BeaverWorkspace = {
    root: '/workspace',
    display: (path) => path,
    plugins: {
      list: () => answer('plugins.list', [], { plugins, errors }),
      failures: () => answer('plugins.failures', [], []),
      sync: (wait) => answer('plugins.sync', [wait], { sync, plugins, errors }),
      enable: (ids, wait) => answer('plugins.enable', [ids, wait], ids.map(pluginNamed)),
      pause: (id, wait) => answer('plugins.pause', [id, wait], pluginNamed(id)),
      resume: (id, wait) => answer('plugins.resume', [id, wait], pluginNamed(id)),
      disable: (id, confirmation, wait) =>
        answer('plugins.disable', [id, confirmation, wait], pluginNamed(id)),
      adopt: (id, name, wait) => answer('plugins.adopt', [id, name, wait], pluginNamed(id)),
    },
    marketplaces: {
      list: () => answer('marketplaces.list', [], { marketplaces: [market] }),
      add: (source, request, _fetching, wait) =>
        answer('marketplaces.add', [source, request, wait], {
          ...{ marketplace: market, plugin_count: 1, findings: errors },
        }),
      refresh: (names, _fetching, wait) =>
        answer('marketplaces.refresh', [names, wait], {
          refreshed: [
            { name: market.name, status: 'updated', added: ['notes'], removed: [], changed: [], error: null },
          ],
        }),
      remove: (name, wait) =>
        answer('marketplaces.remove', [name, wait], { removed: name, still_installed: [] }),
      trust: (name, trusted, wait) =>
        answer('marketplaces.trust', [name, trusted, wait], { marketplace: { ...market, trusted } }),
      configure: (name, settings, wait) =>
        answer('marketplaces.configure', [name, settings, wait], { marketplace: market }),
      browse: (request) =>
        answer('marketplaces.browse', [request], { plugins: [anOfferedPlugin()], errors: [] }),
    },
    skills: {
      list: () => answer('skills.list', [], { skills: [summaryOf(skill)], errors }),
      show: (name) => answer('skills.show', [name], { skill }),
      history: (name) =>
        answer('skills.history', [name], {
          history: [
            {
              at: '2026-11-01T00:00:00.000Z',
              event: 'mirrored',
              skill_name: name,
              detail: { version: 'v0001' },
            },
          ],
        }),
      rollback: (name, version, wait) => answer('skills.rollback', [name, version, wait], { skill }),
      capture: (name, wait) =>
        answer('skills.capture', [name, wait], {
          captured: [{ skill_name: skill.name, version: 'v0002' }],
          findings: [...(content.captureFindings ?? [])],
        }),
      read: (name, version) =>
        answer('skills.read', [name, version], {
          skill: {
            name,
            description: skill.description,
            version: version ?? skill.current_version,
            current_version: skill.current_version,
            tree_hash: HASH,
          },
          files: [{ path: 'SKILL.md', size: 8, executable: false, text: '# Notes\n' }],
        }),
      propose: (name, proposal, wait) =>
        answer('skills.propose', [name, proposal, wait], {
          proposal: aProposal({ skill_name: name, reason: proposal.reason }),
          created: true,
        }),
      proposal: (id) =>
        answer('skills.proposal', [id], { proposal: content.proposal ?? aProposal({ candidate_id: id }) }),
      versionFolder: (name, version) => `/workspace/skills/${name}/versions/${version}`,
      targetFolders: (name) => Promise.resolve([`/workspace/.agents/skills/${name}`]),
    },
    updates: {
      list: () => answer('updates.list', [], { updates: [...(content.updates ?? [anUpdate()])] }),
      draft: (id, wait) => answer('updates.draft', [id, wait], { draft }),
      show: (id) => answer('updates.show', [id], { draft }),
      detail: (id) => answer('updates.detail', [id], detail),
      propose: (id, options, wait) =>
        answer('updates.propose', [id, options, wait], {
          draft,
          proposal: content.mergeProposal ?? aMergeProposal(),
        }),
      check: (id, wait) => answer('updates.check', [id, wait], { draft }),
      resolve: (id, resolution, wait) => answer('updates.resolve', [id, resolution, wait], { draft }),
      acknowledge: (id, request, wait) => answer('updates.acknowledge', [id, request, wait], { draft }),
      replay: (id, request, wait) =>
        answer('updates.replay', [id, request, wait], { draft, replay: draft.replay ?? aReplay() }),
      approve: (id, wait) => answer('updates.approve', [id, wait], { draft }),
      reject: (id, reason, wait) => answer('updates.reject', [id, reason, wait], { draft }),
      publish: (id, wait) =>
        answer('updates.publish', [id, wait], {
          published: { skill_name: skill.name, version: 'v0002', tree_hash: HASH },
          findings: [],
        }),
    },
    installs: {
      list: (...args) => answer('installs.list', args, { installed: [] }),
      install: (...args) => answer('installs.install', args, { install: content.install ?? anInstall() }),
      update: (...args) => answer('installs.update', args, { updates: [content.install ?? anInstall()] }),
      rollback: (...args) => answer('installs.rollback', args, { install: content.install ?? anInstall() }),
      uninstall: (...args) =>
        answer('installs.uninstall', args, {
          uninstalled: { id: 'kit@direct', plugin_id: 'kit', kept_skills: [] },
        }),
      history: (...args) => answer('installs.history', args, { history: [] }),
    },
    looks: {
      versions: (...args) => answer('looks.versions', args, { versions: someVersions() }),
      look: (...args) => answer('looks.look', args, { look: aLook(), resolution: aResolution() }),
      contents: (...args) =>
        answer('looks.contents', args, { contents: { id: args[0], skills: ['notes'], surface: [] } }),
    },
    upkeep: {
      outdated: (...args) => answer('upkeep.outdated', args, { outdated: [], up_to_date: [] }),
      pin: (...args) => answer('upkeep.pin', args, { pinned: { id: args[0], pin: null, before: null } }),
      pinHere: (...args) =>
        answer('upkeep.pinHere', args, { pinned: { id: args[0], pin: 'x', before: null } }),
      why: (...args) => answer('upkeep.why', args, { why: aReason(args[0]) }),
      lock: (...args) => answer('upkeep.lock', args, { locked: [], changed: false }),
      verify: () => answer('upkeep.verify', [], { verified: true, locked: 0, installed: 0, findings: [] }),
      installFrozen: (...args) =>
        answer('upkeep.installFrozen', args, { frozen: { installed: [], unchanged: [] } }),
      autoUpdate: (...args) => answer('upkeep.autoUpdate', args, { auto_update: NO_ROUND }),
      applyStaged: (...args) => answer('upkeep.applyStaged', args, { updates: [] }),
      autoUpdateState: (...args) => answer('upkeep.autoUpdateState', args, { auto_update: NO_ROUND }),
      reconcile: (...args) =>
        answer('upkeep.reconcile', args, { reconcile: { status: 'synced', items: [] } }),
    },
    audit: () => answer('audit', [], { events: [] }),
    doctor: (options, wait) =>
      answer('doctor', [options, wait], {
        findings: [...(content.doctor?.findings ?? [])],
        fixed: [...(content.doctor?.fixed ?? [])],
      }),
  };
  return { workspace, calls };
}

export function someVersions(
  changes: Partial<VersionsPayload['versions']> = {},
): VersionsPayload['versions'] {
  const [one, two] = ['1', '2'].map((digit) => ({
    ...{ version: `${digit}.0.0`, identity: `commit:${digit.repeat(40)}`, tags: [`v${digit}.0.0`] },
  }));
  const offers = [two, one].filter((offer) => offer !== undefined);
  return {
    ...{ id: 'notes@tools', name: 'notes', source: 'example/tools/plugins/notes' },
    head: { version: '2.0.0', identity: `commit:${'2'.repeat(40)}` },
    default_pin: null,
    offers,
    ...changes,
  };
}

export function aLook(changes: Partial<LookPayload['look']> = {}): LookPayload['look'] {
  return {
    ...{ id: 'notes@tools', name: 'Notes', marketplace: 'tools', source: 'example/tools/plugins/notes' },
    ...{ version: '2.0.0', identity: `commit:${'2'.repeat(40)}`, skills: ['notes'], surface: [] },
    ...{ dependencies: [], preflight: { passed: true, findings: [] }, before: null, changes: [] },
    ...changes,
  };
}

function aResolution(): Resolution {
  const source = { kind: 'git', url: 'https://git.example.com/kit.git', subpath: '', ref: null } as const;
  const identity = { kind: 'commit', commit: '2'.repeat(40) } as const;
  return { resolved: { source: { ...source, commit: null }, identity, version: '2.0.0' }, tags: ['v2.0.0'] };
}

const NO_ROUND: AutoUpdatePayload['auto_update'] = {
  limit: 'apply',
  limit_by: null,
  checked: [],
  next_at: null,
  plugins: [],
  staged: [],
  status: 'done',
};

function aReason(id: string): WhyPayload['why'] {
  return {
    ...{ id, current: { version: '1.0.0', identity: `commit:${'1'.repeat(40)}` }, source: 'example/kit' },
    ...{ marketplace: null, mode: null, pin: null, pinned_by: null, requested: true, needed_by: [] },
    ...{ ignored: [], last: null, decisions: [], next_check: null, staged: null },
  };
}

function summaryOf(skill: SkillPayload): SkillListPayload['skills'][number] {
  const { name, description, source_kind, plugin_id, status, current_version, tree_hash } = skill;
  return { name, description, source_kind, plugin_id, status, current_version, tree_hash };
}

const HASH = 'ab'.repeat(32);

export function aMarketplace(changes: Partial<MarketplacePayload> = {}): MarketplacePayload {
  return {
    name: 'tools',
    source: 'example/tools',
    source_kind: 'git',
    official: false,
    trusted: true,
    auto_update: 'off',
    default_pin: null,
    revision: 'c'.repeat(40),
    last_check: '2026-11-01T00:00:00.000Z',
    last_error: null,
    ...changes,
  };
}

export function anOfferedPlugin(changes: Partial<OfferedPluginPayload> = {}): OfferedPluginPayload {
  return {
    id: 'notes@tools',
    name: 'notes',
    marketplace: 'tools',
    display_name: null,
    description: 'Writes release notes.',
    version: '1.2.0',
    category: 'writing',
    tags: ['release'],
    author: 'Ann',
    homepage: null,
    license: 'MIT',
    source: 'example/tools/plugins/notes',
    installed: false,
    ...changes,
  };
}

export function aPlugin(changes: Partial<PluginPayload> = {}): PluginPayload {
  return {
    id: 'release-kit',
    name: 'Release Kit',
    discovered_version: '1.1.0',
    installed_version: '1.0.0',
    enabled: true,
    status: 'synced',
    last_error: null,
    manifest_path: 'plugins/release-kit/beaver.plugin.json',
    updates_paused: false,
    skills: [
      {
        name: 'release-notes',
        status: 'update_pending',
        current_beaver_version: 'v0001',
        accepted_upstream_tree_hash: HASH,
        observed_upstream_tree_hash: HASH,
        accepted_beaver_version: 'v0001',
        pending_candidate_id: 'cand-1',
      },
    ],
    ...changes,
  };
}

export function aSkill(changes: Partial<SkillPayload> = {}): SkillPayload {
  return {
    name: 'release-notes',
    description: 'Writes release notes',
    source_kind: 'plugin',
    plugin_id: 'release-kit',
    status: 'active',
    current_version: 'v0001',
    tree_hash: HASH,
    content_hash: HASH,
    provenance: { kind: 'plugin_mirror' },
    lineage: ['plugin:release-kit'],
    versions: [
      {
        version: 'v0001',
        tree_hash: HASH,
        content_hash: HASH,
        created_at: '2026-11-01T00:00:00.000Z',
        reason: 'Mirrored from release-kit 1.0.0',
        provenance: {},
      },
    ],
    targets: [{ path: '.agents/skills/release-notes', state: 'in_sync' }],
    ...changes,
  };
}

export function anUpdate(changes: Partial<UpdatePayload> = {}): UpdatePayload {
  return {
    candidate_id: 'cand-1',
    plugin_id: 'release-kit',
    plugin_version: '1.1.0',
    skill_name: 'release-notes',
    kind: 'plugin_skill_update',
    merge_mode: 'three_way',
    status: 'open',
    draft_id: null,
    conflicts: null,
    stale: false,
    version: null,
    reason: null,
    created_at: '2026-11-01T00:00:00.000Z',
    updated_at: '2026-11-01T00:00:00.000Z',
    ...changes,
  };
}

export function aProposal(changes: Partial<ProposalPayload> = {}): ProposalPayload {
  return {
    candidate_id: 'skill-revision:release-notes:v0001:abababababab',
    skill_name: 'release-notes',
    status: 'open',
    reason: 'Says where the list ends.',
    proposed_by: 'ann',
    proposed_through: 'cli',
    base_version: 'v0001',
    merge_mode: 'fast_forward',
    draft_id: null,
    conflicts: null,
    version: null,
    decision: null,
    created_at: '2026-11-01T00:00:00.000Z',
    updated_at: '2026-11-01T00:00:00.000Z',
    ...changes,
  };
}

export function aDraft(changes: Partial<DraftPayload> = {}): DraftPayload {
  return {
    draft_id: 'draft-1',
    candidate_id: 'cand-1',
    proposal_kind: 'plugin_skill_update',
    plugin_id: 'release-kit',
    skill_name: 'release-notes',
    base_version: 'v0001',
    merge_mode: 'three_way',
    status: 'ready',
    content_hash: HASH,
    conflicts: [],
    files: [{ path: 'SKILL.md', source: 'merged', reason: 'Both sides changed it.', code: 'x', params: {} }],
    gates: [],
    replay: null,
    review: null,
    acknowledgements: [],
    provenance: {},
    ...changes,
  };
}

/** A text for the conflict of {@link aDocument}. */
export function aMergeProposal(changes: Partial<MergeProposalPayload> = {}): MergeProposalPayload {
  return {
    draft_id: 'draft-1',
    status: 'usable',
    model: 'scripted-1',
    by: 'tester',
    at: '2026-11-01T00:00:00.000Z',
    input_tokens: 1200,
    output_tokens: 300,
    prompt_digest: HASH,
    change_reason: 'Kept both.',
    preserved_local_sections: [],
    adopted_upstream_sections: [],
    resolved_conflicts: ['Notes'],
    dropped_sections: [],
    conflicts: [{ id: 'c2', text: 'mine and theirs\n', problem: null }],
    text: '# Notes\n\nmine and theirs\n',
    problems: [],
    ...changes,
  };
}

/** Two evals, three runs of each in both arms: as good as before. */
export function aReplay(changes: Partial<ReplayPayload> = {}): ReplayPayload {
  const rate = { mean: 0.833333, stddev: 0.25, min: 0.5, max: 1 };
  const arm = { tree_hash: HASH, runs: 6, pass_rate: rate };
  return {
    schema_version: 1,
    draft_id: 'draft-1',
    skill_name: 'release-notes',
    content_hash: HASH,
    base_version: 'v0001',
    base_tree_hash: HASH,
    at: '2026-11-01T00:00:00.000Z',
    by: 'ada',
    model: 'acme/large',
    status: 'completed',
    reason: null,
    error_code: null,
    verdict: 'no_worse',
    evals: { source: 'draft', from_skill: 2, recorded: 0 },
    runs: { planned: 12, finished: 12, kept: 0, per_eval: 3 },
    arms: {
      baseline: {
        ...arm,
        version: 'v0001',
        time_seconds: { mean: 4.1, stddev: 0.4, min: 3.5, max: 4.8 },
        tokens: { mean: 2100, stddev: 120, min: 1900, max: 2300 },
      },
      candidate: {
        ...arm,
        version: null,
        time_seconds: { mean: 4.6, stddev: 0.5, min: 3.9, max: 5.2 },
        tokens: { mean: 2450, stddev: 140, min: 2200, max: 2700 },
      },
    },
    difference: {
      estimate: 0,
      low: -0.083333,
      high: 0.083333,
      confidence: 0.95,
      resamples: 4000,
      margin: 0.1,
    },
    spent: { tokens: 27_300, tokens_estimated: false, cost: null, seconds: 52.2 },
    findings: [],
    ...changes,
  };
}

/** SKILL.md with one conflict, `c2`. */
export function aDocument(changes: Partial<DraftDocument> = {}): DraftDocument {
  const sides = { base: '# Notes\n\nold\n', local: '# Notes\n\nmine\n', upstream: '# Notes\n\ntheirs\n' };
  const merge = mergeText(sides.base, sides.local, sides.upstream);
  return {
    path: 'SKILL.md',
    ...sides,
    merge,
    resolutions: {},
    override: null,
    result: merge.text,
    unresolved: merge.conflicts.map((conflict) => conflict.id),
    ...changes,
  };
}

export function aFinding(changes: Partial<Finding> = {}): Finding {
  return {
    code: 'version_damaged',
    severity: 'error',
    message: 'A version is not what was published.',
    next_step: 'Restore it from version control.',
    path: 'skills/release-notes/versions/v0001',
    ...changes,
  };
}

export function anInstall(over: Partial<InstallOutcomePayload> = {}): InstallOutcomePayload {
  return {
    id: 'kit@direct',
    plugin_id: 'kit',
    status: 'installed',
    from: null,
    to: { version: '1.0.0', identity: `commit:${'1'.repeat(40)}` },
    correlation_id: 't0001',
    consent: null,
    reason: null,
    dependencies: [],
    findings: [],
    ...over,
  };
}
