/** True if one of the patterns names the file: by its whole path or the end of it; `*` and `**` as in globs. */
export function isAllowed(filename: string, patterns: readonly string[]): boolean {
  const path = filename.replaceAll('\\', '/');
  return patterns.some((pattern) => matcher(pattern).test(path));
}

function matcher(pattern: string): RegExp {
  const body = pattern.replace(/^\.?\//, '').replace(/\*\*\/|\*\*|\*|[.+?^${}()|[\]\\]/g, (found) => {
    switch (found) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      default:
        return `\\${found}`;
    }
  });
  return new RegExp(`(?:^|/)${body}$`);
}
