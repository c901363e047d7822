/** Declares classes, interfaces and object types, with what is written of their members. */
import ts from 'typescript';
import { bindNamed, visit, type Binder, type Hint } from './bind.ts';
import { jsDocType } from './bind-variables.ts';
import { declareFunction, declareTypeParameters, newFunction, walkFunction } from './bind-functions.ts';
import type { ClassInfo, FunctionInfo, LazyHeritage, LazyType, Members, Scope, Self } from './entities.ts';
import { declare, declareType, newLocal, newScope, receiverOf } from './scopes.ts';
import { hasModifier, isFunctionExpression, propertyName, strip } from './syntax.ts';

const K = ts.SyntaxKind;

function newMembers(name: string | undefined, heritage: LazyHeritage | undefined): Members {
  return {
    name,
    fields: new Map(),
    methods: new Map(),
    getters: new Map(),
    setters: new Map(),
    heritage,
    closed: true,
  };
}

/** Two classes of one name in one file are told apart, as `Unit.classes` goes by name. */
function uniqueName(b: Binder, name: string): string {
  const { classNames } = b.file;
  let unique = name;
  for (let nth = 2; classNames.has(unique); nth++) unique = `${name}#${nth}`;
  classNames.add(unique);
  return unique;
}

function heritageOf(node: ts.ClassLikeDeclaration): ts.Expression | undefined {
  return node.heritageClauses?.find(({ token }) => token === K.ExtendsKeyword)?.types[0]?.expression;
}

export function bindClass(b: Binder, node: ts.ClassLikeDeclaration, hint?: Hint): ClassInfo {
  const { file } = b;
  const plain = node.name?.text ?? (hint?.name || '(class)');
  const name = uniqueName(b, plain);
  const scope = newScope(b.scope, b.fn, false);
  const base = heritageOf(node);
  const variable = newLocal(file, b.scope, node.name ?? hint?.nameNode ?? node, plain);
  const self: Self = { side: 'static', variable };
  const cls: ClassInfo = {
    name,
    node,
    variable,
    scope,
    instance: newMembers(name, base && { scope, node: base, side: 'instance' }),
    statics: newMembers(`typeof ${name}`, base && { scope, node: base, side: 'static' }),
    self,
  };
  (self as { cls: ClassInfo }).cls = cls;
  variable.lazy = { scope, type: { name: `typeof ${name}`, pointers: 0, members: cls.statics } };
  file.classes.push(cls);
  file.classOf.set(node, cls);
  file.scopes.set(node, scope);
  declareTypeParameters(scope, node.typeParameters);
  if (node.name !== undefined) {
    const at = node.kind === K.ClassDeclaration ? b.scope : scope;
    declare(at, plain, { variable, value: { kind: 'class', cls } });
    declareType(at, plain, { kind: 'members', members: cls.instance, name });
  }
  if (base !== undefined) visit(b, base);
  walkMembers(b, cls, plain);
  return cls;
}

function walkMembers(b: Binder, cls: ClassInfo, plain: string): void {
  const outer = b.scope;
  b.scope = cls.scope;
  const declared: FunctionInfo[] = [];
  for (const member of cls.node.members) {
    const fn = declareMember(b, cls, plain, member);
    if (fn !== undefined) declared.push(fn);
  }
  if (!hasModifier(cls.node, K.DeclareKeyword)) cls.construct ??= madeUpConstructor(b, cls, plain);
  for (const fn of declared) walkFunction(b, fn, fn.node as ts.FunctionLikeDeclaration);
  for (const member of cls.node.members) walkInitializer(b, cls, member);
  b.scope = outer;
}

function madeUpConstructor(b: Binder, cls: ClassInfo, plain: string): FunctionInfo {
  const fn = newFunction(b.file, cls.node, {
    name: `${plain}.constructor`,
    doc: cls.node.members[0] ?? cls.node,
    nameNode: cls.node.name,
    outer: b.fn,
    cls,
    self: { cls, side: 'instance' },
    scope: b.scope,
    linkage: 'local',
  });
  (fn.self as { fn?: FunctionInfo }).fn = fn;
  receiverOf(b.file, fn.self);
  return fn;
}

function sideOf(member: ts.ClassElement): Self['side'] {
  return hasModifier(member, K.StaticKeyword) ? 'static' : 'instance';
}

/** The function that a member is: a method, an accessor, the constructor, a field that holds an arrow function. */
function functionNode(member: ts.ClassElement): ts.FunctionLikeDeclaration | undefined {
  switch (member.kind) {
    case K.Constructor:
    case K.MethodDeclaration:
    case K.GetAccessor:
    case K.SetAccessor:
      return member as ts.MethodDeclaration;
    case K.PropertyDeclaration: {
      const { initializer } = member as ts.PropertyDeclaration;
      const value = initializer && strip(initializer);
      return value !== undefined && isFunctionExpression(value) ? value : undefined;
    }
    default:
      return undefined;
  }
}

const memberTables: Readonly<
  Record<number, { readonly table: 'methods' | 'getters' | 'setters'; readonly word: string }>
> = {
  [K.MethodDeclaration]: { table: 'methods', word: '' },
  [K.PropertyDeclaration]: { table: 'methods', word: '' },
  [K.GetAccessor]: { table: 'getters', word: 'get ' },
  [K.SetAccessor]: { table: 'setters', word: 'set ' },
};

