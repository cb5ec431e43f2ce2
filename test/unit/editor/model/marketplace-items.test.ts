import assert from 'node:assert/strict';
import { BeaverError } from '../../../../src/base/errors.ts';
import type { ItemView } from '../../../../src/editor/model/item-view.ts';
import type { MarketSnapshot } from '../../../../src/editor/model/market-snapshot.ts';
import { marketTooltip, presentMarketNode } from '../../../../src/editor/model/marketplace-items.ts';
import { findListed, marketChildren, marketRoots } from '../../../../src/editor/model/marketplace-nodes.ts';
import { inEnglish } from '../../../../src/editor/model/translate.ts';
import { aMarketplace, anOfferedPlugin } from '../../../support/fake-workspace.ts';
import { content, installedSample, marketSample } from '../../../support/market-samples.ts';

/** The whole tree as a person reads it: label and description, children indented. */
function drawn(...snapshots: readonly MarketSnapshot[]): readonly string[] {
  const below = (node: Parameters<typeof marketChildren>[0], indent: string): readonly string[] => [
    `${indent}${line(presentMarketNode(node, inEnglish))}`,
    ...marketChildren(node, snapshots).flatMap((child) => below(child, `${indent}  `)),
  ];
  return marketRoots(snapshots).flatMap((node) => below(node, ''));
}

function line({ icon, label, description }: ItemView): string {
  return `${icon.id}: ${label}${description === '' ? '' : ` (${description})`}`;
}

function tooltip(snapshot: MarketSnapshot, id?: string): readonly string[] {
  const node = id === undefined ? marketRoots([snapshot])[0] : findListed(snapshot, id);
  assert.ok(node);
  return marketTooltip(node, (iso) => iso.slice(0, 10), inEnglish).lines;
}

describe('rows of the Marketplaces tree', () => {
  it('read as a person would tell it', () => {
    const pinned = installedSample({ id: 'log@tools', pin: '^1' });
    const snapshot = marketSample({
      installed: [installedSample(), pinned, installedSample({ id: 'own@direct', marketplace: null })],
      available: new Map([['notes@tools', content('2')]]),
    });
    assert.deepEqual(drawn(snapshot), [
      'package: tools (1 plugin update · 2 plugins)',
      '  arrow-circle-up: notes (1.0.0 → 2.0.0 · update available)',
      '  pinned: log (1.0.0 · installed · pinned)',
      'archive: Installed from Elsewhere (1 plugin)',
      '  pass: own (1.0.0 · installed)',
    ]);
  });

  it('say of what is only offered what it is for', () => {
    assert.deepEqual(drawn(marketSample()), [
      'package: tools (2 plugins)',
      '  extensions: log (Keeps a log.)',
      '  extensions: notes (1.2.0 · Writes release notes.)',
    ]);
  });

  it('put the folder above where there are several', () => {
    const other = {
      ...marketSample({ marketplaces: [], offered: new Map() }),
      folder: 'file:///b',
      name: 'b',
    };
    assert.deepEqual(drawn(marketSample(), other), [
      'root-folder: workspace',
      '  package: tools (2 plugins)',
      '    extensions: log (Keeps a log.)',
      '    extensions: notes (1.2.0 · Writes release notes.)',
      'root-folder: b',
    ]);
  });

  it('show in which phase an installation is, before it is installed and after', () => {
    const progress = { id: 'notes@tools', phase: 'dependency-prepare', number: 3, of: 5 } as const;
    const running = new Map([['notes@tools', progress]]);
    const row = '  loading~spin: notes (Installing (phase 3/5): dependency-prepare)';
    assert.ok(drawn(marketSample({ running, installed: [installedSample()] })).includes(row));
    assert.match(drawn(marketSample({ running })).join('\n'), /phase 3\/5/);
  });

  it('keep what its marketplace lists no more, and say so', () => {
    const gone = marketSample({ installed: [installedSample({ id: 'old@tools' })] });
    assert.ok(drawn(gone).includes('  warning: old (1.0.0 · installed · not listed any more)'));
  });

  it('show what is off with a marketplace by its icon and its words', () => {
    const row = (snapshot: MarketSnapshot): string => drawn(snapshot)[0] ?? '';
    const market = (part: Parameters<typeof aMarketplace>[0]) =>
      marketSample({ marketplaces: [aMarketplace(part)] });
    assert.equal(row(market({ trusted: false })), 'shield: tools (not trusted · 2 plugins)');
    const failed = market({ last_error: { code: 'fetch_failed', message: 'No route.' } });
    assert.equal(row(failed), 'warning: tools (not reached · 2 plugins)');
    assert.ok(tooltip(failed).includes('The last look failed: No route.'));
    const error = new BeaverError('schema_newer', 'Newer.', { nextStep: 'Update.' });
    const finding = {
      code: error.code,
      severity: 'error',
      message: 'Newer.',
      next_step: 'Update.',
      path: '.',
    } as const;
    const torn = marketSample({ offered: new Map(), unreadable: new Map([['tools', finding]]) });
    assert.equal(row(torn), 'error: tools (cannot be read)');
    assert.equal(row(marketSample({ failure: error })), 'error: The marketplaces cannot be read (Newer.)');
  });

  it('tell on hovering where a marketplace comes from and what it does by itself', () => {
    assert.deepEqual(tooltip(marketSample()), [
      'Source: example/tools',
      'Trusted: its plugins can be installed.',
      'Auto-update: off',
      'Looked at 2026-11-01',
    ]);
  });

  it('tell on hovering what a plugin is, what holds it, and what is not installed again', () => {
    const ignored = [
      { ...content('3'), kind: 'unhealthy', reason: { code: 'install_unhealthy', message: 'No server.' } },
    ] as const;
    const plugin = installedSample({ pin: '^1', ignored: [...ignored], requested: false });
    const snapshot = marketSample({
      installed: [plugin],
      available: new Map([['notes@tools', content('2')]]),
    });
    assert.deepEqual(tooltip(snapshot, 'notes@tools'), [
      'Writes release notes.',
      'By Ann',
      'License: MIT',
      'Source: example/tools/plugins/notes',
      'Installed: 1.0.0',
      'Available: 2.0.0',
      'Pinned to ^1',
      'It came because another plugin needs it.',
      'Not installed again: 3.0.0 (No server.)',
    ]);
    assert.equal(
      tooltip(marketSample(), 'notes@tools').at(-1),
      'What it can run is shown before it is installed.',
    );
  });

  it('have an id of their own each, so that the tree keeps what is open', () => {
    const offers = Array.from({ length: 1200 }, (_, at) =>
      anOfferedPlugin({ id: `p${at}@tools`, name: `p${at}` }),
    );
    const snapshot = marketSample({ offered: new Map([['tools', offers]]) });
    const [root] = marketRoots([snapshot]);
    assert.ok(root);
    const ids = marketChildren(root, [snapshot]).map((node) => presentMarketNode(node, inEnglish).id);
    assert.equal(new Set(ids).size, 1200);
  });
});
