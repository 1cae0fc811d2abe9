/** Names that AsyncAPI 3.0 allows for components: letters, digits, `.`, `-` and `_`. Each is given once. */
export class UniqueNames {
  private readonly taken = new Set<string>();

  take(wanted: string): string {
    const name = wanted.replaceAll(/[^\w.-]+/g, '_').replaceAll(/^_+|_+$/g, '') || 'unnamed';
    let unique = name;
    for (let count = 2; this.taken.has(unique); count += 1) unique = `${name}${count}`;
    this.taken.add(unique);
    return unique;
  }
}
