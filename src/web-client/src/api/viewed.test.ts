import { describe, expect, it } from 'vitest';
import { withSession } from './viewed';

describe('withSession', () => {
  it('the live session needs no name', () => {
    expect(withSession('/api/flows?limit=1', null)).toBe('/api/flows?limit=1');
  });

  it('a stored one is in the address once, whatever its name', () => {
    const address = withSession('/flow/7?q=a%26b', 'bug & 42');
    expect(address).toBe('/flow/7?q=a%26b&session=bug+%26+42');
    expect(withSession(address, 'bug & 42')).toBe(address);
  });
});
