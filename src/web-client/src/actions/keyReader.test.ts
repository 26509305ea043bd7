import { describe, expect, it } from 'vitest';
import { KeyReader } from './keyReader';

const list = { inField: false, overDialog: false };
const field = { inField: true, overDialog: false };
const dialog = { inField: false, overDialog: true };

describe('KeyReader', () => {
  it('reads one press', () => expect(new KeyReader({}).read('j', 0, list)).toEqual(['next']));
  it('reads two in a row', () => {
    const reader = new KeyReader({});
    expect(reader.read('c', 0, list)).toEqual([]);
    expect(reader.read('h', 500, list)).toEqual(['copy.headers']);
    expect(reader.read('h', 600, list)).toEqual(['tab.previous']);
  });
  it('forgets the first of two after a while', () => {
    const reader = new KeyReader({});
    reader.read('c', 0, list);
    expect(reader.read('h', 5000, list)).toEqual(['tab.previous']);
  });
  it('takes the second alone when the two mean nothing', () => {
    const reader = new KeyReader({});
    reader.read('c', 0, list);
    expect(reader.read('t', 100, list)).toEqual(['outline']);
  });
  it('leaves single keys to fields', () => {
    const reader = new KeyReader({});
    for (const press of ['j', '?', 'Space', 'Enter', 'ArrowDown', 'Delete', 'Ctrl+a', 'c', 'u']) {
      expect(reader.read(press, 0, field)).toEqual([]);
    }
    expect(reader.read('Ctrl+k', 0, field)).toEqual(['palette']);
    expect(reader.read('Alt+2', 0, field)).toEqual(['go.audit']);
  });
  it('leaves single keys to fields, also when somebody chose one for what counts there', () => {
    const reader = new KeyReader({ palette: ['p'] });
    expect(reader.read('p', 0, field)).toEqual([]);
    expect(reader.read('p', 0, list)).toEqual(['palette']);
    expect(reader.read('Ctrl+k', 0, list)).toEqual([]);
  });
  it('leaves what is behind a dialog alone', () => {
    const reader = new KeyReader({});
    expect(reader.read('j', 0, dialog)).toEqual([]);
    expect(reader.read('?', 0, dialog)).toEqual(['sheet']);
  });
  it('gives all that a press may mean', () =>
    expect(new KeyReader({}).read('Ctrl+f', 0, list)).toEqual(['filter.focus', 'body.find']));
  it('reads what was chosen', () => {
    const reader = new KeyReader({ pin: ['x x'] });
    expect(reader.read('s', 0, list)).toEqual([]);
    reader.read('x', 10, list);
    expect(reader.read('x', 20, list)).toEqual(['pin']);
  });
});
