import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import { skillText, TempWorkspace } from '../support/temp-workspace.ts';
import { MessagesApi, type Turn } from './messages-api.ts';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** The agent under test: a program of its own, not a dependency of the project. */
const PACKAGE = '@anthropic-ai/claude-code@2.1.197';

/** Installed once into a cache outside the checkout. */
async function installAgent(): Promise<string> {
  const folder = path.join(
    process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
    'beaver-skills',
    PACKAGE.replaceAll('/', '+'),
  );
  const program = path.join(folder, 'node_modules', '.bin', 'claude');
  const installed = await stat(program).then(
    () => true,
    () => false,
  );
  if (installed) return program;
  await mkdir(folder, { recursive: true });
  await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', PACKAGE], {
    shell: process.platform === 'win32',
  });
  return program;
}

/** Runs one turn of the agent in the workspace, in an empty environment, and returns what the model was sent. */
function ask(program: string, workspace: string, skill: string): Promise<readonly string[]> {
  return play(program, workspace, [{ tool: 'Skill', input: { skill } }], ['--allowedTools', 'Skill']);
}

/** As {@link ask}, with what the model says and the arguments that go with it. */
async function play(
  program: string,
  workspace: string,
  script: readonly Turn[],
  args: readonly string[],
): Promise<readonly string[]> {
  const api = new MessagesApi([...script, { text: 'Done.' }]);
  const home = await mkdtemp(path.join(tmpdir(), 'beaver-agent-home-'));
  try {
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      CLAUDE_CONFIG_DIR: path.join(home, 'config'),
      ANTHROPIC_BASE_URL: await api.listen(),
      ANTHROPIC_API_KEY: 'test-key',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      ENABLE_TOOL_SEARCH: 'false',
    };
    const words = ['-p', 'Use the skill.', '--output-format', 'json', ...args];
    const child = run(program, words, { cwd: workspace, env, timeout: 60_000, maxBuffer: 1 << 26 });
    child.child.stdin?.end();
    await child;
    return api.requests;
  } finally {
    await api.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** A real Claude Code on a scripted model: what Beaver publishes is what the model is offered and given. */
describe('Claude Code in a workspace of managed skills', function () {
  this.timeout(180_000);
  let program: string;
  let temp: TempWorkspace;
  let beaver: BeaverWorkspace;

  before(async () => {
    program = await installAgent();
    temp = await TempWorkspace.create();
    await temp.write('.claude/skills', { '.gitkeep': '' });
    beaver = temp.open();
    const sections = { Steps: 'Sort the shelf by colour.', End: 'Stop.' };
    await temp.plugin('shelf', '1.0.0', {
      'sort-shelf': { 'SKILL.md': skillText('sort-shelf', sections, 'Sorts a shelf of jars') },
    });
    await beaver.plugins.enable(['shelf']);
  });
  after(() => temp.dispose());

  it('offers the mirrored skill to the model and gives it the published text', async () => {
    const requests = (await ask(program, temp.root, 'sort-shelf')).join('\n');
    assert.match(requests, /Sorts a shelf of jars/);
    assert.match(requests, /Sort the shelf by colour\./);
  });

  it('gives the model the merged text after an update was approved', async () => {
    const learned = { Steps: 'Sort the shelf by colour.', End: 'Stop, and wipe the shelf.' };
    await temp.write('.claude/skills/sort-shelf', {
      'SKILL.md': skillText('sort-shelf', learned, 'Sorts a shelf of jars'),
    });
    const released = { Steps: 'Sort the shelf by size, then by colour.', End: 'Stop.' };
    await temp.plugin('shelf', '2.0.0', {
      'sort-shelf': { 'SKILL.md': skillText('sort-shelf', released, 'Sorts a shelf of jars') },
    });
    await beaver.plugins.sync();
    const before = (await ask(program, temp.root, 'sort-shelf')).join('\n');
    assert.doesNotMatch(
      before,
      /by size, then by colour/,
      'an update that nobody approved must not reach the model',
    );

    const [update] = (await beaver.updates.list()).updates;
    const { draft } = await beaver.updates.draft(update?.candidate_id ?? '');
    await beaver.updates.approve(draft.draft_id);
    await beaver.updates.publish(draft.draft_id);
    const after = (await ask(program, temp.root, 'sort-shelf')).join('\n');
    assert.match(after, /Sort the shelf by size, then by colour\./);
    assert.match(after, /Stop, and wipe the shelf\./);
  });

  it('proposes a revision through the MCP server: a candidate appears, and the skill stays as it is', async () => {
    const before = await temp.text('.claude/skills/sort-shelf/SKILL.md');
    const sections = { Steps: 'Sort the shelf by size, then by colour, then by age.', End: 'Stop.' };
    const input = {
      name: 'sort-shelf',
      reason: 'Old jars belong in front.',
      files: [{ path: 'SKILL.md', content: skillText('sort-shelf', sections, 'Sorts a shelf of jars') }],
    };
    const server = { command: process.execPath, args: ['--no-warnings', MAIN, '-C', temp.root, 'mcp'] };
    const requests = await play(
      program,
      temp.root,
      [
        {
          tool: 'mcp__beaver__propose_revision',
          input,
          meanwhile: { tool: 'Skill', input: { skill: 'sort-shelf' } },
        },
      ],
      [
        ...['--mcp-config', JSON.stringify({ mcpServers: { beaver: server } }), '--strict-mcp-config'],
        ...['--allowedTools', 'mcp__beaver__propose_revision'],
      ],
    );
    assert.match(requests.join('\n'), /a person reviews it/, 'the model is told what the server is for');
    assert.match(requests.join('\n'), /skill-revision:sort-shelf:/, 'and gets the id of its proposal');
    const { updates } = await beaver.updates.list();
    const proposed = updates.filter(({ kind }) => kind === 'skill_revision');
    assert.deepEqual(
      proposed.map(({ skill_name, status, reason }) => [skill_name, status, reason]),
      [['sort-shelf', 'open', 'Old jars belong in front.']],
    );
    const { proposal } = await beaver.skills.proposal(proposed[0]?.candidate_id ?? '');
    assert.match(proposal.proposed_by, /claude/i);
    assert.equal(await temp.text('.claude/skills/sort-shelf/SKILL.md'), before);
  });
});
