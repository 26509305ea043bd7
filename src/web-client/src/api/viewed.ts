/** The session that this tab looks at, as its address said when it was opened; null for the one that is recorded. */
export const viewedSession: string | null = new URLSearchParams(globalThis.location?.search ?? '').get('session');

/** An address of the API or of the dashboard, with the session that this tab looks at. */
export function withSession(address: string, session: string | null = viewedSession): string {
  if (session === null) return address;
  const [path = '', text = ''] = address.split('?');
  const query = new URLSearchParams(text);
  query.set('session', session);
  return `${path}?${query}`;
}
