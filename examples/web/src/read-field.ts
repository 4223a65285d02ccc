/** @returns what a person typed into a field of a form; nothing if the form does not have it */
export const readField = (form: HTMLFormElement, name: string): string => {
  const value = new FormData(form).get(name)
  return typeof value === 'string' ? value : ''
}
