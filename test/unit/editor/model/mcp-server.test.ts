import assert from 'node:assert/strict';
import { mcpServer } from '../../../../src/editor/model/mcp-server.ts';

const place = {
  folder: '/projects/shop',
  name: undefined,
  cli: '/ext/dist/cli.cjs',
  execPath: '/vscode/node',
  settings: {
    skillsDirectory: 'skills',
    pluginSearchPaths: [],
    runtimeTargets: [],
    ignoredTargetFiles: undefined,
    maxFiles: undefined,
    maxBytes: undefined,
  },
};

describe('How the MCP server of a folder is started', () => {
  it('is the command line of the extension on the editor’s own Node', () => {
    assert.deepEqual(mcpServer(place), {
      label: 'Beaver',
      command: '/vscode/node',
      args: ['/ext/dist/cli.cjs', '-C', '/projects/shop', '--skills-directory', 'skills', 'mcp'],
      env: { ELECTRON_RUN_AS_NODE: '1' },
    });
  });

  it('says which folder it is of where there are several, and passes on what the person has set', () => {
    const settings = {
      skillsDirectory: 'kept',
      pluginSearchPaths: ['/p', 'q'],
      runtimeTargets: ['.agents/skills'],
      ignoredTargetFiles: ['*.log', 'node_modules'],
      maxFiles: 20,
      maxBytes: 4096,
    };
    const { label, args } = mcpServer({ ...place, name: 'shop', settings });
    assert.equal(label, 'Beaver (shop)');
    assert.deepEqual(args.slice(3), [
      ...['--skills-directory', 'kept', '--plugin-path', '/p', '--plugin-path', 'q'],
      ...['--runtime-target', '.agents/skills'],
      ...['--ignored-target-file', '*.log', '--ignored-target-file', 'node_modules'],
      ...['--max-files', '20', '--max-bytes', '4096', 'mcp'],
    ]);
    const none = mcpServer({ ...place, settings: { ...place.settings, ignoredTargetFiles: [] } });
    assert.deepEqual(none.args.slice(5), ['--ignored-target-file', '', 'mcp']);
  });
});
