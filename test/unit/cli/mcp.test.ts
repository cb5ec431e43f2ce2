import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { homedir, tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as z from 'zod';
import type { BeaverWorkspace } from '../../../src/app/api.ts';
import { failureSchema } from '../../../src/cli/answer-schemas.ts';
import { toolInputs, toolOutputs } from '../../../src/cli/mcp/tool-schemas.ts';
import { WorkspaceLayout } from '../../../src/core/layout.ts';
import { nodePorts } from '../../../src/node/node-ports.ts';
import { skillText, TempWorkspace } from '../../support/temp-workspace.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const V1 = { Use: 'First.', End: 'Stop.' };
const doc = (sections: Record<string, string>): string => skillText('one', sections, 'Does one thing');

const contentSchema = z.array(z.object({ type: z.literal('text'), text: z.string() })).length(1);

/** The protocol's own client on a real process, as an agent starts it. */
describe('beaver mcp', function () {
  this.timeout(60_000);
  let temp: TempWorkspace;
  let beaver: BeaverWorkspace;
  let client: Client;
  let transport: StdioClientTransport;

  before(async () => {
    temp = await TempWorkspace.create();
    await temp.plugin('kit', '1.0.0', {
      one: { 'SKILL.md': doc(V1), 'docs/a.md': 'a\n', 'bin/run*': '#!/bin/sh\n', 'logo.bin': 'a\u0000b' },
    });
    beaver = temp.open();
    await beaver.plugins.enable(['kit']);
  });
  after(() => temp.dispose());
  beforeEach(async () => {
    client = new Client({ name: 'test-agent', version: '7.0' });
    transport = new StdioClientTransport({
      command: process.execPath,
      args: ['--no-warnings', MAIN, '-C', temp.root, '--wait', '0', 'mcp'],
      stderr: 'inherit',
    });
    await client.connect(transport);
  });
  afterEach(() => client.close());

  /** The answer of a tool, against the schema that the tool declares; nothing in it names a place on this machine. */
  async function call<K extends keyof typeof toolOutputs>(
    name: K,
    args: Record<string, unknown> = {},
  ): Promise<z.infer<(typeof toolOutputs)[K]>> {
    const result = await client.callTool({ name, arguments: args });
    const [content] = contentSchema.parse(result.content);
    assert.notEqual(result.isError, true, content?.text);
    noPlaces(content?.text);
    assert.deepEqual(JSON.parse(content?.text ?? ''), result.structuredContent);
    return toolOutputs[name].parse(result.structuredContent) as z.infer<(typeof toolOutputs)[K]>;
  }

  /** The coded error of a tool. */
  async function refusal(name: string, args: Record<string, unknown>): Promise<string> {
    const result = await client.callTool({ name, arguments: args });
    const [content] = contentSchema.parse(result.content);
    assert.equal(result.isError, true, content?.text);
    noPlaces(content?.text);
    return failureSchema.parse(JSON.parse(content?.text ?? '')).error.code;
  }

  function noPlaces(said: string | undefined): void {
    for (const place of [temp.root, tmpdir(), homedir()])
      assert(said?.includes(place) === false, `${String(said)} names a place on this machine`);
  }

  it('offers four tools with what they take and answer, of which only one is not for reading', async () => {
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name).sort(), Object.keys(toolInputs).sort());
    assert.deepEqual(
      tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name),
      ['propose_revision'],
    );
    for (const { inputSchema, outputSchema, description } of tools) {
      assert.equal(inputSchema['additionalProperties'], false);
      assert(outputSchema !== undefined && (description ?? '').length > 20);
    }
    assert.match(client.getInstructions() ?? '', /a person reviews it/);
  });

  it('lists skills and reads one: its text, the list of its files, and the files that are asked for', async () => {
    const { skills } = await call('list_skills');
    assert.deepEqual(
      skills.map(({ name, description, current_version }) => [name, description, current_version]),
      [['one', 'Does one thing', 'v0001']],
    );
    const read = await call('read_skill', { name: 'one' });
    assert.deepEqual(
      read.files.map(({ path, text: content, executable }) => [path, content, executable]),
      [
        ['SKILL.md', doc(V1), false],
        ['bin/run', null, true],
        ['docs/a.md', null, false],
        ['logo.bin', null, false],
      ],
    );
    const more = await call('read_skill', {
      name: 'one',
      version: 'v0001',
      paths: ['docs/a.md', 'logo.bin'],
    });
    assert.deepEqual(
      more.files.filter((file) => file.text !== null).map((file) => file.path),
      ['docs/a.md'],
    );
  });

  it('makes a candidate of a proposal and changes nothing; its fate can be read until it is published', async () => {
    const proposed = await call('propose_revision', {
      name: 'one',
      reason: 'The second way is faster.',
      files: [
        { path: 'SKILL.md', content: doc({ ...V1, Use: 'Second.' }) },
        { path: 'icon.bin', content: Buffer.of(0, 1, 2).toString('base64'), encoding: 'base64' },
      ],
      remove: ['docs/a.md'],
      base_version: 'v0001',
    });
    const { candidate_id, status, proposed_by, proposed_through } = proposed.proposal;
    assert.deepEqual(
      [proposed.created, status, proposed_by, proposed_through],
      [true, 'open', 'test-agent 7.0', 'mcp'],
    );
    assert.equal((await beaver.skills.show('one')).skill.current_version, 'v0001');
    assert.equal(await temp.text('.agents/skills/one/SKILL.md'), doc(V1));

    const { draft } = await beaver.updates.draft(candidate_id);
    assert.equal((await call('proposal_status', { candidate_id })).proposal.status, 'ready');
    await beaver.updates.approve(draft.draft_id);
    await beaver.updates.publish(draft.draft_id);
    const { proposal } = await call('proposal_status', { candidate_id });
    assert.deepEqual(
      [proposal.status, proposal.version, proposal.decision?.decision],
      ['published', 'v0002', 'approved'],
    );
    const now = await call('read_skill', { name: 'one' });
    assert.deepEqual(
      now.files.map(({ path, size }) => [path, size]),
      [
        ['SKILL.md', Buffer.byteLength(doc({ ...V1, Use: 'Second.' }))],
        ['bin/run', 10],
        ['icon.bin', 3],
        ['logo.bin', 3],
      ],
    );
  });

  it('tells an agent why its proposal was rejected', async () => {
    const args = { name: 'one', reason: 'Why not.', files: [{ path: 'b.md', content: 'b' }] };
    const { candidate_id } = (await call('propose_revision', args)).proposal;
    const { draft } = await beaver.updates.draft(candidate_id);
    await beaver.updates.reject(draft.draft_id, 'It says nothing.');
    const { proposal } = await call('proposal_status', { candidate_id });
    assert.deepEqual([proposal.status, proposal.decision?.reason], ['rejected', 'It says nothing.']);
    assert.equal((await call('propose_revision', args)).created, false, 'asking again changes nothing');
  });

  const propose = (part: Record<string, unknown>) => ({
    name: 'one',
    reason: 'Why not.',
    files: [{ path: 'new.md', content: 'new' }],
    ...part,
  });
  const refused: readonly (readonly [
    what: string,
    tool: string,
    args: Record<string, unknown>,
    code: string,
  ])[] = [
    ['a skill that is not there', 'read_skill', { name: 'two' }, 'skill_unknown'],
    ['a name that is a path', 'read_skill', { name: '../../etc' }, 'invalid_name'],
    ['a version that is a path', 'read_skill', { name: 'one', version: '../../x' }, 'invalid_name'],
    [
      'a file that the skill has not',
      'read_skill',
      { name: 'one', paths: ['../skill.json'] },
      'file_unknown',
    ],
    [
      'a path that leaves the skill',
      'propose_revision',
      propose({ files: [{ path: '../two/SKILL.md', content: '' }] }),
      'path_not_contained',
    ],
    [
      'an absolute path',
      'propose_revision',
      propose({ files: [{ path: '/etc/cron.d/x', content: '' }] }),
      'path_not_contained',
    ],
    [
      'a path of Windows',
      'propose_revision',
      propose({ files: [{ path: '..\\..\\x', content: '' }] }),
      'path_not_contained',
    ],
    ['a removal that leaves the skill', 'propose_revision', propose({ remove: ['../../a'] }), 'file_unknown'],
    ['nothing new', 'propose_revision', propose({ files: [] }), 'proposal_unchanged'],
    ['no reason', 'propose_revision', propose({ reason: '  ' }), 'reason_missing'],
    [
      'bytes that are no base64',
      'propose_revision',
      propose({ files: [{ path: 'a', content: '!!', encoding: 'base64' }] }),
      'invalid_encoding',
    ],
    [
      'files that are too large together',
      'propose_revision',
      propose({
        files: Array.from({ length: 5 }, (_, n) => ({ path: `f${n}`, content: 'x'.repeat(1024 * 1024) })),
      }),
      'proposal_too_large',
    ],
    ['an update that nobody proposed', 'proposal_status', { candidate_id: 'nothing' }, 'candidate_unknown'],
  ];
  for (const [what, tool, args, code] of refused) {
    it(`refuses ${what} with a code`, async () => {
      assert.equal(await refusal(tool, args), code);
    });
  }

  it('refuses words that its tools do not have, and sizes above their bounds', async () => {
    for (const args of [
      propose({ publish: true }),
      propose({ reason: 'x'.repeat(2001) }),
      propose({ files: [{ path: 'a', content: 'x'.repeat(1024 * 1024 + 1) }] }),
      propose({ files: [{ path: 'a'.repeat(1001), content: '' }] }),
      propose({ files: Array.from({ length: 101 }, (_, n) => ({ path: `f${n}`, content: '' })) }),
    ]) {
      const result = await client.callTool({ name: 'propose_revision', arguments: args });
      assert.equal(result.isError, true);
      assert.match(contentSchema.parse(result.content)[0]?.text ?? '', /-32602/);
    }
  });

  it('says that another writer holds the lock, and reads meanwhile', async () => {
    const { lock } = nodePorts();
    await lock.run(new WorkspaceLayout(temp.root).writeLock, 'hold', { kind: 'never' }, async () => {
      assert.equal(await refusal('propose_revision', propose({})), 'plugin_write_busy');
      assert.equal((await call('list_skills')).skills.length, 1);
    });
  });

  it('ends when its client does, with nothing on standard output but the protocol', async () => {
    const child = spawn(process.execPath, ['--no-warnings', MAIN, '-C', temp.root, 'mcp'], { stdio: 'pipe' });
    const [out, exit] = [text(child.stdout), exitOf(child)];
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'a', version: '1' },
    };
    const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params };
    const propose = {
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: {
        name: 'propose_revision',
        arguments: { name: 'one', reason: 'Last words.', files: [{ path: 'last.md', content: 'last' }] },
      },
    };
    child.stdin.end([initialize, propose].map((message) => `${JSON.stringify(message)}\n`).join(''));
    assert.equal(await exit, 0);
    const messages = (await out)
      .trimEnd()
      .split('\n')
      .map((line) => z.object({ id: z.number() }).parse(JSON.parse(line)));
    assert.deepEqual(
      messages.map(({ id }) => id),
      [1, 2],
      'what was asked before the end is done and told',
    );
    const { updates } = await beaver.updates.list();
    assert(updates.some(({ reason }) => reason === 'Last words.'));
  });

  it('ends when it is asked to by a signal', async function () {
    if (process.platform === 'win32') return this.skip();
    const child = spawn(process.execPath, ['--no-warnings', MAIN, '-C', temp.root, 'mcp'], { stdio: 'pipe' });
    const exit = exitOf(child);
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'a', version: '1' },
    };
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    assert.equal(await exit, 0);
  });
});

/** The exit code once all streams are closed; null when a signal ended it. */
function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}
