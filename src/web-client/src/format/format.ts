const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB'];

/** 2148 → "2.1 kB" (decimal units, as browsers' developer tools show them). */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${sizeUnits[unit]}`;
}

/** Milliseconds → "840 µs", "84 ms", "1.24 s", "2 m 05 s". */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(seconds / 3600)} h ${String(Math.floor((seconds % 3600) / 60)).padStart(2, '0')} m`;
}

/** 98311 → "98 311" (thin spaces, so that digits stay aligned). */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** Local time of day with milliseconds: "13:00:00.123". */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

/** Local date and time: "2026-11-20 13:00:00". */
export function formatDateTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** "HTTP/2" → "h2", "HTTP/1.1" → "h1.1". */
export const shortVersion = (version: string): string => version.replace(/^HTTP\//i, 'h');

/** Client and server side: "h2 → h1.1", or one when they are the same. */
export function formatVersions(client: string | null, server: string | null): string {
  const parts = [client, server].filter((version): version is string => version !== null).map(shortVersion);
  return [...new Set(parts)].join(' → ');
}

/** Requests per second: "0", "0.4", "18". */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 9.95) return perSecond.toFixed(1).replace(/\.0$/, '');
  return formatCount(perSecond);
}
