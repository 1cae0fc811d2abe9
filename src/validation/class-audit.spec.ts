import 'reflect-metadata';
import { uncheckedProperties } from './class-audit.js';
import { Checked, Unchecked, Heir } from '../../test/support/audited-classes.js';

describe('uncheckedProperties', () => {
  it('I3 returns nothing when every property has a rule for its type', () => {
    expect(uncheckedProperties(Checked)).toEqual([]);
  });

  it('I3 returns properties that accept any value, and the decorator to add', () => {
    const found = Object.fromEntries(uncheckedProperties(Unchecked).map(({ path, fix }) => [path, fix]));
    expect(found).toEqual({
      optional: '@IsString()',
      defined: '@IsNumber()',
      notEmpty: '@IsBoolean()',
      allowed: expect.stringContaining('@ValidateNested()') as string,
      record: expect.stringContaining('@ValidateNested()') as string,
      list: expect.stringContaining('@IsString({ each: true })') as string,
      wrongList: expect.stringContaining('@IsString({ each: true })') as string,
      anything: expect.stringContaining('@IsString({ each: true })') as string,
      sometimes: '@IsString()',
      leaf: '@ValidateNested() @Type(() => Leaf)',
      untyped: '@Type(() => Leaf)',
      untypedList: '@Type(() => NestedDto)',
      noRules: 'rules on the properties of NoRules',
      'shape.side': '@IsNumber()',
    });
  });

  it('I3 includes inherited and nested properties', () => {
    const paths = uncheckedProperties(Heir).map(({ path }) => path);
    expect(paths).toContain('record');
    expect(paths).toContain('deep.inner.record');
    expect(paths).not.toContain('notEmpty');
  });
});