function declareMember(
  b: Binder,
  cls: ClassInfo,
  plain: string,
  member: ts.ClassElement,
): FunctionInfo | undefined {
  const side = sideOf(member);
  const members = side === 'static' ? cls.statics : cls.instance;
  const name = member.kind === K.Constructor ? 'constructor' : propertyName(member.name);
  const node = functionNode(member);
  if (node === undefined) {
    if (name !== undefined && member.kind === K.PropertyDeclaration)
      declareField(members, member as ts.PropertyDeclaration, name, cls.scope);
    return undefined;
  }
  const entry = memberTables[member.kind];
  const fn = declareFunction(
    b,
    node,
    { name: `${plain}.${entry?.word ?? ''}${name ?? '[computed]'}`, doc: member, nameNode: member.name },
    { cls, side },
  );
  if (fn === undefined) return undefined;
  // By a name that is computed it may be called from anywhere.
  if (name === undefined || hasModifier(member, K.Decorator)) fn.escapes = true;
  if (entry === undefined) {
    cls.construct = fn;
    receiverOf(b.file, fn.self);
    for (const parameter of node.parameters) declareParameterField(cls, fn, parameter);
  } else if (name !== undefined) {
    members[entry.table].set(name, fn);
    b.file.memberNames.add(name);
  }
  return fn;
}

function declareField(members: Members, node: ts.PropertyDeclaration, name: string, scope: Scope): void {
  members.fields.set(name, {
    scope,
    annotation: node.type ?? jsDocType(node),
    expr: node.initializer,
    path: [],
    ...(node.questionToken && { isOptional: true }),
  });
}

/** `constructor(private readonly lock: Mutex)` declares a field. */
function declareParameterField(cls: ClassInfo, fn: FunctionInfo, parameter: ts.ParameterDeclaration): void {
  if (!ts.isParameterPropertyDeclaration(parameter, fn.node as ts.ConstructorDeclaration)) return;
  const name = propertyName(parameter.name);
  if (name === undefined) return;
  cls.instance.fields.set(name, {
    scope: fn.scope,
    annotation: parameter.type,
    expr: parameter.initializer,
    path: [],
    ...(parameter.questionToken && { isOptional: true }),
  });
}

/** Field initialisers belong to the constructor, static ones to the code around the class. */
function walkInitializer(b: Binder, cls: ClassInfo, member: ts.ClassElement): void {
  if (member.name?.kind === K.ComputedPropertyName) visit(b, member.name);
  const isBlock = member.kind === K.ClassStaticBlockDeclaration;
  if (!isBlock && member.kind !== K.PropertyDeclaration) return;
  const { scope, fn, self } = b;
  const isStatic = isBlock || sideOf(member) === 'static';
  if (isStatic) b.self = cls.self;
  else if (cls.construct !== undefined) {
    b.fn = cls.construct;
    b.self = cls.construct.self;
  }
  b.scope = newScope(cls.scope, b.fn, isBlock);
  b.file.scopes.set(member, b.scope);
  if (isBlock)
    for (const statement of (member as ts.ClassStaticBlockDeclaration).body.statements) visit(b, statement);
  else {
    const { initializer, name } = member as ts.PropertyDeclaration;
    // An arrow function in a field has been declared as a method already.
    if (initializer !== undefined && !b.file.functionOf.has(strip(initializer))) {
      bindNamed(b, initializer, {
        name: `${cls.name}.${propertyName(name) ?? ''}`,
        doc: member,
        nameNode: name,
      });
    }
  }
  b.scope = scope;
  b.fn = fn;
  b.self = self;
}

/** `this.x = e` tells the type of a field that is declared without one. */
export function noteField(b: Binder, left: ts.Expression, right: ts.Expression): void {
  if (left.kind !== K.PropertyAccessExpression || b.self.cls === undefined) return;
  const { expression, name } = left as ts.PropertyAccessExpression;
  if (expression.kind !== K.ThisKeyword) return;
  const { fields } = b.self.side === 'static' ? b.self.cls.statics : b.self.cls.instance;
  const known = fields.get(name.text);
  if (known?.annotation === undefined && known?.expr === undefined) {
    fields.set(name.text, { scope: b.scope, expr: right, path: [] });
  }
}

export function membersOfType(
  elements: readonly ts.TypeElement[],
  scope: Scope,
  name: string | undefined,
  heritage: LazyHeritage | undefined,
): Members {
  const members = newMembers(name, heritage);
  addTypeMembers(members, elements, scope);
  return members;
}

function addTypeMembers(members: Members, elements: readonly ts.TypeElement[], scope: Scope): void {
  for (const element of elements) {
    const key = propertyName(element.name);
    if (key === undefined) members.closed = false;
    else members.fields.set(key, fieldOfSignature(element, scope));
  }
}

function fieldOfSignature(element: ts.TypeElement, scope: Scope): LazyType {
  const isField = element.kind === K.PropertySignature || element.kind === K.GetAccessor;
  return {
    scope,
    annotation: isField ? (element as ts.PropertySignature).type : undefined,
    ...((element as ts.PropertySignature).questionToken && { isOptional: true }),
  };
}

export function bindInterface(
  b: Binder,
  node: ts.InterfaceDeclaration | ts.TypeAliasDeclaration,
  elements: readonly ts.TypeElement[],
  clauses: readonly ts.HeritageClause[] | undefined,
): void {
  const plain = node.name.text;
  const scope = newScope(b.scope, b.fn, false);
  declareTypeParameters(scope, node.typeParameters);
  const existing = b.scope.types?.get(plain);
  if (existing?.kind === 'members') {
    addTypeMembers(existing.members, elements, scope);
    return;
  }
  const name = uniqueName(b, plain);
  const base = clauses?.[0]?.types[0]?.expression;
  const members = membersOfType(elements, scope, name, base && { scope, node: base, side: 'instance' });
  b.file.interfaces.set(name, members);
  declareType(b.scope, plain, { kind: 'members', members, name });
}
