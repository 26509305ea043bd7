import { describe, expect, it } from 'vitest';
import { parsePlace, placePath } from './location';

describe('location', () => {
  it('everything is in the address', () => {
    const place = parsePlace('/flow/1234/timing', '?q=api+users&sort=-host');
    expect(place).toEqual({ flowId: 1234, tab: 'timing', filter: 'api users', sort: '-host' });
    expect(placePath(place)).toBe('/flow/1234/timing?q=api+users&sort=-host');
  });

  it('what is missing or unknown has a default', () => {
    expect(parsePlace('/flow/7', '')).toEqual({ flowId: 7, tab: 'response', filter: '', sort: '' });
    expect(parsePlace('/flow/7/nonsense', '').tab).toBe('response');
    expect(parsePlace('/', '')).toEqual({ flowId: null, tab: 'response', filter: '', sort: '' });
    expect(placePath({ flowId: null, tab: 'response', filter: '', sort: '' })).toBe('/');
  });
});
