import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { IGNORED_TARGET_FILES } from '../../src/core/skills/runtime-targets.ts';
import { MAX_BYTES, MAX_FILES } from '../../src/core/tree-listing.ts';
import { contextKeys, HARNESS_KEY, SELECTED_VERSION_KEY } from '../../src/editor/model/context-keys.ts';
import { MCP_PROVIDER } from '../../src/editor/model/mcp-server.ts';
import { COMMAND_IDS, VIEWS } from '../../src/editor/model/command-ids.ts';
import { localisedStrings } from '../support/localised-strings.ts';

const menuEntry = z.object({ command: z.string(), when: z.string(), group: z.string().optional() });
const manifest = z
  .object({
    icon: z.string(),
    activationEvents: z.array(z.string()),
    capabilities: z.object({
      untrustedWorkspaces: z.object({
        supported: z.literal('limited'),
        restrictedConfigurations: z.array(z.string()),
      }),
    }),
    contributes: z.object({
      viewsContainers: z.object({
        activitybar: z.array(z.object({ id: z.string(), title: z.string(), icon: z.string() })),
      }),
      views: z.record(z.string(), z.array(z.object({ id: z.string(), name: z.string(), icon: z.string() }))),
      viewsWelcome: z.array(
        z.object({ view: z.string(), contents: z.string(), when: z.string().optional() }),
      ),
      commands: z.array(
        z.object({
          command: z.string(),
          title: z.string(),
          category: z.literal('Beaver'),
          icon: z.string().optional(),
          enablement: z.string().optional(),
        }),
      ),
      menus: z.record(z.string(), z.array(menuEntry)),
      mcpServerDefinitionProviders: z.array(z.object({ id: z.string(), label: z.string() })),
      configuration: z.object({
        properties: z.record(
          z.string(),
          z.object({ scope: z.string(), markdownDescription: z.string(), default: z.unknown() }),
        ),
      }),
      walkthroughs: z.array(
        z.object({
          steps: z.array(
            z.object({
              completionEvents: z.array(z.string()).nonempty(),
              media: z.object({ svg: z.string(), altText: z.string() }),
            }),
          ),
        }),
      ),
    }),
  })
  .parse(readJson('package.json'));
const { contributes } = manifest;

const strings = z.record(z.string(), z.string().min(1));
const nls = strings.parse(readJson('package.nls.json'));
const nlsChinese = strings.parse(readJson('package.nls.zh-cn.json'));
const bundle = strings.parse(readJson('l10n/bundle.l10n.json'));
const bundleChinese = strings.parse(readJson('l10n/bundle.l10n.zh-cn.json'));

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const sorted = (values: Iterable<string>): readonly string[] => [...values].sort();
const placeholders = (text: string): readonly string[] => sorted(text.match(/\{\d+\}/g) ?? []);
/** The targets of `command:` links, without arguments. */
const links = (text: string): readonly string[] => sorted(text.match(/command:[\w.]+[^)\s]*/g) ?? []);

