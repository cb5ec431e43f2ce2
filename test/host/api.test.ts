import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import * as vscode from 'vscode';
import type { BeaverApi } from '../../src/editor/api.ts';

/** test/fixtures/api-consumer. */
interface ApiConsumer {
  readonly wasActive: boolean;
  readonly members: readonly string[];
  readonly version: number;
  readonly heard: readonly ReturnType<BeaverApi['counts']>[];
  names(): Promise<readonly string[]>;
  propose(skill: string, text: string): ReturnType<BeaverApi['proposeRevision']>;
  status(candidateId: string): Promise<string>;
  codeOf(promise: Promise<unknown>): Promise<string>;
}

const TEXT = '---\nname: api-skill\ndescription: Is read by another extension\n---\n\n# Skill\n\nFirst.\n';

/** As another extension sees Beaver: by its id, its exports, and nothing else. */
describe('the API for other extensions', function () {
  this.timeout(60_000);
  let api: BeaverApi;
  let root: vscode.Uri;

  before(async () => {
    const extension = vscode.extensions.getExtension<BeaverApi>('beaver-skills.beaver-skills');
    assert(extension !== undefined);
    api = await extension.activate();
    await api.settled;
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert(folder !== undefined);
    root = folder.uri;
    const skills = [{ name: 'api-skill', path: 'skills/api-skill' }];
    const manifest = { schema_version: 1, id: 'api-plugin', name: 'api-plugin', version: '1.0.0', skills };
    await write('plugins/api-plugin/beaver.plugin.json', JSON.stringify(manifest));
    await write('plugins/api-plugin/skills/api-skill/SKILL.md', TEXT);
    await api.refresh();
    await vscode.commands.executeCommand('beaver.plugins.enable', {
      kind: 'plugin',
      folder: root.toString(),
      pluginId: 'api-plugin',
    });
  });

  after(async () => {
    for (const path of ['skills', '.beaver', '.agents', 'plugins/api-plugin'])
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(root, path), { recursive: true });
    await api.refresh();
  });

  async function write(path: string, text: string): Promise<void> {
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(root, path), Buffer.from(text));
  }
  const mine = async () => (await api.listSkills()).find(({ name }) => name === 'api-skill');
  const proposal = (text: string) => ({
    reason: 'It reads better.',
    proposer: 'me.mine',
    files: [{ path: 'SKILL.md', content: text }],
  });

  it('lists the managed skills of a folder', async () => {
    assert.equal((await mine())?.description, 'Is read by another extension');
    assert.deepEqual(await api.listSkills(root), await api.listSkills());
  });

  it('takes a proposal, says that something changed, and tells its fate; the skill stays', async () => {
    const before = api.counts();
    const changed = new Promise<void>((resolve) => {
      const listening = api.onDidChange(() => {
        listening.dispose();
        resolve();
      });
    });
    const made = await api.proposeRevision('api-skill', proposal(TEXT.replace('First.', 'Second.')), root);
    await changed;
    assert.deepEqual(
      [made.created, made.proposal.proposed_by, made.proposal.proposed_through],
      [true, 'me.mine', 'extension'],
    );
    assert.equal((await api.proposalStatus(made.proposal.candidate_id)).status, 'open');
    assert.equal((await mine())?.current_version, 'v0001');
    assert.notDeepEqual(api.counts(), before, 'it waits for a person');
  });

  it('rejects with a code what cannot be done', async () => {
    const code = (wanted: string) => (error: unknown) =>
      error instanceof Error && 'code' in error && error.code === wanted && 'nextStep' in error;
    await assert.rejects(api.proposeRevision('api-skill', proposal(TEXT)), code('proposal_unchanged'));
    await assert.rejects(api.proposeRevision('no-such', proposal('x')), code('skill_unknown'));
    await assert.rejects(api.proposalStatus('nothing'), code('candidate_unknown'));
    await assert.rejects(api.listSkills(vscode.Uri.file('/elsewhere')), code('folder_unknown'));
    const outside = { ...proposal('x'), files: [{ path: '../x', content: 'x' }] };
    await assert.rejects(api.proposeRevision('api-skill', outside), code('path_not_contained'));
  });

  it('is there for an extension that depends on Beaver, which lists, proposes, hears of it and follows it', async () => {
    const consumer = vscode.extensions.getExtension<ApiConsumer>('beaver-skills-tests.api-consumer');
    assert(consumer !== undefined);
    const other = await consumer.activate();
    assert.deepEqual([other.wasActive, other.version, other.members], [true, 1, Object.keys(api).sort()]);
    assert((await other.names()).includes('api-skill'));
    const heard = new Promise<void>((resolve) => {
      const listening = api.onDidChange(() => {
        listening.dispose();
        resolve();
      });
    });
    const { created, proposal: made } = await other.propose('api-skill', TEXT.replace('First.', 'Third.'));
    await heard;
    assert.deepEqual(
      [created, made.proposed_by, await other.status(made.candidate_id)],
      [true, 'beaver-skills-tests.api-consumer', 'open'],
    );
    assert.deepEqual(other.heard.at(-1), api.counts());
    assert.equal(await other.codeOf(other.propose('api-skill', TEXT)), 'proposal_unchanged');
    assert.equal(await other.codeOf(other.propose('no-such', TEXT)), 'skill_unknown');
    assert.equal((await mine())?.current_version, 'v0001');
  });

  /** The server that the editor's agents are offered, as the editor starts it. */
  async function withServer<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const [server, second] = await api.mcpServers();
    assert(server !== undefined && second === undefined);
    const client = new Client({ name: 'host-test', version: '1' });
    const environment = Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    await client.connect(
      new StdioClientTransport({
        command: server.command,
        args: [...server.args],
        env: { ...Object.fromEntries(environment), ...server.env },
      }),
    );
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  }

  it('offers an MCP server for the folder, and what it offers starts and answers', async () => {
    await withServer(async (client) => {
      const { tools } = await client.listTools();
      assert.deepEqual(tools.map(({ name }) => name).sort(), [
        'list_skills',
        'proposal_status',
        'propose_revision',
        'read_skill',
      ]);
      const { content } = await client.callTool({ name: 'list_skills', arguments: {} });
      assert.match(JSON.stringify(content), /api-skill/);
    });
  });

  it('offers it with the limits and ignored files that the person has set for all folders', async () => {
    const settings = vscode.workspace.getConfiguration('beaver');
    const set = async (limit: number | undefined, ignored: readonly string[] | undefined): Promise<void> => {
      await settings.update('limits.maxFiles', limit, vscode.ConfigurationTarget.Global);
      await settings.update('ignoredTargetFiles', ignored, vscode.ConfigurationTarget.Global);
    };
    const files = ['SKILL.md', 'a.md', 'b.md'].map((path) => ({
      path,
      content: TEXT.replace('First', path),
    }));
    const answer = () =>
      withServer(async (client) =>
        JSON.stringify(
          await client.callTool({
            name: 'propose_revision',
            arguments: { name: 'api-skill', reason: 'More.', files },
          }),
        ),
      );
    await set(2, ['*.tmp']);
    try {
      const [server] = await api.mcpServers();
      const args = server?.args ?? [];
      assert.deepEqual(args.slice(args.indexOf('--ignored-target-file')).slice(0, 4), [
        ...['--ignored-target-file', '*.tmp', '--max-files', '2'],
      ]);
      assert.match(await answer(), /too_many_files/);
    } finally {
      await set(undefined, undefined);
    }
    assert.match(await answer(), /candidate_id/);
  });
});
