import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import * as rules from 'class-validator';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { AllowCharacters, SecureGateway, Trim, UnvalidatedBody, WsPush, WsReply } from 'nestjs-ws-security';
import { customRule } from '../dto-of.js';

class AddressDto {
  @rules.IsString()
  @rules.Length(1, 20)
  street!: string;

  @rules.IsOptional()
  @rules.Matches(/^[0-9]{5}$/)
  zip?: string;
}

class NestedDto {
  @rules.ValidateNested()
  @Type(() => AddressDto)
  home!: AddressDto;

  @rules.IsOptional()
  @rules.ValidateNested()
  @Type(() => AddressDto)
  work?: AddressDto;
}

class ListDto {
  @rules.ArrayMaxSize(3)
  @rules.ArrayMinSize(1)
  @rules.ValidateNested({ each: true })
  @Type(() => AddressDto)
  addresses!: AddressDto[];

  @rules.IsArray()
  @rules.ArrayUnique()
  @rules.IsInt({ each: true })
  @rules.Min(0, { each: true })
  counts!: number[];
}

class TreeDto {
  @rules.IsString()
  @rules.MaxLength(5)
  name!: string;

  @rules.IsOptional()
  @rules.ValidateNested({ each: true })
  @Type(() => TreeDto)
  branches?: TreeDto[];
}

abstract class ShapeDto {}

class CircleDto extends ShapeDto {
  @rules.IsPositive()
  radius!: number;
}

class SquareDto extends ShapeDto {
  @rules.IsInt()
  @rules.Max(100)
  side!: number;
}

const SUB_TYPES = {
  discriminator: {
    property: 'kind',
    subTypes: [
      { name: 'circle', value: CircleDto },
      { name: 'square', value: SquareDto },
    ],
  },
};

class UnionDto {
  @rules.ValidateNested()
  @Type(() => ShapeDto, SUB_TYPES)
  shape!: CircleDto | SquareDto;

  @rules.IsOptional()
  @rules.ValidateNested({ each: true })
  @Type(() => ShapeDto, SUB_TYPES)
  others?: (CircleDto | SquareDto)[];
}

enum Level {
  Low = 'low',
  High = 'high',
}

class EnumDto {
  @rules.IsEnum(Level)
  level!: Level;

  @rules.IsOptional()
  @rules.IsIn([1, 2, 'many'])
  count?: number | string;
}

class OptionalDto {
  @rules.IsOptional()
  @rules.IsBoolean()
  loud?: boolean;

  @rules.IsInt()
  @rules.Min(1)
  size = 10;
}

class NumbersDto {
  @rules.IsNumber()
  @rules.IsNegative({ message: 'must be below zero' })
  below!: number;

  @rules.IsInt()
  @rules.IsDivisibleBy(5)
  step!: number;
}

class BaseDto {
  @rules.IsString()
  @rules.MaxLength(8)
  id!: string;
}

class InheritedDto extends BaseDto {
  @rules.IsBoolean()
  active!: boolean;
}

/** As `PartialType()` of @nestjs/mapped-types makes it: a class with copied rules, all of them optional. */
function partialOf(base: new () => object): new () => object {
  class Partial {}
  const inherited = rules.getMetadataStorage().getTargetValidationMetadatas(base, '', false, false);
  for (const rule of inherited) {
    rules
      .getMetadataStorage()
      .addValidationMetadata(Object.assign(Object.create(rule) as typeof rule, { target: Partial }));
    rules.IsOptional()(Partial.prototype, rule.propertyName);
  }
  return Partial;
}

class MappedDto extends partialOf(InheritedDto) {}

class EachDto {
  @rules.IsString({ each: true })
  @rules.MaxLength(4, { each: true })
  tags!: string[];

  @rules.IsString({ each: true })
  names!: Set<string>;

  @Type(() => AddressDto)
  @rules.ValidateNested({ each: true })
  places!: Map<string, AddressDto>;
}

class RenamedDto {
  @Expose({ name: 'user_name' })
  @rules.IsString()
  userName!: string;
}

class BidiDto {
  @AllowCharacters('bidi', 'control')
  @rules.IsString()
  text!: string;
}

/** Rules that JSON Schema cannot express. */
class NotedDto {
  @rules.IsEmail()
  mail!: string;

  @rules.IsUUID()
  key!: string;

  @Trim()
  @rules.IsString()
  @rules.MinLength(1)
  title!: string;

  @customRule('isPrime', { validate: () => true })
  prime!: number;

  @rules.Matches(/^x/i)
  folded!: string;

  @rules.IsString({ groups: ['admin'] })
  grouped!: string;
}

class ConditionalDto {
  @rules.IsBoolean()
  isNamed!: boolean;

  @rules.ValidateIf(({ isNamed }: ConditionalDto) => isNamed)
  @rules.IsString()
  name?: string;
}

class TransformedDto {
  @Transform(({ value }) => Number(value))
  @rules.IsInt()
  page!: number;

