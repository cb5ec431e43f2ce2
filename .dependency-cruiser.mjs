/**
 * The dependency rule of ARCHITECTURE.md: dependencies point one way, and each domain of the core may see only the domains named here.
 * Written as what is allowed, so that a new folder can see nothing until it is named. `scripts/lint.ts` runs it and counts the modules.
 */

/** The domains of `src/core/` and the other domains that each may import. */
const DOMAINS = {
  plugins: [],
  policy: [],
  merge: [],
  slo: [],
  harness: [],
  skills: ['merge'],
  learning: ['skills', 'merge', 'policy'],
  mirror: ['plugins', 'skills', 'learning'],
  install: ['plugins', 'skills', 'mirror', 'policy'],
  marketplaces: ['plugins', 'install'],
};

const BASE = '^src/base/';
/** The files of the core that belong to no domain: ports, layout, and what all domains share. */
const CORE_SHARED = '^src/core/[^/]+[.]ts$';

/** What each part of the house may import of the house, besides itself. */
const PARTS = {
  '^src/base/': [],
  '^src/core/[^/]+[.]ts$': [BASE],
  ...Object.fromEntries(
    Object.entries(DOMAINS).map(([domain, others]) => [
      `^src/core/${domain}/`,
      [BASE, CORE_SHARED, ...others.map((other) => `^src/core/${other}/`)],
    ]),
  ),
  '^src/node/': [
    BASE,
    '^src/core/(ports|package-[a-z-]+|harness-[a-z-]+|tree-names|stored-json|durable)[.]ts$',
  ],
  // The one place that wires the domains together; the ports are handed in by whoever starts it.
  '^src/app/': [BASE, '^src/core/'],
  '^src/protocol/': [BASE, '^src/core/merge/types[.]ts$'],
  '^src/editor/': [BASE, '^src/core/', '^src/app/', '^src/node/', '^src/protocol/'],
  '^src/cli/': [BASE, '^src/core/', '^src/app/', '^src/node/'],
  '^src/launcher/': [
    BASE,
    '^src/node/',
    '^src/core/harness/',
    '^src/core/(ports|layout|stored-json|harness-[a-z-]+)[.]ts$',
  ],
  '^src/release/': [BASE, '^src/node/', '^src/core/harness/', '^src/core/[^/]+[.]ts$'],
  '^src/extension[.]ts$': [BASE, '^src/editor/', '^src/app/', '^src/node/'],
  '^webview-ui/': ['^src/protocol/'],
};

const HOUSE = '^(src|webview-ui)/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(PARTS).map(([from, allowed]) => ({
      name: `sees-only-its-own: ${from}`,
      comment: `May import only ${allowed.length === 0 ? 'itself' : allowed.join(', ')}. Move the code, or change the rule and ARCHITECTURE.md with the reason.`,
      severity: 'error',
      from: { path: from },
      to: { path: HOUSE, pathNot: [from, ...allowed] },
    })),
    {
      name: 'every-part-has-a-rule',
      comment: 'A folder that no rule names could see everything.',
      severity: 'error',
      from: { path: HOUSE, pathNot: Object.keys(PARTS) },
      to: {},
    },
    {
      name: 'core-has-no-doors-but-its-ports',
      comment:
        'Of Node, the base and the core use node:crypto and node:path only; everything else comes through core/ports.ts.',
      severity: 'error',
      from: { path: '^src/(base|core)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|path)$' },
    },
    {
      name: 'app-has-no-doors-but-its-ports',
      severity: 'error',
      from: { path: '^src/app/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|path|os)$' },
    },
    {
      name: 'only-the-editor-imports-vscode',
      severity: 'error',
      from: { path: HOUSE, pathNot: ['^src/editor/', '^src/extension[.]ts$'] },
      to: { path: '^vscode$|(^|/)node_modules/@types/vscode/' },
    },
    {
      name: 'webviews-run-in-a-browser',
      severity: 'error',
      from: { path: '^(webview-ui|src/protocol)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      comment: 'Types included: what knows each other is one noun, or wants a third.',
      severity: 'error',
      from: { path: HOUSE },
      to: { circular: true },
    },
    {
      name: 'only-what-is-shipped',
      comment:
        'What the product imports is bundled or shipped; a development dependency is neither (webviews are bundled whole).',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '(^|/)node_modules/@types/',
      },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: { path: HOUSE },
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
