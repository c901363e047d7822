/** What Node and browsers both have, and the language's own library does not declare. */

interface Address {
  readonly href: string;
}

interface Platform {
  readonly performance: { now(): number };
  readonly URL: new (address: string, base: string) => Address;
}

const platform = globalThis as unknown as Platform;

export function now(): number {
  return platform.performance.now();
}

/** The address of a file next to the module at `base`. */
export function resolveAddress(address: string, base: ImportMeta): Address {
  return new platform.URL(address, (base as ImportMeta & { readonly url: string }).url);
}
