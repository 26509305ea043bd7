import { describe, expect, it } from 'vitest';
import { outlineFilter, pathFilter, refine } from './outlineFilter';

describe('outlineFilter', () => {
  it('says exactly what is counted', () => {
    expect(outlineFilter('hosts', 'api.example.com')).toBe('host=api.example.com');
    expect(outlineFilter('hosts', '::1')).toBe('host="::1"');
    expect(outlineFilter('types', 'application/json')).toBe('type="application/json"');
    expect(outlineFilter('clients', '10.0.0.7')).toBe('client:/^10\\.0\\.0\\.7:/');
    expect(pathFilter('a.b', '/v1', true)).toBe('host=a.b path:/^\\/v1(\\/|$)/');
    expect(pathFilter('a.b', '/v1/say "hi"', false)).toBe('host=a.b path="/v1/say \\"hi\\""');
  });

  it('refines, takes the place of the part before, and is taken out again', () => {
    expect(refine('', 'host=a', false, null)).toBe('host=a');
    expect(refine('status:5xx', 'host=a', false, null)).toBe('status:5xx host=a');
    expect(refine('a | b', 'host=a', false, null)).toBe('(a | b) host=a');
    expect(refine('status:5xx host=a', 'host=b', false, 'host=a')).toBe('status:5xx host=b');
    expect(refine('status:5xx host=a', 'host=a', false, 'host=a')).toBe('status:5xx');
    expect(refine('host=ab', 'host=a', false, null)).toBe('host=ab host=a');
    expect(refine('host=a', 'host=b', true, 'host=a')).toBe('host=a -(host=b)');
    expect(refine('host=a -(host=b)', 'host=b', true, null)).toBe('host=a');
  });
});
