import { en } from '../strings/en';
import type {
  Audit,
  BodyFound,
  BodyRows,
  ConnectionSide,
  Deletion,
  FilterHelpLine,
  FilterInfo,
  Finding,
  FlowDetail,
  FlowPage,
  FlowSelection,
  FlowSummary,
  Highlight,
  NotesChange,
  ProblemDetails,
  ProxyState,
  Recording,
  Retention,
  RetentionLimits,
  SavedFilters,
  SessionInfo,
  SessionJob,
  SessionList,
  Side,
  SqlAnswer,
  SqlFileRequest,
  SqlRequest,
  SqlSchema,
} from './types';
import { withSession } from './viewed';

/** An answer of the API that is not a success, with the sentence for people that came with it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The other members of the answer. */
    readonly details: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

type Listener = () => void;
const signedOutListeners = new Set<Listener>();

/** Calls back whenever the API answers 401: the cookie is gone. */
export function onSignedOut(listener: Listener): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

export function reportSignedOut(): void {
  for (const listener of signedOutListeners) listener();
}

async function failure(response: Response): Promise<ApiError> {
  if (response.status === 401) reportSignedOut();
  let message = `${response.status} ${response.statusText}`.trim();
  let details: Record<string, unknown> = {};
  try {
    const problem = (await response.json()) as ProblemDetails;
    message = problem.detail ?? problem.title ?? message;
    details = { ...problem };
  } catch {
    // Not problem details: the status line has to do.
  }
  return new ApiError(response.status, message, details);
}

/** Asks the host; when nobody answers, says so in words instead of the browser's "Failed to fetch". */
async function ask(path: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof TypeError) throw new Error(en.connection.away, { cause: error });
    throw error;
  }
}

async function request(path: string, init?: RequestInit): Promise<Response> {
  const response = await ask(path, init);
  if (!response.ok) throw await failure(response);
  return response;
}

async function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const response = await request(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, { headers: { Accept: 'application/json' }, signal: signal ?? null });
  return (await response.json()) as T;
}

export const getState = (signal?: AbortSignal): Promise<ProxyState> => getJson('/api/state', signal);

/** What a filter says or what is wrong with it; with a cursor also what could be written there. */
export function describeFilter(text: string, cursor: number | null, signal?: AbortSignal): Promise<FilterInfo> {
  const query = new URLSearchParams({ text });
  if (cursor !== null) query.set('cursor', String(cursor));
  return getJson(withSession(`/api/filter?${query}`), signal);
}

export const getFilterHelp = (signal?: AbortSignal): Promise<FilterHelpLine[]> => getJson('/api/filter/help', signal);

export const getFlow = (id: number, signal?: AbortSignal): Promise<FlowDetail> =>
  getJson(withSession(`/api/flows/${id}`), signal);

/** What one flow alone shows of its host's security. */
export const getFlowAudit = (id: number, signal?: AbortSignal): Promise<Finding[]> =>
  getJson(withSession(`/api/flows/${id}/audit`), signal);

export const getAudit = (signal?: AbortSignal): Promise<Audit> => getJson(withSession('/api/audit'), signal);

/** The session that this tab looks at. */
export const getSession = (signal?: AbortSignal): Promise<SessionInfo> => getJson(withSession('/api/session'), signal);

export const getSessions = (signal?: AbortSignal): Promise<SessionList> => getJson('/api/sessions', signal);

/** Makes a session and records there from now on; without a name it is named after the time. */
export const createSession = (name: string | null): Promise<SessionInfo> => send('POST', '/api/sessions', { name });

/** Records in a stored session from now on. */
export const recordSession = (session: string): Promise<SessionInfo> => send('POST', '/api/sessions/live', { session });

export const renameSession = (session: string, name: string): Promise<void> =>
  send('POST', '/api/sessions/rename', { session, name });

export const duplicateSession = (session: string, name: string): Promise<SessionJob> =>
  send('POST', '/api/sessions/duplicate', { session, name });

export const mergeSessions = (sessions: string[], name: string): Promise<SessionJob> =>
  send('POST', '/api/sessions/merge', { sessions, name });

