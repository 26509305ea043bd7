import { type Screen, screens } from '../actions/actions';

/** The screen that a path of the dashboard leads to; null when there is none. */
export function screenAt(path: string): Screen | null {
  if (path === '/' || path.startsWith('/flow/')) return 'traffic';
  const [, first] = path.split('/');
  return screens.find((screen) => screen !== 'traffic' && screen === first) ?? null;
}
