import * as path from 'node:path';
import type { BeaverWorkspace } from '../../src/app/api.ts';
import type { UpdatePayload } from '../../src/app/payloads.ts';
import { BeaverError, isBeaverError } from '../../src/base/errors.ts';
import type { FileSystem, Models } from '../../src/core/ports.ts';
import { AnsweringModels } from '../support/answering-models.ts';
import { obedientAnswer } from '../support/obedient-model.ts';
import { skillText, type Texts } from '../support/temp-workspace.ts';

/** The two folders that agents read in the workspace of the life. */
export const TARGETS = ['.agents/skills', '.claude/skills'] as const;

/** What people, agents and the authors of plugins do to a workspace from the outside. What they write is durable: losing it would be their loss. */
export class Outside {
  readonly #files: FileSystem;
  readonly #root: string;

  constructor(files: FileSystem, root: string) {
    this.#files = files;
    this.#root = root;
  }

  async write(folder: string, texts: Texts): Promise<void> {
    for (const [name, text] of Object.entries(texts)) {
      const file = path.join(this.#root, folder, name.replace(/\*$/, ''));
      await this.#files.makeDirectory(path.dirname(file));
      await this.#files.writeFile(file, Buffer.from(text), { executable: name.endsWith('*') });
    }
    await this.#files.flushTrees([this.#root]);
  }

  /** Replaces the package of a plugin. */
  async release(id: string, version: string, skills: Readonly<Record<string, Texts>>): Promise<void> {
    await this.#files.remove(path.join(this.#root, 'plugins', id));
    const manifest = {
      schema_version: 1,
      id,
      name: id,
      version,
      skills: Object.keys(skills).map((name) => ({ name, path: `skills/${name}` })),
    };
    for (const [name, texts] of Object.entries(skills))
      await this.write(`plugins/${id}/skills/${name}`, texts);
    await this.write(`plugins/${id}`, { 'beaver.plugin.json': JSON.stringify(manifest) });
  }
}

export interface Stage {
  readonly name: string;
  readonly prepare?: (outside: Outside) => Promise<void>;
  /** One command. Carried out again where it is done already, it changes nothing. */
  readonly act: (beaver: BeaverWorkspace) => Promise<unknown>;
  /** How many changes it makes, each of them whole or not there at all. */
  readonly changes: number;
  /** Texts that somebody wrote into a folder that agents read, before this stage. */
  readonly edits?: readonly string[];
  /** The model that is asked in this stage. */
  readonly models?: () => Models;
  /** The purpose of the transaction that the disk refuses while this stage runs. Who comes later meets a disk that works. */
  readonly refused?: string;
  /** The event in the log that shows that the stage took the way that it is there for. */
  readonly event?: string;
}

const DRAW = { Layout: 'Use a grid.', Review: 'Check the panels.', Output: 'Write a PDF.' };
const INK = { Lines: 'Draw thick lines.', Colour: 'Use black.' };
export const EDITS = {
  review: 'Check the panels, twice, with the author.',
  output: 'Write a PDF and a page for the web.',
  colour: 'Use black, and one red.',
  layout: 'Use a grid, but leave the gutters wide.',
} as const;
/** Of words of both sides, as a model may propose it. */
const RESOLVED = 'Check every panel for its frame, twice, with the author.';

const drawFiles = (sections: Readonly<Record<string, string>>, panel: string): Texts => ({
  'SKILL.md': skillText('draw', sections),
  'templates/panel.txt': panel,
  'bin/draw.sh*': '#!/bin/sh\necho draw\n',
});
const inkFiles = (sections: Readonly<Record<string, string>>): Texts => ({
  'SKILL.md': skillText('ink', sections),
  'pens.txt': 'fine\nbroad\n',
});
const lintFiles = (version: string): Texts => ({
  'SKILL.md': skillText('lint', { Rules: `The rules of ${version}.` }),
  'rules.json': `{"version":"${version}"}\n`,
});

/** The whole life of two plugins, one command a stage: each goes on where the one before ended. */
export const LIFE: readonly Stage[] = [
  {
    name: 'enable two plugins',
    prepare: async (outside) => {
      await outside.release('kit', '1.0.0', { draw: drawFiles(DRAW, 'panel'), ink: inkFiles(INK) });
      await outside.release('tools', '1.0.0', { lint: lintFiles('1.0.0') });
    },
    act: (beaver) => beaver.plugins.enable(['kit', 'tools']),
    changes: 1,
  },
  {
    name: 'capture different edits of one skill in both targets',
    prepare: async (outside) => {
      const [first, second] = TARGETS;
      await outside.write(`${first}/draw`, {
        'SKILL.md': skillText('draw', { ...DRAW, Review: EDITS.review }),
        'run.log': 'noise',
      });
      await outside.write(`${second}/draw`, {
        'SKILL.md': skillText('draw', { ...DRAW, Output: EDITS.output }),
      });
    },
    act: (beaver) => beaver.skills.capture(),
    changes: 2,
    edits: [EDITS.review, EDITS.output],
  },
  {
    name: 'sync the next release while a skill is edited',
    prepare: async (outside) => {
      const draw = { ...DRAW, Layout: 'Use a grid of six.', Review: 'Check every panel for its frame.' };
      await outside.release('kit', '1.1.0', {
        draw: drawFiles(draw, 'wide panel'),
        ink: inkFiles({ ...INK, Lines: 'Draw thin lines.' }),
        shade: { 'SKILL.md': skillText('shade', { Light: 'From the left.' }), 'grey.txt': '50%' },
      });
      await outside.write(`${TARGETS[1]}/ink`, {
        'SKILL.md': skillText('ink', { ...INK, Colour: EDITS.colour }),
      });
    },
    act: (beaver) => beaver.plugins.sync(),
    changes: 2,
    edits: [EDITS.colour],
  },
  { name: 'draft an update', act: (beaver) => draft(beaver, 'draw'), changes: 1 },
  {
    name: 'ask a model about its conflict',
    act: (beaver) => askModel(beaver, 'draw'),
    models: () =>
      new AnsweringModels((request) => JSON.stringify(obedientAnswer(request, [`${RESOLVED}\n`]))),
    changes: 1,
    event: 'proposal_made',
  },
  {
    name: 'ask a model that fails',
    act: (beaver) => unless('model_failed', askModel(beaver, 'draw')),
    models: () =>
      new AnsweringModels(() => new BeaverError('model_failed', 'It broke.', { nextStep: 'Ask again.' })),
    changes: 1,
    event: 'proposal_failed',
  },
  { name: 'take what was proposed', act: (beaver) => takeProposal(beaver, 'draw'), changes: 1 },
  { name: 'approve it', act: (beaver) => approve(beaver, 'draw'), changes: 1 },
  { name: 'publish it', act: (beaver) => publish(beaver, 'draw'), changes: 2 },
  { name: 'draft the update of the edited skill', act: (beaver) => draft(beaver, 'ink'), changes: 1 },
  { name: 'write its text by hand', act: (beaver) => rewrite(beaver, 'ink'), changes: 1 },
  { name: 'approve the text', act: (beaver) => approve(beaver, 'ink'), changes: 1 },
  { name: 'publish the text', act: (beaver) => publish(beaver, 'ink'), changes: 2 },
  {
    name: 'roll an edited skill back',
    prepare: async (outside) => {
      const sections = { ...DRAW, Layout: EDITS.layout, Review: RESOLVED };
      await outside.write(`${TARGETS[0]}/draw`, { 'SKILL.md': skillText('draw', sections) });
    },
    act: (beaver) => unless('version_current', beaver.skills.rollback('draw', 'v0002')),
    changes: 2,
    edits: [EDITS.layout],
  },
  { name: 'pause', act: (beaver) => beaver.plugins.pause('kit'), changes: 1 },
  {
    name: 'resume after a release',
    prepare: (outside) =>
      outside.release('kit', '1.2.0', {
        draw: drawFiles({ ...DRAW, Layout: 'Use a grid of six.', Output: 'Write an EPUB.' }, 'wide panel'),
        ink: inkFiles({ ...INK, Lines: 'Draw thin lines, twice.' }),
      }),
    act: (beaver) => beaver.plugins.resume('kit'),
    changes: 2,
  },
  {
    name: 'adopt a skill',
    act: (beaver) => unless('skill_not_linked', beaver.plugins.adopt('kit', 'ink')),
    changes: 1,
  },
  {
    name: 'disable the other plugin',
    act: (beaver) => beaver.plugins.disable('tools', { disableLinkedSkills: true }),
    changes: 1,
  },
  {
    name: 'enable it again after a release',
    prepare: (outside) => outside.release('tools', '2.0.0', { lint: lintFiles('2.0.0') }),
    act: (beaver) => beaver.plugins.enable(['tools']),
    changes: 2,
  },
  { name: 'draft a fast-forward', act: (beaver) => draft(beaver, 'lint'), changes: 1 },
  { name: 'approve the fast-forward', act: (beaver) => approve(beaver, 'lint'), changes: 1 },
  {
    name: 'publish the fast-forward, and the plugin state cannot take it in',
    act: (beaver) => publish(beaver, 'lint'),
    refused: 'acknowledge a publication',
    changes: 2,
    event: 'plugin_publish_ack_failed',
  },
  {
    name: 'propose a revision',
    act: (beaver) =>
      beaver.skills.propose('lint', {
        content: {
          kind: 'changes',
          put: [{ path: 'more.txt', bytes: Buffer.from('A rule that was learned.\n') }],
          remove: [],
        },
        reason: 'It was missing.',
        through: 'cli',
      }),
    changes: 1,
  },
  { name: 'draft the revision', act: (beaver) => draft(beaver, 'lint', 'skill_revision'), changes: 1 },
  { name: 'approve the revision', act: (beaver) => approve(beaver, 'lint', 'skill_revision'), changes: 1 },
  { name: 'publish the revision', act: (beaver) => publish(beaver, 'lint', 'skill_revision'), changes: 2 },
];

type Kind = UpdatePayload['kind'];

async function waiting(
  beaver: BeaverWorkspace,
  skill: string,
  kind: Kind,
): Promise<UpdatePayload | undefined> {
  const { updates } = await beaver.updates.list();
  return updates.find(
    (update) =>
      update.skill_name === skill &&
      update.kind === kind &&
      ['open', 'drafted', 'ready'].includes(update.status),
  );
}

/** The open draft of a skill; undefined when it is published already. */
async function openDraft(
  beaver: BeaverWorkspace,
  skill: string,
  kind: Kind = 'plugin_skill_update',
): Promise<string | undefined> {
  const update = await waiting(beaver, skill, kind);
  if (update !== undefined && update.draft_id === null) throw new Error(`There is no draft of ${skill}.`);
  return update?.draft_id ?? undefined;
}

async function draft(
  beaver: BeaverWorkspace,
  skill: string,
  kind: Kind = 'plugin_skill_update',
): Promise<void> {
  const update = await waiting(beaver, skill, kind);
  if (update === undefined) throw new Error(`There is no update of ${skill}.`);
  await beaver.updates.draft(update.candidate_id);
}

async function askModel(beaver: BeaverWorkspace, skill: string): Promise<void> {
  const id = await openDraft(beaver, skill);
  if (id === undefined) throw new Error(`There is no draft of ${skill}.`);
  const { proposal } = await beaver.updates.propose(id);
  if (proposal.status !== 'usable') throw new Error(`The proposal is refused: ${JSON.stringify(proposal)}`);
}

async function takeProposal(beaver: BeaverWorkspace, skill: string): Promise<void> {
  const id = await openDraft(beaver, skill);
  if (id === undefined) return;
  const { documents, proposal } = await beaver.updates.detail(id);
  for (const document of documents) {
    const resolutions = Object.fromEntries(
      document.unresolved.map((chunk) => {
        const text = proposal?.conflicts.find((conflict) => conflict.id === chunk)?.text ?? null;
        if (text === null) throw new Error(`Nothing is proposed for ${chunk}.`);
        return [chunk, { take: 'proposal', text } as const];
      }),
    );
    if (document.unresolved.length > 0)
      await beaver.updates.resolve(id, { kind: 'chunks', path: document.path, resolutions });
  }
}

async function rewrite(beaver: BeaverWorkspace, skill: string): Promise<void> {
  const id = await openDraft(beaver, skill);
  if (id === undefined) return;
  const text = skillText(skill, { Lines: 'Draw thin lines.', Colour: EDITS.colour, Paper: 'Cold pressed.' });
  await beaver.updates.resolve(id, { kind: 'text', path: 'SKILL.md', text });
}

async function approve(beaver: BeaverWorkspace, skill: string, kind?: Kind): Promise<void> {
  const id = await openDraft(beaver, skill, kind);
  if (id !== undefined) await beaver.updates.approve(id);
}

async function publish(beaver: BeaverWorkspace, skill: string, kind?: Kind): Promise<void> {
  const id = await openDraft(beaver, skill, kind);
  if (id !== undefined) await beaver.updates.publish(id);
}

/** `code` says that a command was carried out before. */
async function unless(code: string, command: Promise<unknown>): Promise<void> {
  try {
    await command;
  } catch (error) {
    if (!isBeaverError(error, code)) throw error;
  }
}
