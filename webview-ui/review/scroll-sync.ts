import type { AlignedPanes } from './panes/aligned-panes.ts';
import type { ResultEditor } from './result/result-editor.ts';

export type Driver = 'panes' | 'result';

/** How far down the view the two are held together, in parts of its height. */
const LEAD = 0.25;

/**
 * The panes and the result scroll in step: the same chunk stands at the same part of both views. Whoever was touched last leads,
 * so that one never answers the other's answer.
 */
export class ScrollSync {
  readonly #panes: AlignedPanes;
  readonly #panesScroller: HTMLElement;
  readonly #result: () => ResultEditor | undefined;
  readonly #abort = new AbortController();
  #driver: Driver = 'panes';

  constructor(
    panes: AlignedPanes,
    panesScroller: HTMLElement,
    resultParent: HTMLElement,
    result: () => ResultEditor | undefined,
  ) {
    this.#panes = panes;
    this.#panesScroller = panesScroller;
    this.#result = result;
    for (const type of ['wheel', 'pointerdown', 'keydown', 'focusin'] as const) {
      const options = { signal: this.#abort.signal, passive: true, capture: true };
      panesScroller.addEventListener(
        type,
        () => {
          this.drive('panes');
        },
        options,
      );
      resultParent.addEventListener(
        type,
        () => {
          this.drive('result');
        },
        options,
      );
    }
  }

  drive(driver: Driver): void {
    this.#driver = driver;
  }

  panesMoved(): void {
    const result = this.#result();
    const scroller = result?.scroller;
    if (this.#driver !== 'panes' || result === undefined || scroller === undefined) return;
    if (result.whole) {
      scrollTo(scroller, progress(this.#panesScroller) * (scroller.scrollHeight - scroller.clientHeight));
      return;
    }
    const lead = leadOf(this.#panesScroller);
    const { chunk, fraction } = this.#panes.level.chunkAt(
      this.#panesScroller.scrollTop + lead * this.#panesScroller.clientHeight,
    );
    const [top, bottom] = result.extentOf(chunk);
    scrollTo(scroller, top + (bottom - top) * fraction - lead * scroller.clientHeight);
  }

  resultMoved(): void {
    const result = this.#result();
    const scroller = result?.scroller;
    if (this.#driver !== 'result' || result === undefined || scroller === undefined) return;
    if (result.whole) {
      const room = this.#panesScroller.scrollHeight - this.#panesScroller.clientHeight;
      scrollTo(this.#panesScroller, progress(scroller) * room);
      return;
    }
    const lead = leadOf(scroller);
    const { chunk, fraction } = result.chunkAt(scroller.scrollTop + lead * scroller.clientHeight);
    const top = this.#panes.level.chunkTop(chunk);
    const bottom = this.#panes.level.chunkBottom(chunk);
    scrollTo(this.#panesScroller, top + (bottom - top) * fraction - lead * this.#panesScroller.clientHeight);
  }

  dispose(): void {
    this.#abort.abort();
  }
}

function scrollTo(element: HTMLElement, top: number): void {
  const target = Math.max(0, Math.round(top));
  if (Math.abs(element.scrollTop - target) > 1) element.scrollTop = target;
}

function progress({ scrollTop, scrollHeight, clientHeight }: HTMLElement): number {
  return scrollHeight <= clientHeight ? 0 : scrollTop / (scrollHeight - clientHeight);
}

/** The lead shrinks to nothing at the top and grows to the whole view at the bottom, so that both ends meet. */
export function leadOf({
  scrollTop,
  scrollHeight,
  clientHeight,
}: Pick<HTMLElement, 'scrollTop' | 'scrollHeight' | 'clientHeight'>): number {
  if (clientHeight <= 0) return 0;
  const below = scrollHeight - clientHeight - scrollTop;
  if (scrollTop < clientHeight && scrollTop <= below) return (LEAD * scrollTop) / clientHeight;
  if (below < clientHeight) return 1 - ((1 - LEAD) * Math.max(below, 0)) / clientHeight;
  return LEAD;
}
