import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { chromium } from 'playwright-core';
import { SetupError } from './setup-error.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

const WELL_KNOWN: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** Arguments that keep Chromium quiet on a closed network and let it run as root in a container. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * The executable of a Chromium that can drive the tests: `BEAVER_CHROMIUM`, playwright's own, one on the PATH or in a well-known place;
 * as root on Debian it is installed. `say` gets one line of progress when that happens.
 * @throws SetupError that says exactly what is missing and how to get it.
 */
export function ensureChromium(say: (line: string) => void): string {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.platform === 'linux' && process.getuid?.() === 0 && onPath(['apt-get']) !== undefined) {
    say('Installing Chromium from the Debian packages; this happens once …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
    spawnSync(
      'apt-get',
      [
        'install',
        '-y',
        '-qq',
        '--no-install-recommends',
        'chromium',
        'fonts-dejavu-core',
        'fonts-wqy-zenhei',
      ],
      {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  throw new SetupError(
    'The host and end-to-end tests need Chromium, and none was found: not in BEAVER_CHROMIUM, not among playwright’s browsers, ' +
      `not on the PATH (${NAMES.slice(0, 3).join(', ')}).\n` +
      'Get it with one of:\n' +
      '  sudo apt-get install chromium          (Debian, Ubuntu)\n' +
      '  npx playwright-core install chromium   (everywhere)\n' +
      'or set BEAVER_CHROMIUM to an executable.',
  );
}

function findChromium(): string | undefined {
  const named = process.env['BEAVER_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new SetupError(`BEAVER_CHROMIUM names ${named}, which does not exist.`);
  }
  const own = chromium.executablePath();
  if (own !== '' && existsSync(own)) return own;
  return onPath(NAMES) ?? WELL_KNOWN[process.platform]?.find((candidate) => existsSync(candidate));
}

function onPath(names: readonly string[]): string | undefined {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return names
    .flatMap((name) => folders.map((folder) => path.join(folder, `${name}${suffix}`)))
    .find((candidate) => existsSync(candidate));
}
