import { urisOf } from './subject-alt-name.js';

describe('urisOf', () => {
  it.each([
    ['', []],
    ['DNS:a.test, IP Address:127.0.0.1', []],
    ['URI:urn:a', ['urn:a']],
    ['DNS:a.test, URI:urn:a, URI:urn:b, othername:<unsupported>', ['urn:a', 'urn:b']],
    ['URI:"urn:a\\u002c URI:urn:root"', ['urn:a, URI:urn:root']],
    ['URI:"it\'s", URI:urn:b', ["it's", 'urn:b']],
    ['URI:', ['']],
  ])('T5 reads %s', (text, uris) => {
    expect(urisOf(text)).toEqual(uris);
  });

  it.each([
    ['a quoted DNS name', 'DNS:"a.test\\u002c URI:urn:root"'],
    ['a quoted DNS name with quotes', 'DNS:"a\\", URI:urn:root, DNS:\\"b"'],
    ['a quoted e-mail address', 'email:"a@b.test, URI:urn:root"'],
    ['the type of another name', 'DNS:URI:urn:root'],
  ])('T5 finds no URI inside %s', (_name, text) => {
    expect(urisOf(text)).toEqual([]);
  });

  it.each([
    ['an open quote', 'DNS:"a, URI:urn:root'],
    ['text after a quote', 'DNS:"a"b, URI:urn:root'],
    ['a quote inside', 'DNS:a"b, URI:urn:root'],
    ['a comma without a space', 'DNS:a,URI:urn:root'],
    ['an entry without a type', 'a, URI:urn:root'],
    ['an empty entry', ', URI:urn:root'],
    ['an empty last entry', 'URI:urn:root, '],
    ['an escape that JSON does not know', 'URI:"\\x41"'],
  ])('T5 returns undefined for a text with %s', (_name, text) => {
    expect(urisOf(text)).toBeUndefined();
  });
});
