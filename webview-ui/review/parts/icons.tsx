import type { JSX } from 'preact';

const PATHS = {
  up: 'M8 3.5 3.5 8M8 3.5 12.5 8M8 3.5v9',
  down: 'M8 12.5 3.5 8M8 12.5 12.5 8M8 12.5v-9',
  undo: 'M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7M3 6.5l3-3M3 6.5l3 3',
  redo: 'M13 6.5H6.5a3.5 3.5 0 0 0 0 7H9M13 6.5l-3-3M13 6.5l-3 3',
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.5 14.5 13.5h-13ZM8 6.5v3.5M8 11.6v.6',
  info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2ZM8 7.2v4M8 4.8v.7',
  circle: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3Z',
  edit: 'M3 13l.6-2.8 7-7 2.2 2.2-7 7Z',
  open: 'M9.5 3H13v3.5M13 3 7.5 8.5M11.5 9v4h-8.5V4.5h4',
  split: 'M2.5 3h11v10h-11ZM6.2 3v10M9.9 3v10',
  panel: 'M2.5 3h11v10h-11ZM10 3v10',
  merge: 'M4 3v10M4 4c0 4 8 3 8 8M10 10l2 2.5 2-2.5',
  file: 'M4 2.5h5l3 3v8H4ZM9 2.5v3h3',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing in the colour of the text around it. Says nothing to a screen reader: the words beside it do. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg
      class={`icon icon-${name}`}
      viewBox="0 0 16 16"
      width="16"
      height="16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
