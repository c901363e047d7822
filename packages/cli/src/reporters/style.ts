import { styleText } from 'node:util';

export type Style = 'red' | 'yellow' | 'dim' | 'bold' | 'green';
export type Paint = (style: Style, text: string) => string;

const plain: Paint = (_style, text) => text;
const colored: Paint = (style, text) => styleText(style, text, { validateStream: false });

interface Stream {
  readonly isTTY?: boolean;
}

/** Colors, or none: as the option says, else as NO_COLOR and FORCE_COLOR say, else if the stream is a terminal. */
export function paintFor(
  color: 'auto' | 'always' | 'never',
  stream: Stream,
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  if (color !== 'auto') return color === 'always' ? colored : plain;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force === '0' || force === 'false' ? plain : colored;
  if ((env['NO_COLOR'] ?? '') !== '') return plain;
  return stream.isTTY === true ? colored : plain;
}
