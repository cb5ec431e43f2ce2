import { type Command, Option } from 'commander';
import { collect, group, type Perform } from './program-parts.ts';
import { amount, price, type ReplayOptions, wholeNumber } from './replay-words.ts';
import { CHOICES, type ResolveOptions, TAKES } from './resolve-words.ts';

/** The words of `beaver updates`. */
export function addUpdates(program: Command, perform: Perform): void {
  const updates = group(program, 'updates', 'from a candidate over a draft to a published version');
  const commands = () => import('./commands/draft-commands.ts');
  updates
    .command('list')
    .description('list the candidates with their kind, mode and status')
    .action(() => perform(async () => (await commands()).listUpdates));
  updates
    .command('draft')
    .argument('<candidate>', 'candidate id')
    .description('merge a candidate into a draft')
    .action((id: string) => perform(async () => (await commands()).draftUpdate(id)));
  updates
    .command('show')
    .argument('<draft>', 'draft id')
    .option('--text [path]', 'print the result of one file, SKILL.md unless named, conflicts between markers')
    .option('--proposal', 'print what a model proposed, the last time it was asked')
    .description('show a draft: conflicts, files, gates')
    .action((id: string, options: { text?: string | true; proposal?: true }) =>
      perform(async () => {
        if (options.proposal === true)
          return (await import('./commands/merge-proposal-commands.ts')).showMergeProposal(id);
        const { showDraft, showDraftText } = await commands();
        if (options.text === undefined) return showDraft(id);
        return showDraftText(id, options.text === true ? 'SKILL.md' : options.text);
      }),
    );
  updates
    .command('check')
    .argument('<draft>', 'draft id')
    .description('run the gates of a draft')
    .action((id: string) => perform(async () => (await commands()).checkDraft(id)));
  updates
    .command('propose')
    .argument('<draft>', 'draft id')
    .description('ask a language model to settle the open conflicts of SKILL.md; takes nothing of it')
    .action((id: string) =>
      perform(async () => (await import('./commands/merge-proposal-commands.ts')).proposeMerge(id)),
    );
  updates
    .command('resolve')
    .argument('<draft>', 'draft id')
    .option(
      '--file <file>',
      'the whole text of SKILL.md, or of the file given with --path; - reads standard input',
    )
    .option('--path <path>', 'a supporting file of the skill')
    .addOption(new Option('--choose <side>', 'with --path: the side whose file is taken').choices(CHOICES))
    .option('--conflict <id>', 'a conflict to settle; repeatable', collect)
    .addOption(
      new Option(
        '--take <side>',
        'with --conflict: what is taken; proposal alone takes all that a model proposed',
      ).choices(TAKES),
    )
    .description('settle conflicts, or give the whole resolved text')
    .action((id: string, options: ResolveOptions) =>
      perform(async () => (await import('./commands/resolve-command.ts')).resolveDraft(id, options)),
    );
  updates
    .command('acknowledge')
    .argument('<draft>', 'draft id')
    .option('--rule <id>', 'take on the findings of this rule only; repeatable', collect)
    .description('say that you have read what the update adds and take it on; holds for exactly this content')
    .action((id: string, options: { rule?: readonly string[] }) =>
      perform(async () => (await commands()).acknowledgeDraft(id, options.rule)),
    );
  updates
    .command('replay')
    .argument('<draft>', 'draft id')
    .option('--runs <number>', 'runs of each eval with each version; 3 unless given, at most 20', wholeNumber)
    .option(
      '--max-tokens <number>',
      'input and output tokens to use at most; 500000 unless given',
      wholeNumber,
    )
    .option('--max-minutes <number>', 'time to take at most; 60 unless given', amount)
    .option('--max-cost <amount>', 'cost at most, in the currency of --price', amount)
    .option('--price <input/output>', 'what a million tokens cost: 3/15, say', price)
    .description(
      'run the evals of the skill with the current version and with the draft, asking a language model',
    )
    .action((id: string, options: ReplayOptions) =>
      perform(async () => (await import('./commands/replay-command.ts')).replayDraft(id, options)),
    );
  updates
    .command('approve')
    .argument('<draft>', 'draft id')
    .description('approve a draft as it is now')
    .action((id: string) => perform(async () => (await commands()).approveDraft(id)));
  updates
    .command('reject')
    .argument('<draft>', 'draft id')
    .requiredOption('--reason <text>', 'why')
    .description('reject a draft; the current version stays')
    .action((id: string, options: { reason: string }) =>
      perform(async () => (await commands()).rejectDraft(id, options.reason)),
    );
  updates
    .command('publish')
    .argument('<draft>', 'draft id')
    .description('publish an approved draft as a new version')
    .action((id: string) => perform(async () => (await commands()).publishDraft(id)));
}
