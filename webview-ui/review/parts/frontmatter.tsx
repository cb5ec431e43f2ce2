import type { JSX } from 'preact';
import type { FrontmatterRow } from '../../../src/protocol/review-view.ts';
import type { ReviewStrings } from '../../../src/protocol/review-strings.ts';
import { format } from '../format.ts';
import type { ReviewStore } from '../review-store.ts';
import { Icon } from './icons.tsx';

/** The keys of the frontmatter: what each side says and what the result will say. */
export function Frontmatter({ store }: { readonly store: ReviewStore }): JSX.Element | null {
  const { strings } = store;
  const rows = store.document.value?.host.value.frontmatter ?? [];
  if (rows.length === 0) return null;
  const differing = rows.filter(({ mark }) => mark !== 'same').length;
  return (
    <details class="frontmatter">
      <summary>
        <span class="section-title">{strings.frontmatter}</span>
        <span class="summary-note">
          {differing === 0 ? strings.frontmatterSame : format(strings.frontmatterDiffers, differing)}
        </span>
      </summary>
      <div class="table-scroller" tabIndex={0} role="group" aria-label={strings.frontmatter}>
        <table>
          <thead>
            <tr>
              <th scope="col">{strings.key}</th>
              <th scope="col">{strings.sideBase}</th>
              <th scope="col">{strings.sideLocal}</th>
              <th scope="col">{strings.sideUpstream}</th>
              <th scope="col">{strings.sideResult}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.key} row={row} strings={strings} />
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Row({
  row,
  strings,
}: {
  readonly row: FrontmatterRow;
  readonly strings: ReviewStrings;
}): JSX.Element {
  const cell = (value: string | null, changed: boolean) => (
    <td class={changed ? 'is-changed' : undefined}>
      {value === null ? <span class="absent">{strings.absent}</span> : value}
    </td>
  );
  return (
    <tr class={`mark-${row.mark}`}>
      <th scope="row">
        {row.mark === 'conflict' ? <Icon name="warning" /> : null}
        {row.mark === 'differs' ? <Icon name="edit" /> : null}
        {row.key}
        {row.mark === 'same' ? null : (
          <span class="visually-hidden">
            {' '}
            {row.mark === 'conflict' ? strings.markConflict : strings.markDiffers}
          </span>
        )}
      </th>
      {cell(row.base, false)}
      {cell(row.local, row.local !== row.base)}
      {cell(row.upstream, row.upstream !== row.base)}
      {row.mark === 'conflict' ? (
        <td class="is-conflict">{strings.markConflict}</td>
      ) : (
        cell(row.result, row.result !== row.base)
      )}
    </tr>
  );
}
