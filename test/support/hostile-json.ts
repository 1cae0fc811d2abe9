import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { PlainText, SecureGateway, UnvalidatedBody } from 'nestjs-ws-security';
import { z } from 'zod';

class TextDto {
  @IsString()
  @MaxLength(5000)
  text!: string;
}

class MarkupDto {
  @PlainText()
  @IsString()
  text!: string;
}

class CountDto {
  @IsInt()
  count!: number;
}

class TreeDto {
  @IsOptional()
  @IsString({ each: true })
  tags?: string[];

  @IsOptional()
  @ValidateNested()
  @Type(() => TextDto)
  node?: TextDto;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => TextDto)
  nodes?: TextDto[];
}

/** A gateway with a handler for each kind of body. */
@SecureGateway({ path: '/ws' })
export class Target {
  static calls = 0;

  @SubscribeMessage('echo')
  echo(@MessageBody() body: TextDto): TextDto {
    Target.calls += 1;
    return body;
  }

  @SubscribeMessage('markup')
  markup(@MessageBody() body: MarkupDto): MarkupDto {
    Target.calls += 1;
    return body;
  }

  @SubscribeMessage('count')
  count(@MessageBody() body: CountDto): CountDto {
    Target.calls += 1;
    return body;
  }

  @SubscribeMessage('tree')
  tree(@MessageBody() body: TreeDto): TreeDto {
    Target.calls += 1;
    return body;
  }

  @SubscribeMessage('schema')
  schema(@MessageBody({ schema: z.object({ text: z.string() }) }) body: { text: string }): object {
    Target.calls += 1;
    return body;
  }

  @UnvalidatedBody('gives back what it was given')
  @SubscribeMessage('free')
  free(@MessageBody() body: unknown): unknown {
    Target.calls += 1;
    return { body };
  }
}

const nested = (open: string, close: string, depth: number, inner = ''): string =>
  `${open.repeat(depth)}${inner}${close.repeat(depth)}`;
const frame = (event: string, data: string, more = ''): string =>
  `{"event":"${event}","data":${data}${more},"id":1}`;
const echo = (text: string, more = ''): string => frame('echo', `{"text":${text}${more}}`);

