import { describe, expect, it } from 'vitest';
import type { ProxyState, Rejection } from '../api/types';
import { openRejections, withDismissed } from './rejections';

const rejection = (client: string, host: string): Rejection => ({
  flowId: 1,
  client,
  host,
  message: '',
  sawCertificate: true,
  at: '2026-11-20T13:00:00Z',
});
const a = rejection('10.0.0.7', 'a.example');
const b = rejection('10.0.0.7', 'b.example');
const other = rejection('10.0.0.8', 'a.example');
const state = (hosts: { host: string; client: string | null }[]) =>
  ({ rejections: [a, b, other], passThrough: { hosts } }) as unknown as ProxyState;

describe('openRejections', () => {
  it('keeps the order of the server', () => expect(openRejections(state([]), [])).toEqual([a, b, other]));
  it('leaves out what was dismissed, for that client and host alone', () =>
    expect(openRejections(state([]), withDismissed([], [a]))).toEqual([b, other]));
  it('leaves out hosts that are passed through for all', () =>
    expect(openRejections(state([{ host: 'A.example', client: null }]), [])).toEqual([b]));
  it('leaves out hosts that are passed through for that client', () =>
    expect(openRejections(state([{ host: 'a.example', client: '10.0.0.8' }]), [])).toEqual([a, b]));
  it('has nothing to say before there is a state', () => expect(openRejections(null, [])).toEqual([]));
});

describe('withDismissed', () => {
  it('remembers each once', () => expect(withDismissed(withDismissed([], [a]), [a, b])).toHaveLength(2));
  it('is bounded, and forgets the oldest', () => {
    const many = Array.from({ length: 600 }, (_, i) => rejection('10.0.0.7', `${i}.example`));
    const kept = withDismissed([], many);
    expect(kept).toHaveLength(500);
    expect(kept.at(-1)).toBe('10.0.0.7 599.example');
  });
});
