import 'reflect-metadata';
import { IsString } from 'class-validator';
import * as v from 'valibot';
import { z } from 'zod';
import { ValidationFailedException } from '../errors/ws-exceptions.js';
import type { FieldError } from '../protocol/envelope.js';
import { WsValidationPipe } from './ws-validation.pipe.js';
import { fail, failLater, odd, Body, Holder } from '../../test/support/faulty-rules.js';

const pipe = new WsValidationPipe();

interface Refusal {
  errors: FieldError[];
  cause: unknown;
}

/** @returns the refusal, or undefined when the value was accepted */
async function refusalOf(
  value: unknown,
  rules: { metatype?: unknown; schema?: unknown },
): Promise<Refusal | undefined> {
  try {
    await pipe.transform(value, { type: 'body', ...rules } as never);
    return undefined;
  } catch (error) {
    if (!(error instanceof ValidationFailedException)) throw error;
    return { errors: error.errors ?? [], cause: error.cause };
  }
}

const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  expect(rejections.splice(0)).toEqual([]);
});
afterAll(() => void process.off('unhandledRejection', note));

const FAULTS: readonly [what: string, body: object, path: string, constraint: string][] = [
  ['a rule of class-validator', { price: 1e-7 }, 'price', 'isNumber'],
  ['a rule of the application', { custom: 'odd' }, 'custom', 'isFine'],
  ['a rule for each of a list', { each: ['fine', 'odd'] }, 'each', 'isFine'],
  ['a rule whose promise rejects', { later: 'odd' }, 'later', 'isFine'],
  ['a class of rules whose promise rejects', { asked: 'odd' }, 'asked', 'asked'],
  ['the words of an asynchronous rule', { asked: 'bad', spoken: 7 }, 'spoken', 'spoken'],
  ['the default message of a rule', { spoken: 7 }, 'spoken', 'spoken'],
  ['a custom message', { message: 1 }, 'message', 'isFine'],
  ['a condition', { conditional: 'odd' }, 'conditional', 'conditionalValidation'],
  ['the condition of a rule', { checked: 'odd' }, 'checked', 'isString'],
  ['a transformation', { text: 7 }, 'text', 'transform'],
  ['a nested rule', { item: { name: 'odd' } }, 'item.name', 'isFine'],
  ['a rule nested in a list', { items: [{ name: 'fine' }, { name: 'odd' }] }, 'items.1.name', 'isFine'],
];

it.each(FAULTS)('L6 %s that throws is an error at its path', async (_what, body, path, constraint) => {
  const refusal = await refusalOf(body, { metatype: Body });
  expect(refusal?.errors).toContainEqual({
    path,
    constraint,
    message: constraint === 'transform' ? 'cannot be converted to the declared type' : 'is not valid',
  });
  expect(refusal?.cause).toBeInstanceOf(Error);
  expect(JSON.stringify(refusal?.errors)).not.toContain('canary');
});

it('values for which no rule throws are judged as usual', async () => {
  const fine = {
    price: 1.25,
    custom: 'fine',
    each: ['fine'],
    later: 'fine',
    asked: 'fine',
    spoken: 'fine',
    conditional: 'fine',
    checked: 'fine',
    text: ' fine ',
    item: { name: 'fine' },
    items: [{ name: 'fine' }],
    chosen: { name: 'fine' },
  };
  expect(await refusalOf(fine, { metatype: Body })).toBeUndefined();
  const bad = {
    price: 1.255,
    custom: 'bad',
    each: ['fine', 'bad'],
    asked: 'bad',
    items: [{ name: 'bad' }],
    oddMessage: 1,
  };
  const refusal = await refusalOf(bad, { metatype: Body });
  expect(refusal?.cause).toBeUndefined();
  expect(refusal?.errors.map(({ path, constraint }) => `${path} ${constraint}`)).toEqual([
    'price isNumber',
    'custom isFine',
    'each isFine',
    'asked asked',
    'oddMessage isFine',
    'items.0.name isFine',
  ]);
});

it('L6 other errors are reported together with those of rules that throw', async () => {
  const refusal = await refusalOf(
    { custom: 'odd', later: 'odd', checked: 7, unknown: 1 },
    { metatype: Body },
  );
  expect(refusal?.errors.map(({ path, constraint }) => `${path} ${constraint}`)).toEqual([
    'unknown unknown',
    'custom isFine',
    'later isFine',
    'checked isString',
  ]);
});

it('L5 a pending rule that rejects after another rule has thrown causes no unhandled rejection', async () => {
  const refusal = await refusalOf(
    { later: 'odd', asked: 'odd', custom: 'odd', spoken: 7 },
    { metatype: Body },
  );
  expect(refusal?.errors).toHaveLength(4);
});

it('L6 getters, setters and discriminators may throw too', async () => {
  const message = 'is not valid';
  expect(await refusalOf({ list: [{ read: 'fine' }] }, { metatype: Holder })).toBeUndefined();
  expect(await refusalOf({ list: [{ read: 'fine' }, { read: 'odd' }] }, { metatype: Holder })).toMatchObject({
    errors: [{ path: 'list.1.read', constraint: 'getter', message }],
    cause: { message: 'canary-rule' },
  });
  expect(await refusalOf({ list: [{ read: 'refused' }] }, { metatype: Holder })).toMatchObject({
    errors: [{ path: 'list', constraint: 'transform' }],
    cause: { message: 'canary-rule' },
  });
  expect(await refusalOf({ named: 'odd', chosen: { name: 'fine' } }, { metatype: Body })).toMatchObject({
    errors: [{ constraint: 'transform' }],
    cause: { message: 'canary-rule' },
  });
});

const SCHEMAS: readonly [name: string, schema: unknown][] = [
  ['zod', z.strictObject({ text: z.string().refine(odd) })],
  ['zod, later', z.strictObject({ text: z.string().refine(failLater) })],
  ['zod, transformed', z.strictObject({ text: z.string().transform(fail) })],
  [
    'valibot',
    v.strictObject({
      text: v.pipe(
        v.string(),
        v.check((text) => odd(text)),
      ),
    }),
  ],
  [
    'valibot, later',
    v.objectAsync({
      text: v.pipeAsync(
        v.string(),
        v.checkAsync(() => failLater()),
      ),
    }),
  ],
];

it.each(SCHEMAS)('L6 a check of a schema that throws is an error of the body: %s', async (_name, schema) => {
  expect(await refusalOf({ text: 'odd' }, { schema })).toMatchObject({
    errors: [{ path: 'body', constraint: 'rule', message: 'is not valid' }],
    cause: { message: 'canary-rule' },
  });
});

it('L6 the error names the part of the body that the handler takes', async () => {
  const [, schema] = SCHEMAS[0] as (typeof SCHEMAS)[number];
  const given = { type: 'body', schema, data: 'part' } as never;
  await expect(pipe.transform({ text: 'odd' }, given)).rejects.toMatchObject({ errors: [{ path: 'part' }] });
});

it('a class whose constructor throws is a server error', async () => {
  class Broken {
    @IsString()
    name: string = fail();
  }
  await expect(refusalOf({ name: 'a' }, { metatype: Broken })).rejects.toThrow('canary-rule');
});
