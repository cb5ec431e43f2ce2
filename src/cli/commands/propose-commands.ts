import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import process from 'node:process';
import type { RevisionProposal } from '../../core/mirror/propose.ts';
import type { ProposedFile } from '../../core/learning/proposal-tree.ts';
import { hashSkillTree } from '../../core/skill-tree.ts';
import { NodeFileSystem } from '../../node/node-files.ts';
import type { Action, CommandContext } from '../answer.ts';
import { EXIT, UsageError } from '../failure.ts';
import type { ProposeOptions } from '../propose-words.ts';
import { proposalText, proposedText } from '../text/proposal-text.ts';
import { readFileArgument, shownName } from '../text-files.ts';

/** `skills propose NAME`: a candidate, never a change. */
export function proposeRevision(name: string, options: ProposeOptions): Action {
  return async (context) => {
    const proposal: RevisionProposal = {
      content: await contentOf(context, options),
      reason: options.reason,
      through: 'cli',
      ...(options.base === undefined ? {} : { baseVersion: options.base }),
    };
    const payload = await (await context.workspace()).skills.propose(name, proposal, context.wait);
    return { payload, text: (style) => proposedText(style, payload), exit: EXIT.done };
  };
}

export function showProposal(candidateId: string): Action {
  return async (context) => {
    const payload = await (await context.workspace()).skills.proposal(candidateId);
    return { payload, text: (style) => proposalText(style, payload.proposal), exit: EXIT.done };
  };
}

async function contentOf(
  context: CommandContext,
  { file, put = [], remove = [], folder }: ProposeOptions,
): Promise<RevisionProposal['content']> {
  const single = file !== undefined || put.length > 0 || remove.length > 0;
  if (folder !== undefined) {
    if (single) {
      throw new UsageError('--folder is the whole skill and goes with no other file.', { field: 'folder' });
    }
    return { kind: 'tree', files: await folderFiles(path.resolve(context.directory, folder)) };
  }
  if (!single) {
    throw new UsageError('There is nothing to propose.', {
      nextStep: 'Give --file, --put, --remove or --folder.',
      field: 'file',
    });
  }
  const files: ProposedFile[] = [];
  if (file !== undefined)
    files.push({ path: 'SKILL.md', bytes: await readFileArgument(context, file, 'file'), executable: false });
  for (const words of put) files.push(await putFile(context, words));
  return { kind: 'changes', put: files, remove };
}

async function putFile(context: CommandContext, words: string): Promise<ProposedFile> {
  const separator = words.indexOf('=');
  const file = words.slice(separator + 1);
  if (separator < 1 || file === '') {
    throw new UsageError('--put takes a path in the skill, "=", and a file.', {
      nextStep: 'Give it as --put docs/a.md=./a.md.',
      field: 'put',
    });
  }
  const bytes = await readFileArgument(context, file, 'put');
  const executable = file === '-' ? undefined : await executableBit(path.resolve(context.directory, file));
  return { path: words.slice(0, separator), bytes, ...(executable === undefined ? {} : { executable }) };
}

/** Undefined where the file system has no such bit. */
async function executableBit(file: string): Promise<boolean | undefined> {
  if (process.platform === 'win32') return undefined;
  return ((await stat(file)).mode & 0o111) !== 0;
}

/** @throws BeaverError what reading a tree throws; its paths are named after the folder (invariant 9). */
async function folderFiles(folder: string): Promise<readonly ProposedFile[]> {
  const tree = await hashSkillTree(new NodeFileSystem(), folder, {
    keepBytes: true,
    display: shownName(folder),
  });
  return tree.files.map(({ path: file, executable }) => ({
    path: file,
    bytes: tree.bytes.get(file) ?? new Uint8Array(),
    executable,
  }));
}
