import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { InstallClass, InstallClassName } from '../../../../src/core/harness/install-class.ts';
import { INSTALL_CLASSES, updateCommand } from '../../../../src/core/harness/install-class.ts';
import { HarnessClient, WAIT } from '../../../support/harness-client.ts';
import { FakeClock } from '../../../support/ports.ts';
import { Publisher } from '../../../support/publisher.ts';
import { treeFingerprint } from '../../../support/tree-fingerprint.ts';

/** A way to have `acme` on the PATH: files below a home, where the program is, and what it must be taken for. */
interface Row {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  /** The real program, below the home. */
  readonly real: string;
  readonly script?: boolean;
  /** False: the program itself is on the PATH, not a link to it. */
  readonly linked?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly expected: InstallClassName;
  readonly command?: string | null;
}

const PACKAGE = '{"name":"@acme/agent","version":"1.0.0"}';

const ROWS: readonly Row[] = [
  {
    name: 'npm, global',
    files: { 'usr/lib/node_modules/@acme/agent/package.json': PACKAGE },
    real: 'usr/lib/node_modules/@acme/agent/cli.js',
    script: true,
    expected: 'npm',
    command: 'npm install --global @acme/agent@latest',
  },
  {
    name: 'npm, a program of the platform inside the package',
    files: {
      'usr/lib/node_modules/@acme/agent/package.json': PACKAGE,
      'usr/lib/node_modules/@acme/agent/node_modules/@acme/agent-linux-x64/package.json':
        '{"name":"@acme/agent-linux-x64"}',
    },
    real: 'usr/lib/node_modules/@acme/agent/node_modules/@acme/agent-linux-x64/bin/acme',
    expected: 'npm',
    command: 'npm install --global @acme/agent@latest',
  },
  {
    name: 'npm, global, below a brewed Node',
    files: { 'opt/homebrew/lib/node_modules/@acme/agent/package.json': PACKAGE },
    real: 'opt/homebrew/lib/node_modules/@acme/agent/cli.js',
    expected: 'npm',
  },
  {
    name: 'npm, global, with nvm',
    files: { '.nvm/versions/node/v24.1.0/lib/node_modules/@acme/agent/package.json': PACKAGE },
    real: '.nvm/versions/node/v24.1.0/lib/node_modules/@acme/agent/cli.js',
    expected: 'npm',
  },
  {
    name: 'npm, global, in a Node of mise',
    files: { '.local/share/mise/installs/node/24.1.0/lib/node_modules/@acme/agent/package.json': PACKAGE },
    real: '.local/share/mise/installs/node/24.1.0/lib/node_modules/@acme/agent/cli.js',
    expected: 'npm',
  },
  {
    name: 'in a folder of global packages, with the name of another package',
    files: { 'usr/lib/node_modules/@acme/agent/package.json': '{"name":"other"}' },
    real: 'usr/lib/node_modules/@acme/agent/cli.js',
    expected: 'unknown',
    command: null,
  },
  {
    name: 'in a folder of global packages, without a package.json',
    real: 'usr/lib/node_modules/agent/cli.js',
    expected: 'unknown',
  },
  {
    name: 'variables of npm inherited from elsewhere',
    real: 'opt/tools/acme',
    linked: false,
    env: { CODEX_MANAGED_BY_NPM: '1', npm_config_prefix: '/usr', CODEX_MANAGED_BY_PNPM: '1' },
    expected: 'unknown',
  },
  {
    name: 'pnpm, global',
    files: {
      '.local/share/pnpm/global/5/package.json': '{}',
      '.local/share/pnpm/global/5/.pnpm/@acme+agent@1.0.0/node_modules/@acme/agent/package.json': PACKAGE,
    },
    real: '.local/share/pnpm/global/5/.pnpm/@acme+agent@1.0.0/node_modules/@acme/agent/cli.js',
    expected: 'pnpm',
    command: 'pnpm add --global @acme/agent@latest',
  },
  {
    name: 'bun, global',
    files: {
      '.bun/install/global/package.json': '{}',
      '.bun/install/global/node_modules/@acme/agent/package.json': PACKAGE,
    },
    real: '.bun/install/global/node_modules/@acme/agent/cli.js',
    expected: 'bun',
    command: 'bun add --global @acme/agent@latest',
  },
  {
    name: 'yarn, global',
    files: {
      '.config/yarn/global/package.json': '{}',
      '.config/yarn/global/node_modules/@acme/agent/package.json': PACKAGE,
    },
    real: '.config/yarn/global/node_modules/@acme/agent/cli.js',
    expected: 'yarn',
  },
  {
    name: 'npx',
    files: {
      '.npm/_npx/0123/package.json': '{}',
      '.npm/_npx/0123/node_modules/@acme/agent/package.json': PACKAGE,
    },
    real: '.npm/_npx/0123/node_modules/@acme/agent/cli.js',
    expected: 'temporary_run',
    command: null,
  },
  {
    name: 'bunx',
    files: { '.bun/install/cache/@acme/agent@1.0.0/package.json': PACKAGE },
    real: '.bun/install/cache/@acme/agent@1.0.0/cli.js',
    expected: 'temporary_run',
  },
  {
    name: 'pnpm dlx',
    files: { '.cache/pnpm/dlx/abc/node_modules/@acme/agent/package.json': PACKAGE },
    real: '.cache/pnpm/dlx/abc/node_modules/@acme/agent/cli.js',
    expected: 'temporary_run',
  },
  {
    name: 'a dependency of a project',
    files: {
      'work/app/package.json': '{"name":"app"}',
      'work/app/node_modules/@acme/agent/package.json': PACKAGE,
    },
    real: 'work/app/node_modules/@acme/agent/cli.js',
    expected: 'project_local',
    command: null,
  },
  {
    name: 'a dependency of a project in a repository, with a build file beside it',
    files: {
      'work/app/.git/HEAD': 'ref: x',
      'work/app/package.json': '{"name":"app"}',
      'work/app/node_modules/@acme/agent/package.json': PACKAGE,
    },
    real: 'work/app/node_modules/@acme/agent/dist/cli.js',
    expected: 'project_local',
  },
  {
    name: 'a formula of Homebrew',
    files: { 'opt/homebrew/Cellar/acme/1.0.0/INSTALL_RECEIPT.json': '{}' },
    real: 'opt/homebrew/Cellar/acme/1.0.0/bin/acme',
    expected: 'homebrew_formula',
    command: 'brew upgrade acme',
  },
  {
    name: 'a formula of Homebrew that is a package of npm',
    files: {
      'home/linuxbrew/.linuxbrew/Cellar/acme/1.0.0/INSTALL_RECEIPT.json': '{}',
      'home/linuxbrew/.linuxbrew/Cellar/acme/1.0.0/libexec/lib/node_modules/@acme/agent/package.json':
        PACKAGE,
    },
    real: 'home/linuxbrew/.linuxbrew/Cellar/acme/1.0.0/libexec/lib/node_modules/@acme/agent/cli.js',
    expected: 'homebrew_formula',
  },
  {
    name: 'a Cellar without a receipt',
    real: 'usr/local/Cellar/acme/1.0.0/bin/acme',
    expected: 'unknown',
  },
  {
    name: 'a cask of Homebrew',
    files: { 'opt/homebrew/Caskroom/acme/.metadata/1.0.0/x': '' },
    real: 'opt/homebrew/Caskroom/acme/1.0.0/acme',
    expected: 'homebrew_cask',
    command: 'brew upgrade --cask acme',
  },
  {
    name: 'a hand install below the prefix of Homebrew',
    real: 'usr/local/bin/acme',
    linked: false,
    expected: 'unknown',
  },
  {
    name: 'mise',
    real: '.local/share/mise/installs/acme/1.0.0/bin/acme',
    expected: 'other_manager',
    command: 'mise upgrade acme',
  },
  { name: 'asdf', real: '.asdf/installs/acme/1.0.0/bin/acme', expected: 'other_manager', command: null },
  {
    name: 'Volta',
    files: { '.volta/tools/image/packages/@acme/agent/lib/node_modules/@acme/agent/package.json': PACKAGE },
    real: '.volta/tools/image/packages/@acme/agent/lib/node_modules/@acme/agent/cli.js',
    expected: 'other_manager',
    command: 'volta install @acme/agent@latest',
  },
  {
    name: 'Scoop',
    real: 'scoop/apps/acme/1.0.0/acme',
    expected: 'other_manager',
    command: 'scoop update acme',
  },
  {
    name: 'WinGet',
    real: 'AppData/Local/Microsoft/WinGet/Packages/Acme.Agent_x/acme',
    expected: 'other_manager',
  },
  { name: 'AppImage', real: 'Applications/acme.AppImage', expected: 'other_manager', command: null },
  {
    name: 'an extension of VS Code',
    real: '.vscode-server/extensions/acme.agent-1.2.3/bin/acme',
    expected: 'bundled',
    command: null,
  },
  {
    name: 'a development build of Rust',
    files: { 'src/acme/.git/HEAD': 'ref: x', 'src/acme/Cargo.toml': '' },
    real: 'src/acme/target/debug/acme',
    expected: 'development',
    command: null,
  },
  {
    name: 'a linked checkout of a package (npm link)',
    files: { 'src/acme/.git/HEAD': 'ref: x', 'src/acme/package.json': PACKAGE },
    real: 'src/acme/dist/cli.js',
    script: true,
    expected: 'development',
  },
  {
    name: 'a work tree of git whose .git is a file',
    files: { 'src/acme/.git': 'gitdir: elsewhere', 'src/acme/Cargo.toml': '' },
    real: 'src/acme/target/x86_64-unknown-linux-gnu/release/acme',
    expected: 'development',
  },
  {
    name: 'a release that was copied into a repository',
    files: { 'src/other/.git/HEAD': 'ref: x', 'src/other/package.json': '{"name":"other"}' },
    real: 'src/other/tools/acme',
    linked: false,
    expected: 'unknown',
  },
  {
    name: 'a home that is a repository',
    files: { '.git/HEAD': 'ref: x', 'package.json': '{}' },
    real: 'opt/acme',
    linked: false,
    expected: 'unknown',
  },
  {
    name: 'a script of the person',
    real: 'bin/acme',
    linked: false,
    script: true,
    expected: 'user_launcher',
    command: null,
  },
  { name: 'a link that a vendor made', real: '.local/share/acme/versions/1.0.0', expected: 'user_launcher' },
  { name: 'a copied binary', real: 'bin/acme', linked: false, expected: 'unknown' },
];

