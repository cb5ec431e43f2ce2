import * as z from 'zod';
import type { GateFinding } from './gate-report.ts';

/** A person has seen what an update adds and takes it on: which rules, how many findings of each, on which exact tree. */
export const acknowledgementSchema = z.object({
  by: z.string(),
  at: z.string(),
  /** Of the tree that was looked at; for another tree it says nothing. */
  content_hash: z.string(),
  rules: z.array(z.object({ rule: z.string(), findings: z.int().positive() })),
});
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;
export type AcknowledgedRule = Acknowledgement['rules'][number];

/**
 * How many findings of each rule somebody has acknowledged for exactly this content. More of them (a newer Beaver may see more in the
 * same text) ask again.
 */
export function acknowledgedRules(
  acknowledgements: readonly Acknowledgement[],
  contentHash: string,
): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  for (const entry of acknowledgements) {
    if (entry.content_hash !== contentHash) continue;
    for (const { rule, findings } of entry.rules) seen.set(rule, Math.max(findings, seen.get(rule) ?? 0));
  }
  return seen;
}

/** The rules whose findings wait for an acknowledgement, by id, with their number. */
export function openRules(
  gates: readonly { readonly findings: readonly Pick<GateFinding, 'code' | 'acknowledgement'>[] }[],
): readonly AcknowledgedRule[] {
  const counts = new Map<string, number>();
  for (const finding of gates.flatMap((gate) => gate.findings)) {
    if (finding.acknowledgement === 'needed') counts.set(finding.code, (counts.get(finding.code) ?? 0) + 1);
  }
  return [...counts]
    .map(([rule, findings]) => ({ rule, findings }))
    .sort((a, b) => (a.rule < b.rule ? -1 : 1));
}
