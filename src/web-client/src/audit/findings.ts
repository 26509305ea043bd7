import type { Finding, HostAudit, Severity } from '../api/types';

const severities: Severity[] = ['critical', 'high', 'medium', 'low', 'note'];

/** What counts for the grade, and what is only worth knowing. */
export function splitFindings(findings: Finding[]): { counting: Finding[]; notes: Finding[] } {
  return {
    counting: findings.filter((finding) => finding.severity !== 'note'),
    notes: findings.filter((finding) => finding.severity === 'note'),
  };
}

/** How many findings there are of each severity that counts, the worst first; none of those that there are none of. */
export function countBySeverity(findings: Finding[]): { severity: Severity; count: number }[] {
  return severities
    .filter((severity) => severity !== 'note')
    .map((severity) => ({ severity, count: findings.filter((finding) => finding.severity === severity).length }))
    .filter(({ count }) => count > 0);
}

/** The hosts whose name has all the words in it, in their order. */
export function filterHosts(hosts: HostAudit[], filter: string): HostAudit[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return hosts.filter(({ host }) => words.every((word) => host.includes(word)));
}

/** The colour of a grade: what is good, what could be better, what is bad. */
export function gradeTone(grade: HostAudit['grade']): 'good' | 'fair' | 'bad' | 'none' {
  if (grade === null) return 'none';
  if (grade.startsWith('A')) return 'good';
  return grade === 'B' || grade === 'C' ? 'fair' : 'bad';
}

/** The address of a host's audit. */
export const auditPath = (host: string): string => `/audit/${encodeURIComponent(host)}`;
