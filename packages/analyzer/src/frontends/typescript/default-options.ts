/** Options with a default: `flags = {}`, `flags = { deep: true }`. */
import ts from 'typescript';
import type { VarInfo } from './entities.ts';
import { emit, type Flow, nullValue, variableExpr } from './flow.ts';
import { spanOf } from './spans.ts';
import { memberName, propertyName, strip } from './syntax.ts';

const K = ts.SyntaxKind;

export function isEmptyObject(node: ts.Expression): boolean {
  const literal = strip(node);
  return (
    literal.kind === K.ObjectLiteralExpression &&
    (literal as ts.ObjectLiteralExpression).properties.length === 0
  );
}

/** The options that the function reads and its default does not give are left out. */
export function leaveOutOthers(
  f: Flow,
  parameter: ts.ParameterDeclaration,
  initializer: ts.Expression,
  variable: VarInfo,
): void {
  const literal = strip(initializer);
  if (literal.kind !== K.ObjectLiteralExpression) return;
  const { properties } = literal as ts.ObjectLiteralExpression;
  const given = new Set(properties.map((property) => propertyName(property.name)));
  if (given.has(undefined)) return;
  const span = spanOf(f.file, parameter);
  for (const name of membersReadOf(f.fn.node, (parameter.name as ts.Identifier).text)) {
    if (given.has(name)) continue;
    emit(f, { kind: 'store', base: variableExpr(variable), name, value: nullValue, span });
  }
}

/** The members of a variable that are named below a node, in order. Cost: linear in the node. */
function membersReadOf(node: ts.Node, variable: string): Set<string> {
  const names = new Set<string>();
  const isIt = (part: ts.Node | undefined): boolean =>
    part?.kind === K.Identifier && (part as ts.Identifier).text === variable;
  const visit = (part: ts.Node): void => {
    const name = memberName(part);
    if (name !== undefined && isIt((part as ts.PropertyAccessExpression).expression)) names.add(name);
    if (part.kind === K.VariableDeclaration) {
      const { name: pattern, initializer } = part as ts.VariableDeclaration;
      if (pattern.kind === K.ObjectBindingPattern && isIt(initializer))
        for (const { propertyName: from, name: to } of pattern.elements) {
          const read = propertyName(from ?? to);
          if (read !== undefined) names.add(read);
        }
    }
    ts.forEachChild(part, visit);
  };
  visit(node);
  return names;
}