/** Malformed messages. They contain `canary` wherever a value or a name could be repeated in an answer. */
export const BAD_MESSAGES: [string, string][] = [
  ['I1 nothing', ''],
  ['I1 blanks', ' \n'],
  ['I1 text that is not JSON', 'canary'],
  ['I1 half an object', '{"event":"echo","data":{"text":"canary"'],
  ['I1 a comma too many', '{"event":"echo","data":{"text":"canary"},}'],
  ['I1 a comma too many in a list', frame('free', '["canary",]')],
  ['I1 single quotes', "{'event':'echo','data':{'text':'canary'}}"],
  ['I1 a name without quotes', '{event:"echo"}'],
  ['I1 a comment', '{"event":"echo"/*canary*/}'],
  ['I1 two values', '{"event":"echo"}{"event":"canary"}'],
  ['I1 a byte order mark', '\ufeff{"event":"echo","data":{"text":"canary"}}'],
  ['I1 NUL behind the value', '{"event":"echo","data":{"text":"canary"}}\u0000'],
  ['I1 a raw line end in a string', echo('"can\nary"')],
  ['I1 a raw NUL in a string', echo('"can\u0000ary"')],
  ['I1 an unknown escape', echo('"\\xcanary"')],
  ['I1 half an escape', echo('"\\u12"')],
  ['I1 NaN', frame('count', '{"count":NaN}')],
  ['I1 Infinity', frame('count', '{"count":Infinity}')],
  ['I1 a hexadecimal number', frame('count', '{"count":0x10}')],
  ['I1 a leading zero', frame('count', '{"count":010}')],
  ['I1 a plus sign', frame('count', '{"count":+1}')],
  ['I1 null', 'null'],
  ['I1 a number', '1'],
  ['I1 a string', '"canary"'],
  ['I1 a list', '["echo",{"text":"canary"}]'],
  ['I1 a list of frames', '[{"event":"echo","data":{"text":"canary"}}]'],
  ['I1 no event', '{"data":{"text":"canary"}}'],
  ['I1 an event that is not a string', '{"event":{"toString":"canary"}}'],
  ['I1 an event of 129 characters', `{"event":"${'canary'.repeat(22)}"}`],
  ['I1 an id that is an object', '{"event":"echo","id":{"canary":1}}'],
  ['I1 an id of 129 characters', `{"event":"echo","id":"${'canary'.repeat(22)}"}`],
  ['I1 an extra member', '{"event":"echo","data":{"text":"a"},"canary":1}'],
  ['I1 an extra member with an empty name', '{"event":"echo","data":{"text":"a"},"":0}'],
  ['I4 __proto__ beside the event', '{"event":"echo","__proto__":{"data":{"text":"canary"}}}'],
  ['I4 __proto__ in the body', echo('"a"', ',"__proto__":{"canary":1}')],
  ['I4 __proto__ in escapes', echo('"a"', ',"\\u005f_proto\\u005f\\u005F":{"canary":1}')],
  ['I4 constructor', echo('"a"', ',"constructor":{"prototype":{"canary":1}}')],
  ['I4 constructor in escapes', echo('"a"', ',"\\u0063onstructor":1')],
  ['I4 prototype', echo('"a"', ',"prototype":{}')],
  ['I4 __proto__ deep within', frame('free', '{"a":[{"b":{"__proto__":{"canary":1}}}]}')],
  ['I4 __proto__ in an unvalidated body', frame('free', '{"__proto__":null}')],
  ['I5 a list deeper than the limit', frame('free', nested('[', ']', 10))],
  ['I5 an object deeper than the limit', frame('free', nested('{"canary":', '}', 10, '1'))],
  ['I5 60 KiB of brackets', frame('free', nested('[', ']', 30_000))],
  ['I5 60 KiB of brackets that are left open', '['.repeat(60_000)],
  ['I5 60 KiB of objects that are left open', '{"a":'.repeat(12_000)],
  ['I5 a list of 257', frame('free', `[${Array(257).fill('1').join()}]`)],
  ['I5 a list of 257 deep within', frame('free', `{"a":[[${Array(257).fill('"canary"').join()}]]}`)],
  ['I5 a list of 30,000', frame('free', `[${Array(30_000).fill('1').join()}]`)],
  [
    'I5 2,001 values in lists',
    frame(
      'free',
      `[${Array(10)
        .fill(`[${Array(200).fill('1').join()}]`)
        .join()}]`,
    ),
  ],
  ['I5 2,001 members', frame('free', `{${Array.from({ length: 2000 }, (_, at) => `"k${at}":1`).join()}}`)],
  ['I8 half a surrogate pair', echo('"\\ud83dcanary"')],
  ['I8 the second half alone', echo('"\\ude00canary"')],
  ['I8 a pair in the wrong order', echo('"\\ude00\\ud83d"')],
  ['I8 half a pair before a whole character', echo('"\\ud83d😀"')],
  ['I8 half a pair in a name', frame('free', '{"\\ud83d":1}')],
  ['I8 half a pair in an unvalidated body', frame('free', '[["\\udfff"]]')],
  ['I9 the same name twice', echo('"a"', ',"text":"canary"')],
  ['I9 the same name in escapes', echo('"a"', ',"\\u0074ext":"canary"')],
  ['I9 the same name apart', echo('"a: b"', ',"x":":","text" : "canary"')],
  ['I9 the same name deep within', frame('free', '{"a":[{"b":1,"c":2,"b":1}]}')],
  ['I9 two events', '{"event":"echo","event":"free","data":{"text":"canary"}}'],
  ['I9 two bodies', '{"event":"echo","data":{"text":"a"},"data":{"text":"canary"}}'],
  ['I9 two ids', '{"event":"echo","data":{"text":"a"},"id":1,"id":2}'],
  ['I9 a number that overflows to Infinity', frame('free', '1e400')],
  ['I9 a number that overflows to -Infinity', frame('free', '{"a":[-1e400]}')],
  ['I9 an id that would be rounded', '{"event":"echo","data":{"text":"a"},"id":9007199254740993}'],
];

