/** From text to syntax tree: which dialect a file is in, and what of it does not parse. */
import ts from 'typescript';
import type { SourceFile } from '../../ir/source.ts';
import type { ReadProblem } from '../../ir/ir.ts';

const scriptKinds: Readonly<Record<string, ts.ScriptKind>> = {
  '.ts': ts.ScriptKind.TS,
  '.mts': ts.ScriptKind.TS,
  '.cts': ts.ScriptKind.TS,
  '.tsx': ts.ScriptKind.TSX,
  // Plain .js files may hold JSX, and nothing else in them reads differently for it.
  '.js': ts.ScriptKind.JSX,
  '.jsx': ts.ScriptKind.JSX,
  '.mjs': ts.ScriptKind.JSX,
  '.cjs': ts.ScriptKind.JSX,
};

/** More of them say nothing more: the first error makes the parser stumble again and again. */
const problemLimit = 5;

export interface Parsed {
  readonly source: ts.SourceFile;
  readonly isJavaScript: boolean;
  readonly problems: ReadProblem[];
}

export function parse(file: SourceFile): Parsed {
  const extension = /\.[^.\\/]*$/.exec(file.path)?.[0].toLowerCase() ?? '';
  const kind = scriptKinds[extension] ?? ts.ScriptKind.TS;
  const isJavaScript = kind === ts.ScriptKind.JSX;
  const source = ts.createSourceFile(
    // A declaration file's name would make the parser read bodies as errors; the kind says all that is needed.
    isJavaScript ? 'file.jsx' : kind === ts.ScriptKind.TSX ? 'file.tsx' : 'file.ts',
    file.text,
    {
      languageVersion: ts.ScriptTarget.ESNext,
      // In TypeScript the comments that matter are read by `annotations.ts`; in JavaScript they carry the types.
      jsDocParsingMode: isJavaScript ? ts.JSDocParsingMode.ParseAll : ts.JSDocParsingMode.ParseNone,
    },
    false,
    kind,
  );
  return { source, isJavaScript, problems: syntaxProblems(source) };
}

/** `parseDiagnostics` is what every TypeScript tool reads, but not part of the published type. */
interface WithDiagnostics {
  readonly parseDiagnostics?: readonly ts.DiagnosticWithLocation[];
}

/** `a?.#b`, which the parser reads whole but complains of: JavaScript has it, and TypeScript's own compiler will tell. */
const PRIVATE_IN_CHAIN = 18030;

function syntaxProblems(source: ts.SourceFile): ReadProblem[] {
  const all = (source as WithDiagnostics).parseDiagnostics ?? [];
  const diagnostics = all.filter(({ code }) => code !== PRIVATE_IN_CHAIN);
  return diagnostics.slice(0, problemLimit).map((diagnostic) => ({
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, ' '),
    span: { start: diagnostic.start, end: diagnostic.start + diagnostic.length },
  }));
}
