/** Something that the machine lacks or that a tool has already explained: `scripts/node24.mjs` shows the message alone, without a stack. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