/** Well-formed messages that fail validation: name, message, path of the first error. */
export const INVALID: [string, string, string][] = [
  ['I2 an unknown property', echo('"a"', ',"more":"canary"'), 'more'],
  ['I2 one with markup for a name', echo('"a"', ',"<img src=canary>":1'), 'imgsrc'],
  ['I2 one in a nested object', frame('tree', '{"node":{"text":"a","more":"canary"}}'), 'node.more'],
  ['I2 one in a list', frame('tree', '{"nodes":[{"text":"a"},{"text":"a","more":1}]}'), 'nodes.1.more'],
  ['I2 one that a schema does not know', frame('schema', '{"text":"a","more":"canary"}'), 'more'],
  [
    'I2 toString and hasOwnProperty',
    echo('"a"', ',"hasOwnProperty":1,"toString":"canary"'),
    'hasOwnProperty',
  ],
  ['I3 no body', '{"event":"echo","id":1}', 'text'],
  ['I3 null for a body', frame('echo', 'null'), 'text'],
  ['I3 a text for a body', frame('echo', '"canary"'), 'text'],
  ['I3 a list for a body', frame('echo', '[{"text":"canary"}]'), ''],
  ['I3 an object for a text', echo('{"length":1,"canary":"a"}'), 'text'],
  ['I3 a list for a text', echo('["canary"]'), 'text'],
  ['I3 a text for a list', frame('tree', '{"tags":"canary"}'), 'tags'],
  ['I3 an object for a list', frame('tree', '{"nodes":{"text":"canary"}}'), 'nodes'],
  ['I3 an object with a length for a list', frame('tree', '{"tags":{"0":"canary","length":1}}'), 'tags'],
  ['I3 a list for an object', frame('tree', '{"node":[{"text":"canary"}]}'), 'node'],
  ['I3 lists in a list of objects', frame('tree', '{"nodes":[[{"text":"canary"}]]}'), 'nodes'],
  ['I3 a digit for a number', frame('count', '{"count":"7"}'), 'count'],
  ['I3 true for a number', frame('count', '{"count":true}'), 'count'],
  ['I3 a number for a text of a schema', frame('schema', '{"text":7}'), 'text'],
  ['I8 NUL', echo('"can\\u0000ary"'), 'text'],
  ['I8 an escape sequence', echo('"\\u001b[2Jcanary"'), 'text'],
  ['I8 text that reads backwards', echo('"canary\u202etxt.exe"'), 'text'],
  ['I8 an isolate', echo('"\\u2066canary\\u2069"'), 'text'],
  ['I8 NUL in a list', frame('tree', '{"tags":["a","canary\\u0000"]}'), 'tags.1'],
  ['I8 NUL past a schema', frame('schema', '{"text":"canary\\u0000"}'), 'text'],
  ['I9 an integer that was rounded', frame('count', '{"count":9007199254740993}'), 'count'],
  ['I9 a negative one', frame('count', '{"count":-9007199254740993}'), 'count'],
  ['I9 one with an exponent', frame('count', '{"count":1e300}'), 'count'],
  ['I9 a fraction', frame('count', '{"count":1.5}'), 'count'],
];

/** Messages that are accepted: name, message, answer. */
export const ACCEPTED: [string, string, unknown][] = [
  ['escapes that spell a text', echo('"\\u0061\\n\\t\\"\\\\\\/"'), { text: 'a\n\t"\\/' }],
  ['a pair in escapes', echo('"\\ud83d\\ude00"'), { text: '😀' }],
  ['text in both directions', echo('"שלום \u200f abc"'), { text: 'שלום \u200f abc' }],
  ['blanks everywhere', ' { "event" : "echo" ,\n"data" : { "text" : "a:b" } , "id" : 1 } ', { text: 'a:b' }],
  ['escaped names', '{"\\u0065vent":"echo","d\\u0061ta":{"text":"a"},"id":1}', { text: 'a' }],
  ['text that looks like members', echo('"\\",\\"text\\":\\"a\\":"'), { text: '","text":"a":' }],
  ['text that names prototypes', echo('"__proto__ constructor"'), { text: '__proto__ constructor' }],
  ['the largest integer', frame('count', '{"count":9007199254740991}'), { count: 9007199254740991 }],
  ['an integer in another spelling', frame('count', '{"count":1e3}'), { count: 1000 }],
  [
    'the deepest list',
    frame('free', nested('[', ']', 9)),
    { body: JSON.parse(nested('[', ']', 9)) as unknown },
  ],
  ['the longest list', frame('free', `[${Array(256).fill('1').join()}]`), { body: Array(256).fill(1) }],
  ['an empty name', frame('free', '{"":{"":1}}'), { body: { '': { '': 1 } } }],
  [
    'names similar to forbidden ones',
    frame('free', '{"__proto":1,"Constructor":2}'),
    { body: { __proto: 1, Constructor: 2 } },
  ],
  ['I10 markup, which is removed', frame('markup', '{"text":"<b>a</b> &lt; b"}'), { text: 'a &lt; b' }],
];

/** Frames that close the connection: name, data, whether binary, close code. */
export const CLOSING: [string, Buffer | string, boolean, number][] = [
  ['I7 a continuation byte', Buffer.from([0x22, 0x80, 0x22]), false, 1007],
  ['I7 an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), false, 1007],
  ['I7 an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), false, 1007],
  ['I7 half a character', Buffer.from([0x22, 0xf0, 0x9f, 0x98]), false, 1007],
  ['I7 a binary frame', Buffer.from(echo('"canary"')), true, 1003],
  ['I5 more than 64 KiB', echo(`"${'canary'.repeat(11_000)}"`), false, 1009],
];
