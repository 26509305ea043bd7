import { expect, it } from 'vitest';
import { formatMarkup } from './formatMarkup';

const text = (source: string, html: boolean) => {
  const result = formatMarkup(source, html);
  return result.ok ? result.text : result.reason;
};
const solid = (value: string) => value.replace(/\s+/g, '');

it('XML: an element on each line, what holds a little text on one', () => {
  expect(text('<?xml version="1.0"?><a><b x="1>2">t</b><c/><d></d><e><f>1</f></e></a>', false)).toBe(
    '<?xml version="1.0"?>\n<a>\n  <b x="1>2">t</b>\n  <c/>\n  <d></d>\n  <e>\n    <f>1</f>\n  </e>\n</a>',
  );
});

it('HTML: text flows, scripts stay as they are, empty elements need no end', () => {
  expect(
    text(
      '<!doctype html><html><body><p>Some <b>bold</b> text<br>more</p><script>if (a < b) { x("</p>") }</script><img src=x></body></html>',
      true,
    ),
  ).toBe(
    '<!doctype html>\n<html>\n  <body>\n    <p>\n      Some <b>bold</b> text<br>more\n    </p>\n    <script>\nif (a < b) { x("</p>") }\n    </script>\n    <img src=x>\n  </body>\n</html>',
  );
});

it('whatever it is given, only white space changes', () => {
  for (const source of [
    '<a',
    '<a><b></a>',
    '</x></y>',
    'a < b <!-- <c> ',
    '<![CDATA[<x>]]>',
    '<a b="<c>',
    '<>',
    '<1>',
    '<p><script>never ends',
  ]) {
    expect(solid(text(source, true))).toBe(solid(source));
    expect(solid(text(source, false))).toBe(solid(source));
  }
});

it('what is too deep is left alone', () => expect(formatMarkup('<a>'.repeat(100_000), false).ok).toBe(false));
