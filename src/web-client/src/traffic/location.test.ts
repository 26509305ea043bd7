import { describe, expect, it } from 'vitest';
import { parsePlace, placePath } from './location';

describe('location', () => {
  it('everything is in the address', () => {
    const place = parsePlace('/flow/1234/timing', '?q=api+users');
    expect(place).toEqual({ flowId: 1234, tab: 'timing', filter: 'api users' });
    expect(placePath(place)).toBe('/flow/1234/timing?q=api+users');
  });

  it('what is missing or unknown has a default', () => {
    expect(parsePlace('/flow/7', '')).toEqual({ flowId: 7, tab: 'response', filter: '' });
    expect(parsePlace('/flow/7/nonsense', '').tab).toBe('response');
    expect(parsePlace('/', '')).toEqual({ flowId: null, tab: 'response', filter: '' });
    expect(placePath({ flowId: null, tab: 'response', filter: '' })).toBe('/');
  });
});
