import type { GateFindingPayload, GatePayload } from '../../src/app/payloads.ts';

/** A gate's report with what a test says about it. */
export function aGate(
  gate: string,
  status: GatePayload['status'],
  rest: Partial<GatePayload> = {},
): GatePayload {
  return { gate, status, reason: '', code: `${gate}_${status}`, params: {}, findings: [], ...rest };
}

/** A finding of a gate with what a test says about it. */
export function aGateFinding(part: Partial<GateFindingPayload> = {}): GateFindingPayload {
  return {
    code: 'SAFE061',
    severity: 'warning',
    message: 'The skill names a network host that it did not name before: host.dev.',
    next_step: 'Check whose host it is and what the skill wants from it.',
    path: 'SKILL.md',
    phrase: 'SAFE061',
    params: { host: 'host.dev' },
    span: { line: 0, column: 0, end_line: 0, end_column: 1 },
    acknowledgement: 'none',
    ...part,
  };
}
