import { expect, it } from 'vitest';
import { formatCode } from './formatCode';

const text = (source: string, language: 'css' | 'javascript') => {
  const result = formatCode(source, language);
  return result.ok ? result.text : result.reason;
};
const solid = (value: string) => value.replace(/\s+/g, '');

it('CSS', () => {
  expect(text('a:hover,b>c{color:red;margin:0 auto}@media (max-width:10px){p{top:1px}}', 'css')).toBe(
    'a:hover,\nb>c {\n  color: red;\n  margin: 0 auto\n}\n@media (max-width:10px) {\n  p {\n    top: 1px\n  }\n}',
  );
});

it('JavaScript', () => {
  expect(
    text('const a=1;function f(x,y){if(x<y){return`x}`}else{g(/[{;]/,"}")}for(let i=0;i<3;i++)h()}', 'javascript'),
  ).toBe(
    'const a = 1;\nfunction f(x, y) {\n  if(x < y) {\n    return`x}`\n  } else {\n    g(/[{;]/, "}")\n  }\n  for(let i = 0;i < 3;i++)h()\n}',
  );
});

it('whatever it is given, only white space changes', () => {
  for (const source of [
    'a{',
    '}}}',
    'x = {a:1,/*c*/b:[1,2]} // end',
    'a?b:c',
    'var s="unclosed',
    '\u0000\u0001',
    '<html>',
    'a\n++b',
  ]) {
    expect(solid(text(source, 'javascript'))).toBe(solid(source));
    expect(solid(text(source, 'css'))).toBe(solid(source));
  }
});

it('what is too deep is left alone', () => expect(formatCode('{'.repeat(2000), 'javascript').ok).toBe(false));