describe('package.json is a contract', () => {
  it('contributes exactly the commands that are registered', () => {
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command)), sorted(COMMAND_IDS));
  });

  it('contributes exactly the MCP provider that is registered', () => {
    assert.deepEqual(
      contributes.mcpServerDefinitionProviders.map(({ id }) => id),
      [MCP_PROVIDER],
    );
  });

  it('registers no command anywhere but in the list', () => {
    const registering = globSync('src/editor/**/*.ts').filter((file) =>
      readFileSync(file, 'utf8').includes('commands.registerCommand('),
    );
    assert.deepEqual(registering, ['src/editor/commands/commands.ts']);
  });

  it('runs only commands that exist, from its own sources and menus', () => {
    const known = new Set<string>([...COMMAND_IDS, ...Object.values(VIEWS).map((view) => `${view}.focus`)]);
    const views = new Set<string>([...Object.values(VIEWS), 'beaver.status', 'beaver.review']);
    const settings = new Set(Object.keys(contributes.configuration.properties));
    const keys = new Set([...Object.keys(contextKeys([])), SELECTED_VERSION_KEY, HARNESS_KEY]);
    for (const file of globSync('src/editor/**/*.ts')) {
      for (const [, id] of readFileSync(file, 'utf8').matchAll(/'(beaver\.[\w.]+)'/g)) {
        assert.ok(id !== undefined);
        const found =
          known.has(id) || views.has(id) || settings.has(id) || keys.has(id) || id === 'beaver.limits';
        assert.ok(found, `${file}: ${id}`);
      }
    }
    for (const { command } of Object.values(contributes.menus).flat()) assert.ok(known.has(command), command);
  });

  it('says of every command when the palette shows it', () => {
    const { commandPalette } = contributes.menus;
    assert.ok(commandPalette);
    assert.deepEqual(sorted(commandPalette.map(({ command }) => command)), sorted(COMMAND_IDS));
  });

  it('switches every command that writes off until the workspace is trusted', () => {
    const reads = new Set([
      'beaver.plugins.reveal',
      'beaver.skills.reveal',
      'beaver.skills.openSkill',
      'beaver.skills.compareVersions',
      'beaver.skills.openVersion',
      'beaver.skills.selectForCompare',
      'beaver.skills.compareWithSelected',
      'beaver.upkeep.why',
      'beaver.upkeep.timeline',
      // The plan can be read; what it does is refused by the command itself.
      'beaver.upkeep.repair',
      'beaver.packages.search',
      'beaver.audit.show',
      'beaver.harness.refresh',
      // A draft that is there can be read; making one is refused by the command itself.
      'beaver.updates.review',
      'beaver.updates.refresh',
      'beaver.log.show',
      'beaver.walkthrough.open',
    ]);
    for (const { command, enablement } of contributes.commands) {
      assert.equal(enablement?.includes('isWorkspaceTrusted') ?? false, !reads.has(command), command);
    }
  });

  it('takes every setting of an untrusted workspace back', () => {
    assert.deepEqual(
      sorted(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations),
      sorted(Object.keys(contributes.configuration.properties)),
    );
  });

  it('shows the defaults that the core has', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(properties['beaver.ignoredTargetFiles']?.default, [...IGNORED_TARGET_FILES]);
    assert.equal(properties['beaver.limits.maxFiles']?.default, MAX_FILES);
    assert.equal(properties['beaver.limits.maxBytes']?.default, MAX_BYTES);
  });

  it('gives every view an icon that exists, and a welcome text', () => {
    const views = Object.values(contributes.views).flat();
    assert.deepEqual(sorted(views.map(({ id }) => id)), sorted(Object.values(VIEWS)));
    for (const { id, icon } of views) {
      assert.ok(existsSync(icon), icon);
      assert.ok(
        contributes.viewsWelcome.some(({ view }) => view === id),
        id,
      );
    }
  });

  it('has the pictures that it names', () => {
    const pictures = [
      manifest.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg)),
    ];
    for (const picture of pictures) assert.ok(existsSync(picture), picture);
  });

  it('shows at most three inline actions on any item of a tree', () => {
    const inline = (contributes.menus['view/item/context'] ?? []).filter(({ group }) =>
      group?.startsWith('inline'),
    );
    for (const context of itemContexts()) {
      const shown = inline.filter(({ when }) => matches(when, context.view, context.item));
      assert.ok(shown.length <= 3, `${context.item}: ${shown.map(({ command }) => command).join(', ')}`);
    }
  });

  it('offers in the context menu what it offers inline', () => {
    const entries = contributes.menus['view/item/context'] ?? [];
    for (const { command, when, group } of entries) {
      if (group?.startsWith('inline') !== true || when.includes('^broken')) continue;
      const elsewhere = entries.some((e) => e.command === command && !(e.group ?? '').startsWith('inline'));
      assert.ok(elsewhere, command);
    }
  });

  it('sets every context key that its when clauses ask for, and asks for every one that it sets', () => {
    const asked = new Set(
      JSON.stringify(contributes).match(/beaver\.(?:has[A-Z]\w+|step\.\w+|phase|versionSelected)/g),
    );
    assert.deepEqual(
      sorted(asked),
      sorted([...Object.keys(contextKeys([])), SELECTED_VERSION_KEY, HARNESS_KEY]),
    );
  });

  it('completes every step of the walkthrough by itself', () => {
    const keys = Object.keys(contextKeys([]));
    for (const { completionEvents } of contributes.walkthroughs.flatMap(({ steps }) => steps)) {
      for (const event of completionEvents) {
        assert.ok(keys.includes(event.replace(/^onContext:/, '')), event);
      }
    }
  });
});

