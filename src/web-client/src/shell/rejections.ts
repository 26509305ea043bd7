import type { ProxyState, Rejection } from '../api/types';

/** How many dismissals are remembered. */
const maxDismissed = 500;

export const rejectionKey = ({ client, host }: Rejection): string => `${client} ${host.toLowerCase()}`;

/** The rejections that a person should hear of: not those dismissed, and not of hosts that are passed through by now. */
export function openRejections(state: ProxyState | null, dismissed: readonly string[]): Rejection[] {
  const passed = state?.passThrough.hosts ?? [];
  return (state?.rejections ?? []).filter(
    (one) =>
      !dismissed.includes(rejectionKey(one)) &&
      !passed.some(
        ({ host, client }) =>
          host.toLowerCase() === one.host.toLowerCase() && (client === null || client === one.client),
      ),
  );
}

/** What is remembered after these were dismissed, too: the newest last. */
export const withDismissed = (dismissed: readonly string[], rejections: readonly Rejection[]): string[] =>
  [...new Set([...dismissed, ...rejections.map(rejectionKey)])].slice(-maxDismissed);
