/**
 * Fills the input template of a pipe. A path in the template has no quotes: the pipe replaces it with the JSON of
 * its value. If the event does not have the path, the pipe replaces it with nothing, and the JSON is not valid.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-input-transformation.html
 * @returns the JSON that the target receives
 * @throws Error naming a path in another form than `<$.field.field>`
 */
export const fillTemplate = (template: string, event: unknown): string =>
  template.replaceAll(/<([^>]*)>/g, (_, path: string) => {
    if (!/^\$(\.\w+)+$/.test(path)) throw new Error(`This path is not known here: <${path}>`)
    const [, ...fields] = path.split('.')
    const value = fields.reduce<any>((parent, field) => parent?.[field], event)
    return value === undefined ? '' : JSON.stringify(value)
  })
