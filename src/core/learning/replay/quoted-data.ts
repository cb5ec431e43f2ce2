import { FieldDigest } from '../../../base/digest.ts';

/** A text that goes to a model as data. `title` is ours; `text` is somebody else's. */
export interface Quotation {
  readonly title: string;
  readonly text: string;
}

export interface QuotedData {
  /** Named in the instructions, so that the model knows what ends a quotation. */
  readonly boundary: string;
  readonly text: string;
}

/**
 * Puts texts into a prompt as data (invariant 11). The boundary is a digest of all of them: no text can hold its own, so none can close
 * its quotation, and the same texts give the same prompt.
 */
export function quoteAsData(quotations: readonly Quotation[]): QuotedData {
  const digest = new FieldDigest('beaver-quotation-v1');
  for (const { title, text } of quotations) digest.field(title).field(text);
  const boundary = `data-${digest.hex().slice(0, 32)}`;
  const blocks = quotations.map(
    ({ title, text }) => `<<<${boundary} ${title.replaceAll(/[\r\n]+/g, ' ')}\n${text}\n${boundary}>>>`,
  );
  return { boundary, text: blocks.join('\n\n') };
}
