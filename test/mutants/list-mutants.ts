import ts from 'typescript'

/** A small change that breaks a file: the code from `start` to `end` becomes `text`. */
export interface Mutant {
  start: number
  end: number
  text: string
  /** Where it starts, counted from 1. */
  line: number
}

const pairs = [
  ['<', '<='],
  ['>', '>='],
  ['===', '!=='],
  ['&&', '||'],
  ['+', '-'],
  ['AND', 'OR'],
  ['true', 'false'],
] as const
const swaps: ReadonlyMap<string, string> = new Map(
  pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]),
)

/** Lists the places of a TypeScript file that can be broken, each in one way. Types are left as they are. */
export const listMutants = (file: string, code: string): Mutant[] => {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true)
  const mutants: Mutant[] = []
  const add = (start: number, end: number, text: string) => {
    const line = source.getLineAndCharacterOfPosition(start).line + 1
    mutants.push({ start, end, text, line })
  }
  const replace = (node: ts.Node, text: string) => {
    add(node.getStart(), node.getEnd(), text)
  }
  const negate = (condition: ts.Expression) => {
    replace(condition, `!(${condition.getText()})`)
  }
  const removeEach = (nodes: ts.NodeArray<ts.Node>) => {
    for (const [index, node] of nodes.entries())
      add(node.getStart(), nodes[index + 1]?.getStart() ?? nodes.end, '')
  }
  const swapWords = (node: ts.Node) => {
    for (const { 0: word, index } of node.getText().matchAll(wordInExpression))
      add(node.getStart() + index, node.getStart() + index + word.length, swaps.get(word)!)
  }
  const visit = (node: ts.Node): void => {
    if (isOfTypes(node)) return
    const swapped = isToken(node) ? swaps.get(node.getText()) : undefined
    if (swapped !== undefined) replace(node, swapped)
    if (ts.isIfStatement(node)) negate(node.expression)
    if (ts.isConditionalExpression(node)) negate(node.condition)
    if (ts.isNumericLiteral(node)) replace(node, String(Number(node.text) + 1))
    if (ts.isExpressionStatement(node)) replace(node, ';')
    if (ts.isReturnStatement(node) && ts.isIfStatement(node.parent)) replace(node, ';')
    if (ts.isTryStatement(node) && node.catchClause) replace(node, node.tryBlock.getText())
    if (ts.isArrayLiteralExpression(node)) removeEach(node.elements)
    if (ts.isObjectLiteralExpression(node)) removeEach(node.properties)
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)) swapWords(node)
    ts.forEachChild(node, visit)
  }
  ts.forEachChild(source, visit)
  return mutants
}

/** Of DynamoDB's expressions. */
const wordInExpression = /(?<= )(AND|OR|<=|>=|<|>)(?= )/g

const isOfTypes = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isImportDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node)

/** An operator or a keyword such as `true`. */
const isToken = ({ kind }: ts.Node): boolean =>
  kind >= ts.SyntaxKind.FirstToken &&
  kind <= ts.SyntaxKind.LastToken &&
  kind !== ts.SyntaxKind.Identifier &&
  kind !== ts.SyntaxKind.StringLiteral

/** @returns the code of the file with the mutant in it */
export const insertMutant = (code: string, { start, end, text }: Mutant): string =>
  code.slice(0, start) + text + code.slice(end)

/** Whether TypeScript can parse the code. What it cannot parse fails every test, so it shows nothing about them. */
export const isParsable = (file: string, code: string): boolean => {
  const { diagnostics } = ts.transpileModule(code, { fileName: file, reportDiagnostics: true })
  return diagnostics?.length === 0
}
