import * as vscode from 'vscode';
import { BeaverError } from '../../base/errors.ts';
import type { LockWait } from '../../core/ports.ts';
import type { EditorHost } from '../contribution.ts';
import { showFailure } from '../messages.ts';
import type { CommandId, ViewId } from '../model/command-ids.ts';

/** How long a command waits for another writer, in milliseconds. */
const LOCK_PATIENCE = 30_000;

/** Does one thing that writes: with progress on the view, and a bounded wait for the lock that says so. */
export type Write = <T>(body: (wait: LockWait) => Promise<T>) => Promise<T>;

/**
 * Runs a command that writes: in a trusted workspace only, and with one message when it fails. `body` asks a person what it has to and
 * hands what writes to {@link Write}. What it resolves with is shown for a moment as the outcome; undefined shows nothing.
 */
export async function runWriting(
  host: EditorHost,
  command: CommandId,
  viewId: ViewId,
  body: (write: Write) => Promise<string | undefined>,
): Promise<void> {
  await reporting(host, command, async () => {
    requireTrust();
    const outcome = await body(writer(host, viewId));
    if (outcome !== undefined) host.activity.showOutcome(outcome);
  });
}

/** For commands that mostly read: refuses, where the workspace is not trusted, only what writes. */
export function writer(host: EditorHost, viewId: ViewId): Write {
  return async (body) => {
    requireTrust();
    let stopWaiting = (): void => undefined;
    const wait: LockWait = {
      kind: 'bounded',
      timeout: LOCK_PATIENCE,
      onWait: () => {
        stopWaiting();
        stopWaiting = host.activity.startWaiting();
      },
    };
    try {
      return await vscode.window.withProgress({ location: { viewId } }, () => body(wait));
    } finally {
      stopWaiting();
    }
  };
}

/** @throws BeaverError `workspace_untrusted`. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new BeaverError('workspace_untrusted', 'This workspace is not trusted, so Beaver only reads.', {
    nextStep: 'Trust the workspace to change skills and plugins.',
  });
}

/** Runs `body`, and turns what it fails with into one message. Never rejects. */
export async function reporting(
  host: EditorHost,
  command: CommandId,
  body: () => Promise<void>,
): Promise<void> {
  try {
    await body();
  } catch (error) {
    // Not awaited: the message stays until a person answers it, and the command is over before.
    void showFailure(host, command, error);
  }
}
