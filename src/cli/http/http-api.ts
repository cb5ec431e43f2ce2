import type { Context } from 'hono';
import { Hono } from 'hono/tiny';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import type { BeaverWorkspace } from '../../app/api.ts';
import type { PluginPayload } from '../../app/payloads.ts';
import type { LockWait } from '../../core/ports.ts';
import { httpFailure, RequestError } from './http-failure.ts';
import { guardRequest } from './request-guard.ts';

export interface HttpApiOptions {
  readonly workspace: () => Promise<BeaverWorkspace>;
  readonly wait: LockWait;
  readonly token: string;
  /** The port that the server listens on: known only then. */
  readonly port: () => number;
}

/** Bytes. */
const LARGEST_BODY = 16 * 1024;

const noBody = z.strictObject({});
const disableBody = z.strictObject({ disable_linked_skills: z.boolean().default(false) });

/** The HTTP API of spec/3 Task 11. Payloads are those of the command line with `--json`. */
export function createHttpApi(options: HttpApiOptions): Hono {
  const { workspace, wait } = options;
  const app = new Hono();
  app.use(async (context, next) => {
    const header = (name: string): string | undefined => context.req.header(name);
    const head = { host: header('host'), origin: header('origin'), authorization: header('authorization') };
    context.header('cache-control', 'no-store');
    context.header('x-content-type-options', 'nosniff');
    guardRequest(head, options.port(), options.token);
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: () => {
        throw new RequestError(
          413,
          'body_too_large',
          'The body of the request is too large.',
          'Send the fields of the route only.',
        );
      },
    }),
  );

  const route = (
    path: string,
    method: 'GET' | 'POST',
    handle: (context: Context) => Promise<object>,
  ): void => {
    app.on(method, path, async (context) => context.json(await handle(context)));
    app.all(path, (context) => {
      context.header('allow', method);
      throw new RequestError(405, 'method_not_allowed', 'The route has another method.', `Use ${method}.`);
    });
  };
  const plugin = (
    action: string,
    handle: (beaver: BeaverWorkspace, id: string, context: Context) => Promise<PluginPayload>,
  ): void => {
    route(`/api/plugins/:plugin_id/${action}`, 'POST', async (context) =>
      handle(await workspace(), parameter(context, 'plugin_id'), context),
    );
  };

  route('/api/plugins', 'GET', async () => (await workspace()).plugins.list());
  route('/api/plugins/sync', 'POST', async (context) => {
    await body(context, noBody);
    return (await workspace()).plugins.sync(wait);
  });
  plugin('enable', async (beaver, id, context) => {
    await body(context, noBody);
    const [enabled] = await beaver.plugins.enable([id], wait);
    if (enabled === undefined) throw new TypeError('enable answered no plugin');
    return enabled;
  });
  plugin('pause', async (beaver, id, context) => {
    await body(context, noBody);
    return beaver.plugins.pause(id, wait);
  });
  plugin('resume', async (beaver, id, context) => {
    await body(context, noBody);
    return beaver.plugins.resume(id, wait);
  });
  plugin('disable', async (beaver, id, context) => {
    const { disable_linked_skills: disableLinkedSkills } = await body(context, disableBody);
    return beaver.plugins.disable(id, { disableLinkedSkills }, wait);
  });
  plugin('skills/:skill_name/adopt', async (beaver, id, context) => {
    await body(context, noBody);
    return beaver.plugins.adopt(id, parameter(context, 'skill_name'), wait);
  });

  app.notFound(() => {
    throw new RequestError(
      404,
      'route_unknown',
      'There is no such route.',
      'See docs/http.md for the routes.',
    );
  });
  app.onError((error, context) => {
    const { status, body: answer } = httpFailure(error);
    if (status === 401) context.header('www-authenticate', 'Bearer');
    return context.json(answer, status);
  });
  return app;
}

function parameter(context: Context, name: string): string {
  return context.req.param(name) ?? '';
}

/** The body of a request against its schema; none at all is an empty object. */
async function body<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await context.req.text();
  if (text !== '' && !/^application\/json(?:\s*;|$)/i.test(context.req.header('content-type') ?? '')) {
    throw new RequestError(
      415,
      'content_type_not_supported',
      'The body of the request is not JSON.',
      'Send it with "Content-Type: application/json".',
    );
  }
  const parsed = schema.safeParse(parseJson(text === '' ? '{}' : text));
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new RequestError(
    400,
    'invalid_body',
    'The body of the request is not what the route takes.',
    'See docs/http.md for what it takes.',
    field === '' ? undefined : field,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(
      400,
      'invalid_json',
      'The body of the request is not JSON.',
      'Send a JSON object, or nothing.',
    );
  }
}
