import { describe, expect, it, vi } from 'vitest';
import { OutlineModel } from './outlineModel';

const entry = (name: string, flows: number) => ({ name, flows, errors: 0, hasMore: true });
const hosts = { list: 'hosts', path: '', whole: true, gone: [], moreNames: 0, moreFlows: 0 };

describe('OutlineModel', () => {
  it('holds what it is told, in the order of names', () => {
    const model = new OutlineModel(() => {});
    model.show();
    model.take({ lists: [{ ...hosts, entries: [entry('b10', 1), entry('b9', 2), entry('a', 3)] }], error: null });
    expect(model.list('hosts')?.entries.map((one) => one.name)).toEqual(['a', 'b9', 'b10']);
    model.take({ lists: [{ ...hosts, whole: false, entries: [entry('b9', 7)], gone: ['a'] }], error: null });
    expect(model.list('hosts')?.entries.map((one) => one.flows)).toEqual([7, 1]);
    expect(model.list('types')).toBeUndefined();
  });

  it('asks for what is open, and forgets what is closed with all below it', () => {
    const ask = vi.fn();
    const model = new OutlineModel(ask);
    const hide = model.show();
    model.toggle('a');
    model.toggle('a/v1');
    expect(ask).toHaveBeenLastCalledWith(['a', 'a/v1']);
    model.take({ lists: [{ ...hosts, list: 'paths', path: 'a/v1', entries: [entry('users', 1)] }], error: null });
    expect(model.below('a/v1')?.entries).toHaveLength(1);
    model.toggle('a');
    expect(ask).toHaveBeenLastCalledWith([]);
    expect(model.below('a/v1')).toBeUndefined();
    hide();
    expect(ask).toHaveBeenLastCalledWith(null);
  });
});
