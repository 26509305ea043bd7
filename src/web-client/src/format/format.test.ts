import { describe, expect, it } from 'vitest';
import { formatCount, formatDuration, formatRate, formatSize, formatVersions } from './format';

describe('formatters', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [2148, '2.1 kB'],
    [312_000, '312 kB'],
    [999_600, '1.0 MB'],
    [1_288_490_188, '1.3 GB'],
  ])('formatSize(%d) is %s', (bytes, text) => expect(formatSize(bytes)).toBe(text));

  it.each([
    [0.84, '840 µs'],
    [4.25, '4.3 ms'],
    [84.2, '84 ms'],
    [999.7, '1.00 s'],
    [1240, '1.24 s'],
    [125_000, '2 m 05 s'],
    [3_780_000, '1 h 03 m'],
  ])('formatDuration(%d) is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('formatCount groups thousands', () => {
    expect(formatCount(98311)).toBe('98\u202f311');
    expect(formatCount(7)).toBe('7');
  });

  it('formatRate keeps one digit below ten', () => {
    expect([0, 0.44, 3, 18.4].map(formatRate)).toEqual(['0', '0.4', '3', '18']);
  });

  it('formatVersions shows both sides when they differ', () => {
    expect(formatVersions('HTTP/2', 'HTTP/1.1')).toBe('h2 → h1.1');
    expect(formatVersions('HTTP/2', 'HTTP/2')).toBe('h2');
    expect(formatVersions('HTTP/1.1', null)).toBe('h1.1');
  });
});
