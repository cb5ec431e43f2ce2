import { render } from 'preact';
import { Rpc, type MessagePipe } from '../../src/protocol/rpc.ts';
import type { HostMethods, WebviewMethods } from '../../src/protocol/review-view.ts';
import { ReviewApp } from './parts/review-app.tsx';
import { ReviewStore, type StateKeeper } from './review-store.ts';
import './theme.css';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** Pixels from which the details are open at first. */
const WIDE = 1000;

const timers = {
  set(delay: number, run: () => void): () => void {
    const timer = setTimeout(run, delay);
    return () => {
      clearTimeout(timer);
    };
  },
};

async function start(): Promise<void> {
  performance.mark('beaver.review.loaded');
  const api = acquireVsCodeApi();
  const root = document.getElementById('review');
  if (root === null) return;
  const nonce = root.dataset['nonce'] ?? '';
  const pipe: MessagePipe = {
    post: (message) => {
      api.postMessage(message);
    },
    listen: (listener) => {
      const receive = (event: MessageEvent<unknown>) => {
        listener(event.data);
      };
      window.addEventListener('message', receive);
      return () => {
        window.removeEventListener('message', receive);
      };
    },
  };
  let store: ReviewStore | undefined;
  const host = new Rpc<HostMethods, WebviewMethods>(pipe, {
    changed: {
      parse: () => null,
      run: async () => {
        await store?.refresh();
        return null;
      },
    },
    gate: {
      // The host is trusted: its word is what is shown.
      parse: (params) => params as WebviewMethods['gate']['params'],
      run: (step) => {
        store?.gateRan(step);
        return null;
      },
    },
    checked: {
      parse: (params) => params as WebviewMethods['checked']['params'],
      run: ({ draft }) => {
        store?.checked(draft);
        return null;
      },
    },
    replayed: {
      parse: (params) => params as WebviewMethods['replayed']['params'],
      run: (step) => {
        if (store !== undefined) store.replayed.value = step;
        return null;
      },
    },
  });
  const keeper: StateKeeper = {
    get: () => api.getState(),
    set: (state) => {
      api.setState(state);
    },
  };
  try {
    const ready = await host.call('ready', {});
    performance.mark('beaver.review.answered');
    store = new ReviewStore({ host, keeper, timers, nonce, wide: window.innerWidth >= WIDE }, ready);
    document.title = store.strings.title;
    render(<ReviewApp store={store} nonce={nonce} />, root);
    markShown();
  } catch (error) {
    // Before the first answer there are no translated words but those of the error itself.
    root.textContent = error instanceof Error ? error.message : String(error);
  }
}

/** The callback after the next one comes when the frame with the documents has been painted. */
function markShown(): void {
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      performance.mark('beaver.review.shown');
    });
  });
}

void start();