export const compactSession = (session: string): Promise<SessionJob> =>
  send('POST', '/api/sessions/compact', { session });

export const upgradeSession = (session: string): Promise<SessionJob> =>
  send('POST', '/api/sessions/upgrade', { session });

export async function deleteSession(session: string): Promise<void> {
  await request(`/api/sessions?${new URLSearchParams({ name: session })}`, { method: 'DELETE' });
}

/** Puts a session file from elsewhere into the list. */
export const rememberSession = (path: string): Promise<void> =>
  send('POST', '/api/sessions/elsewhere', { session: path });

/** Takes a session file from elsewhere off the list; the file stays. */
export async function forgetSession(session: string): Promise<void> {
  await request(`/api/sessions/elsewhere?${new URLSearchParams({ name: session })}`, { method: 'DELETE' });
}

/** Stops what goes on in the background, or takes what has ended off the list. */
export async function removeSessionJob(id: number): Promise<void> {
  await request(`/api/sessions/jobs/${id}`, { method: 'DELETE' });
}

export const setRetention = (limits: RetentionLimits): Promise<Retention> => send('PUT', '/api/retention', limits);

export const getSqlSchema = (signal?: AbortSignal): Promise<SqlSchema> => getJson('/api/sql', signal);

const postJson = (path: string, body: unknown, signal: AbortSignal): Promise<Response> =>
  request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });

/** Runs a statement of SQL. What is wrong with one is in the details of the error. */
export async function runSql(statement: SqlRequest, signal: AbortSignal): Promise<SqlAnswer> {
  return (await (await postJson(withSession('/api/sql'), statement, signal)).json()) as SqlAnswer;
}

/** Runs a statement of SQL into a file; `cut` says which limit left rows out. */
export async function downloadSql(
  statement: SqlFileRequest,
  signal: AbortSignal,
): Promise<{ blob: Blob; cut: string | null }> {
  const response = await postJson(withSession('/api/sql/file'), statement, signal);
  return { blob: await response.blob(), cut: response.headers.get('X-Cut') };
}

/** Has bodies indexed, or the index deleted; the state tells how far it is. */
export const switchBodyIndex = (on: boolean): Promise<void> => send('PUT', '/api/body-index', { on });

/** Records the flows that begin from now on, or lets them pass without. */
export const switchRecording = (on: boolean): Promise<Recording> => send('PUT', '/api/recording', { on });

/** What several flows come to. */
export const summarize = (selection: FlowSelection): Promise<FlowSummary> =>
  send('POST', withSession('/api/flows/summary'), selection);

export const deleteSelection = (selection: FlowSelection): Promise<Deletion> =>
  send('POST', '/api/flows/delete', selection);

/** Deletes the flows up to this id; those that arrived since stay. */
export const deleteFlowsUpTo = (id: number): Promise<Deletion> => send('DELETE', `/api/flows?upTo=${id}`);

/** What was deleted and can still be brought back, the newest first. */
export const getDeletions = (): Promise<Deletion[]> => getJson(withSession('/api/deletions'));

export const undoDeletion = (id: number): Promise<{ flows: number }> => send('POST', `/api/deletions/${id}/undo`);

/** Changes what is noted about flows; what is left out stays. */
export const annotateFlows = (selection: FlowSelection, change: Partial<NotesChange>): Promise<{ flows: number }> =>
  send('PATCH', '/api/flows', { selection, change });

export const getSavedFilters = (): Promise<SavedFilters> => getJson('/api/views');

export const saveView = (name: string, filter: string, newName: string | null = null): Promise<SavedFilters> =>
  send('PUT', `/api/views/${encodeURIComponent(name)}`, { filter, newName });

export const deleteView = (name: string): Promise<SavedFilters> =>
  send('DELETE', `/api/views/${encodeURIComponent(name)}`);

export const setHighlights = (highlights: readonly Highlight[]): Promise<SavedFilters> =>
  send('PUT', '/api/highlights', {
    highlights: highlights.map(({ filter, color, enabled }) => ({ filter, color, enabled })),
  });

export const matchHighlights = (ids: readonly number[]): Promise<{ colors: Record<number, string> }> =>
  send('POST', withSession('/api/highlights/match'), { ids });

