import { expect, test } from 'vitest';
import type { Finding, HostAudit, Severity } from '../api/types';
import { auditPath, countBySeverity, filterHosts, gradeTone, splitFindings } from './findings';

const finding = (severity: Severity, id = 'hsts-missing'): Finding => ({
  id,
  severity,
  title: '',
  explanation: '',
  fix: '',
  source: '',
  details: [],
  flows: [1],
  count: 1,
});
const host = (name: string): HostAudit => ({
  host: name,
  grade: 'A',
  reasons: [],
  flows: 1,
  httpsResponses: 1,
  httpResponses: 0,
  redirectsToHttps: 0,
  serverTls: [],
  clientTls: [],
  certificates: [],
  hsts: null,
  findings: [],
});

test('notes are told apart from what counts', () => {
  const { counting, notes } = splitFindings([finding('high', 'a'), finding('note', 'b'), finding('low', 'c')]);
  expect(counting.map(({ id }) => id)).toEqual(['a', 'c']);
  expect(notes.map(({ id }) => id)).toEqual(['b']);
});

test('findings are counted by severity, the worst first, without notes', () => {
  expect(countBySeverity([finding('low'), finding('note'), finding('critical'), finding('low')])).toEqual([
    { severity: 'critical', count: 1 },
    { severity: 'low', count: 2 },
  ]);
  expect(countBySeverity([finding('note')])).toEqual([]);
});

test('hosts are found by all words of the filter, whatever their case', () => {
  const hosts = [host('api.example.com'), host('cdn.example.net')];
  expect(filterHosts(hosts, ' Example  api').map((one) => one.host)).toEqual(['api.example.com']);
  expect(filterHosts(hosts, '')).toEqual(hosts);
  expect(filterHosts(hosts, 'org')).toEqual([]);
});

test('each grade has its tone', () => {
  expect((['A+', 'A', 'B', 'C', 'D', 'F', null] as const).map(gradeTone)).toEqual([
    'good',
    'good',
    'fair',
    'fair',
    'bad',
    'bad',
    'none',
  ]);
});

test('a host that is an address has an address of its own', () => {
  expect(auditPath('::1')).toBe('/audit/%3A%3A1');
});
