import assert from 'node:assert/strict';
import { reviewHtml } from '../../../../src/editor/review/review-html.ts';

const page = {
  script: 'https://host/review.js',
  style: 'https://host/review.css',
  source: 'https://host',
  nonce: 'abc123',
  language: 'zh-cn',
  title: 'Review "quoted" <title>',
};

describe('reviewHtml', () => {
  it('allows the view’s own script and styles and nothing else', () => {
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(reviewHtml(page)) ?? [];
    assert.equal(
      policy,
      "default-src 'none'; script-src 'nonce-abc123'; style-src https://host 'nonce-abc123'",
    );
  });

  it('has no inline script, no inline style and no data', () => {
    const html = reviewHtml(page);
    assert.doesNotMatch(html, /<style|style="|onload=|unsafe/);
    assert.match(html, /<script nonce="abc123" src="https:\/\/host\/review\.js"><\/script>/);
  });

  it('escapes what it is given', () => {
    assert.match(reviewHtml(page), /<title>Review &quot;quoted&quot; &lt;title&gt;<\/title>/);
  });
});
