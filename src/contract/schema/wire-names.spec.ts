import 'reflect-metadata';
import { IsString } from 'class-validator';
import { wireNameOf } from './wire-names.js';

class GreetingDto {
  @IsString()
  name!: string;

  @IsString()
  get text(): string {
    return `Hello ${this.name}`;
  }
}

class LoudGreetingDto extends GreetingDto {}

it.each([GreetingDto, LoudGreetingDto])('clients do not send what %p computes', (type) => {
  expect(['name', 'text'].map((property) => wireNameOf(type, property))).toEqual(['name', undefined]);
});
