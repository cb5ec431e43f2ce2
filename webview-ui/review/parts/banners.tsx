import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { format } from '../format.ts';
import type { ReviewStore } from '../review-store.ts';
import { Icon, type IconName } from './icons.tsx';

/** What the reviewer must know before anything else: a failure, a stale draft, how the review ended. */
export function Banners({ store }: { readonly store: ReviewStore }): JSX.Element {
  const { strings } = store;
  const draft = store.draft.value;
  const problem = store.calls.problem.value;
  const document = store.document.value;
  return (
    <div class="banners">
      {problem === undefined ? null : (
        <Banner kind="error" icon="warning">
          <span>
            {problem.message} {problem.nextStep}
          </span>
          {problem.retry === undefined ? null : (
            <button type="button" class="button secondary" onClick={problem.retry}>
              {strings.retry}
            </button>
          )}
        </Banner>
      )}
      {draft.writable ? null : (
        <Banner kind="info" icon="info">
          <span>{strings.approveBlockedTrust}</span>
        </Banner>
      )}
      {draft.status === 'stale' ? (
        <Banner kind="warning" icon="warning">
          <span>{format(strings.stale, draft.skillName, draft.baseVersion)}</span>
          <button
            type="button"
            class="button secondary"
            disabled={!draft.writable || store.calls.busy.value !== undefined}
            onClick={() => void store.redraft()}
          >
            {strings.redraft}
          </button>
        </Banner>
      ) : null}
      {draft.status === 'published' ? (
        <Banner kind="info" icon="check">
          <span>
            {store.publishedVersion.value === undefined
              ? strings.published
              : format(strings.publishedAs, store.publishedVersion.value)}
          </span>
        </Banner>
      ) : null}
      {draft.status === 'rejected' ? (
        <Banner kind="info" icon="cross">
          <span>
            {strings.rejected} {draft.review?.reason}
          </span>
        </Banner>
      ) : null}
      {document?.shown.value.editor.whole === true ? (
        <Banner kind="info" icon="edit">
          <span>{strings.wholeText}</span>
          <button
            type="button"
            class="button secondary"
            disabled={!store.writable}
            onClick={() => {
              store.useChunks();
            }}
          >
            {strings.backToChunks}
          </button>
        </Banner>
      ) : null}
      {store.rejecting.value ? <RejectForm store={store} /> : null}
    </div>
  );
}

function Banner({
  kind,
  icon,
  children,
}: {
  readonly kind: 'error' | 'warning' | 'info';
  readonly icon: IconName;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`banner banner-${kind}`} role={kind === 'info' ? 'status' : 'alert'}>
      <Icon name={icon} />
      {children}
    </div>
  );
}

function RejectForm({ store }: { readonly store: ReviewStore }): JSX.Element {
  const { strings } = store;
  const [reason, setReason] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.focus();
  }, []);
  const close = () => {
    store.rejecting.value = false;
  };
  return (
    <form
      class="reject-form"
      aria-label={strings.rejectTitle}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== '') void store.reject(reason.trim());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <label for="reject-reason">{strings.rejectReason}</label>
      <textarea
        id="reject-reason"
        ref={field}
        rows={2}
        maxLength={4000}
        required
        value={reason}
        onInput={(event) => {
          setReason(event.currentTarget.value);
        }}
      />
      <div class="reject-actions">
        <button
          type="submit"
          class="button primary"
          disabled={reason.trim() === '' || store.calls.busy.value !== undefined}
        >
          {strings.rejectSubmit}
        </button>
        <button type="button" class="button secondary" onClick={close}>
          {strings.cancel}
        </button>
      </div>
    </form>
  );
}
