import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('activation', () => {
  it('activates in a real extension host', async () => {
    const extension = vscode.extensions.getExtension('beaver-skills.beaver-skills');
    assert.ok(extension, 'the extension under development is installed');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('runs on the Node version that the bundles are built for', () => {
    assert.equal(Number.parseInt(process.versions.node, 10), 24);
  });
});