/** Passes the next connections to a host on unread; for one client or, without, for all. */
export async function passHost(host: string, client: string | null = null): Promise<void> {
  const body = JSON.stringify({ host, client });
  await request('/api/pass-through', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}

/** Intercepts the host again. */
export async function interceptHost(host: string, client: string | null): Promise<void> {
  const query = new URLSearchParams({ host });
  if (client) query.set('client', client);
  await request(`/api/pass-through?${query}`, { method: 'DELETE' });
}

/** The id of the newest flow, whatever the filter; 0 when there is none. */
export async function getNewestId(): Promise<number> {
  const { flows } = await getJson<FlowPage>(withSession('/api/flows?sort=-id&limit=1'));
  return flows[0]?.id ?? 0;
}

/** The ids of the first flows that match a filter, up to an id, in the order of arrival; at most 1000. */
export async function getMatching(filter: string, upTo: number | null, limit: number): Promise<number[]> {
  const query = new URLSearchParams({ filter, limit: String(Math.min(limit, 1000)) });
  const { flows } = await getJson<FlowPage>(withSession(`/api/flows?${query}`));
  return flows.map(({ id }) => id).filter((id) => upTo === null || id <= upTo);
}

export type ShownAs = 'image' | 'pdf' | 'html';

export function bodyUrl(id: number, side: Side, options: { decoded?: boolean; as?: ShownAs } = {}): string {
  const query = new URLSearchParams();
  if (options.decoded) query.set('decoded', 'true');
  if (options.as) query.set('as', options.as);
  const text = query.toString();
  return withSession(`/api/flows/${id}/${side}/body${text ? `?${text}` : ''}`);
}

/** The address of the certificates that passed on one of a flow's connections, as one PEM file. */
export const certificatesUrl = (id: number, side: ConnectionSide): string =>
  withSession(`/api/flows/${id}/certificates?side=${side}`);

export interface BodyPart {
  bytes: Uint8Array;
  /** Length of the whole body in bytes; null while nobody knows it, because it has not been decoded to its end. */
  total: number | null;
  /** The content encodings that were taken off, outermost last, or null. */
  decoded: string | null;
  decodeError: string | null;
}

function totalOf(response: Response): number | null {
  const range = response.headers.get('Content-Range');
  const total = range ? Number(range.slice(range.lastIndexOf('/') + 1)) : Number.NaN;
  return Number.isFinite(total) ? total : null;
}

/** Reads `[start, end)` of a body. */
export async function getBody(
  id: number,
  side: Side,
  range: { start: number; end: number },
  options: { decoded: boolean },
  signal?: AbortSignal,
): Promise<BodyPart> {
  const response = await ask(bodyUrl(id, side, options), {
    headers: { Range: `bytes=${range.start}-${range.end - 1}` },
    signal: signal ?? null,
  });
  const decoded = response.headers.get('X-Decoded');
  const decodeError = response.headers.get('X-Decode-Error');
  if (response.status === 416) return { bytes: new Uint8Array(), total: totalOf(response), decoded, decodeError };
  if (!response.ok) throw await failure(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status === 200) {
    // The server sent everything, so what it sent begins at the beginning.
    return { bytes: bytes.subarray(range.start, range.end), total: bytes.length, decoded, decodeError };
  }
  return { bytes, total: totalOf(response), decoded, decodeError };
}

/** Where the rows of a decoded body begin. The whole body is read for it. */
export const getBodyRows = (id: number, side: Side, signal?: AbortSignal): Promise<BodyRows> =>
  getJson(withSession(`/api/flows/${id}/${side}/body/rows?decoded=true`), signal);

export interface BodyQuery {
  text: string;
  regex: boolean;
  matchCase: boolean;
  charset: string;
  /** Matches before this byte are counted only. */
  from: number;
  limit: number;
}

/** Finds something in a whole decoded body. */
export function searchBody(id: number, side: Side, query: BodyQuery, signal?: AbortSignal): Promise<BodyFound> {
  const parameters = new URLSearchParams({ decoded: 'true' });
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  return getJson(withSession(`/api/flows/${id}/${side}/body/search?${parameters}`), signal);
}
