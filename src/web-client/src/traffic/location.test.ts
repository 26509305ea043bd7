import { describe, expect, it } from 'vitest';
import { parsePlace, placePath } from './location';

describe('location', () => {
  it('everything is in the address', () => {
    const place = parsePlace('/flow/1234/timing', '?q=api+users&sort=-host');
    expect(place).toEqual({ flowId: 1234, tab: 'timing', compare: null, filter: 'api users', sort: '-host' });
    expect(placePath(place)).toBe('/flow/1234/timing?q=api+users&sort=-host');
  });

  it('what is missing or unknown has a default', () => {
    expect(parsePlace('/flow/7', '')).toEqual({ flowId: 7, tab: 'response', compare: null, filter: '', sort: '' });
    expect(parsePlace('/flow/7/nonsense', '').tab).toBe('response');
    expect(parsePlace('/', '')).toEqual({ flowId: null, tab: 'response', compare: null, filter: '', sort: '' });
    expect(placePath({ flowId: null, tab: 'response', compare: null, filter: '', sort: '' })).toBe('/');
  });

  it('a comparison is in the address, and is none without another flow', () => {
    const place = parsePlace('/flow/7/diff', '?with=5');
    expect(place).toMatchObject({ flowId: 7, tab: 'diff', compare: 5 });
    expect(placePath(place)).toBe('/flow/7/diff?with=5');
    expect(parsePlace('/flow/7/diff', '?with=x')).toMatchObject({ tab: 'response', compare: null });
    expect(placePath({ ...place, flowId: null })).toBe('/');
  });
});
