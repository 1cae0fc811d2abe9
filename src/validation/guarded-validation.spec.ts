import 'reflect-metadata';
import { jest } from '@jest/globals';
import { getMetadataStorage, IsString, ValidateNested } from 'class-validator';
import { guardedValidation } from './guarded-validation.js';

class Item {
  @IsString()
  name: unknown = 1;
}

class Order {
  @ValidateNested()
  item = new Item();

  @IsString({ groups: ['draft'] })
  note: unknown = 1;
}

const broken = async (groups?: string[]): Promise<string[]> => {
  const { errors } = await guardedValidation(new Order(), {
    ...(groups && { groups }),
    strictGroups: !groups,
  });
  return errors.map(({ property }) => property);
};

it('the rules of a class are looked up once, however many objects break them', async () => {
  const search = jest.spyOn(getMetadataStorage(), 'getTargetValidationMetadatas');
  const validate = () => guardedValidation(new Order(), {});
  const first = await validate();
  // It goes through the rules of all classes of the application.
  expect(search).toHaveBeenCalledTimes(2);
  expect(await validate()).toEqual(first);
  expect(first.errors.map(({ property }) => property)).toEqual(['item', 'note']);
  expect(search).toHaveBeenCalledTimes(2);
  search.mockRestore();
});

it('rules of groups are looked up for each validation', async () => {
  expect(await broken()).toEqual(['item']);
  expect(await broken(['draft'])).toEqual(['note']);
  expect(await broken(['final'])).toEqual([]);
});