describe('the two languages', () => {
  it('have every %key% of package.json, and no other', () => {
    const used = new Set(
      [...readFileSync('package.json', 'utf8').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key ?? ''),
    );
    assert.deepEqual(sorted(Object.keys(nls)), sorted(used));
    assert.deepEqual(sorted(Object.keys(nlsChinese)), sorted(used));
  });

  it('link to the same commands in both', () => {
    for (const [key, text] of Object.entries(nls)) {
      assert.deepEqual(links(nlsChinese[key] ?? ''), links(text), key);
    }
  });

  it('have every sentence that the sources ask for, and no other', () => {
    const { strings: asked, dynamic } = localisedStrings('src/{extension,editor/**/*}.ts');
    assert.deepEqual(dynamic, []);
    assert.deepEqual(sorted(Object.keys(bundle)), sorted(asked.keys()));
    assert.deepEqual(sorted(Object.keys(bundleChinese)), sorted(asked.keys()));
  });

  it('keep the placeholders of every sentence', () => {
    for (const [english, chinese] of Object.entries(bundleChinese)) {
      assert.equal(bundle[english], english);
      assert.deepEqual(placeholders(chinese), placeholders(english), english);
    }
  });

  it('name a plugin update merge as spec/3 has it', () => {
    assert.equal(bundleChinese['Plugin update merge'], '插件升级合并');
  });

  it('say everything in Chinese that is said in English', () => {
    const same = [...Object.entries(bundleChinese), ...Object.entries(nlsChinese)].filter(
      ([key, text]) => !/\p{Script=Han}/u.test(text) && /[a-z]{3}/.test(key.replaceAll(/\{\d\}/g, '')),
    );
    assert.deepEqual(same, []);
  });
});

/** Every combination of words that the models give their items. */
function itemContexts(): readonly { readonly view: string; readonly item: string }[] {
  const plugins = [
    'synced',
    'updates',
    'paused',
    'available',
    'disabled',
    'missing',
    'error',
    'conflict',
  ].flatMap((state) =>
    ['', ' enableable', ' disableable pausable', ' disableable resumable', ' disableable'].flatMap(
      (actions) => ['', ' revealable'].map((reveal) => `plugin ${state}${actions}${reveal}`),
    ),
  );
  const skills = [
    'skill offered',
    'skill linked',
    'skill linked edited',
    'skill linked reviewable',
    'skill linked edited reviewable',
  ];
  const versions = ['managedSkill', 'version current', 'version earlier'];
  const installed = ['', ' updatable'].flatMap((update) =>
    [' unpinned', ' pinned'].flatMap((pin) =>
      ['', ' rollbackable'].flatMap((back) =>
        ['', ' elsewhere'].map((from) => `listedPlugin installed${update}${pin}${back}${from}`),
      ),
    ),
  );
  const markets = [
    ...['marketplace trusted', 'marketplace untrusted', 'elsewhere', 'marketFolder', 'marketFailure'],
    ...['listedPlugin busy', 'listedPlugin installable'],
    ...installed,
  ];
  const updates = ['update reviewable', 'update reviewable draftable', 'update published'];
  const harnesses = ['released', 'local'].flatMap((build) =>
    ['', ' updatable'].flatMap((update) =>
      ['', ' delegated', ' foreign'].map(
        (owner) => `harness${build === 'local' ? '' : update} staged revertible ${build}${owner}`,
      ),
    ),
  );
  const harnessRows = [
    'session',
    'session restartable',
    'blocker',
    'job',
    'version active',
    'version staged',
    'version previous',
    'localBuild',
    'install',
  ];
  return [
    ...[...harnesses, ...harnessRows, 'ignoredGroup', 'ignored', 'notice', 'brokenHarness'].map((item) => ({
      view: VIEWS.harness,
      item,
    })),
    ...[...plugins, ...skills, 'broken revealable', 'folder', 'nextStep'].map((item) => ({
      view: VIEWS.plugins,
      item,
    })),
    ...updates.map((item) => ({ view: VIEWS.updates, item })),
    ...versions.map((item) => ({ view: VIEWS.skills, item })),
    ...markets.map((item) => ({ view: VIEWS.marketplaces, item })),
  ];
}

/** A `when` clause of an item menu: `view == id && viewItem =~ /pattern/`. */
function matches(when: string, view: string, item: string): boolean {
  const parsed = /^view == (\S+) && viewItem =~ \/(.*)\/$/.exec(when);
  assert.ok(parsed?.[1] !== undefined && parsed[2] !== undefined, when);
  return parsed[1] === view && new RegExp(parsed[2]).test(item);
}
