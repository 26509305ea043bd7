import { expect, it } from 'vitest';
import { signInAddress } from './signInAddress';

const here = 'http://127.0.0.1:8081/flow/3/response?q=host%3Aa';

it.each([
  ['a token', ' s3cret '],
  ['the link with it', 'http://localhost:8081/?token=s3cret'],
  ['the line of the terminal', 'Dashboard  http://127.0.0.1:8081/?token=s3cret'],
])('takes %s', (_, written) => expect(signInAddress(written, here)).toBe(`${here}&token=s3cret`));

it('writes what an address cannot have otherwise', () => {
  expect(new URL(signInAddress('a&b=c #', here)).searchParams.get('token')).toBe('a&b=c #');
  expect(new URL(signInAddress('http://x/?token=a%26b', here)).searchParams.get('token')).toBe('a&b');
});