  @Type(() => Date)
  @rules.IsDate()
  since!: Date;
}

class ExcludedDto {
  @rules.IsString()
  seen!: string;

  @Exclude()
  @rules.IsOptional()
  @rules.IsString()
  hidden?: string;
}

const zodBody = z.object({
  name: z.string().max(5),
  tags: z.array(z.enum(['a', 'b'])).optional(),
  at: z.object({ x: z.int(), y: z.number().nullable() }),
});

const zodUnion = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string().min(1).max(9) }),
  z.object({ kind: z.literal('count'), count: z.int().min(0) }),
]);

const zodRefined = z.object({ even: z.int().refine((value) => value % 2 === 0) });

interface Thread {
  text: string;
  replies?: Thread[] | undefined;
}

const zodThread: z.ZodType<Thread> = z.lazy(() =>
  z.object({ text: z.string().max(3), replies: z.array(zodThread).optional() }),
);

const arkBody = type({
  name: 'string <= 5',
  'size?': "'s' | 'm' | 'l'",
  counts: 'number.integer[] <= 3',
  '+': 'reject',
});

const valibotBody = v.object({ name: v.pipe(v.string(), v.maxLength(5)) });

class SeenDto {
  @rules.IsString()
  text!: string;
}

const OK = { ok: true };

/** Odd shapes of bodies. Every handler answers `{ ok: true }`. */
@WsPush('seen', SeenDto)
@WsPush('counted', Number)
@SecureGateway({ path: '/shapes' })
export class ShapesGateway {
  @WsReply(z.object({ ok: z.boolean() }))
  @SubscribeMessage('nested')
  nested(@MessageBody() _body: NestedDto) {
    return OK;
  }

  @SubscribeMessage('list')
  list(@MessageBody() _body: ListDto) {
    return OK;
  }

  @WsReply([SeenDto])
  @SubscribeMessage('tree')
  tree(@MessageBody() _body: TreeDto) {
    return OK;
  }

  @SubscribeMessage('union')
  union(@MessageBody() _body: UnionDto) {
    return OK;
  }

  @SubscribeMessage('enum')
  enum(@MessageBody() _body: EnumDto) {
    return OK;
  }

  @SubscribeMessage('optional')
  optional(@MessageBody() _body: OptionalDto) {
    return OK;
  }

  @SubscribeMessage('numbers')
  numbers(@MessageBody() _body: NumbersDto) {
    return OK;
  }

  @SubscribeMessage('inherited')
  inherited(@MessageBody() _body: InheritedDto) {
    return OK;
  }

  @SubscribeMessage('mapped')
  mapped(@MessageBody() _body: MappedDto) {
    return OK;
  }

  @SubscribeMessage('each')
  each(@MessageBody() _body: EachDto) {
    return OK;
  }

  @SubscribeMessage('renamed')
  renamed(@MessageBody() _body: RenamedDto) {
    return OK;
  }

  @SubscribeMessage('bidi')
  bidi(@MessageBody() _body: BidiDto) {
    return OK;
  }

  @SubscribeMessage('noted')
  noted(@MessageBody() _body: NotedDto) {
    return OK;
  }

  @SubscribeMessage('conditional')
  conditional(@MessageBody() _body: ConditionalDto) {
    return OK;
  }

  @SubscribeMessage('transformed')
  transformed(@MessageBody() _body: TransformedDto) {
    return OK;
  }

  @SubscribeMessage('excluded')
  excluded(@MessageBody() _body: ExcludedDto) {
    return OK;
  }

  @SubscribeMessage('zod')
  zod(@MessageBody({ schema: zodBody }) _body: unknown) {
    return OK;
  }

  @SubscribeMessage('zod.union')
  zodUnion(@MessageBody({ schema: zodUnion }) _body: unknown) {
    return OK;
  }

  @SubscribeMessage('zod.refined')
  zodRefined(@MessageBody({ schema: zodRefined }) _body: unknown) {
    return OK;
  }

  @SubscribeMessage('zod.thread')
  zodThread(@MessageBody({ schema: zodThread }) _body: unknown) {
    return OK;
  }

  @SubscribeMessage('ark')
  ark(@MessageBody({ schema: arkBody }) _body: unknown) {
    return OK;
  }

  @SubscribeMessage('valibot')
  valibot(@MessageBody({ schema: valibotBody }) _body: unknown) {
    return OK;
  }

  @SubscribeMessage('field')
  field(@MessageBody('name', { schema: z.string() }) _name: string) {
    return OK;
  }

  @UnvalidatedBody('the test sends what it wants')
  @SubscribeMessage('anything')
  anything(@MessageBody() _body: unknown) {
    return OK;
  }

  @SubscribeMessage('nothing / 日本')
  nothing() {
    return OK;
  }
}

/** Of the library whose schemas the contract cannot read. */
export const CONVERTERS = {
  valibot: () => ({
    type: 'object',
    properties: { name: { type: 'string', maxLength: 5 } },
    required: ['name'],
  }),
};
