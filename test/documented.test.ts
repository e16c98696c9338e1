import { join } from 'node:path';
import * as ts from 'typescript';

/** Everything a program can reach by name: exports, and the members of exported classes, interfaces and object types. */
function publicNames(): { name: string; documented: boolean }[] {
  const root = join(__dirname, '..');
  const read = (path: string) => ts.sys.readFile(path);
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), read) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const index = join(root, 'lib', 'index.ts');
  const program = ts.createProgram([index], options);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(index)!)!;
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const members = declarationsOf(symbol, checker)
      .flatMap(membersOf)
      .map((member) => ({
        name: `${symbol.name}.${member.name?.getText() ?? 'constructor'}`,
        documented: hasComment(member),
      }));
    const documented = (symbol.declarations ?? []).some(hasComment);
    return [{ name: symbol.name, documented }, ...members];
  });
}

/** With those of a class that has the name of another one besides. */
function declarationsOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Declaration[] {
  const named =
    symbol.flags & ts.SymbolFlags.TypeAlias ? checker.getDeclaredTypeOfSymbol(symbol).symbol : undefined;
  const isClass = named !== undefined && named !== symbol && named.flags & ts.SymbolFlags.Class;
  return [...(symbol.declarations ?? []), ...(isClass ? (named.declarations ?? []) : [])];
}

function hasComment(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).length > 0;
}

function membersOf(declaration: ts.Node): (ts.ClassElement | ts.TypeElement)[] {
  if (ts.isClassDeclaration(declaration)) return declaration.members.filter(isPublic);
  if (ts.isInterfaceDeclaration(declaration)) return [...declaration.members];
  return ts.isTypeAliasDeclaration(declaration) ? literalMembers(declaration.type) : [];
}

function literalMembers(type: ts.TypeNode): ts.TypeElement[] {
  if (ts.isTypeLiteralNode(type)) return [...type.members];
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return type.types.flatMap(literalMembers);
  return [];
}

/** What overrides has the comment of what it overrides. */
function isPublic(member: ts.ClassElement): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Override;
  const named = member.name === undefined || !ts.isPrivateIdentifier(member.name);
  return (
    named && !ts.isClassStaticBlockDeclaration(member) && !(ts.getCombinedModifierFlags(member) & hidden)
  );
}

test('every public name has a comment', () => {
  const names = publicNames();
  expect(names.length).toBeGreaterThan(300);
  expect(names.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'SequenceModel.fit',
      'ManyToOne.constructor',
      'OneToMany.generate',
      'FitOptions.epochs',
    ]),
  );
  expect(names.filter(({ documented }) => !documented).map(({ name }) => name)).toEqual([]);
}, 60_000);
