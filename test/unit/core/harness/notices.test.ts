import assert from 'node:assert/strict';
import type { HarnessStatus } from '../../../../src/core/harness/harness-service.ts';
import { mistakableFor } from '../../../../src/core/harness/known-names.ts';
import { manifestSchema } from '../../../../src/core/harness/manifest.ts';
import { noticesOf } from '../../../../src/core/harness/notices.ts';
import { emptyState } from '../../../../src/core/harness/state.ts';
import { manifestDocument } from '../../../support/harness-release.ts';

const NOW = Date.UTC(2026, 10, 21);
const FINE: HarnessStatus = {
  source: {
    schema_version: 1,
    harness: 'acme',
    product: 'acme',
    channel: 'stable',
    mirrors: ['https://a.example/'],
    command: 'acme',
    delegated: false,
    added_at: '2026-11-01T00:00:00Z',
  },
  stored: {
    origin: 'read',
    state: {
      ...emptyState('acme'),
      active: {
        version: '1.0.0',
        directory: '1.0.0-a',
        executable: 'acme',
        counter: 1,
        asset_sha256: 'a'.repeat(64),
        tree_sha256: 'a'.repeat(64),
      },
      last_check: { at: '2026-11-20T00:00:00Z', outcome: 'ok', succeeded_at: '2026-11-20T00:00:00Z' },
    },
  },
  installs: [],
  manifest: manifestSchema.parse(manifestDocument()),
  root: 1,
};
const codes = (status: HarnessStatus, now = NOW): readonly string[] =>
  noticesOf(status, now).map(({ code }) => code);

describe('What a person is told of a harness', () => {
  it('nothing where all is well', () => {
    assert.deepEqual(codes(FINE), []);
  });

  it('A07: that a channel says the same for too long, and that nobody could look for too long', () => {
    assert.deepEqual(codes(FINE, Date.UTC(2026, 11, 3)), []);
    assert.deepEqual(codes(FINE, Date.UTC(2026, 11, 5)), ['check_is_old']);
    assert.deepEqual(codes(FINE, Date.UTC(2027, 0, 5)), ['check_is_old', 'release_is_old']);
  });

  it('that the active version was withdrawn, with the reason of its publisher', () => {
    const manifest = manifestSchema.parse(
      manifestDocument({ version: '1.1.0', revocations: [{ version: '1.0.0', reason: 'it leaks' }] }),
    );
    const [first] = noticesOf({ ...FINE, manifest }, NOW);
    assert.deepEqual(first, { code: 'active_revoked', message: 'Version 1.0.0 was withdrawn: it leaks' });
  });

  it('that the pointer was made up, a look failed, or the command is of something else', () => {
    const { stored } = FINE;
    assert.deepEqual(codes({ ...FINE, stored: { ...stored, origin: 'recovered' } }), ['state_recovered']);
    const last_check = { at: '2026-11-20T00:00:00Z', outcome: 'timeout', succeeded_at: null };
    const failed = { ...stored, state: { ...stored.state, last_check } };
    assert.deepEqual(codes({ ...FINE, stored: failed }), ['last_check_failed']);
    const npm = {
      found: '/usr/bin/acme',
      install: { name: 'npm', manager: null, package: 'acme', evidence: 'x' },
    } as const;
    assert.deepEqual(codes({ ...FINE, installs: [npm] }), ['not_ours']);
    assert.deepEqual(codes({ ...FINE, installs: [npm, npm] }), ['several_installs', 'not_ours']);
    assert.deepEqual(codes({ ...FINE, installs: [npm], source: { ...FINE.source, delegated: true } }), []);
  });

  it('no notice holds a path of the machine', () => {
    for (const { message } of noticesOf({ ...FINE, stored: { ...FINE.stored, origin: 'recovered' } }, NOW)) {
      assert.doesNotMatch(message, /[\\/]/);
    }
  });

  it('A20: a name is held against well-known ones and those that are there', () => {
    const pairs = ['claude', 'c1aude', 'daude', 'codex', 'c0dex', 'gernini', 'acme', 'ac-me', 'other'].map(
      (id) => [id, mistakableFor(id, ['acme'])],
    );
    assert.deepEqual(pairs, [
      ['claude', undefined],
      ['c1aude', 'claude'],
      ['daude', 'claude'],
      ['codex', undefined],
      ['c0dex', 'codex'],
      ['gernini', 'gemini'],
      ['acme', undefined],
      ['ac-me', 'acme'],
      ['other', undefined],
    ]);
  });
});
