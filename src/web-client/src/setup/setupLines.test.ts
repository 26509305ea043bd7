import { describe, expect, it } from 'vitest';
import type { ProxyState } from '../api/types';
import { addressFor, remoteAddresses, terminalLines } from './setupLines';

const state = (addresses: string[], error: string | null = null) =>
  ({
    listeners: [{ mode: 'regular', host: '', port: 8080, addresses, error, connections: 0 }],
  }) as unknown as ProxyState;

describe('set-up', () => {
  it('a browser on this machine gets the loopback address, another one the address it can reach', () => {
    const both = state(['192.168.1.20:8080', '127.0.0.1:8080']);
    expect(addressFor(both, '127.0.0.1')).toBe('127.0.0.1:8080');
    expect(addressFor(both, 'localhost')).toBe('127.0.0.1:8080');
    expect(addressFor(both, '192.168.1.20')).toBe('192.168.1.20:8080');
    expect(addressFor(both, 'box.lan')).toBe('192.168.1.20:8080');
    expect(remoteAddresses(both)).toEqual(['192.168.1.20:8080']);
  });

  it('without a listener there is no address', () => {
    expect(addressFor(state(['127.0.0.1:8080'], 'in use'), 'localhost')).toBeNull();
  });

  it('paths with blanks are quoted', () => {
    expect(terminalLines('127.0.0.1:8080', '/home/me/my ca.pem')[0]?.line).toBe(
      "curl --proxy http://127.0.0.1:8080 --cacert '/home/me/my ca.pem' https://example.com/",
    );
  });

  it('the line for a shell also makes git trust the CA, which reads no other variable', () => {
    const line = terminalLines('127.0.0.1:8080', '/ca.pem').find(({ name }) => name === 'shell')?.line;
    expect(line).toContain(' GIT_SSL_CAINFO=/ca.pem');
  });
});
