/** A value that JSON can hold. @publicApi */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * What JSON makes of a value: the type that the other end of a connection gets (ECMA-262 §25.5.2). Values with
 * `toJSON()`, such as a `Date`, are its result; a `Map` or `Set` is an empty object; methods and symbols are dropped; and
 * `undefined` in a list is null. A value that JSON cannot hold is a text that says so, and its use does not compile.
 *
 * @publicApi
 */
export type Jsonified<T> = 0 extends 1 & T
  ? T
  : T extends JsonValue | undefined
    ? T
    : T extends bigint
      ? 'JSON has no bigint'
      : T extends PromiseLike<unknown>
        ? 'JSON has no promise'
        : T extends { toJSON(...args: never[]): infer Json }
          ? Jsonified<Json>
          : T extends symbol | ((...args: never[]) => unknown)
            ? undefined
            : T extends ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
              ? Record<string, never>
              : T extends ArrayBufferView
                ? Record<string, number>
                : T extends readonly unknown[]
                  ? {
                      [Index in keyof T]: undefined extends T[Index]
                        ? Jsonified<Exclude<T[Index], undefined>> | null
                        : Jsonified<T[Index]>;
                    }
                  : T extends object
                    ? {
                        [
                          Key in keyof T as T[Key] extends symbol | ((...args: never[]) => unknown)
                            ? never
                            : Exclude<Key, symbol>
                        ]: Jsonified<T[Key]>;
                      }
                    : unknown;
