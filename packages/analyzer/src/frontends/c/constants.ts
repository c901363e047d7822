/** Numbers that C programs of the kernel write as names. */

/** errno values as in include/uapi/asm-generic/errno*.h and include/linux/errno.h. */
export const ERRNO: ReadonlyMap<string, number> = new Map([
  ['EPERM', 1],
  ['ENOENT', 2],
  ['ESRCH', 3],
  ['EINTR', 4],
  ['EIO', 5],
  ['ENXIO', 6],
  ['E2BIG', 7],
  ['ENOEXEC', 8],
  ['EBADF', 9],
  ['ECHILD', 10],
  ['EAGAIN', 11],
  ['EWOULDBLOCK', 11],
  ['ENOMEM', 12],
  ['EACCES', 13],
  ['EFAULT', 14],
  ['ENOTBLK', 15],
  ['EBUSY', 16],
  ['EEXIST', 17],
  ['EXDEV', 18],
  ['ENODEV', 19],
  ['ENOTDIR', 20],
  ['EISDIR', 21],
  ['EINVAL', 22],
  ['ENFILE', 23],
  ['EMFILE', 24],
  ['ENOTTY', 25],
  ['ETXTBSY', 26],
  ['EFBIG', 27],
  ['ENOSPC', 28],
  ['ESPIPE', 29],
  ['EROFS', 30],
  ['EMLINK', 31],
  ['EPIPE', 32],
  ['EDOM', 33],
  ['ERANGE', 34],
  ['EDEADLK', 35],
  ['ENAMETOOLONG', 36],
  ['ENOLCK', 37],
  ['ENOSYS', 38],
  ['ENOTEMPTY', 39],
  ['ELOOP', 40],
  ['ENOMSG', 42],
  ['ENODATA', 61],
  ['ETIME', 62],
  ['ENOLINK', 67],
  ['EPROTO', 71],
  ['EBADMSG', 74],
  ['EOVERFLOW', 75],
  ['EILSEQ', 84],
  ['EUSERS', 87],
  ['ENOTSOCK', 88],
  ['EMSGSIZE', 90],
  ['ENOPROTOOPT', 92],
  ['EPROTONOSUPPORT', 93],
  ['EOPNOTSUPP', 95],
  ['EAFNOSUPPORT', 97],
  ['EADDRINUSE', 98],
  ['EADDRNOTAVAIL', 99],
  ['ENETDOWN', 100],
  ['ENETUNREACH', 101],
  ['ECONNABORTED', 103],
  ['ECONNRESET', 104],
  ['ENOBUFS', 105],
  ['EISCONN', 106],
  ['ENOTCONN', 107],
  ['ESHUTDOWN', 108],
  ['ETIMEDOUT', 110],
  ['ECONNREFUSED', 111],
  ['EHOSTDOWN', 112],
  ['EHOSTUNREACH', 113],
  ['EALREADY', 114],
  ['EINPROGRESS', 115],
  ['ESTALE', 116],
  ['EUCLEAN', 117],
  ['EREMOTEIO', 121],
  ['EDQUOT', 122],
  ['ENOMEDIUM', 123],
  ['EMEDIUMTYPE', 124],
  ['ECANCELED', 125],
  ['ENOKEY', 126],
  ['EKEYEXPIRED', 127],
  ['EKEYREVOKED', 128],
  ['EKEYREJECTED', 129],
  ['EOWNERDEAD', 130],
  ['ENOTRECOVERABLE', 131],
  ['EHWPOISON', 133],
  ['ERESTARTSYS', 512],
  ['ERESTARTNOINTR', 513],
  ['ERESTARTNOHAND', 514],
  ['ENOIOCTLCMD', 515],
  ['ERESTART_RESTARTBLOCK', 516],
  ['EPROBE_DEFER', 517],
  ['EOPENSTALE', 518],
  ['ENOPARAM', 519],
  ['ENOTSUPP', 524],
  ['ETOOSMALL', 525],
  ['EBADTYPE', 527],
  ['EIOCBQUEUED', 529],
]);

/** The value of a number literal; null if it is none that a double holds. */
export function parseNumber(literal: string): number | null {
  const digits = literal.replace(/[uUlL]+$/, '').replaceAll("'", '');
  if (/^0[0-7]+$/.test(digits)) return Number.parseInt(digits, 8);
  const value = Number(digits);
  return Number.isFinite(value) ? value : null;
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  '0': 0,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  e: 27,
};

/** The value of the character literal in the text at `start`. */
export function parseCharacter(text: string, start: number): number | null {
  CHARACTER.lastIndex = start;
  const body = CHARACTER.exec(text)?.[1] ?? '';
  if (!body.startsWith('\\')) return body.length === 1 ? body.charCodeAt(0) : null;
  if (/^\\x[0-9a-fA-F]+$/.test(body)) return Number.parseInt(body.slice(2), 16);
  if (/^\\[0-7]+$/.test(body)) return Number.parseInt(body.slice(1), 8);
  return ESCAPES[body[1] ?? ''] ?? body.charCodeAt(1);
}

const CHARACTER = /[LuU8]*'((?:\\.|[^'\\\n])*)'/y;
