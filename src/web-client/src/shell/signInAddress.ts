/** Where this page signs in with a token, or with the link that has it, and stays where it is. */
export function signInAddress(written: string, here: string): string {
  const text = written.trim();
  const token = /[?&]token=([^&#\s]+)/.exec(text)?.[1];
  const address = new URL(here);
  address.searchParams.set('token', token === undefined ? text : decodeURIComponent(token));
  return address.href;
}