describe('Whose a program is (classification)', function () {
  this.timeout(60_000);
  let publisher: Publisher;
  const clock = new FakeClock(Date.UTC(2026, 10, 21));
  let client: HarnessClient;

  before(async () => {
    publisher = await Publisher.start(clock);
    await publisher.publish('1.0.0');
  });
  after(() => publisher.stop());
  beforeEach(async () => {
    client = new HarnessClient(clock);
    await client.add(publisher);
    publisher.server.requests.length = 0;
  });
  afterEach(() => {
    client.dispose();
  });

  const put = (name: string, content: string, mode = 0o644): string => {
    const file = path.join(client.home, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode });
    return file;
  };
  const install = ({ files = {}, real, script = false, linked = true }: Row): void => {
    for (const [name, content] of Object.entries(files)) put(name, content);
    const file = put(real, script ? '#!/bin/sh\necho acme 0.9.0\n' : '\u007fELF acme 0.9.0', 0o755);
    if (linked) fs.symlinkSync(file, path.join(client.bin, 'acme'));
    else if (path.dirname(file) !== client.bin) (client.deps.searched as string[]).push(path.dirname(file));
  };
  const only = async (): Promise<InstallClass> => {
    const { installs } = await client.service.status('acme');
    assert.equal(installs.length, 1);
    const [first] = installs;
    assert.ok(first !== undefined);
    return first.install;
  };

  for (const row of ROWS) {
    it(`${row.name}: ${row.expected}; with an update waiting nothing is written there and nobody is asked`, async () => {
      install(row);
      const env = { ...process.env };
      Object.assign(process.env, row.env);
      try {
        const found = await only();
        assert.equal(found.name, row.expected, found.evidence);
        if (row.command !== undefined) assert.equal(updateCommand(found), row.command);
        const before = await treeFingerprint(client.home);
        for (const work of [client.update(), client.service.check('acme', { wait: WAIT })]) {
          const outcome = await work;
          assert.ok('kind' in outcome && outcome.kind === 'not_ours');
        }
        assert.deepEqual(await treeFingerprint(client.home), before);
        assert.deepEqual(publisher.server.requests, []);
      } finally {
        process.env = env;
      }
    });
  }

  it('every class but the own one has a row', () => {
    const covered = new Set(ROWS.map(({ expected }) => expected));
    assert.deepEqual(
      INSTALL_CLASSES.filter((name) => !covered.has(name)),
      ['direct'],
    );
  });

  it('a package of the system is known by its manager', async () => {
    const { classifyInstall } = await import('../../../../src/core/harness/install-class.ts');
    const evidence = {
      found: '/usr/bin/acme',
      real: '/usr/bin/acme',
      own: false,
      packages: [],
      markers: new Set<never>(),
      workTree: null,
      buildRoot: false,
      head: 'binary',
    } as const;
    for (const [manager, command] of [
      ['dpkg', 'apt-get install --only-upgrade acme'],
      ['rpm', 'dnf upgrade acme'],
      ['apk', 'apk upgrade acme'],
    ] as const) {
      const found = classifyInstall({ ...evidence, systemPackage: { manager, package: 'acme' } });
      assert.deepEqual([found.name, updateCommand(found)], ['other_manager', command]);
    }
    assert.equal(classifyInstall({ ...evidence, systemPackage: null }).name, 'unknown');
    for (const [real, manager] of [
      [`/nix/store/${'a'.repeat(32)}-acme-1.0.0/bin/acme`, 'nix'],
      ['/snap/acme/12/bin/acme', 'snap'],
      ['C:/ProgramData/chocolatey/lib/acme/tools/acme.exe', 'chocolatey'],
      ['/tmp/.mount_acmeXYZ/usr/bin/acme', 'appimage'],
    ] as const) {
      assert.equal(classifyInstall({ ...evidence, real, systemPackage: null }).manager, manager, real);
    }
  });

  it('a name that a shell would read as more is not put into a command', () => {
    const bad = { name: 'npm', manager: null, package: 'x; rm -rf ~', evidence: '' } as const;
    assert.equal(updateCommand(bad), null);
  });

  it('direct: a link to the active version is ours, and is updated', async () => {
    const first = await client.update();
    assert.ok(first.kind === 'activated');
    fs.symlinkSync(client.layout.executable(first.version.directory, 'acme'), path.join(client.bin, 'acme'));
    assert.equal((await only()).name, 'direct');
    assert.equal((await client.update()).kind, 'kept');
  });

  it('a copy of a version, or one whose receipt is gone, is not ours', async () => {
    const first = await client.update();
    assert.ok(first.kind === 'activated');
    const program = client.layout.executable(first.version.directory, 'acme');
    fs.cpSync(client.layout.root, path.join(client.home, 'copy', 'harness', 'acme'), { recursive: true });
    const copy = path.join(
      client.home,
      'copy',
      path.relative(path.dirname(path.dirname(client.layout.root)), program),
    );
    fs.symlinkSync(copy, path.join(client.bin, 'acme'));
    assert.equal((await only()).name, 'user_launcher');
    fs.rmSync(path.join(client.bin, 'acme'));
    fs.symlinkSync(program, path.join(client.bin, 'acme'));
    fs.rmSync(client.layout.receipt(first.version.directory));
    assert.equal((await only()).name, 'user_launcher');
  });

  it('several on the PATH: nothing is changed unless all are ours or the person delegated', async () => {
    const row = ROWS.find(({ expected }) => expected === 'npm');
    assert.ok(row !== undefined);
    install(row);
    (client.deps.searched as string[]).push(path.dirname(put('other/acme', 'binary', 0o755)));
    const { installs } = await client.service.status('acme');
    assert.deepEqual(
      installs.map(({ install: { name } }) => name),
      ['npm', 'unknown'],
    );
    assert.equal((await client.update()).kind, 'not_ours');
    await client.add(publisher, { delegated: true });
    const before = await treeFingerprint(path.join(client.home, 'usr'));
    assert.equal((await client.update()).kind, 'activated');
    assert.deepEqual(await treeFingerprint(path.join(client.home, 'usr')), before);
  });

  it('a development build asks no release host, even where the person delegated', async () => {
    const row = ROWS.find(({ expected }) => expected === 'development');
    assert.ok(row !== undefined);
    install(row);
    await client.add(publisher, { delegated: true });
    publisher.server.requests.length = 0;
    assert.equal((await client.update()).kind, 'not_ours');
    assert.deepEqual(publisher.server.requests, []);
  });

  it('relative entries of the PATH, folders and files that cannot be started are passed over', async () => {
    fs.mkdirSync(path.join(client.bin, 'acme'));
    (client.deps.searched as string[]).push('', '.', 'bin', path.dirname(put('plain/acme', 'x')));
    assert.deepEqual((await client.service.status('acme')).installs, []);
  });
});
