import type { InstallOutcomePayload } from '../../app/install-payloads.ts';
import type { LookPayload, SurfacePayload } from '../../app/package-look-payloads.ts';
import { contentLabel } from './market-labels.ts';
import { skillCount } from './labels.ts';
import type { Translate } from './translate.ts';

type Look = LookPayload['look'];
type ConsentChange = NonNullable<InstallOutcomePayload['consent']>['changes'][number];

/** Lines that a dialog shows of a list before it says how many more there are. */
const MOST_LINES = 12;

/** A way in which a package can act, in words. */
export function surfaceLabel(kind: SurfacePayload['kind'], t: Translate): string {
  switch (kind) {
    case 'executable':
      return t('Program');
    case 'hook':
      return t('Hook');
    case 'server':
      return t('Server');
    case 'command':
      return t('Command');
    case 'host':
      return t('Host');
    case 'environment':
      return t('Environment variable');
    case 'tool':
      return t('Allowed tool');
  }
}

export function consentLabel(kind: ConsentChange['kind'], t: Translate): string {
  switch (kind) {
    case 'major_version':
      return t('Major version');
    case 'downgrade':
      return t('Older version');
    case 'source_changed':
      return t('Other source');
    case 'new_plugin':
      return t('Another plugin');
    case 'executable':
    case 'hook':
    case 'server':
    case 'command':
    case 'host':
    case 'environment':
    case 'tool':
      return surfaceLabel(kind, t);
  }
}

/** What asks for a person before an update, a line each. `root` is the plugin itself: others are named. */
export function consentLines(
  changes: readonly ConsentChange[],
  root: string,
  t: Translate,
): readonly string[] {
  return shortened(
    changes.map(({ kind, id, value }) => {
      const line = `${consentLabel(kind, t)}: ${oneLine(value)}`;
      return id === root ? line : `${line} (${id})`;
    }),
    t,
  );
}

export function surfaceLines(surface: readonly SurfacePayload[], t: Translate): readonly string[] {
  return surface.map(({ kind, value }) => `${surfaceLabel(kind, t)}: ${oneLine(value)}`);
}

/** What an installed package can do, as far as a tooltip has room for it. */
export function surfaceSummary(surface: readonly SurfacePayload[], t: Translate): readonly string[] {
  if (surface.length === 0) return [t('It brings nothing that can run.')];
  return [t('It can run or use:'), ...shortened(surfaceLines(surface, t), t, 6)];
}

/** What a person decides on before a plugin is installed. Lines of a dialog. */
export function installDetail(look: Look, t: Translate): string {
  const runs = surfaceLines(look.surface, t);
  return [
    t('Source: {0}', look.source.replace(`#${look.identity.replace(/^commit:/, '')}`, '')),
    t('Content: {0}', contentLabel({ version: null, identity: look.identity })),
    `${t('Skills')}: ${look.skills.length === 0 ? t('none') : `${skillCount(look.skills.length, t)} (${short(look.skills.join(', '))})`}`,
    ...(look.dependencies.length === 0
      ? []
      : [
          t(
            'Needs: {0}',
            look.dependencies.map(({ name, range }) => [name, range].filter(Boolean).join(' ')).join(', '),
          ),
        ]),
    '',
    ...(runs.length === 0
      ? [t('It brings nothing that can run.')]
      : [t('It can run or use:'), ...shortened(runs, t).map(bullet)]),
    '',
    ...preflightLines(look.preflight, t),
  ].join('\n');
}

/** What the preflight found, the worst first. */
export function preflightLines({ passed, findings }: Look['preflight'], t: Translate): readonly string[] {
  const open = findings.filter(({ suppressed }) => !suppressed);
  const count = (severity: string): number => open.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const summary =
    errors + warnings === 0
      ? t('Preflight: passed.')
      : passed
        ? t('Preflight: passed with {0} errors and {1} warnings.', errors, warnings)
        : t('Preflight: refused, with {0} errors and {1} warnings.', errors, warnings);
  const order = ['error', 'warning'];
  const lines = open
    .filter(({ severity }) => order.includes(severity))
    .sort(
      (a, b) =>
        Number(b.blocking) - Number(a.blocking) || order.indexOf(a.severity) - order.indexOf(b.severity),
    )
    .map(({ message, code, file }) => bullet(`${message} [${code}] ${file}`));
  return [summary, ...shortened(lines, t, 5)];
}

/** The whole of what is known of a package before it is installed: a document that a person reads beside the question. */
export function lookDocument(look: Look, t: Translate): string {
  const list = (title: string, lines: readonly string[]): readonly string[] => [
    '',
    `## ${title}`,
    '',
    ...(lines.length === 0 ? [t('none')] : lines.map(bullet)),
  ];
  const { preflight, surface, skills } = look;
  const findings = preflight.findings.map(
    (finding) =>
      `${finding.severity} [${finding.code}] ${finding.file}: ${finding.message} ${finding.next_step}`,
  );
  return [
    `# ${look.name} ${contentLabel(look)}`,
    '',
    t('Source: {0}', look.source),
    t('Content: {0}', look.identity),
    ...list(t('It can run or use'), surfaceLines(surface, t)),
    ...list(t('Skills'), skills),
    ...list(t('Preflight'), findings),
    '',
  ].join('\n');
}

/** What a package can do, a line each and in order: the sides of a comparison. */
export function surfaceDocument(surface: readonly SurfacePayload[], t: Translate): string {
  return surfaceLines(surface, t)
    .map((line) => `${line}\n`)
    .sort()
    .join('');
}

function shortened(lines: readonly string[], t: Translate, most = MOST_LINES): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), t('… and {0} more', lines.length - most)];
}

function bullet(line: string): string {
  return `• ${line}`;
}

/** Texts of a package: on one line, so that none of them can look like a line of ours (invariant 11). */
function oneLine(text: string): string {
  return short(text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim());
}

function short(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
